package import KafkaProtocol

extension PartitionLog {
    /// Whether a flush is due: by `flush.messages` (with 1, whenever anything is not on disk), or because a sealed
    /// segment is not on disk.
    ///
    /// A topic that leaves flushing to the system is flushed where a segment ends, as Kafka does: recovery has one
    /// segment to read then, and the sealed one's files can be closed.
    package var needsFlush: Bool {
        guard condition == .open else { return false }
        if unflushed.begunSegment < tail.baseOffset { return true }
        if configuration.commitsOnFlush { return unflushed.flushed < logEnd }
        return unflushed.flushed.distance(to: logEnd) >= configuration.flushMessages
    }

    /// When `flush.ms` wants a flush of what is there now; nil for never.
    package var flushDeadline: Timestamp? {
        guard condition == .open, unflushed.flushed < logEnd, let interval = configuration.flushInterval,
            let since = unflushed.since
        else { return nil }
        return since.advanced(byMilliseconds: interval.wholeMilliseconds)
    }

    /// Whether ``flushDeadline`` has passed.
    package func isFlushOverdue(now: Timestamp) -> Bool { flushDeadline.map { $0 <= now } ?? false }

    /// Everything that is not on disk yet, as a value for a flush thread; nil if there is nothing, or the log is
    /// offline. Exactly one of ``completeFlush(_:)`` and ``failFlush(_:)`` follows, before the next is prepared: the
    /// system reports a failure only once, and two flushes at a time could not tell whose it was.
    package func prepareFlush() -> LogFlush? {
        guard condition == .open else { return nil }
        var files = unflushed.files
        if unflushed.flushed < logEnd, tail.size > 0 { files.append(tail.file) }
        guard !files.isEmpty || unflushed.names else { return nil }
        let flush = LogFlush(
            target: logEnd, byteCount: unflushed.byteCount, position: (tail.baseOffset, tail.size), device: device,
            fileSystem: environment.fileSystem, files: files, directory: unflushed.names ? directory : nil)
        unflushed.files.removeAll()
        unflushed.names = false
        unflushed.byteCount = 0
        unflushed.since = nil
        producers.beginFlush()
        return flush
    }

    /// The flush succeeded: the high watermark rises where it follows the disk. Returns the offsets after it.
    @discardableResult
    package func completeFlush(_ flush: LogFlush) -> PartitionOffsets {
        guard condition == .open else { return offsets }
        unflushed.flushed = max(unflushed.flushed, flush.target)
        unflushed.begunSegment = max(unflushed.begunSegment, flush.position.base)
        producers.endFlush()
        guard configuration.commitsOnFlush else { return offsets }
        return commit(upTo: flush.target, at: flush.position)
    }

    /// The flush failed: the log is offline for good, nothing is acknowledged any more; reads up to the high watermark
    /// go on.
    package func failFlush(_ flush: LogFlush) { takeOffline() }

    /// Something failed that the log stands on: it takes no appends any more and believes in no flush under way.
    package func takeOffline() { if condition == .open { condition = .offline } }

    /// Flushes here and now. Blocks.
    package func flush() throws(LogError) {
        guard condition == .open else { throw .offline }
        guard let flush = prepareFlush() else { return }
        do { try flush.run() } catch {
            failFlush(flush)
            throw .storage(error)
        }
        completeFlush(flush)
    }
}
