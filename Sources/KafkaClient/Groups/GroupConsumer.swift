public import KafkaProtocol
public import Logging
public import NIOCore

/// Reads topics together with the other members of its group: each partition is read by one of them, and where each
/// stands is kept by the broker.
///
///     let consumer = try GroupConsumer(
///         GroupConsumerConfiguration(bootstrapServers: "127.0.0.1:9092", groupID: "billing"))
///     try consumer.subscribe(["orders"])
///     for try await record in consumer { handle(record) }
///     try await consumer.close()
///
/// Asking for the next records says that those before are done with: they are what is committed, every
/// `auto.commit.interval.ms` and before a partition is given up. So let one task ask, and let it ask when it is done.
/// Partitions are given up and taken over while somebody asks for records, never behind the application's back; signs
/// of life are sent in any case.
///
/// Who chooses partitions himself, outside of any group, takes a ``Consumer``.
public final class GroupConsumer: Sendable, AsyncSequence {
    public typealias Element = ConsumerRecord
    /// Told of changes in the task that asks for records, before it gets more of them.
    public typealias ChangeHandler = @Sendable (AssignmentChange) async throws -> Void

    private let consumer: Consumer
    private let configuration: GroupConsumerConfiguration
    private let changes = AssignmentChanges()
    private let onChange: ChangeHandler
    private let logger: Logger
    private let bound: NIOLoopBoundBox<GroupSession?>
    /// For those who close it while somebody does.
    private let closed = OneShot<Void>()

    private var cluster: Cluster { consumer.cluster }
    private var groupID: String { configuration.groupID }

    /// Nothing is sent before ``subscribe(_:)``.
    ///
    /// - Parameters:
    ///   - group: where the connections live; nil is NIO's shared group.
    ///   - onChange: told what is read from now on, and no more. What it throws is thrown by the call for records.
    /// - Throws: `invalidConfiguration`.
    public init(
        _ configuration: GroupConsumerConfiguration, logger: Logger = Logger(label: "kafka.group-consumer"),
        on group: (any EventLoopGroup)? = nil, onChange: @escaping ChangeHandler = { _ in }
    ) throws(KafkaError) {
        try configuration.validate()
        self.configuration = configuration
        self.logger = logger
        self.onChange = onChange
        consumer = Consumer(configuration.consumer, logger: logger, on: group)
        bound = NIOLoopBoundBox.makeEmptyBox(eventLoop: consumer.cluster.loop)
    }

    // MARK: What is read

    /// Joins the group to read these topics, and no others. Topics that do not exist yet are read when they do.
    public func subscribe(_ topics: [String]) throws(KafkaError) {
        try subscribe(.topics(topics))
    }

    /// Joins the group to read the topics whose whole names match an RE2 expression, those to come included (KIP-848).
    ///
    /// - Throws: `invalidConfiguration` unless `group.protocol` is `consumer`: the broker matches.
    public func subscribe(matching pattern: String) throws(KafkaError) {
        guard configuration.groupProtocol == .consumer else {
            throw KafkaError(.invalidConfiguration, "subscribing by a pattern needs group.protocol=consumer")
        }
        guard !pattern.isEmpty else { throw KafkaError(.invalidConfiguration, "the pattern of topics is empty") }
        try subscribe(.pattern(pattern))
    }

    private func subscribe(_ subscription: GroupMembershipStateMachine.Subscription) throws(KafkaError) {
        if consumer.buffer.isClosed { throw ClusterCore.closed }
        cluster.loop.execute { [self] in session.subscribe(subscription) }
    }

    /// The partitions that this member reads.
    public var assignment: [TopicPartition] { consumer.assignment }

    /// Whether the group has said what this member reads, if only that it is nothing; false while that changes.
    public var isAssigned: Bool { changes.wasAssigned }

    /// Goes on elsewhere in a partition; what was fetched of it is dropped.
    ///
    /// - Throws: `unknownPartition` if it is not assigned.
    public func seek(_ partition: TopicPartition, to start: StartPosition) throws(KafkaError) {
        try consumer.seek(partition, to: start)
    }

    /// Hands out no records of these partitions until they are resumed; they stay this member's.
    public func pause(_ partitions: some Sequence<TopicPartition>) { consumer.pause(partitions) }

    public func resume(_ partitions: some Sequence<TopicPartition>) { consumer.resume(partitions) }

    /// The offset of the next record that will be handed out; nil until it is known.
    public func position(of partition: TopicPartition) -> Offset? { consumer.position(of: partition) }

    /// The offset behind the last record that may be read, as a broker last told it; nil until one has.
    public func endOffset(of partition: TopicPartition) -> Offset? { consumer.endOffset(of: partition) }

    // MARK: Records

    /// The next records, as soon as there are any; those before are done with.
    ///
    /// - Parameters:
    ///   - limit: how many at most; nil is `max.poll.records`; 0 only takes up what has changed, and returns when
    ///     ``isAssigned``.
    ///   - timeout: how long to wait; nil waits until there are some. Giving partitions up may take longer.
    ///   - stopsAtEnd: return when every partition of this member is read to its end.
    /// - Returns: no records after the timeout, at the end, or when the consumer was closed.
    /// - Throws: why the group or a partition cannot be read on; `onChange`'s errors.
    public func nextBatch(
        limit: Int? = nil, timeout: Duration? = nil, stopsAtEnd: Bool = false
    ) async throws -> [ConsumerRecord] {
        let deadline = timeout.map { NIODeadline.now() + TimeAmount($0) }
        consumer.buffer.markConsumed()
        while !consumer.buffer.isClosed {
            do {
                while let turn = changes.take() { try await grant(turn) }
                if let failure = changes.failure { throw failure }
            } catch {
                // What was under way when the consumer was closed ends with it.
                if consumer.buffer.isClosed { return [] }
                throw error
            }
            if limit == 0, changes.wasAssigned { return [] }
            let records = try await consumer.nextBatch(
                limit: limit, until: deadline, stopsAtEnd: stopsAtEnd && changes.wasAssigned,
                isInterrupted: { changes.hasNews })
            if !records.isEmpty || !changes.hasNews || consumer.buffer.isClosed { return records }
            if let deadline, deadline <= .now() { return [] }
        }
        return []
    }

    public func makeAsyncIterator() -> Iterator { Iterator(consumer: self) }

    /// Hands out one record after another until the consumer is closed.
    public struct Iterator: AsyncIteratorProtocol {
        let consumer: GroupConsumer

        public mutating func next() async throws -> ConsumerRecord? {
            try await consumer.nextBatch(limit: 1).first
        }
    }

    // MARK: Changes

    private func grant(_ turn: AssignmentChanges.Turn) async throws {
        var failure: (any Error)?
        do {
            switch turn.wish {
            case .own(let partitions):
                let added = Set(partitions).subtracting(turn.held).sorted()
                guard try await begin(added, keeping: turn.held, turn.round) else { return changes.putBack() }
                failure = await tell(.assigned(added))
            case .revoke(let partitions):
                consumer.pause(partitions)
                if configuration.autoCommits { await commitBeforeGivingUp(Set(partitions)) }
                // A cancelled task has not committed; whoever asks next, or closes, does.
                try Task.checkCancellation()
                failure = await tell(.revoked(partitions))
                cluster.loop.execute { [self] in session.gaveUp(partitions, round: turn.round) }
            case .lose(let partitions):
                failure = await tell(.lost(partitions.filter(turn.held.contains)))
            }
        } catch {
            changes.putBack()
            throw error
        }
        changes.granted(turn)
        if let failure { throw failure }
    }

    private func tell(_ change: AssignmentChange) async -> (any Error)? {
        switch change {
        case .assigned(let partitions), .revoked(let partitions), .lost(let partitions):
            if partitions.isEmpty { return nil }
        }
        do {
            try await onChange(change)
            return nil
        } catch {
            return error
        }
    }

    /// Begins where the group stands.
    ///
    /// - Returns: false if the partitions are lost already.
    private func begin(_ added: [TopicPartition], keeping kept: Set<TopicPartition>, _ round: Int) async throws -> Bool
    {
        let offsets = added.isEmpty ? [:] : try await committed(added, while: { changes.round == round })
        let starts = try added.reduce(into: [TopicPartition: StartPosition]()) { starts, partition in
            if let offset = offsets[partition] {
                starts[partition] = .offset(offset.offset)
            } else {
                switch configuration.consumer.offsetReset {
                case .earliest: starts[partition] = .earliest
                case .latest: starts[partition] = .latest
                case .none:
                    throw KafkaError(
                        .offsetOutOfRange,
                        "group '\(groupID)' has no offset in \(partition) and auto.offset.reset is none")
                }
            }
        }
        return try await onSession { session in
            session.install(starts, offsets, keeping: kept, round: round)
        }
    }

    /// A commit that fails does not hold up the group: the records are read twice, not lost.
    private func commitBeforeGivingUp(_ partitions: Set<TopicPartition>) async {
        do {
            let offsets = try await onSession { session in session.uncommitted(among: partitions) }
            try await commit(offsets, for: configuration.consumer.client.requestTimeout)
        } catch {
            logger.warning("partitions are given up without a commit", metadata: ["error": "\(error)"])
        }
    }

    // MARK: Offsets

    /// Commits how far the application is: every record that was handed out counts as done with.
    ///
    /// - Throws: ILLEGAL_GENERATION, UNKNOWN_MEMBER_ID or FENCED_MEMBER_EPOCH if the group has gone on without this
    ///   member; REBALANCE_IN_PROGRESS while others join: ask for records, then commit again.
    public func commit() async throws {
        consumer.buffer.markConsumed()
        try await commit(try await onSession { session in session.uncommitted() }, for: nil)
    }

    /// Commits these offsets, each that of the next record to read.
    public func commit(_ offsets: [TopicPartition: CommittedOffset]) async throws {
        try await commit(offsets, for: nil)
    }

    private func commit(_ offsets: [TopicPartition: CommittedOffset], for patience: Duration?) async throws {
        guard !offsets.isEmpty else { return }
        let deadline = ContinuousClock.now + (patience ?? configuration.consumer.client.apiTimeout)
        while true {
            let identity = try await memberIdentity()
            let outcomes = try await cluster.retrying(atCoordinatorOf: groupID, for: patience) {
                try await cluster.onLoop { [groupID] core, completion in
                    core.commitOffsets(offsets, group: groupID, as: identity, completion)
                }
            }
            let errors = outcomes.values.compactMap { outcome -> KafkaError? in
                if case .failure(let error) = outcome { error } else { nil }
            }
            guard let error = errors.first else { break }
            // The member's epoch has risen in the meantime; its next heartbeat tells.
            guard error.brokerCode == .staleMemberEpoch, ContinuousClock.now < deadline else { throw error }
            try await Task.sleep(for: configuration.consumer.client.retryBackoff)
        }
        try await onSession { session in session.noteCommitted(offsets) }
    }

    private func memberIdentity() async throws -> GroupIdentity {
        guard let identity = try await onSession({ session in session.identity }) else {
            throw KafkaError(
                broker: .unknownMemberID, "this consumer is no member of group '\(groupID)' now; ask for records first")
        }
        return identity
    }

    /// What the group has committed; partitions without an offset are left out.
    public func committed(_ partitions: [TopicPartition]) async throws -> [TopicPartition: CommittedOffset] {
        try await committed(partitions, while: { true })
    }

    private func committed(
        _ partitions: [TopicPartition], while isWanted: () -> Bool
    ) async throws -> [TopicPartition: CommittedOffset] {
        let requiresStable = configuration.consumer.isolationLevel == .readCommitted
        while isWanted() {
            // In a classic group nobody has to say who asks.
            let asks = configuration.groupProtocol == .consumer
            let identity = asks ? try await onSession { $0.identity } ?? GroupIdentity() : GroupIdentity()
            do {
                let outcomes = try await cluster.retrying(atCoordinatorOf: groupID) {
                    try await fetch(partitions, as: identity, requiresStable)
                }
                return try outcomes.mapValues { try $0.get() }
            } catch let error as KafkaError
                where error.brokerCode == .staleMemberEpoch || error.brokerCode == .unknownMemberID
            {
                try await Task.sleep(for: configuration.consumer.client.retryBackoff)
            }
        }
        return [:]
    }

    private func fetch(
        _ partitions: [TopicPartition], as identity: GroupIdentity, _ requiresStable: Bool
    ) async throws -> GroupOffsets {
        let outcomes = try await cluster.onLoop { [groupID] core, completion in
            core.fetchOffsets(
                of: [groupID], partitions, as: identity, requiresStable: requiresStable,
                at: .coordinator(of: groupID), completion)
        }
        guard let outcome = outcomes[groupID] else {
            throw KafkaError(.protocolViolation, "the broker's answer leaves out group '\(groupID)'")
        }
        return try outcome.get()
    }

    // MARK: Ending

    /// Commits (if `enable.auto.commit` says so), leaves the group, and closes the connections. Loops over the consumer
    /// end. A static member does not leave: its partitions wait for it until its session ends.
    ///
    /// - Parameter commits: false leaves without a commit: the application failed with the records that it got last, and
    ///   whoever comes next is to get them.
    /// - Throws: why the last offsets are not committed; the consumer is closed all the same.
    public func close(commits: Bool = true) async throws {
        // From here on no record is handed out that the last commit would miss.
        guard consumer.buffer.stop() else { return try await closed.value() }
        // A task that was cancelled wants to leave in order, too.
        try await Task { try await end(commits: commits) }.value
    }

    private func end(commits: Bool) async throws {
        var failure: (any Error)?
        if commits, configuration.autoCommits, changes.failure == nil {
            do {
                consumer.buffer.markConsumed()
                let offsets = try await onSession { session in session.uncommitted() }
                try await commit(offsets, for: Self.patienceAtTheEnd)
            } catch { failure = error }
        }
        let held = changes.held.sorted()
        if let error = await tell(changes.failure == nil ? .revoked(held) : .lost(held)) { failure = failure ?? error }
        try? await cluster.onLoop { [self] (_, completion: @escaping Completion<Void>) in
            let timer = cluster.core.schedule(after: Self.patienceAtTheEnd) { completion(.success(())) }
            session.leave { result in
                timer.cancel()
                completion(result)
            }
        }
        consumer.close()
        closed.complete(.success(()))
        if let failure { throw failure }
    }

    /// How long a consumer tries to leave in order.
    private static let patienceAtTheEnd = Duration.seconds(5)

    // MARK: The loop

    private func onSession<Value: Sendable>(
        _ body: @escaping @Sendable (GroupSession) -> Value
    ) async throws -> Value {
        try await cluster.onLoop { [self] (_, completion: @escaping Completion<Value>) in
            completion(.success(body(session)))
        }
    }

    /// The session on its loop. Only there.
    private var session: GroupSession {
        if let session = bound.value { return session }
        let session = GroupSession(
            core: cluster.core, fetcher: consumer.fetcher, buffer: consumer.buffer, configuration: configuration,
            changes: changes, logger: logger)
        bound.value = session
        return session
    }
}
