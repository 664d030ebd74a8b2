import KafkaProtocol
import LogStorage
import Synchronization

/// What retention and DeleteRecords ask of a partition, step by step.
extension Partition {
    /// What has to go by now. Blocks.
    func expired(now: Timestamp) throws(LogError) -> RetentionDecision {
        try reader.expired(RetentionLimits(configuration), now: now)
    }

    /// Seals a tail that has been idle for longer than `segment.ms`; with `end`, one of which everything has to go, unless
    /// something was appended since the log ended there.
    func sealTail(at end: Offset? = nil, now: Timestamp) throws(LogError) {
        let (outcome, needsFlush, isOffline) = state.withLock { state in
            let outcome = Result { () throws(LogError) in
                if let end { try state.log.sealTail(at: end, now: now) } else { try state.log.sealIdleTail(now: now) }
            }
            return (outcome, queueFlush(&state), state.log.isOffline)
        }
        if needsFlush { flushQueue.enqueue(self) }
        if isOffline { self.end(.kafkaStorageError) }
        if case .failure(.storage(let error)) = outcome { directories.report(error, in: directory) }
        try outcome.get()
    }

    /// Returns once segments up to `end` may be removed, the next one being on disk; or never will be.
    func untilRemovable(upTo end: Offset) async {
        await withCheckedContinuation { continuation in
            let isNow = state.withLock { state in
                guard state.log.removableEnd < end, state.log.needsFlush || state.isFlushQueued else { return true }
                return waiters.withLock { waiters in
                    guard waiters.end == nil else { return true }
                    waiters.removals.append(CommitWaiter(target: end) { _ in continuation.resume() })
                    return false
                }
            }
            if isNow { continuation.resume() }
        }
    }

    /// Whom a flush has released of those who wait in ``untilRemovable(upTo:)``.
    func removable(upTo end: Offset) -> [CommitWaiter] {
        waiters.withLock { waiters in
            guard !waiters.removals.isEmpty else { return [] }
            defer { waiters.removals.removeAll { $0.target <= end } }
            return waiters.removals.filter { $0.target <= end }
        }
    }

    var removableEnd: Offset { state.withLock { $0.log.removableEnd } }

    /// Where the log is to begin if everything below `offset` (-1: the high watermark) is deleted. A checkpoint with that
    /// log start has to be durable before ``advanceLogStart(to:)``.
    func checkpoint(deletingBefore offset: Offset) throws(LogError) -> LogCheckpoint {
        let offsets = reader.offsets
        let start = offset == -1 ? offsets.highWatermark : offset
        guard start >= 0, start <= offsets.highWatermark else {
            throw .offsetOutOfRange(requested: offset, valid: offsets.logStart...offsets.highWatermark)
        }
        // Only the log start of it is written down.
        return LogCheckpoint(
            partition: topicPartition, topicID: topicID, recoveryPoint: directory.recoveryPoint(of: topicPartition),
            logStart: max(start, offsets.logStart), highWatermark: offsets.highWatermark)
    }

    /// Shows a log start that is durable. Fetches that wait hear of it.
    @discardableResult
    func advanceLogStart(to start: Offset) throws(LogError) -> PartitionOffsets {
        let outcome = state.withLock { state in
            Result { () throws(LogError) in try state.log.advanceLogStart(to: start) }
        }
        notify(advanced())
        return try outcome.get()
    }

    /// Takes out of the log what lies wholly below its start.
    func removeSegments() -> RemovedSegments? { state.withLock { $0.log.removeSegments() } }
}
