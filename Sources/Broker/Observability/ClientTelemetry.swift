import Coordination
import KafkaProtocol
import Synchronization

/// The clients that push metrics, and what they are asked for (KIP-714). Called by event loops; waits for nothing.
final class ClientTelemetry: Sendable {
    /// Clients that are known at once: a new one takes the place of the one that was silent longest.
    static let maximumInstances = 4096

    fileprivate struct State {
        var instances = RecencyCache<KafkaUUID, ClientInstance>(capacity: maximumInstances)
        var subscriptions: [TelemetrySubscription] = []
        /// The values that `subscriptions` were made of.
        var values: [String: [String: String]] = [:]
        /// Rises with each change of them.
        var generation = 0
        var metadataEnd: Offset?
        var lastSweep: Timestamp?
    }

    /// `telemetry.max.bytes`
    let maximumBytes: Int
    let metrics: ClientMetricsStore
    private let metadata: @Sendable () -> (image: ClusterMetadataImage, end: Offset)
    private let state = Mutex(State())

    init(
        maximumBytes: Int, metrics: ClientMetricsStore,
        metadata: @escaping @Sendable () -> (image: ClusterMetadataImage, end: Offset)
    ) {
        self.maximumBytes = maximumBytes
        self.metrics = metrics
        self.metadata = metadata
    }

    /// What the client shall push, or why it must not ask now.
    func subscription(of client: ClientAttributes, now: Timestamp) -> (ClientSubscription, ErrorCode) {
        let (subscriptions, generation) = current()
        let subscription = ClientSubscription(of: client, from: subscriptions)
        let code = update(client, subscription.terms, generation, now: now) { $0.get(now: now) }
        return (subscription, code)
    }

    /// Whether the client may push now, and this.
    func admit(_ push: ClientInstance.Push, of client: ClientAttributes, now: Timestamp) -> ErrorCode {
        let (subscriptions, generation) = current()
        let known = state.withLock { $0.instances[client.instanceID] }
        let terms =
            if let known, known.generation == generation {
                known.terms
            } else {
                ClientSubscription(of: client, from: subscriptions).terms
            }
        return update(client, terms, generation, now: now) { instance in
            let code = instance.push(push, limit: maximumBytes, now: now)
            instance.note(code)
            return code
        }
    }

    var instanceCount: Int { state.withLock { $0.instances.count } }

    /// What operators want now.
    private func current() -> (subscriptions: [TelemetrySubscription], generation: Int) {
        let (image, end) = metadata()
        return state.withLock { state in
            state.refresh(image, end)
            return (state.subscriptions, state.generation)
        }
    }

    private func update(
        _ client: ClientAttributes, _ terms: ClientSubscription.Terms, _ generation: Int, now: Timestamp,
        _ body: (inout ClientInstance) -> ErrorCode
    ) -> ErrorCode {
        let (code, evicted) = state.withLock { state in
            var instance =
                state.instances[client.instanceID] ?? ClientInstance(terms, generation: generation, now: now)
            instance.update(terms, generation: generation)
            instance.use(now: now)
            let code = body(&instance)
            return (code, state.instances.put(instance, for: client.instanceID)?.key)
        }
        if let evicted { metrics.forget(evicted) }
        return code
    }

    /// Forgets clients that are gone. Called every second.
    func tick(now: Timestamp) {
        let gone = state.withLock { state -> [KafkaUUID] in
            if let last = state.lastSweep, last <= now, now.rawValue - last.rawValue < Self.sweepInterval { return [] }
            state.lastSweep = now
            let gone = state.instances.all.filter { $0.value.isIdle(now: now) }.map(\.key)
            for id in gone { state.instances.remove(id) }
            return gone
        }
        for id in gone { metrics.forget(id) }
    }

    private static let sweepInterval: Int64 = 10_000
}

extension ClientTelemetry.State {
    /// Takes in what operators have changed.
    fileprivate mutating func refresh(_ image: ClusterMetadataImage, _ end: Offset) {
        guard metadataEnd.map({ $0 < end }) ?? true else { return }
        metadataEnd = end
        let names = image.clientMetricsSubscriptions
        let values = Dictionary(
            uniqueKeysWithValues: names.map { ($0, image.configuration(of: .clientMetrics($0))) })
        guard values != self.values else { return }
        self.values = values
        subscriptions = names.compactMap { values[$0].flatMap(TelemetrySubscription.init) }
        generation += 1
    }
}
