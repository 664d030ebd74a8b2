import KafkaProtocol
import LogStorage

/// When the periodic work on logs is due. By the time of day, as intervals are long; a clock that was set back makes
/// nothing wait for longer than its interval.
struct MaintenanceSchedule: Sendable {
    enum Work: CaseIterable, Hashable, Sendable {
        /// Segments that are too old, too many, or below the log start go (`log.retention.check.interval.ms`).
        case retention
        /// `log.flush.start.offset.checkpoint.interval.ms`
        case logStarts
        /// `log.flush.offset.checkpoint.interval.ms`
        case recoveryPoints
        /// `producer.id.expiration.check.interval.ms`
        case producerExpiry
    }

    /// Milliseconds.
    private let intervals: [Work: Int64]
    private var due: [Work: Timestamp] = [:]

    /// - Parameters:
    ///   - intervals: milliseconds.
    ///   - firstRetention: milliseconds from the start to the first look (`log.initial.task.delay.ms`).
    init(intervals: [Work: Int64], firstRetention: Int64, start: Timestamp) {
        self.intervals = intervals.mapValues { max($0, 1) }
        for (work, interval) in self.intervals {
            due[work] = start.advanced(byMilliseconds: work == .retention ? firstRetention : interval)
        }
    }

    init(_ configuration: BrokerConfiguration, start: Timestamp) {
        self.init(
            intervals: [
                .retention: configuration.retentionCheckInterval.wholeMilliseconds,
                .logStarts: configuration.logStartCheckpointInterval.wholeMilliseconds,
                .recoveryPoints: configuration.recoveryPointCheckpointInterval.wholeMilliseconds,
                .producerExpiry: configuration.producerExpiryCheckInterval.wholeMilliseconds,
            ], firstRetention: configuration.initialTaskDelay.wholeMilliseconds, start: start)
    }

    /// What is due, which will be due again an interval from now.
    mutating func take(now: Timestamp) -> Set<Work> {
        var taken: Set<Work> = []
        for (work, interval) in intervals {
            let next = due[work] ?? now
            guard next <= now || now.milliseconds(to: next) > max(interval, 0) else { continue }
            taken.insert(work)
            due[work] = now.advanced(byMilliseconds: interval)
        }
        return taken
    }
}
