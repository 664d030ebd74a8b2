import KafkaProtocol
import LogStorage
import NIOCore
import Synchronization
import SystemPackage

/// One partition that this broker leads: its log, and who waits for it.
///
/// Methods are synchronous and may be called from any thread. They decide and write under the log's lock, and call back
/// whom they released outside of it. Who waits, and what is asked for often, has a lock of its own, under which nothing
/// waits for a disk: an event loop takes the log's lock for nothing but an append.
final class Partition: Sendable {
    let topicPartition: TopicPartition
    let topicID: TopicID
    /// Reads and published offsets; needs no lock of the append path.
    let reader: LogReader
    /// Where the log lies.
    let directory: DataDirectory
    let directories: LogDirectories
    let leaderEpoch: LeaderEpoch
    let flushQueue: FlushQueue
    /// The log, held while it is written to.
    let state: Mutex<State>
    /// Taken alone, or inside of ``state``.
    let waiters: Mutex<Waiters>

    struct State {
        var log: PartitionLog
        var isFlushQueued = false
    }

    struct Waiters {
        /// Appends that wait until the high watermark has passed their last record, in order.
        var commits: [CommitWaiter] = []
        /// Who waits until segments up to an offset may be removed.
        var removals: [CommitWaiter] = []
        /// Fetches that wait for more to read.
        var reads: [ObjectIdentifier: any ReadWaiter] = [:]
        /// The topic's settings in force.
        var configuration: LogConfiguration
        /// Why the partition serves no more; nil while it does.
        var end: ErrorCode?
    }

    struct CommitWaiter {
        /// What has to be reached to release the waiter.
        var target: Offset
        var release: @Sendable (ErrorCode) -> Void
    }

    /// Whom a change has released: called back once the lock is free.
    struct Released {
        var commits: [CommitWaiter] = []
        var code = ErrorCode.none
        var reads: [any ReadWaiter] = []
    }

    init(
        _ topicPartition: TopicPartition, topicID: TopicID, log: sending PartitionLog, in directory: DataDirectory,
        of directories: LogDirectories, flushQueue: FlushQueue
    ) {
        self.topicPartition = topicPartition
        self.topicID = topicID
        self.directory = directory
        self.directories = directories
        self.flushQueue = flushQueue
        reader = log.reader
        leaderEpoch = log.leaderEpoch
        waiters = Mutex(Waiters(configuration: log.configuration))
        state = Mutex(State(log: log))
    }

    /// Why the partition serves no more (deleted, offline); nil while it does.
    var end: ErrorCode? { waiters.withLock { $0.end } }

    /// Whether an append would have to wait for the disk, so that no event loop should make it.
    var appendsWait: Bool { flushQueue.disk.isSlow }

    func notify(_ released: Released) {
        for waiter in released.commits { waiter.release(released.code) }
        for waiter in released.reads { waiter.partitionAdvanced() }
    }
}

// MARK: - Appending

extension Partition {
    /// Writes one validated batch at the log's end.
    ///
    /// Nobody is answered before the high watermark has passed it; with `flush.messages=1` a flush has been asked for
    /// when this returns.
    func append(
        _ records: ByteBuffer, origin: AppendOrigin, now: Timestamp
    ) throws(LogError) -> AppendResult {
        let write = write(records, origin: origin, now: now)
        finish(write)
        return try write.outcome.get()
    }

    /// A batch that has been written or refused, before anybody was told.
    struct Write {
        var outcome: Result<AppendResult, LogError>
        fileprivate var hasMoved: Bool
        fileprivate var needsFlush: Bool
        fileprivate var isOffline: Bool
    }

    /// The first half of an append, for who holds a lock of its own meanwhile; the second is ``finish(_:)``.
    func write(_ records: ByteBuffer, origin: AppendOrigin, now: Timestamp) -> Write {
        flushQueue.disk.timed {
            state.withLock { state in
                let before = state.log.offsets
                let outcome = Result { () throws(LogError) in
                    try state.log.append(records, leaderEpoch: leaderEpoch, origin: origin, now: now)
                }
                let hasMoved = state.log.offsets != before
                return Write(
                    outcome: outcome, hasMoved: hasMoved, needsFlush: queueFlush(&state),
                    isOffline: state.log.isOffline)
            }
        }
    }

    /// Asks for the flush and calls back whom the write has released. Call outside of any lock.
    func finish(_ write: Write) {
        if write.needsFlush { flushQueue.enqueue(self) }
        if write.hasMoved { notify(advanced()) }
        // A write that failed for good: what was written before it will not be flushed any more.
        if write.isOffline { end(.kafkaStorageError) }
        if case .failure(.storage(let error)) = write.outcome { directories.report(error, in: directory) }
    }

    /// Calls `release` once the high watermark has reached `target`, at once if it has. An error code other than `none`
    /// says that it never will.
    func whenCommitted(_ target: Offset, _ release: @escaping @Sendable (ErrorCode) -> Void) {
        let now: ErrorCode? = waiters.withLock { waiters in
            if reader.offsets.highWatermark >= target { return ErrorCode.none }
            if let end = waiters.end { return end }
            waiters.commits.append(CommitWaiter(target: target, release: release))
            return nil
        }
        if let now { release(now) }
    }

    /// Whom the offsets that readers see by now release. Called after each move of them.
    func advanced() -> Released {
        waiters.withLock { waiters in
            var released = Released()
            let highWatermark = reader.offsets.highWatermark
            if waiters.commits.contains(where: { $0.target <= highWatermark }) {
                released.commits = waiters.commits.filter { $0.target <= highWatermark }
                waiters.commits.removeAll { $0.target <= highWatermark }
            }
            if !waiters.reads.isEmpty { released.reads = Array(waiters.reads.values) }
            return released
        }
    }
}

// MARK: - Flushing

extension Partition {
    func queueFlush(_ state: inout State, isOverdue: Bool = false) -> Bool {
        guard !state.isFlushQueued, end == nil, isOverdue || state.log.needsFlush else { return false }
        state.isFlushQueued = true
        return true
    }

    /// Makes durable what has been appended so far. Blocks the calling thread for as long as the disk takes.
    ///
    /// - Returns: whether more was appended meanwhile, so that the log has to be flushed again.
    func flush(_ statistics: FlushStatistics) -> Bool {
        let flush = state.withLock { state in
            let flush = state.log.prepareFlush()
            if flush == nil { state.isFlushQueued = false }
            return flush
        }
        guard let flush else { return false }
        do {
            try flushQueue.disk.flushing(flush.byteCount) { () throws(FileSystemError) in try flush.run() }
        } catch {
            takeOffline()
            directories.report(error, in: directory)
            return false
        }
        statistics.record(bytes: flush.byteCount)
        let (removableEnd, isDue) = state.withLock { state in
            _ = state.log.completeFlush(flush)
            state.isFlushQueued = false
            return (state.log.removableEnd, queueFlush(&state))
        }
        var released = advanced()
        released.commits += removable(upTo: removableEnd)
        notify(released)
        return isDue
    }

    /// After a failed flush, and when its directory has failed, nothing is acknowledged any more: what the disk holds is
    /// unknown.
    func takeOffline() {
        state.withLock { $0.log.takeOffline() }
        end(.kafkaStorageError)
    }

    /// Tells everybody who waits that the partition serves no more, unless it had ended before.
    func end(_ code: ErrorCode) {
        let released: [Released] = waiters.withLock { waiters in
            guard waiters.end == nil else { return [] }
            waiters.end = code
            defer {
                waiters.commits = []
                waiters.removals = []
                waiters.reads = [:]
            }
            // What is committed is, although its waiters were about to be told by somebody else.
            let highWatermark = reader.offsets.highWatermark
            let committed = Released(commits: waiters.commits.filter { $0.target <= highWatermark })
            let others = waiters.commits.filter { $0.target > highWatermark }
            return [
                committed,
                Released(commits: others + waiters.removals, code: code, reads: Array(waiters.reads.values)),
            ]
        }
        released.forEach(notify)
    }
}

// MARK: - Waiting readers

extension Partition {
    /// Tells `waiter` of every move of the offsets from now on, until it is removed.
    ///
    /// - Returns: the high watermark that the waiter will hear nothing more of; nil if the partition has ended.
    func add(_ waiter: any ReadWaiter) -> Offset? {
        waiters.withLock { waiters in
            guard waiters.end == nil else { return nil }
            waiters.reads[ObjectIdentifier(waiter)] = waiter
            return reader.offsets.highWatermark
        }
    }

    /// How many are waiting.
    var readWaiterCount: Int { waiters.withLock { $0.reads.count } }

    func remove(_ waiter: any ReadWaiter) {
        waiters.withLock { _ = $0.reads.removeValue(forKey: ObjectIdentifier(waiter)) }
    }
}

// MARK: - Administration

extension Partition {
    /// Puts changed topic settings into force.
    func apply(_ configuration: LogConfiguration) {
        waiters.withLock { $0.configuration = configuration }
        let needsFlush = state.withLock { state in
            _ = state.log.update(configuration)
            return queueFlush(&state)
        }
        if needsFlush { flushQueue.enqueue(self) }
        notify(advanced())
    }

    var configuration: LogConfiguration { waiters.withLock { $0.configuration } }

    /// Bytes of the log on disk.
    var sizeInBytes: Int { reader.sizeInBytes }

    /// How far the log is on disk, and where it begins.
    var checkpoint: LogCheckpoint {
        state.withLock { state in
            LogCheckpoint(
                partition: topicPartition, topicID: topicID, recoveryPoint: state.log.recoveryPoint,
                logStart: state.log.offsets.logStart, highWatermark: state.log.offsets.highWatermark)
        }
    }

    /// Damage was found in a sealed segment: nothing of the log is rewritten before the next start.
    func keepAsItIs(because damage: LogError.CorruptBatch) {
        state.withLock { $0.log.keepAsItIs(because: damage) }
    }

    /// Starts the flush that flush.ms asks for; at the next call where the log is being written to.
    func flushIfOverdue(now: Timestamp) {
        let needsFlush = state.withLockIfAvailable { state in
            state.log.isFlushOverdue(now: now) && queueFlush(&state, isOverdue: true)
        }
        if needsFlush == true { flushQueue.enqueue(self) }
    }

    /// Forgets producers that have been silent for too long.
    func removeExpiredProducers(now: Timestamp) { state.withLock { $0.log.removeExpiredProducers(now: now) } }

    /// The producers that the log knows. Waits for an append that is under way.
    var activeProducers: [ActiveProducer] { state.withLock { $0.log.activeProducers } }

    /// The topic is deleted: whoever waits is told, and the folder gets its last name.
    ///
    /// - Returns: the renamed folder, to be removed later.
    func delete() throws(LogError) -> FilePath {
        end(.unknownTopicOrPartition)
        let outcome = state.withLock { state in
            Result { () throws(LogError) in try state.log.markDeleted(uuid: .random()) }
        }
        if case .failure(.storage(let error)) = outcome { directories.report(error, in: directory) }
        return try outcome.get()
    }

    /// Flushes and closes the log at the end of a clean stop.
    func close() throws(LogError) {
        let outcome = state.withLock { state in Result { () throws(LogError) in try state.log.close() } }
        notify(advanced())
        end(.notLeaderOrFollower)
        try outcome.get()
    }
}
