import KafkaProtocol
import LogStorage
import NIOCore
import Synchronization
import SystemPackage

/// One partition that this broker leads: its log, and who waits for it.
///
/// Methods are synchronous and may be called from any thread. They decide and write under one lock, and call back whom
/// they released outside of it.
final class Partition: Sendable {
    let topicPartition: TopicPartition
    let topicID: TopicID
    /// Reads and published offsets; needs no lock of the append path.
    let reader: LogReader
    /// Where the log lies.
    let directory: DataDirectory
    let directories: LogDirectories
    let state: Mutex<State>
    let flushQueue: FlushQueue

    struct State {
        var log: PartitionLog
        /// Appends that wait until the high watermark has passed their last record, in order.
        var commitWaiters: [CommitWaiter] = []
        /// Who waits until segments up to an offset may be removed.
        var removalWaiters: [CommitWaiter] = []
        /// Fetches that wait for more to read.
        var readWaiters: [ObjectIdentifier: any ReadWaiter] = [:]
        var isFlushQueued = false
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
        state = Mutex(State(log: log))
    }

    var leaderEpoch: LeaderEpoch { state.withLock { $0.log.leaderEpoch } }

    /// Why the partition serves no more (deleted, offline); nil while it does.
    var end: ErrorCode? { state.withLock { $0.end } }

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
        let (outcome, released, needsFlush, ended) = state.withLock { state in
            let before = state.log.offsets
            let outcome = Result { () throws(LogError) in
                try state.log.append(records, leaderEpoch: state.log.leaderEpoch, origin: origin, now: now)
            }
            let released = Self.advanced(&state, since: before)
            // A write that failed for good: what was written before it will not be flushed any more.
            let ended = state.log.isOffline && state.end == nil ? Self.end(&state, .kafkaStorageError) : nil
            return (outcome, released, Self.queueFlush(&state), ended)
        }
        if needsFlush { flushQueue.enqueue(self) }
        notify(released)
        if let ended { notify(ended) }
        if case .failure(.storage(let error)) = outcome { directories.report(error, in: directory) }
        return try outcome.get()
    }

    /// Calls `release` once the high watermark has reached `target`, at once if it has. An error code other than `none`
    /// says that it never will.
    func whenCommitted(_ target: Offset, _ release: @escaping @Sendable (ErrorCode) -> Void) {
        let now: ErrorCode? = state.withLock { state in
            if state.log.offsets.highWatermark >= target { return ErrorCode.none }
            if let end = state.end { return end }
            state.commitWaiters.append(CommitWaiter(target: target, release: release))
            return nil
        }
        if let now { release(now) }
    }

    /// Whom the move of the offsets has released.
    static func advanced(_ state: inout State, since before: PartitionOffsets) -> Released {
        let offsets = state.log.offsets
        var released = Released()
        guard offsets != before else { return released }
        if offsets.highWatermark > before.highWatermark, !state.commitWaiters.isEmpty {
            released.commits = state.commitWaiters.filter { $0.target <= offsets.highWatermark }
            if !released.commits.isEmpty { state.commitWaiters.removeAll { $0.target <= offsets.highWatermark } }
        }
        if !state.readWaiters.isEmpty { released.reads = Array(state.readWaiters.values) }
        return released
    }
}

// MARK: - Flushing

extension Partition {
    static func queueFlush(_ state: inout State, isOverdue: Bool = false) -> Bool {
        guard !state.isFlushQueued, state.end == nil, isOverdue || state.log.needsFlush else { return false }
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
            try flush.run()
        } catch {
            takeOffline()
            directories.report(error, in: directory)
            return false
        }
        statistics.record(bytes: flush.byteCount)
        let (released, isDue) = state.withLock { state in
            let before = state.log.offsets
            _ = state.log.completeFlush(flush)
            state.isFlushQueued = false
            var released = Self.advanced(&state, since: before)
            released.commits += Self.removable(&state)
            return (released, Self.queueFlush(&state))
        }
        notify(released)
        return isDue
    }

    /// After a failed flush, and when its directory has failed, nothing is acknowledged any more: what the disk holds is
    /// unknown.
    func takeOffline() {
        let released = state.withLock { state in
            state.log.takeOffline()
            return state.end == nil ? Self.end(&state, .kafkaStorageError) : nil
        }
        if let released { notify(released) }
    }

    static func end(_ state: inout State, _ code: ErrorCode) -> Released {
        state.end = code
        let released = Released(
            commits: state.commitWaiters + state.removalWaiters, code: code, reads: Array(state.readWaiters.values))
        state.commitWaiters = []
        state.removalWaiters = []
        state.readWaiters = [:]
        return released
    }
}

// MARK: - Waiting readers

extension Partition {
    /// Tells `waiter` of every move of the offsets from now on, until it is removed.
    ///
    /// - Returns: the high watermark that the waiter will hear nothing more of; nil if the partition has ended.
    func add(_ waiter: any ReadWaiter) -> Offset? {
        state.withLock { state in
            guard state.end == nil else { return nil }
            state.readWaiters[ObjectIdentifier(waiter)] = waiter
            return state.log.offsets.highWatermark
        }
    }

    /// How many are waiting.
    var readWaiterCount: Int { state.withLock { $0.readWaiters.count } }

    func remove(_ waiter: any ReadWaiter) {
        state.withLock { _ = $0.readWaiters.removeValue(forKey: ObjectIdentifier(waiter)) }
    }
}

// MARK: - Administration

extension Partition {
    /// Puts changed topic settings into force.
    func apply(_ configuration: LogConfiguration) {
        let (released, needsFlush) = state.withLock { state in
            let before = state.log.offsets
            _ = state.log.update(configuration)
            return (Self.advanced(&state, since: before), Self.queueFlush(&state))
        }
        if needsFlush { flushQueue.enqueue(self) }
        notify(released)
    }

    var configuration: LogConfiguration { state.withLock { $0.log.configuration } }

    /// Bytes of the log on disk.
    var sizeInBytes: Int { state.withLock { $0.log.sizeInBytes } }

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

    /// Starts the flush that flush.ms asks for.
    func flushIfOverdue(now: Timestamp) {
        let needsFlush = state.withLock { state in
            state.log.isFlushOverdue(now: now) && Self.queueFlush(&state, isOverdue: true)
        }
        if needsFlush { flushQueue.enqueue(self) }
    }

    /// Forgets producers that have been silent for too long.
    func removeExpiredProducers(now: Timestamp) { state.withLock { $0.log.removeExpiredProducers(now: now) } }

    /// The topic is deleted: whoever waits is told, and the folder gets its last name.
    ///
    /// - Returns: the renamed folder, to be removed later.
    func delete() throws(LogError) -> FilePath {
        let (outcome, released) = state.withLock { state in
            let released = Self.end(&state, .unknownTopicOrPartition)
            return (Result { () throws(LogError) in try state.log.markDeleted(uuid: .random()) }, released)
        }
        notify(released)
        if case .failure(.storage(let error)) = outcome { directories.report(error, in: directory) }
        return try outcome.get()
    }

    /// Flushes and closes the log at the end of a clean stop.
    func close() throws(LogError) {
        let (outcome, released) = state.withLock { state in
            let before = state.log.offsets
            let outcome = Result { () throws(LogError) in try state.log.close() }
            var released = Self.advanced(&state, since: before)
            let rest = Self.end(&state, .notLeaderOrFollower)
            released.reads = rest.reads
            return (outcome, [released, rest])
        }
        released.forEach(notify)
        try outcome.get()
    }
}
