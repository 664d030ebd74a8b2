import KafkaProtocol
import Logging
import NIOCore

/// Carries out what ``GroupMembershipStateMachine`` decides: sends its requests, looks topics up for it, keeps its time,
/// and commits offsets now and then. Lives on the cluster's event loop.
final class GroupSession {
    private let core: ClusterCore
    private let fetcher: Fetcher
    private let buffer: ConsumerBuffer
    private let configuration: GroupConsumerConfiguration
    private let changes: AssignmentChanges
    private let logger: Logger
    private var machine: GroupMembershipStateMachine
    private var topics: [String] = []
    private var timer: Scheduled<Void>?
    private var timerDeadline = NIODeadline.distantFuture
    private var commitTimer: Scheduled<Void>?
    private var isCommitting = false
    private var isLooking = false
    /// What was last committed, so that it is not committed again.
    private var committed: [TopicPartition: CommittedOffset] = [:]
    private var leavers: [Completion<Void>] = []
    private var hasEnded = false

    init(
        core: ClusterCore, fetcher: Fetcher, buffer: ConsumerBuffer, configuration: GroupConsumerConfiguration,
        changes: AssignmentChanges, logger: Logger
    ) {
        self.core = core
        self.fetcher = fetcher
        self.buffer = buffer
        self.configuration = configuration
        self.changes = changes
        self.logger = logger
        let settings = GroupMembershipStateMachine.Settings(configuration)
        switch configuration.groupProtocol {
        case .classic: machine = GroupMembershipStateMachine(classic: settings)
        case .consumer:
            machine = GroupMembershipStateMachine(consumer: settings, memberID: KafkaUUID.random().description)
        }
    }

    var identity: GroupIdentity? { machine.identity }

    /// A topic that goes takes its partitions with it; the group reads the others on. In a classic group the leader has to
    /// notice, in a consumer group the broker does.
    private func watchForMissingTopics() {
        fetcher.onMissingTopic = { [weak self] in
            guard let self, configuration.groupProtocol == .classic, !hasEnded else { return }
            look(at: topics) { [weak self] result in
                if case .success(let counts) = result { self?.handle(.looked(partitionCounts: counts)) }
            }
        }
    }

    func subscribe(_ subscription: GroupMembershipStateMachine.Subscription) {
        topics = subscription.topics
        watchForMissingTopics()
        if commitTimer == nil, configuration.autoCommits { scheduleCommit() }
        if configuration.groupProtocol == .classic, !isLooking { scheduleLook() }
        handle(.subscribe(subscription))
    }

    /// Leaves the group; calls back when it has, or when that has failed.
    func leave(_ completion: @escaping Completion<Void>) {
        guard !hasEnded else { return completion(.success(())) }
        leavers.append(completion)
        commitTimer?.cancel()
        handle(.leave)
    }

    // MARK: The machine

    private func handle(_ event: GroupMembershipStateMachine.Event) {
        for action in machine.handle(event, now: .now()) { perform(action) }
        updateTimer()
    }

    private func perform(_ action: GroupMembershipStateMachine.Action) {
        switch action {
        case .send(let request, let token, let timeout): send(request, token, timeout)
        case .forgetCoordinator: core.forgetCoordinator(of: configuration.groupID)
        case .compute(let assignor, let members): compute(assignor, members)
        case .resolve(let ids): resolve(ids)
        case .own(let partitions): post(.own(partitions))
        case .revoke(let partitions): post(.revoke(partitions))
        case .lose(let partitions):
            logger.warning("lost partitions of the group", metadata: ["partitions": "\(partitions)"])
            drop(partitions)
            post(.lose(partitions))
        case .fail(let error):
            changes.fail(error)
            end()
        case .left: end()
        }
    }

    private func post(_ wish: AssignmentChanges.Wish) {
        changes.post(wish)
        buffer.wakeAll()
    }

    private func end() {
        hasEnded = true
        commitTimer?.cancel()
        buffer.wakeAll()
        for leaver in leavers { leaver(.success(())) }
        leavers = []
    }

    private func updateTimer() {
        guard let deadline = machine.nextDeadline, !hasEnded else { return }
        if timer != nil, timerDeadline <= deadline { return }
        timer?.cancel()
        timerDeadline = deadline
        timer = core.loop.assumeIsolated().scheduleTask(deadline: deadline) { [weak self] in
            self?.timer = nil
            self?.handle(.deadlinePassed)
        }
    }

    // MARK: Requests

    private func send(_ request: GroupMembershipStateMachine.Request, _ token: Int, _ timeout: Duration?) {
        switch request {
        case .join(let request):
            send(request, token, timeout, needs: request.groupInstanceID == nil ? 0 : 5) { .join($0) }
        case .sync(let request):
            send(request, token, timeout, needs: request.groupInstanceID == nil ? 0 : 3) { .sync($0) }
        case .heartbeat(let request):
            send(request, token, timeout, needs: request.groupInstanceID == nil ? 0 : 3) { .heartbeat($0) }
        case .leave(let request): send(request, token, timeout, needs: 0) { .leave($0) }
        case .consumerHeartbeat(let request):
            send(request, token, timeout, needs: request.subscribedTopicRegex == nil ? 0 : 1) { .consumerHeartbeat($0) }
        }
    }

    /// - Parameter lowest: the first version that can say the request.
    private func send<Request: RequestMessage>(
        _ request: Request, _ token: Int, _ timeout: Duration?, needs lowest: Int16,
        _ answer: @escaping (Request.Response) -> GroupMembershipStateMachine.Response
    ) {
        core.connection(for: .membership(of: configuration.groupID)) { [weak self] result in
            guard let self else { return }
            do throws(KafkaError) {
                let connection = try result.get()
                let version = try connection.versions.version(of: Request.self)
                guard version >= lowest else {
                    throw KafkaError(
                        .unsupportedVersion,
                        "the broker's \(Request.apiKey) is too old for static members or patterns of topics")
                }
                let request = (request as? LeaveGroupRequest)?.said(in: version) as? Request ?? request
                connection.send(request, version: version, timeout: timeout) { [weak self] result in
                    switch result {
                    case .success(let response): self?.handle(.answered(token: token, answer(response)))
                    case .failure(let error): self?.handle(.failed(token: token, error))
                    }
                }
            } catch {
                handle(.failed(token: token, error))
            }
        }
    }

    // MARK: Topics

    /// This member leads: the numbers of partitions are looked up, and everybody gets his share.
    private func compute(_ assignor: ClassicAssignor, _ members: [GroupMember]) {
        look(at: members.reduce(into: Set<String>()) { $0.formUnion($1.topics) }.sorted()) { [weak self] result in
            guard let self else { return }
            switch result {
            case .success(let counts):
                let assignments = assignor.assign(members, partitionCounts: counts)
                handle(.computed(assignments, partitionCounts: counts))
            case .failure(let error):
                handle(.cannotCompute(error))
            }
        }
    }

    private func look(at topics: [String], _ completion: @escaping Completion<[String: Int]>) {
        core.fetchMetadata(of: topics, createsTopics: true, timeout: .zero) { [core] result in
            // A topic that does not exist has no partitions yet; what is known of the others counts.
            if case .failure(let error) = result, error.brokerCode == nil { return completion(.failure(error)) }
            let counts = topics.map { ($0, core.metadata.topics[$0]?.partitions.count ?? 0) }
            completion(.success(Dictionary(counts) { first, _ in first }))
        }
    }

    /// Looks from time to time whether the topics have more partitions; soon, while one of them is not there yet.
    private func scheduleLook() {
        isLooking = true
        let isMissing = topics.contains { core.metadata.topics[$0] == nil }
        let pause = min(configuration.consumer.client.metadataMaxAge, isMissing ? .seconds(5) : .seconds(3600))
        core.schedule(after: pause) { [weak self] in
            guard let self, !hasEnded, core.closedError == nil else { return }
            look(at: topics) { [weak self] result in
                if case .success(let counts) = result { self?.handle(.looked(partitionCounts: counts)) }
                self?.scheduleLook()
            }
        }
    }

    private func resolve(_ ids: [TopicID]) {
        let request = MetadataRequest.with {
            $0.allowAutoTopicCreation = false
            $0.topics = ids.map { id in .with { ($0.topicID, $0.name) = (id, nil) } }
        }
        core.send(request, to: .any) { [weak self] result in
            guard let self else { return }
            if case .success(let response) = result { _ = core.metadata.merge(response) }
            var names: [TopicID: String] = [:]
            for topic in core.metadata.topics.values where ids.contains(topic.id) { names[topic.id] = topic.name }
            handle(.resolved(names))
        }
    }

    // MARK: Partitions

    /// Begins to read new partitions, and goes on with the others that are held.
    ///
    /// - Returns: false if they have been lost in the meantime.
    func install(
        _ starts: [TopicPartition: StartPosition], _ offsets: [TopicPartition: CommittedOffset],
        keeping kept: Set<TopicPartition>, round: Int
    ) -> Bool {
        guard changes.round == round, !hasEnded else { return false }
        committed.merge(offsets) { $1 }
        let epochs = offsets.mapValues(\.leaderEpoch)
        let generations = buffer.assign(starts, epochs: epochs, keeping: kept)
        fetcher.assign(starts, epochs: epochs, generations: generations, keeping: kept)
        return true
    }

    /// The application is done with what it was asked to give up.
    func gaveUp(_ partitions: [TopicPartition], round: Int) {
        guard changes.round == round, !hasEnded else { return }
        drop(partitions)
        handle(.gaveUp)
    }

    private func drop(_ partitions: [TopicPartition]) {
        let kept = Set(buffer.assignment).subtracting(partitions)
        for partition in partitions { committed[partition] = nil }
        _ = buffer.assign([:], keeping: kept)
        fetcher.assign([:], generations: [:], keeping: kept)
    }

    // MARK: Offsets

    /// What the application is done with and has not been committed.
    func uncommitted(among partitions: Set<TopicPartition>? = nil) -> [TopicPartition: CommittedOffset] {
        buffer.consumed.filter { partition, offset in
            (partitions?.contains(partition) ?? true) && committed[partition]?.offset != offset.offset
        }
    }

    func noteCommitted(_ offsets: [TopicPartition: CommittedOffset]) {
        let held = Set(buffer.assignment)
        for (partition, offset) in offsets where held.contains(partition) { committed[partition] = offset }
    }

    private func scheduleCommit() {
        commitTimer = core.schedule(after: configuration.autoCommitInterval) { [weak self] in
            guard let self, !hasEnded, core.closedError == nil else { return }
            commitNow()
            scheduleCommit()
        }
    }

    private func commitNow() {
        let offsets = uncommitted()
        guard let identity, !offsets.isEmpty, !isCommitting else { return }
        isCommitting = true
        core.commitOffsets(offsets, group: configuration.groupID, as: identity) { [weak self] result in
            guard let self else { return }
            isCommitting = false
            // What has failed is committed with what comes next.
            switch result {
            case .success(let outcomes):
                noteCommitted(offsets.filter { if case .success = outcomes[$0.key] { true } else { false } })
                for case .failure(let error) in outcomes.values.prefix(1) {
                    logger.info("offsets are not committed yet", metadata: ["error": "\(error)"])
                }
            case .failure(let error):
                logger.info("offsets are not committed yet", metadata: ["error": "\(error)"])
            }
        }
    }
}

extension GroupMembershipStateMachine.Settings {
    init(_ configuration: GroupConsumerConfiguration) {
        self.init(groupID: configuration.groupID)
        let client = configuration.consumer.client
        instanceID = configuration.instanceID
        rackID = configuration.consumer.rack.isEmpty ? nil : configuration.consumer.rack
        assignors = configuration.assignors
        serverAssignor = configuration.remoteAssignor
        sessionTimeout = configuration.sessionTimeout
        heartbeatInterval = configuration.heartbeatInterval
        rebalanceTimeout = configuration.rebalanceTimeout
        backoff = Backoff(first: client.retryBackoff, longest: client.retryBackoffMax)
    }
}

extension LeaveGroupRequest {
    /// Before version 3 there was room for one member.
    fileprivate func said(in version: Int16) -> LeaveGroupRequest {
        guard version < 3, let member = members.first else { return self }
        return .with { ($0.groupID, $0.memberID) = (groupID, member.memberID) }
    }
}
