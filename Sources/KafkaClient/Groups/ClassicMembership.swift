import KafkaProtocol
import NIOCore

/// A member of a classic group: joins, is told its assignment (or, as the leader, makes all of them), and says with
/// heartbeats that it lives. A heartbeat's answer tells when to join again.
struct ClassicMembership: GroupMembership {
    private enum Phase: Equatable {
        case idle
        /// The application gives these up before the next join.
        case givingUp(Set<TopicPartition>)
        case joining
        /// This member leads, and its shell computes.
        case computing
        case syncing
        /// The application gives up what the new assignment takes from it (cooperative).
        case handingOver(Set<TopicPartition>)
        case stable
        /// A join failed and is tried again at this time.
        case pausing(until: NIODeadline)
        case leaving
        case ended
    }

    private let settings: Settings
    private let isCooperative: Bool
    private var phase = Phase.idle
    private var topics: [String] = []
    private var memberID = ""
    private var generation: Int32 = -1
    private var assignor: ClassicAssignor?
    private var protocolName: String?
    private var isLeader = false
    /// What the leader's last assignment was made with.
    private var partitionCounts: [String: Int]?
    private var owned: Set<TopicPartition> = []
    private var wantsRejoin = false
    private var reason: String?
    private var backoff: Backoff
    private var lastToken = 0
    /// The join, sync or leave that is under way.
    private var stepToken: Int?
    private var heartbeatToken: Int?
    private var nextHeartbeat: NIODeadline?

    init(_ settings: Settings) {
        self.settings = settings
        // One assignor that needs everything given up first decides for the whole list.
        isCooperative = settings.assignors.allSatisfy(\.isCooperative)
        backoff = settings.backoff
    }

    var identity: GroupIdentity? {
        guard generation >= 0, !memberID.isEmpty else { return nil }
        return GroupIdentity(memberID: memberID, generation: generation, instanceID: settings.instanceID)
    }

    var nextDeadline: NIODeadline? {
        let heartbeat = heartbeatToken == nil ? nextHeartbeat : nil
        guard case .pausing(let time) = phase else { return heartbeat }
        return min(time, heartbeat ?? time)
    }

    mutating func handle(_ event: Event, now: NIODeadline) -> [Action] {
        switch event {
        case .subscribe(let subscription): subscribe(subscription, now)
        case .answered(let token, let response): answered(token, response, now)
        case .failed(let token, let error): failed(token, error, now)
        case .deadlinePassed: deadlinePassed(now)
        case .gaveUp: gaveUp(now)
        case .computed(let assignments, let counts): computed(assignments, counts)
        case .cannotCompute(let error): phase == .computing ? pause(after: error, now) : []
        case .looked(let counts): looked(counts, now)
        case .resolved: []
        case .leave: leave()
        }
    }

    private mutating func takeToken() -> Int {
        lastToken += 1
        return lastToken
    }

    private mutating func subscribe(_ subscription: Subscription, _ now: NIODeadline) -> [Action] {
        guard case .topics(let topics) = subscription else {
            return end(
                with: KafkaError(
                    .invalidConfiguration, "a classic group cannot match topic names; set group.protocol=consumer"))
        }
        self.topics = Set(topics).sorted()
        switch phase {
        case .leaving, .ended: return []
        case .idle, .stable: return rejoin(because: "the subscription has changed", now)
        default:
            wantsRejoin = true
            return []
        }
    }

    // MARK: Joining

    private mutating func rejoin(because reason: String?, _ now: NIODeadline) -> [Action] {
        wantsRejoin = false
        self.reason = reason
        let leaving = isCooperative ? owned.filter { !topics.contains($0.topic) } : owned
        guard leaving.isEmpty else {
            phase = .givingUp(leaving)
            return [.revoke(leaving.sorted())]
        }
        return join()
    }

    private mutating func gaveUp(_ now: NIODeadline) -> [Action] {
        switch phase {
        case .givingUp(let partitions):
            owned.subtract(partitions)
            return join()
        case .handingOver(let assigned):
            owned = assigned
            phase = .stable
            return [.own(owned.sorted())] + rejoin(because: "partitions were given up", now)
        default:
            return []
        }
    }

    private mutating func join() -> [Action] {
        wantsRejoin = false
        do {
            let request = try joinRequest()
            let token = takeToken()
            (phase, stepToken, nextHeartbeat) = (.joining, token, nil)
            return [.send(.join(request), token: token, timeout: settings.rebalanceTimeout + .seconds(5))]
        } catch {
            return end(with: KafkaError(.protocolViolation, "the subscription cannot be said", cause: error))
        }
    }

    private func joinRequest() throws(ProtocolError) -> JoinGroupRequest {
        var subscription = ConsumerProtocolSubscription()
        subscription.topics = topics
        subscription.generationID = generation
        subscription.rackID = settings.rackID
        subscription.ownedPartitions = Dictionary(grouping: owned, by: \.topic).sorted { $0.key < $1.key }
            .map { topic, partitions in
                .with { ($0.topic, $0.partitions) = (topic, partitions.map(\.partition).sorted()) }
            }
        var request = JoinGroupRequest()
        request.groupID = settings.groupID
        request.sessionTimeoutMs = settings.sessionTimeout.wireMilliseconds
        request.rebalanceTimeoutMs = settings.rebalanceTimeout.wireMilliseconds
        request.memberID = memberID
        request.groupInstanceID = settings.instanceID
        request.protocolType = "consumer"
        request.reason = reason
        for assignor in settings.assignors {
            subscription.userData =
                assignor == .cooperativeSticky
                ? try CooperativeStickyAssignorUserData.with { $0.generation = generation }.encoded(version: 0) : nil
            let metadata = try subscription.written()
            request.protocols.append(.with { ($0.name, $0.metadata) = (assignor.rawValue, metadata) })
        }
        return request
    }

    private mutating func joined(_ response: JoinGroupResponse, _ now: NIODeadline) -> [Action] {
        if response.errorCode == .memberIDRequired, memberID.isEmpty, !response.memberID.isEmpty {
            memberID = response.memberID
            return join()
        }
        guard response.errorCode == .none else {
            return refused(response.errorCode, "cannot join group '\(settings.groupID)'", now)
        }
        memberID = response.memberID
        generation = response.generationID
        protocolName = response.protocolName
        assignor = response.protocolName.flatMap { ClassicAssignor(rawValue: $0) }
        isLeader = response.leader == memberID
        partitionCounts = nil
        nextHeartbeat = now + TimeAmount(settings.heartbeatInterval)
        // A static leader that has come back is told to leave the assignment as it is (KIP-345).
        guard isLeader, !response.skipAssignment else { return sync([]) }
        guard let assignor else {
            let what = "the group has chosen '\(response.protocolName ?? "")', which this client does not know"
            return end(with: KafkaError(broker: .inconsistentGroupProtocol, what))
        }
        phase = .computing
        return [.compute(assignor, response.members.map(GroupMember.init))]
    }

    private mutating func computed(
        _ assignments: [String: [TopicPartition]], _ counts: [String: Int]
    ) -> [Action] {
        guard phase == .computing else { return [] }
        partitionCounts = counts
        do throws(ProtocolError) {
            var wire: [SyncGroupRequest.SyncGroupRequestAssignment] = []
            for (member, partitions) in assignments.sorted(by: { $0.key < $1.key }) {
                let bytes = try ConsumerProtocolAssignment(partitions).written()
                wire.append(.with { ($0.memberID, $0.assignment) = (member, bytes) })
            }
            return sync(wire)
        } catch {
            return end(with: KafkaError(.protocolViolation, "the assignment cannot be said", cause: error))
        }
    }

    private mutating func sync(_ assignments: [SyncGroupRequest.SyncGroupRequestAssignment]) -> [Action] {
        let request = SyncGroupRequest.with {
            $0.groupID = settings.groupID
            $0.generationID = generation
            $0.memberID = memberID
            $0.groupInstanceID = settings.instanceID
            $0.protocolType = "consumer"
            $0.protocolName = protocolName
            $0.assignments = assignments
        }
        let token = takeToken()
        (phase, stepToken) = (.syncing, token)
        return [.send(.sync(request), token: token, timeout: settings.rebalanceTimeout + .seconds(5))]
    }

    private mutating func synced(_ response: SyncGroupResponse, _ now: NIODeadline) -> [Action] {
        guard response.errorCode == .none else {
            return refused(response.errorCode, "cannot get an assignment from group '\(settings.groupID)'", now)
        }
        // A member that gets nothing may get no bytes at all.
        let assignment =
            response.assignment.readableBytes == 0
            ? ConsumerProtocolAssignment() : ConsumerProtocolAssignment(reading: response.assignment)
        guard let assignment else {
            return end(with: KafkaError(.protocolViolation, "the assignment from the group's leader cannot be read"))
        }
        backoff.reset()
        let assigned = Set(assignment.partitions)
        let taken = owned.subtracting(assigned)
        guard taken.isEmpty else {
            phase = .handingOver(assigned)
            return [.revoke(taken.sorted())]
        }
        owned = assigned
        phase = .stable
        let actions = [Action.own(owned.sorted())]
        return wantsRejoin ? actions + rejoin(because: "the subscription has changed", now) : actions
    }

    // MARK: Answers

    private mutating func answered(_ token: Int, _ response: Response, _ now: NIODeadline) -> [Action] {
        if token == heartbeatToken {
            heartbeatToken = nil
            guard case .heartbeat(let response) = response else { return [] }
            return heartbeatAnswered(response.errorCode, now)
        }
        guard token == stepToken else { return [] }
        stepToken = nil
        switch (phase, response) {
        case (.joining, .join(let response)): return joined(response, now)
        case (.syncing, .sync(let response)): return synced(response, now)
        case (.leaving, _): return finishLeaving()
        default: return []
        }
    }

    private mutating func failed(_ token: Int, _ error: KafkaError, _ now: NIODeadline) -> [Action] {
        if token == heartbeatToken {
            heartbeatToken = nil
            guard error.isRetriable else { return end(with: error) }
            nextHeartbeat = now + TimeAmount(backoff.next())
            return [.forgetCoordinator]
        }
        guard token == stepToken else { return [] }
        stepToken = nil
        if phase == .leaving { return finishLeaving() }
        return pause(after: error, now)
    }

    /// An answer that ends this round of joining.
    private mutating func refused(_ code: ErrorCode, _ what: String, _ now: NIODeadline) -> [Action] {
        if let actions = code.coordinatorActions() { return actions + pause(now) }
        switch code {
        case .rebalanceInProgress: return phase == .syncing ? join() : pause(now)
        case .unknownMemberID, .illegalGeneration: return startOver(code, now)
        default: return end(with: KafkaError(broker: code, what))
        }
    }

    private mutating func heartbeatAnswered(_ code: ErrorCode, _ now: NIODeadline) -> [Action] {
        if let actions = code.coordinatorActions() {
            nextHeartbeat = now + TimeAmount(backoff.next())
            return actions
        }
        switch code {
        case .none:
            if phase == .stable { backoff.reset() }
            return []
        case .rebalanceInProgress:
            if phase == .stable { return rejoin(because: "the group rebalances", now) }
            if case .handingOver = phase { wantsRejoin = true }
            return []
        case .unknownMemberID, .illegalGeneration:
            if phase == .joining || phase == .leaving || phase == .ended { return [] }
            return startOver(code, now)
        default:
            return end(with: KafkaError(broker: code, "group '\(settings.groupID)' refuses this member"))
        }
    }

    /// The group no longer knows this member, or not in this generation: its partitions belong to others.
    private mutating func startOver(_ code: ErrorCode, _ now: NIODeadline) -> [Action] {
        let lost = owned.sorted()
        let wasUnknown = memberID.isEmpty
        owned = []
        generation = -1
        if code == .unknownMemberID { memberID = "" }
        reason = "the member was dropped: \(code)"
        (stepToken, heartbeatToken) = (nil, nil)
        return (lost.isEmpty ? [] : [.lose(lost)]) + (wasUnknown ? pause(now) : join())
    }

    private mutating func pause(after error: KafkaError, _ now: NIODeadline) -> [Action] {
        guard error.isRetriable else { return end(with: error) }
        return [.forgetCoordinator] + pause(now)
    }

    private mutating func pause(_ now: NIODeadline) -> [Action] {
        phase = .pausing(until: now + TimeAmount(backoff.next()))
        return []
    }

    private mutating func end(with error: KafkaError) -> [Action] {
        let lost = owned.sorted()
        owned = []
        generation = -1
        (phase, stepToken, heartbeatToken, nextHeartbeat) = (.ended, nil, nil, nil)
        return (lost.isEmpty ? [] : [.lose(lost)]) + [.fail(error)]
    }

    // MARK: Time

    private mutating func deadlinePassed(_ now: NIODeadline) -> [Action] {
        if case .pausing(let time) = phase, time <= now { return join() }
        guard let due = nextHeartbeat, due <= now, heartbeatToken == nil, generation >= 0 else { return [] }
        nextHeartbeat = now + TimeAmount(settings.heartbeatInterval)
        let token = takeToken()
        heartbeatToken = token
        let request = HeartbeatRequest.with {
            $0.groupID = settings.groupID
            $0.generationID = generation
            $0.memberID = memberID
            $0.groupInstanceID = settings.instanceID
        }
        return [.send(.heartbeat(request), token: token, timeout: nil)]
    }

    /// The leader watches the topics: when there are more partitions, everybody must join again.
    private mutating func looked(_ counts: [String: Int], _ now: NIODeadline) -> [Action] {
        guard isLeader, phase == .stable else { return [] }
        guard let before = partitionCounts else {
            partitionCounts = counts
            return []
        }
        let hasChanged = counts.contains { topic, count in before[topic, default: 0] != count }
        return hasChanged ? rejoin(because: "the topics' partitions have changed", now) : []
    }

    // MARK: Leaving

    /// A static member stays a member: it may come back before its session ends.
    private mutating func leave() -> [Action] {
        if phase == .leaving || phase == .ended { return [] }
        guard !memberID.isEmpty, settings.instanceID == nil else { return finishLeaving() }
        let request = LeaveGroupRequest.with {
            $0.groupID = settings.groupID
            $0.members = [.with { ($0.memberID, $0.reason) = (memberID, "the consumer is closed") }]
        }
        let token = takeToken()
        (phase, stepToken, heartbeatToken, nextHeartbeat) = (.leaving, token, nil, nil)
        return [.send(.leave(request), token: token, timeout: nil)]
    }

    private mutating func finishLeaving() -> [Action] {
        (phase, stepToken, heartbeatToken, nextHeartbeat) = (.ended, nil, nil, nil)
        (owned, generation) = ([], -1)
        return [.left]
    }
}
