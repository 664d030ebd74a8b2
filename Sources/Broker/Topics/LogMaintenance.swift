import KafkaProtocol
import LogStorage
import Logging
import NIOPosix
import Synchronization

/// The periodic work on all logs that waits for the disk: retention, checkpoints, the expiry of producers, and the removal
/// of files whose time is over. It has a thread of its own; nobody who serves requests waits for it.
///
/// Settings of topics are read anew in each round, so that a change takes effect with the next.
final class LogMaintenance: Sendable {
    private let topics: TopicHost
    private let logger: Logger
    private let schedule: Mutex<MaintenanceSchedule>
    private let thread = NIOThreadPool(numberOfThreads: 1)

    init(topics: TopicHost, schedule: MaintenanceSchedule, logger: Logger) {
        self.topics = topics
        self.logger = logger
        self.schedule = Mutex(schedule)
        thread.start()
    }

    /// Does what is due; returns when it is done.
    func run(now: Timestamp) async {
        let due = schedule.withLock { $0.take(now: now) }
        if due.contains(.retention) { await retain(now: now) }
        await onThread { [self] in
            if due.contains(.producerExpiry) {
                for partition in topics.partitions { partition.removeExpiredProducers(now: now) }
            }
            if due.contains(.recoveryPoints) { topics.writeCheckpoints([.recoveryPoint, .highWatermark]) }
            if due.contains(.logStarts) { topics.writeCheckpoints([.logStart]) }
            topics.graveyard.tick(now: now)
        }
    }

    /// Ends the thread, after the work that was begun.
    func shutdown() async { try? await thread.shutdownGracefully() }

    private func onThread<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value? {
        try? await thread.runIfActive { work() }
    }

    // MARK: - Retention

    /// A partition and how far its log has to go.
    private struct Expired: Sendable {
        var partition: Partition
        var decision: RetentionDecision
        var end: Offset
    }

    /// One round over all logs: decide, seal the tails that go as a whole, wait until what follows them is on disk, make
    /// all new log starts durable with one write, then let go of the segments.
    private func retain(now: Timestamp) async {
        let expired = await onThread { [self] in topics.partitions.compactMap { decide($0, now: now) } } ?? []
        for log in expired { await log.partition.untilRemovable(upTo: log.end) }
        await onThread { [self] in remove(expired) }
    }

    private func decide(_ partition: Partition, now: Timestamp) -> Expired? {
        do throws(LogError) {
            guard partition.end == nil else { return nil }
            try partition.sealTail(now: now)
            let decision = try partition.expired(now: now)
            guard let end = decision.logStart else { return nil }
            if decision.includesTail { try partition.sealTail(at: end, now: now) }
            return Expired(partition: partition, decision: decision, end: end)
        } catch {
            warn("retention failed", partition, error)
            return nil
        }
    }

    private func remove(_ expired: [Expired]) {
        var ready: [(log: Expired, checkpoint: LogCheckpoint)] = []
        for log in expired {
            let end = min(log.end, log.partition.removableEnd)
            guard let checkpoint = try? log.partition.checkpoint(deletingBefore: end) else { continue }
            ready.append((log, checkpoint))
        }
        let failures = topics.raiseLogStarts(ready.map { ($0.log.partition, $0.checkpoint) })
        for (log, checkpoint) in ready {
            let failure = failures[log.partition.directory.path]
            // A disk without room for the checkpoint needs nothing more than a removal. The first segment that is left
            // vouches for the log start.
            if let failure, !failure.isOutOfSpace { continue }
            remove(log, log.partition, checkpoint.logStart, atOnce: failure != nil)
        }
    }

    private func remove(_ log: Expired, _ partition: Partition, _ start: Offset, atOnce: Bool) {
        do throws(LogError) {
            try partition.advanceLogStart(to: start)
            guard let removed = partition.removeSegments() else { return }
            let files = try removed.retire()
            topics.graveyard.bury(files, for: atOnce ? .zero : partition.configuration.fileDeleteDelay)
            logger.info(
                "segments removed",
                metadata: [
                    "partition": "\(partition.topicPartition)", "segments": "\(removed.count)",
                    "bytes": "\(removed.byteCount)", "log start": "\(start)",
                    "reason": "\(log.decision.removals.last.map { $0.reason.rawValue } ?? "")",
                ])
        } catch {
            warn("retention failed", partition, error)
            if case .storage(let cause) = error { topics.directories.report(cause, in: partition.directory) }
        }
    }

    private func warn(_ what: Logger.Message, _ partition: Partition, _ error: LogError) {
        logger.warning(what, metadata: ["partition": "\(partition.topicPartition)", "reason": "\(error)"])
    }
}

extension LogError {
    fileprivate var isOutOfSpace: Bool { if case .storage(let cause) = self { cause.isOutOfSpace } else { false } }
}
