import Coordination
import KafkaProtocol

/// What an operator wants to know of some clients (KIP-714), as CLIENT_METRICS configurations say it.
struct TelemetrySubscription: Sendable {
    /// Prefixes of metrics' names.
    let metrics: [String]
    let intervalMs: Int32
    let match: ClientMatch

    static let defaultIntervalMs: Int32 = 300_000
    /// The prefix that stands for all metrics.
    static let allMetrics = "*"

    /// nil for values that cannot be: those that come from another broker's log.
    init?(_ values: [String: String]) {
        guard let match = try? ClientMatch(values["match"] ?? "") else { return nil }
        self.match = match
        metrics = (values["metrics"] ?? "").listElements()
        intervalMs = values["interval.ms"].flatMap { Int32($0) } ?? Self.defaultIntervalMs
    }
}

/// What one client is asked for: all subscriptions that are meant for it, together.
struct ClientSubscription: Hashable, Sendable {
    /// What is remembered of it: the names can be many.
    struct Terms: Hashable, Sendable {
        /// The same for the same wishes to the same client.
        let id: Int32
        let intervalMs: Int32
    }

    let terms: Terms
    /// Sorted; empty if nobody wants anything.
    let metrics: [String]

    init(of client: ClientAttributes, from subscriptions: [TelemetrySubscription]) {
        var metrics: Set<String> = []
        var interval = TelemetrySubscription.defaultIntervalMs
        for subscription in subscriptions where subscription.match.matches(client) {
            metrics.formUnion(subscription.metrics)
            interval = min(interval, subscription.intervalMs)
        }
        if metrics.contains(TelemetrySubscription.allMetrics) { metrics = [TelemetrySubscription.allMetrics] }
        self.metrics = metrics.sorted()
        terms = Terms(id: Self.id(self.metrics, interval, client.instanceID), intervalMs: interval)
    }

    private static func id(_ metrics: [String], _ interval: Int32, _ client: KafkaUUID) -> Int32 {
        let text = Array("\(metrics.joined(separator: ","))\(interval)".utf8)
        let checksum = unsafe text.withUnsafeBytes { unsafe CRC32C.checksum(of: $0) }
        let folded = client.high ^ client.low
        return Int32(bitPattern: checksum ^ UInt32(truncatingIfNeeded: folded >> 32 ^ folded))
    }
}
