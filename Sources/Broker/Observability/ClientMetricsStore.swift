import CoreMetrics
import KafkaProtocol
import Synchronization

/// The metrics that clients have pushed, as the broker's own: gauges, and counters for what they add up.
///
/// The number of series is bounded per client and in all: metrics of the client that was silent longest go first, and
/// series beyond a client's limit are counted, not kept.
final class ClientMetricsStore: Sendable {
    struct Limits: Sendable {
        var clients = 1_000
        var seriesPerClient = 1_000
        var series = 50_000
    }

    private struct Name: Hashable {
        var metric: String
        var attributes: [MetricPoint.Attribute]
        var kind: MetricPoint.Kind
    }

    private enum Series: Sendable {
        case gauge(Gauge)
        case counter(FloatingPointCounter)

        func record(_ value: Double) {
            switch self {
            case .gauge(let gauge): gauge.record(value)
            // Nothing that only grows can shrink.
            case .counter(let counter): if value >= 0, value.isFinite { counter.increment(by: value) }
            }
        }

        func destroy() {
            switch self {
            case .gauge(let gauge): gauge.destroy()
            case .counter(let counter): counter.destroy()
            }
        }
    }

    private struct State {
        var clients: RecencyCache<KafkaUUID, [Name: Series]>
        var seriesCount = 0
        var leftOut: Int64 = 0
    }

    private let limits: Limits
    private let factory: any MetricsFactory
    private let state: Mutex<State>

    init(limits: Limits = Limits(), factory: any MetricsFactory) {
        self.limits = limits
        self.factory = factory
        state = Mutex(State(clients: RecencyCache(capacity: limits.clients)))
    }

    var seriesCount: Int { state.withLock { $0.seriesCount } }

    /// How many points had no place.
    var leftOut: Int64 { state.withLock { $0.leftOut } }

    /// Takes in what a client has pushed.
    func record(_ points: [MetricPoint], of client: ClientAttributes) {
        let known = state.withLock { $0.clients[client.instanceID] ?? [:] }
        var series = known
        var recorded: [(Series, Double)] = []
        for point in points {
            let name = Name(metric: point.name, attributes: point.attributes, kind: point.kind)
            if series[name] == nil, series.count < limits.seriesPerClient { series[name] = make(point, client) }
            if let one = series[name] { recorded.append((one, point.value)) }
        }
        let (missing, old) = (Int64(points.count - recorded.count), keep(series, of: client.instanceID))
        if missing > 0 { state.withLock { $0.leftOut += missing } }
        old.forEach { $0.destroy() }
        for (one, value) in recorded { one.record(value) }
    }

    /// The client is gone, and its metrics with it.
    func forget(_ client: KafkaUUID) {
        let old = state.withLock { state -> [Series] in
            guard let series = state.clients.remove(client) else { return [] }
            state.seriesCount -= series.count
            return Array(series.values)
        }
        old.forEach { $0.destroy() }
    }

    /// Returns what has no place any more.
    private func keep(_ series: [Name: Series], of client: KafkaUUID) -> [Series] {
        state.withLock { state in
            var old: [Series] = []
            let before = state.clients[client] ?? [:]
            // Two pushes of one client at once have made some series twice.
            let all = before.merging(series) { mine, other in
                mine
            }
            state.seriesCount += all.count - before.count
            if let evicted = state.clients.put(all, for: client) {
                state.seriesCount -= evicted.value.count
                old += evicted.value.values
            }
            while state.seriesCount > limits.series, state.clients.count > 1,
                let evicted = state.clients.removeOldest()
            {
                state.seriesCount -= evicted.value.count
                old += evicted.value.values
            }
            return old
        }
    }

    private func make(_ point: MetricPoint, _ client: ClientAttributes) -> Series {
        let limit = MetricsPayload.maximumAttributeLength
        let dimensions =
            [
                ("client_instance_id", "\(client.instanceID)"), ("client_id", client.clientID.prefix(utf8: limit)),
                ("client_software_name", client.softwareName.prefix(utf8: limit)),
                ("client_software_version", client.softwareVersion.prefix(utf8: limit)),
            ] + point.attributes.map { ($0.key, $0.value) }
        return switch point.kind {
        case .level: .gauge(Gauge(label: point.name, dimensions: dimensions, factory: factory))
        case .increase:
            .counter(FloatingPointCounter(label: point.name, dimensions: dimensions, factory: factory))
        }
    }
}
