import KafkaProtocol
import NIOCore
import Testing

@testable import KafkaClient

@Suite struct ConsumerMembershipTests {
    private static let topic = TopicID(KafkaUUID(high: 1, low: 1))
    private static let other = TopicID(KafkaUUID(high: 1, low: 2))

    /// A machine, its clock, and the heartbeat that it sent last.
    private struct Member {
        var machine: GroupMembershipStateMachine
        var now = NIODeadline.uptimeNanoseconds(1_000_000_000)
        var heartbeat = ConsumerGroupHeartbeatRequest()
        var token = 0

        init(_ change: (inout GroupMembershipStateMachine.Settings) -> Void = { _ in }) {
            var settings = GroupMembershipStateMachine.Settings(groupID: "g")
            change(&settings)
            machine = GroupMembershipStateMachine(consumer: settings, memberID: "m")
        }

        mutating func handle(_ event: GroupMembershipStateMachine.Event) -> [String] {
            machine.handle(event, now: now).map { action in
                switch action {
                case .send(.consumerHeartbeat(let request), let token, _):
                    (heartbeat, self.token) = (request, token)
                    return "heartbeat \(request.memberEpoch)"
                case .send: return "?"
                case .forgetCoordinator: return "forget"
                case .compute: return "compute"
                case .resolve(let ids): return "resolve \(ids.count)"
                case .revoke(let partitions): return "revoke \(partitions.map(\.description).joined(separator: ","))"
                case .lose(let partitions): return "lose \(partitions.map(\.description).joined(separator: ","))"
                case .own(let partitions): return "own \(partitions.map(\.description).joined(separator: ","))"
                case .fail(let error): return "fail \(error.code)"
                case .left: return "left"
                }
            }
        }

        mutating func answered(
            _ code: ErrorCode = .none, epoch: Int32 = 1, _ assignment: [TopicID: [PartitionIndex]]? = nil
        ) -> [String] {
            let response = ConsumerGroupHeartbeatResponse.with {
                ($0.errorCode, $0.memberEpoch, $0.heartbeatIntervalMs) = (code, epoch, 5000)
                $0.assignment = assignment.map { assignment in
                    .with {
                        $0.topicPartitions = assignment.map { id, partitions in
                            .with { ($0.topicID, $0.partitions) = (id, partitions) }
                        }
                    }
                }
            }
            return handle(.answered(token: token, .consumerHeartbeat(response)))
        }

        mutating func wait(_ pause: Duration) -> [String] {
            now = now + TimeAmount(pause)
            return handle(.deadlinePassed)
        }

        /// Joins and owns partitions of `t`, which the broker has heard.
        mutating func settle(_ partitions: [PartitionIndex]) {
            _ = handle(.subscribe(.topics(["t"])))
            _ = answered(epoch: 1, [topic: partitions])
            _ = handle(.resolved([topic: "t"]))
            if !partitions.isEmpty { _ = answered(epoch: 1) }
        }
    }

    @Test func `joining says everything, and what comes later only what is new`() {
        var member = Member { ($0.rackID, $0.serverAssignor) = ("r", "uniform") }
        #expect(member.handle(.subscribe(.topics(["u", "t"]))) == ["heartbeat 0"])
        #expect(member.heartbeat.memberID == "m")
        #expect(member.heartbeat.subscribedTopicNames == ["t", "u"])
        #expect(member.heartbeat.topicPartitions == [])
        #expect(member.heartbeat.rebalanceTimeoutMs == 300_000)
        #expect(member.heartbeat.serverAssignor == "uniform")
        #expect(member.heartbeat.rackID == "r")
        #expect(member.answered(epoch: 1, [:]) == ["own "])
        #expect(member.machine.identity == GroupIdentity(memberID: "m", generation: 1))
        #expect(member.wait(.seconds(5)) == ["heartbeat 1"])
        #expect(member.heartbeat.subscribedTopicNames == nil)
        #expect(member.heartbeat.topicPartitions == nil)
        #expect(member.heartbeat.rebalanceTimeoutMs == -1)
        #expect(member.heartbeat.rackID == nil)
    }

    @Test func `an assignment is taken over when its topics' names are known, and told`() {
        var member = Member()
        _ = member.handle(.subscribe(.topics(["t"])))
        #expect(member.answered(epoch: 1, [Self.topic: [1, 0]]) == ["resolve 1"])
        #expect(member.handle(.resolved([Self.topic: "t"])) == ["own t-0,t-1", "heartbeat 1"])
        #expect(member.heartbeat.topicPartitions?.first?.partitions == [0, 1])
        #expect(member.answered(epoch: 1) == [])
    }

    @Test func `what is not in a new assignment is given up first, and both is told at once`() {
        var member = Member()
        member.settle([0, 1])
        _ = member.wait(.seconds(5))
        #expect(member.answered(epoch: 2, [Self.topic: [1, 2]]) == ["revoke t-0"])
        #expect(member.wait(.seconds(5)) == ["heartbeat 2"], "it lives while the application finishes")
        #expect(member.heartbeat.topicPartitions == nil)
        #expect(member.answered(epoch: 2) == [])
        #expect(member.handle(.gaveUp) == ["own t-1,t-2", "heartbeat 2"])
        #expect(member.heartbeat.topicPartitions?.first?.partitions == [1, 2])
    }

    @Test func `what is given up while a heartbeat is under way is told by the next one`() {
        var member = Member()
        member.settle([0, 1])
        _ = member.wait(.seconds(5))
        _ = member.answered(epoch: 2, [Self.topic: [1]])
        #expect(member.wait(.seconds(5)) == ["heartbeat 2"])
        #expect(member.handle(.gaveUp) == ["own t-1"])
        #expect(member.answered(epoch: 2) == ["heartbeat 2"])
        #expect(member.heartbeat.topicPartitions?.first?.partitions == [1])
    }

    @Test func `a target that changes while something is given up is reached from there`() {
        var member = Member()
        member.settle([0, 1])
        _ = member.wait(.seconds(5))
        _ = member.answered(epoch: 2, [Self.topic: [1]])
        _ = member.wait(.seconds(5))
        #expect(member.answered(epoch: 3, [Self.topic: [2]]) == [])
        #expect(member.handle(.gaveUp) == ["revoke t-1", "heartbeat 3"])
        #expect(member.heartbeat.topicPartitions?.first?.partitions == [1])
        #expect(member.handle(.gaveUp) == ["own t-2"])
        #expect(member.answered(epoch: 3) == ["heartbeat 3"])
        #expect(member.heartbeat.topicPartitions?.first?.partitions == [2])
    }

    @Test func `names that did not come are asked for again, and the rest is read meanwhile`() {
        var member = Member()
        _ = member.handle(.subscribe(.pattern("t.*")))
        #expect(member.heartbeat.subscribedTopicRegex == "t.*")
        #expect(member.heartbeat.subscribedTopicNames == [])
        #expect(member.answered(epoch: 1, [Self.topic: [0], Self.other: [0]]) == ["resolve 2"])
        #expect(member.handle(.resolved([Self.topic: "t"])) == ["own t-0", "heartbeat 1"])
        #expect(member.answered(epoch: 1) == ["resolve 1"])
        #expect(member.handle(.resolved([Self.other: "t2"])) == ["own t-0,t2-0", "heartbeat 1"])
    }

    @Test func `a topic that was made anew is another one, though its name is the same`() {
        var member = Member()
        member.settle([0])
        _ = member.wait(.seconds(5))
        #expect(member.answered(epoch: 2, [Self.other: [0]]) == ["resolve 1", "revoke t-0"])
        _ = member.handle(.resolved([Self.other: "t"]))
        #expect(member.handle(.gaveUp) == ["own t-0", "heartbeat 2"])
        #expect(member.heartbeat.topicPartitions?.map(\.topicID) == [Self.other])
    }

    @Test func `a subscription is told when it changes`() {
        var member = Member()
        member.settle([])
        #expect(member.handle(.subscribe(.pattern("x"))) == ["heartbeat 1"])
        #expect(member.heartbeat.subscribedTopicRegex == "x")
        _ = member.answered(epoch: 2)
        #expect(member.handle(.subscribe(.topics(["u"]))) == ["heartbeat 2"])
        #expect(member.heartbeat.subscribedTopicNames == ["u"])
        #expect(member.heartbeat.subscribedTopicRegex == "")
    }

    @Test(arguments: [ErrorCode.fencedMemberEpoch, .unknownMemberID])
    func `a member that was dropped has lost its partitions and joins anew`(code: ErrorCode) {
        var member = Member()
        member.settle([0])
        _ = member.wait(.seconds(5))
        #expect(member.answered(code) == ["lose t-0"])
        #expect(member.machine.identity == nil)
        #expect(member.handle(.gaveUp) == [])
        #expect(member.wait(.milliseconds(130)) == ["heartbeat 0"])
        #expect(member.heartbeat.topicPartitions == [])
        #expect(member.heartbeat.subscribedTopicNames == ["t"])
        #expect(member.answered(epoch: 5, [Self.topic: [0]]) == ["own t-0", "heartbeat 5"])
    }

    @Test(arguments: [
        (ErrorCode.notCoordinator, ["forget"]), (.coordinatorLoadInProgress, []),
        (.coordinatorNotAvailable, ["forget"]),
    ])
    func `after trouble with the coordinator everything is said again`(code: ErrorCode, expected: [String]) {
        var member = Member()
        member.settle([0])
        _ = member.wait(.seconds(5))
        #expect(member.answered(code) == expected)
        #expect(member.machine.identity?.generation == 1)
        #expect(member.wait(.milliseconds(130)) == ["heartbeat 1"])
        #expect(member.heartbeat.subscribedTopicNames == ["t"])
        #expect(member.heartbeat.topicPartitions?.first?.partitions == [0])
    }

    @Test func `a lost connection is trouble with the coordinator`() {
        var member = Member()
        member.settle([0])
        _ = member.wait(.seconds(5))
        #expect(member.handle(.failed(token: member.token, KafkaError(.connectionLost, ""))) == ["forget"])
        #expect(member.wait(.milliseconds(130)) == ["heartbeat 1"])
        #expect(member.handle(.failed(token: 1, KafkaError(.closed, ""))) == [], "an old answer means nothing")
    }

    @Test(arguments: [
        ErrorCode.invalidRegularExpression, .unsupportedAssignor, .unreleasedInstanceID, .fencedInstanceID,
        .groupMaxSizeReached, .groupAuthorizationFailed, .invalidRequest,
    ])
    func `what another try would not change ends the membership`(code: ErrorCode) {
        var member = Member()
        _ = member.handle(.subscribe(.topics(["t"])))
        #expect(member.answered(code) == ["fail \(code)"])
        #expect(member.wait(.seconds(10)) == [])
    }

    @Test(arguments: [(String?.none, Int32(-1)), ("i", -2)])
    func `leaving is a heartbeat, too, and a static member is only away`(instance: String?, epoch: Int32) {
        var member = Member { $0.instanceID = instance }
        member.settle([0])
        #expect(member.handle(.leave) == ["heartbeat \(epoch)"])
        #expect(member.heartbeat.instanceID == instance)
        #expect(member.answered(.unknownMemberID) == ["left"])
        #expect(member.handle(.leave) == [])
    }

    @Test func `who never joined just goes`() {
        var member = Member()
        #expect(member.handle(.leave) == ["left"])
    }
}
