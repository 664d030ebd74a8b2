import KafkaProtocol
import LogStorage
import Synchronization

/// What compaction asks of a partition.
extension Partition {
    /// What a cleaning would have to do by now; nil where the log is not compacted, is being cleaned, or cannot be. Blocks.
    func cleanableRange(now: Timestamp) throws(LogError) -> CleanableRange? {
        guard end == nil else { return nil }
        let known = state.withLock { state -> (Offset, Offset, LogConfiguration)? in
            let log = state.log
            guard log.configuration.cleanupPolicy.contains(.compact), !log.isBeingCleaned,
                log.uncleanable == nil
            else { return nil }
            return (log.cleanedUpTo, min(log.recoveryPoint, log.decidedEnd), log.configuration)
        }
        guard let (cleanedUpTo, recoveryPoint, configuration) = known else { return nil }
        let range = try reader.cleanableRange(
            cleanedUpTo: cleanedUpTo, recoveryPoint: recoveryPoint, configuration, now: now)
        return range.isDue(configuration) ? range : nil
    }

    /// Begins a cleaning, which nobody else does until ``endCleaning(_:_:)``; nil where somebody does already.
    func beginCleaning(_ range: CleanableRange) -> LogCleaning? { state.withLock { $0.log.beginCleaning(range) } }

    /// Gives a cleaning back.
    func endCleaning(_ cleaning: LogCleaning, _ outcome: Result<CleaningReport, LogError>) {
        let isOffline = state.withLock { state in
            state.log.endCleaning(cleaning, outcome)
            return state.log.isOffline
        }
        if isOffline { end(.kafkaStorageError) }
        if case .failure(.storage(let error)) = outcome { directories.report(error, in: directory) }
    }
}
