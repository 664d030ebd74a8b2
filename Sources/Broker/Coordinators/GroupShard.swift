import Coordination
import KafkaProtocol
import LogStorage
import Logging
import NIOCore
import Synchronization

/// The coordinator of the groups that belong to one partition of `__consumer_offsets`.
///
/// One event is handled at a time: decided, its records appended and replayed, under one lock; what it answers leaves
/// when everything that it has seen is committed. Locks nest in this order: the shard's, its partition's.
final class GroupShard: Sendable {
    typealias Machine = GroupCoordinatorStateMachine

    private struct State {
        var machine: Machine
        var phase = Phase.unloaded
        /// So many loads have begun.
        var loadCount = 0
        /// Behind the last record that decisions have seen.
        var end: Offset = 0
    }

    private enum Phase: Equatable {
        /// The log is to be replayed.
        case unloaded
        /// The log is being replayed, by that load.
        case loading(Int)
        case ready
        /// The log could not be read.
        case failed
        /// For good.
        case stopped
    }

    /// A producer whose transaction the records belong to (KIP-98).
    struct Transaction: Hashable, Sendable {
        var producerID: ProducerID
        var producerEpoch: ProducerEpoch
    }

    let partition: Partition
    private let state: Mutex<State>
    private let clock: CoordinatorClock
    private let image: @Sendable () -> ClusterMetadataImage
    /// `offsets.load.buffer.size`
    private let loadBufferByteCount: Int
    /// `offsets.topic.compression.codec`
    private let codec: CompressionCodec
    /// Runs what takes long, or waits, on a thread that may.
    private let background: @Sendable (@escaping @Sendable () -> Void) -> Void
    /// Runs the matching of patterns, which may take very long, on a thread that does nothing else.
    private let matcher: @Sendable (@escaping @Sendable () -> Void) -> Void
    private let groupsInMatching = Mutex<Set<String>>([])
    private let logger: Logger

    init(
        _ partition: Partition, settings: GroupSettings, clock: CoordinatorClock, loadBufferByteCount: Int,
        codec: CompressionCodec, logger: Logger, image: @escaping @Sendable () -> ClusterMetadataImage,
        background: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void,
        matcher: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void
    ) {
        self.background = background
        self.matcher = matcher
        self.partition = partition
        self.clock = clock
        self.loadBufferByteCount = loadBufferByteCount
        self.codec = codec
        self.logger = logger
        self.image = image
        var state = State(machine: Machine(settings: settings))
        let offsets = partition.reader.offsets
        if offsets.logEnd == offsets.logStart {
            // Nothing to read: a new topic serves at once.
            state.machine.finishLoading(at: clock.now, image: image())
            state.end = offsets.logEnd
            state.phase = .ready
        }
        self.state = Mutex(state)
    }

    func apply(_ settings: GroupSettings) { state.withLock { $0.machine.settings = settings } }

    // MARK: - Events

    /// What an event means for the state beside its records.
    enum Purity {
        /// The state changes by the records alone: if they cannot be written, nothing has happened.
        case pure
        /// Members wait, timers run: if its records cannot be written, the state is loaded anew.
        case changing
    }

    /// Handles an event. May wait for the disk.
    ///
    /// - Returns: why it was not handled; `none` if it was, and then its answers come in time.
    func execute(
        _ purity: Purity, in transaction: Transaction? = nil, _ event: (inout Machine, CoordinatorTime) -> GroupOutput
    ) -> ErrorCode {
        let (due, outcome) = state.withLock { (runDue(&$0), run(purity, transaction, event, &$0)) }
        if let due { _ = finish(due) }
        return finish(outcome)
    }

    /// The same without waiting; nil where somebody else has the shard, or its disk is slow.
    func executeAtOnce(
        _ purity: Purity, _ event: (inout Machine, CoordinatorTime) -> GroupOutput
    ) -> ErrorCode? {
        guard !partition.appendsWait else { return nil }
        for _ in 0..<Self.attempts {
            let done = state.withLockIfAvailable { (due: runDue(&$0), outcome: run(purity, nil, event, &$0)) }
            guard let done else { continue }
            if let due = done.due { _ = finish(due) }
            return finish(done.outcome)
        }
        return nil
    }

    /// So often the lock is tried: as long as an append takes that the page cache takes at once.
    private static let attempts = 1000

    private struct Outcome {
        var code = ErrorCode.none
        var output = GroupOutput()
        var end: Offset = 0
        var write: Partition.Write?
        /// Who waited for a state that was given up.
        var abandoned: [GroupAnswer] = []
        var isUnloaded = false
    }

    /// What is due comes before any other event, so that no session lives longer than it may.
    private func runDue(_ state: inout State) -> Outcome? {
        guard case .ready = state.phase, state.machine.hasDueTimers(by: clock.now) else { return nil }
        let image = image()
        return run(.changing, nil, { machine, now in machine.advance(to: now, image: image) }, &state)
    }

    private func run(
        _ purity: Purity, _ transaction: Transaction?, _ event: (inout Machine, CoordinatorTime) -> GroupOutput,
        _ state: inout State
    ) -> Outcome {
        switch state.phase {
        case .ready: break
        case .unloaded, .loading: return Outcome(code: .coordinatorLoadInProgress)
        case .failed: return Outcome(code: .coordinatorNotAvailable)
        case .stopped: return Outcome(code: .notCoordinator)
        }
        let now = clock.now
        var outcome = Outcome(output: event(&state.machine, now))
        guard !outcome.output.records.isEmpty else {
            outcome.end = state.end
            return outcome
        }
        do {
            let batch = try batch(of: outcome.output.records, in: transaction, now: now.wall)
            let write = partition.write(batch, origin: .coordinator, now: now.wall)
            outcome.write = write
            state.end = try write.outcome.get().requiredHighWatermark
            outcome.end = state.end
            for record in outcome.output.records { try Self.replay(record, transaction, into: &state.machine) }
        } catch {
            fail(&outcome, because: error, purity, &state)
        }
        return outcome
    }

    private func batch(
        of records: [GroupRecord], in transaction: Transaction?, now: Timestamp
    ) throws -> ByteBuffer {
        var batch = RecordBatchBuilder(reserving: 256 * records.count)
        if let transaction {
            batch.isTransactional = true
            batch.producerID = transaction.producerID
            batch.producerEpoch = transaction.producerEpoch
        }
        for record in records {
            let (key, value) = try record.encoded()
            _ = try batch.append(key: key, value: value, timestamp: now)
        }
        guard codec != .none else { return try batch.finish() }
        var compressor = Compressor(codec: codec)
        return try batch.finish(with: &compressor)
    }

    private static func replay(
        _ record: GroupRecord, _ transaction: Transaction?, into machine: inout Machine
    ) throws(CoordinatorReplayError) {
        if let transaction {
            try machine.replay(record, ofTransactionBy: transaction.producerID)
        } else {
            try machine.replay(record)
        }
    }

    /// The records could not be written: nobody hears that they were. Where the state has gone on without them it is
    /// given up, and loaded from what the log has.
    private func fail(
        _ outcome: inout Outcome, because error: any Error, _ purity: Purity, _ state: inout State
    ) {
        outcome.code = Self.code(of: error)
        let isWritten = outcome.write.map { (try? $0.outcome.get()) != nil } ?? false
        if purity == .changing || isWritten {
            outcome.abandoned = state.machine.abandoned(.notCoordinator)
            state.machine = Machine(settings: state.machine.settings)
            state.phase = .unloaded
            outcome.isUnloaded = true
        }
        logger.warning(
            "group records not written",
            metadata: ["partition": "\(partition.topicPartition)", "reason": "\(error)"])
    }

    /// A full disk passes, and clients try again.
    private static func code(of error: any Error) -> ErrorCode {
        switch error as? LogError {
        case .shortage: .coordinatorNotAvailable
        case .storage(let error) where error.isOutOfSpace: .coordinatorNotAvailable
        // What the client sends next will not be smaller: it must not try for ever.
        case .recordTooLarge, .recordBatchTooLarge: .messageTooLarge
        case nil: error is ProtocolError ? .messageTooLarge : .notCoordinator
        default: .notCoordinator
        }
    }

    private func finish(_ outcome: Outcome) -> ErrorCode {
        if let write = outcome.write { partition.finish(write) }
        for answer in outcome.abandoned { answer.release() }
        if outcome.isUnloaded { background { [self] in load() } }
        guard outcome.code == .none else {
            // Those of the event itself, too.
            for answer in outcome.output.answers { answer.release(outcome.code) }
            return outcome.output.answers.isEmpty ? outcome.code : .none
        }
        for matching in outcome.output.patterns {
            // Once, however often it is asked for while it is under way.
            guard groupsInMatching.withLock({ $0.insert(matching.groupID).inserted }) else { continue }
            matcher { [self] in match(matching) }
        }
        guard !outcome.output.answers.isEmpty else { return .none }
        partition.whenCommitted(outcome.end) { [answers = outcome.output.answers] code in
            for answer in answers { answer.release(code == .none ? .none : .notCoordinator) }
        }
        return .none
    }

    /// Matches a group's patterns against the names of all topics, which takes a while where there are many.
    private func match(_ matching: PatternMatching) {
        defer { groupsInMatching.withLock { _ = $0.remove(matching.groupID) } }
        let image = image()
        let names = image.sortedTopics.map(\.name)
        var matches: [String: Result<Set<String>, Refusal>] = [:]
        for text in matching.patterns {
            matches[text] = Result { () throws(Refusal) in try SubscriptionPattern(text).matches(among: names) }
        }
        _ = execute(.changing) { [matches] machine, now in
            machine.patternsMatched(groupID: matching.groupID, matches, image: image, at: now)
        }
    }

    // MARK: - Time

    /// Handles what is due. May wait for the disk.
    func tick() {
        guard hasDueTimers, let due = state.withLock({ runDue(&$0) }) else { return }
        _ = finish(due)
    }

    // MARK: - Loading and the end

    /// Replays the log, unless that is being done, or is done. Blocks; meanwhile clients hear
    /// COORDINATOR_LOAD_IN_PROGRESS.
    func load() {
        let begun = state.withLock { state -> (number: Int, settings: GroupSettings)? in
            guard state.phase == .unloaded || state.phase == .failed else { return nil }
            state.loadCount += 1
            state.phase = .loading(state.loadCount)
            return (state.loadCount, state.machine.settings)
        }
        guard let begun else { return }
        var machine = Machine(settings: begun.settings)
        do {
            try replayLog(into: &machine)
            let (now, image) = (clock.now, image())
            machine.finishLoading(at: now, image: image)
            defer { removeOffsets { machine, _ in machine.removeOrphans(image: image) } }
            finishLoad(begun.number) { state in
                // They may have changed meanwhile.
                machine.settings = state.machine.settings
                state.machine = machine
                state.end = partition.reader.offsets.logEnd
                state.phase = .ready
            }
        } catch {
            logger.error(
                "groups not loaded",
                metadata: ["partition": "\(partition.topicPartition)", "reason": "\(error)"])
            finishLoad(begun.number) { $0.phase = .failed }
        }
    }

    /// The shard may have been stopped while the log was read.
    private func finishLoad(_ number: Int, _ change: (inout State) -> Void) {
        state.withLock { state in
            if state.phase == .loading(number) { change(&state) }
        }
    }

    /// Removes until there is nothing left to remove; members of other groups get their turn between the pieces.
    func removeOffsets(_ remove: (inout Machine, CoordinatorTime) -> GroupOutput) {
        var isMore = true
        while isMore {
            isMore = false
            let code = execute(.pure) { machine, now in
                let output = remove(&machine, now)
                isMore = !output.records.isEmpty
                return output
            }
            if code != .none { isMore = false }
        }
    }

    private func replayLog(into machine: inout Machine) throws {
        var replay = LogReplay(partition.reader, pieceByteCount: loadBufferByteCount)
        while let batch = try replay.next() {
            let producer = batch.header.producerID
            if batch.header.isControl {
                try replay.forEachRecord(of: batch) { record in
                    guard let marker = try EndTransactionMarker(record) else { return }
                    machine.replayEndOfTransaction(of: producer, isCommitted: marker.isCommit)
                }
                continue
            }
            let isTransactional = batch.header.isTransactional
            try replay.forEachRecord(of: batch) { record in
                let change = try GroupRecord(key: record.key, value: record.value)
                if isTransactional {
                    try machine.replay(change, ofTransactionBy: producer)
                } else {
                    try machine.replay(change)
                }
            }
        }
    }

    /// The broker stops: who waits goes to its successor.
    func stop() {
        let waiting = state.withLock { state in
            state.phase = .stopped
            return state.machine.abandoned(.notCoordinator)
        }
        for answer in waiting { answer.release() }
    }

    // MARK: - Questions

    /// Tells how far its groups have come.
    func forEachCommitted(
        _ body: (_ group: String, _ topic: String, PartitionIndex, CommittedOffset) -> Void
    ) {
        // A copy shares its memory with the state; what is written meanwhile pays for that once.
        let offsets = state.withLock { $0.machine.offsets }
        offsets.forEach(body)
    }

    /// Whether the time of anything that its groups wait for may have come; true where that cannot be said without waiting.
    var hasDueTimers: Bool {
        state.withLockIfAvailable { state in
            guard case .ready = state.phase else { return false }
            return state.machine.hasDueTimers(by: clock.now)
        } ?? true
    }

    var isReady: Bool { state.withLock { if case .ready = $0.phase { true } else { false } } }
    var hasFailed: Bool { state.withLock { if case .failed = $0.phase { true } else { false } } }
}

/// The times that coordinators go by.
struct CoordinatorClock: Sendable {
    let wall: any WallClock
    let uptime: @Sendable () -> Duration

    init(
        wall: any WallClock,
        uptime: @escaping @Sendable () -> Duration = { .nanoseconds(NIODeadline.now().uptimeNanoseconds) }
    ) {
        self.wall = wall
        self.uptime = uptime
    }

    var now: CoordinatorTime { CoordinatorTime(wall: wall.now, uptime: uptime()) }
}
