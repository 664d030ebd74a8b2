import KafkaProtocol
import NIOCore

/// Who waits for news about topics. One request at a time carries the wishes of all.
struct MetadataRefresh {
    struct Waiter {
        /// The topics to learn about; nil for all.
        var topics: [String]?
        var createsTopics: Bool
        var deadline: NIODeadline
        var completion: Completion<Void>
    }

    var waiters: [Waiter] = []
    var isUnderWay = false
    var backoff: Backoff

    init(backoff: Backoff) { self.backoff = backoff }

    /// One request for everything that is waited for.
    func request(createsTopics allowed: Bool) -> (Int16) -> MetadataRequest {
        let createsTopics = allowed && waiters.contains { $0.createsTopics }
        let asksAll = waiters.contains { $0.topics == nil }
        let names = Set(waiters.flatMap { $0.topics ?? [] }).sorted()
        return { .forTopics(asksAll ? nil : names, createsTopics: createsTopics, version: $0) }
    }

    /// What an answer means for a waiter: nil while asking again may help.
    static func verdict(on waiter: Waiter, errors: [String: ErrorCode], now: NIODeadline) -> Result<Void, KafkaError>? {
        guard let topics = waiter.topics else { return .success(()) }
        guard let topic = topics.first(where: { errors[$0] != nil }), let code = errors[topic] else {
            return .success(())
        }
        if code.isRetriable, now < waiter.deadline { return nil }
        let what =
            code == .unknownTopicOrPartition ? "topic '\(topic)' does not exist" : "topic '\(topic)' is not available"
        return .failure(KafkaError(broker: code, what))
    }
}

extension MetadataRequest {
    /// Asks about topics; nil asks about all. Before version 4 nobody can ask without creating.
    static func forTopics(_ names: [String]?, createsTopics: Bool, version: Int16) -> MetadataRequest {
        .with {
            $0.allowAutoTopicCreation = createsTopics || version < 4
            $0.topics = names?.map { name in .with { $0.name = name } }
        }
    }
}

extension ClusterCore {
    /// Learns about topics (nil: all; none: brokers only) and calls back when ``metadata`` has them. Topics that do not
    /// exist (yet) are asked for again until `timeout` has passed.
    func fetchMetadata(
        of topics: [String]?, createsTopics: Bool = false, timeout: Duration, _ completion: @escaping Completion<Void>
    ) {
        if let closedError { return completion(.failure(closedError)) }
        metadataRefresh.waiters.append(
            MetadataRefresh.Waiter(
                topics: topics, createsTopics: createsTopics, deadline: .now() + TimeAmount(timeout),
                completion: completion))
        startMetadataRound()
    }

    private func startMetadataRound() {
        guard !metadataRefresh.isUnderWay, !metadataRefresh.waiters.isEmpty else { return }
        metadataRefresh.isUnderWay = true
        let asked = metadataRefresh.waiters.count
        let request = metadataRefresh.request(createsTopics: configuration.allowsAutoCreateTopics)
        send(request, to: .any) { [self] result in
            metadataRefresh.isUnderWay = false
            switch result {
            case .success(let response):
                let errors = metadata.merge(response)
                metadataAge = .now()
                settleMetadataWaiters(asked) { MetadataRefresh.verdict(on: $0, errors: errors, now: .now()) }
            case .failure(let error):
                settleMetadataWaiters(asked) { waiter in
                    let mayRetry = error.isRetriable && error.code != .cannotConnect && .now() < waiter.deadline
                    return mayRetry ? nil : .failure(error)
                }
            }
        }
    }

    /// Answers the first `count` waiters, which the request spoke for, and asks again for the others: at once for those
    /// that came later, after a pause for those that must be patient.
    private func settleMetadataWaiters(
        _ count: Int, verdict: (MetadataRefresh.Waiter) -> Result<Void, KafkaError>?
    ) {
        let asked = metadataRefresh.waiters.prefix(count)
        metadataRefresh.waiters.removeFirst(asked.count)
        let hasNewcomers = !metadataRefresh.waiters.isEmpty
        let settled = asked.map { ($0, verdict($0)) }
        let patient = settled.filter { $0.1 == nil }.map(\.0)
        metadataRefresh.waiters += patient
        if patient.isEmpty { metadataRefresh.backoff.reset() }
        for (waiter, verdict) in settled {
            if let verdict { waiter.completion(verdict) }
        }
        if patient.isEmpty || hasNewcomers { return startMetadataRound() }
        schedule(after: metadataRefresh.backoff.next()) { [weak self] in self?.startMetadataRound() }
    }

    func failMetadataWaiters(_ error: KafkaError) {
        let waiters = metadataRefresh.waiters
        metadataRefresh.waiters = []
        for waiter in waiters { waiter.completion(.failure(error)) }
    }
}
