import CoreMetrics
import KafkaProtocol
import Synchronization

/// How far groups are behind, as gauges of the broker's own: `kafka_consumergroup_lag` is the number of records between
/// what a group has committed and the end of the partition, by `consumergroup`, `topic` and `partition`.
///
/// Gauges come and go with what is committed; their number is bounded.
final class GroupLagGauges: Sendable {
    /// What a gauge is about.
    struct Position: Hashable, Sendable {
        var group: String
        var topic: String
        var partition: PartitionIndex
    }

    static let label = "kafka_consumergroup_lag"
    /// What finds no place is counted here.
    static let leftOutLabel = "martlet_consumergroup_lag_left_out"
    /// Gauges at most: about half a kilobyte each.
    static let limit = 50_000

    private let factory: any MetricsFactory
    private let leftOut: Gauge
    private let gauges = Mutex<[Position: Entry]>([:])

    private struct Entry {
        var gauge: Gauge
        var lag: Int64
    }

    init(factory: any MetricsFactory) {
        self.factory = factory
        leftOut = Gauge(label: Self.leftOutLabel, dimensions: [], factory: factory)
    }

    var count: Int { gauges.withLock(\.count) }

    /// What the gauge was set to last; nil where there is none.
    func lag(of position: Position) -> Int64? { gauges.withLock { $0[position]?.lag } }

    /// Sets the gauges to `lags`; those of other positions go.
    func set(_ lags: [Position: Int64], leftOut count: Int) {
        let (updated, old) = gauges.withLock { gauges -> ([(Gauge, Int64)], [Gauge]) in
            let old = gauges.filter { lags[$0.key] == nil }
            for position in old.keys { gauges[position] = nil }
            let updated = lags.map { position, lag in
                let gauge = gauges[position]?.gauge ?? gauge(position)
                gauges[position] = Entry(gauge: gauge, lag: lag)
                return (gauge, lag)
            }
            return (updated, old.values.map(\.gauge))
        }
        for (gauge, lag) in updated { gauge.record(lag) }
        for gauge in old { gauge.destroy() }
        leftOut.record(count)
    }

    private func gauge(_ position: Position) -> Gauge {
        let dimensions = [
            ("consumergroup", position.group), ("topic", position.topic), ("partition", "\(position.partition)"),
        ]
        return Gauge(label: Self.label, dimensions: dimensions, factory: factory)
    }
}
