import KafkaProtocol

/// One client that pushes metrics, and when it may (KIP-714).
struct ClientInstance: Sendable {
    private(set) var terms: ClientSubscription.Terms
    /// Of the subscriptions that the terms come from.
    private(set) var generation: Int
    private var lastGet: Timestamp?
    private var lastPush: Timestamp?
    /// Whether the client has asked since its last push.
    private var hasAsked = false
    private var isTerminating = false
    private(set) var lastUse: Timestamp
    private var lastError = ErrorCode.none

    init(_ terms: ClientSubscription.Terms, generation: Int, now: Timestamp) {
        self.terms = terms
        self.generation = generation
        lastUse = now
    }

    /// The operator's wishes have changed. If that means something to this client, it may ask at once.
    mutating func update(_ terms: ClientSubscription.Terms, generation: Int) {
        self.generation = generation
        guard terms != self.terms else { return }
        self.terms = terms
        (lastGet, lastPush, hasAsked) = (nil, nil, false)
    }

    mutating func use(now: Timestamp) { lastUse = now }

    mutating func note(_ error: ErrorCode) { lastError = error }

    /// Whether nothing has come for so long that nothing will.
    func isIdle(now: Timestamp) -> Bool {
        let interval = Int64(terms.intervalMs)
        return now.rawValue - lastUse.rawValue > max(Self.leastIdleTime, 3 * interval)
    }

    private static let leastIdleTime: Int64 = 60_000

    /// The client asks what it is to push: once in an interval, and at once where it was told that it had to.
    mutating func get(now: Timestamp) -> ErrorCode {
        let mustAsk = lastError == .unknownSubscriptionID || lastError == .unsupportedCompressionType
        let last = [lastGet, lastPush].compactMap(\.self).max()
        guard mustAsk || isDue(since: last, now: now) else { return .throttlingQuotaExceeded }
        (lastGet, hasAsked) = (now, true)
        lastError = .none
        return .none
    }

    struct Push {
        var subscriptionID: Int32
        var isTerminating: Bool
        var compression: Int8
        var byteCount: Int
    }

    /// The client pushes: once in an interval, the first time whenever its jitter lets it, and the last time whenever
    /// it ends. Nothing comes behind the last.
    mutating func push(_ push: Push, limit: Int, now: Timestamp) -> ErrorCode {
        if isTerminating { return .invalidRequest }
        let isDue = hasAsked || isDue(since: lastPush, now: now)
        guard isDue || push.isTerminating else { return .throttlingQuotaExceeded }
        if isDue { (lastPush, hasAsked) = (now, false) }
        isTerminating = push.isTerminating
        if push.subscriptionID != terms.id { return .unknownSubscriptionID }
        if CompressionCodec(rawValue: push.compression) == nil { return .unsupportedCompressionType }
        if push.byteCount > limit { return .telemetryTooLarge }
        return .none
    }

    /// A clock that was set back does not silence anybody.
    private func isDue(since last: Timestamp?, now: Timestamp) -> Bool {
        guard let last, last <= now else { return true }
        return now.rawValue - last.rawValue >= Int64(terms.intervalMs)
    }
}
