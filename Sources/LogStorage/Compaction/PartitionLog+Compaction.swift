package import KafkaProtocol
import Synchronization

extension PartitionLog {
    /// Whether a cleaning is under way: until it has ended no sealed segment may leave the log.
    package var isBeingCleaned: Bool { cleaning != nil }

    /// Below it every transaction is decided, by a marker that is on disk: compaction may go by that.
    package var decidedEnd: Offset { min(offsets.lastStable, producers.firstEndedInMemory ?? .max) }

    /// Begins a cleaning of `range`; nil where one is under way, where the log is offline, or where the range is not in it
    /// any more. ``endCleaning(_:_:)`` has to follow.
    package func beginCleaning(_ range: CleanableRange) -> LogCleaning? {
        guard condition == .open, cleaning == nil, uncleanable == nil else { return nil }
        let segments = reader.state.withLock { state in
            state.sealed.filter { $0.nextOffset > state.offsets.logStart && $0.nextOffset <= range.end }
        }
        guard segments.last?.nextOffset == range.end else { return nil }
        let begun = LogCleaning(
            range, segments: segments, directory: directory, configuration: configuration, environment: environment,
            reader: reader, diskGuard: diskGuard, producers: ActiveProducers(producers))
        cleaning = begun
        return begun
    }

    /// Takes a cleaning back that has come to an end. A log in which damage was found is not cleaned again before the
    /// next start; one whose swap failed half way is offline.
    package func endCleaning(_ ended: LogCleaning, _ outcome: Result<CleaningReport, LogError>) {
        guard cleaning === ended else { return }
        cleaning = nil
        switch outcome {
        case .success(let report): cleanedUpTo = report.cleanedUpTo
        case .failure(.offline): break
        case .failure(let error):
            if case .storage(let failure) = error, failure.isOutOfSpace { break }
            uncleanable = error
        }
        if ended.isBroken, condition == .open { condition = .offline }
    }
}
