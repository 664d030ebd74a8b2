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
        let (outcome, needsFlush) = state.withLock { state in
            let outcome = Result { () throws(LogError) in
                if let end { try state.log.sealTail(at: end, now: now) } else { try state.log.sealIdleTail(now: now) }
            }
            return (outcome, Self.queueFlush(&state))
        }
        if needsFlush { flushQueue.enqueue(self) }
        try outcome.get()
    }

    /// Returns once segments up to `end` may be removed, the next one being on disk; or never will be.
    func untilRemovable(upTo end: Offset) async {
        await withCheckedContinuation { continuation in
            let isNow = state.withLock { state in
                guard state.end == nil, state.log.removableEnd < end, state.log.needsFlush || state.isFlushQueued else {
                    return true
                }
                state.removalWaiters.append(CommitWaiter(target: end) { _ in continuation.resume() })
                return false
            }
            if isNow { continuation.resume() }
        }
    }

    /// Whom a flush has released of those who wait in ``untilRemovable(upTo:)``.
    static func removable(_ state: inout State) -> [CommitWaiter] {
        guard !state.removalWaiters.isEmpty else { return [] }
        let end = state.log.removableEnd
        defer { state.removalWaiters.removeAll { $0.target <= end } }
        return state.removalWaiters.filter { $0.target <= end }
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
        var checkpoint = checkpoint
        checkpoint.logStart = max(start, checkpoint.logStart)
        return checkpoint
    }

    /// Shows a log start that is durable. Fetches that wait hear of it.
    @discardableResult
    func advanceLogStart(to start: Offset) throws(LogError) -> PartitionOffsets {
        let (outcome, released) = state.withLock { state in
            let before = state.log.offsets
            let outcome = Result { () throws(LogError) in try state.log.advanceLogStart(to: start) }
            return (outcome, Self.advanced(&state, since: before))
        }
        notify(released)
        return try outcome.get()
    }

    /// Takes out of the log what lies wholly below its start.
    func removeSegments() -> RemovedSegments? { state.withLock { $0.log.removeSegments() } }
}
