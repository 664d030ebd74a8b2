import KafkaProtocol
import NIOCore
import Testing

@testable import KafkaClient

@Suite struct ClassicMembershipTests {
    /// A machine and its clock; what it wants sent is kept by its kind.
    private struct Member {
        typealias Action = GroupMembershipStateMachine.Action

        var machine: GroupMembershipStateMachine
        var now = NIODeadline.uptimeNanoseconds(1_000_000_000)
        var tokens: [String: Int] = [:]
        var lastJoin: JoinGroupRequest?
        var lastSync: SyncGroupRequest?

        init(_ change: (inout GroupMembershipStateMachine.Settings) -> Void = { _ in }) {
            var settings = GroupMembershipStateMachine.Settings(groupID: "g")
            change(&settings)
            machine = GroupMembershipStateMachine(classic: settings)
        }

        /// - Returns: the actions, in short.
        mutating func handle(_ event: GroupMembershipStateMachine.Event) -> [String] {
            machine.handle(event, now: now).map { action in
                switch action {
                case .send(let request, let token, _): return sent(request, token)
                case .forgetCoordinator: return "forget"
                case .compute(let assignor, let members): return "compute \(assignor.rawValue) \(members.count)"
                case .resolve: return "resolve"
                case .revoke(let partitions): return "revoke \(partitions.map(\.description).joined(separator: ","))"
                case .lose(let partitions): return "lose \(partitions.map(\.description).joined(separator: ","))"
                case .own(let partitions): return "own \(partitions.map(\.description).joined(separator: ","))"
                case .fail(let error): return "fail \(error.code)"
                case .left: return "left"
                }
            }
        }

        private mutating func sent(_ request: GroupMembershipStateMachine.Request, _ token: Int) -> String {
            switch request {
            case .join(let request):
                (lastJoin, tokens["join"]) = (request, token)
                return "join \(request.memberID)"
            case .sync(let request):
                (lastSync, tokens["sync"]) = (request, token)
                return "sync \(request.assignments.count)"
            case .heartbeat(let request):
                tokens["heartbeat"] = token
                return "heartbeat \(request.generationID)"
            case .leave(let request):
                tokens["leave"] = token
                return "leave \(request.members.map(\.memberID).joined())"
            case .consumerHeartbeat: return "?"
            }
        }

        mutating func joined(_ code: ErrorCode = .none, generation: Int32 = 1, leader: String = "other") -> [String] {
            let response = JoinGroupResponse.with {
                ($0.errorCode, $0.memberID, $0.leader, $0.generationID) = (code, "m", leader, generation)
                $0.protocolName = "range"
                $0.members = [.with { $0.memberID = "m" }]
            }
            return handle(.answered(token: tokens["join"] ?? -1, .join(response)))
        }

        mutating func synced(_ partitions: [Int32], _ code: ErrorCode = .none) throws -> [String] {
            let bytes = try ConsumerProtocolAssignment(ClassicMembershipTests.partitions(partitions)).written()
            let response = SyncGroupResponse.with { ($0.errorCode, $0.assignment) = (code, bytes) }
            return handle(.answered(token: tokens["sync"] ?? -1, .sync(response)))
        }

        mutating func beaten(_ code: ErrorCode) -> [String] {
            let response = HeartbeatResponse.with { $0.errorCode = code }
            return handle(.answered(token: tokens["heartbeat"] ?? -1, .heartbeat(response)))
        }

        mutating func wait(_ pause: Duration) -> [String] {
            now = now + TimeAmount(pause)
            return handle(.deadlinePassed)
        }

        /// Joins and gets partitions.
        mutating func settle(_ partitions: [Int32], generation: Int32 = 1) throws {
            _ = handle(.subscribe(.topics(["t"])))
            _ = joined(generation: generation)
            _ = try synced(partitions)
        }
    }

    private static func partitions(_ numbers: [Int32]) -> [TopicPartition] {
        numbers.map { TopicPartition(topic: "t", partition: PartitionIndex($0)) }
    }

    private static func cooperativeMember() -> Member { Member { $0.assignors = [.cooperativeSticky] } }

    // MARK: Joining

    @Test func `a member joins under the name that it is given, and owns what it is assigned`() throws {
        var member = Member()
        #expect(member.handle(.subscribe(.topics(["t"]))) == ["join "])
        #expect(member.machine.identity == nil)
        #expect(member.joined(.memberIDRequired) == ["join m"])
        #expect(member.joined() == ["sync 0"])
        #expect(try member.synced([0, 2]) == ["own t-0,t-2"])
        #expect(member.machine.identity == GroupIdentity(memberID: "m", generation: 1))
    }

    @Test func `the leader assigns before it syncs`() throws {
        var member = Member()
        _ = member.handle(.subscribe(.topics(["t"])))
        #expect(member.joined(leader: "m") == ["compute range 1"])
        let computed = ["m": Self.partitions([0, 1])]
        #expect(member.handle(.computed(computed, partitionCounts: ["t": 2])) == ["sync 1"])
        #expect(try member.synced([0, 1]) == ["own t-0,t-1"])
        #expect(member.handle(.looked(partitionCounts: ["t": 2])) == [])
        #expect(member.handle(.looked(partitionCounts: ["t": 3])) == ["revoke t-0,t-1"])
        #expect(member.handle(.gaveUp) == ["join m"])
    }

    @Test func `a static leader that comes back leaves the assignment as it is`() throws {
        var member = Member { $0.instanceID = "i" }
        _ = member.handle(.subscribe(.topics(["t"])))
        let response = JoinGroupResponse.with {
            ($0.memberID, $0.leader, $0.generationID, $0.skipAssignment) = ("m", "m", 4, true)
        }
        #expect(member.handle(.answered(token: member.tokens["join"] ?? -1, .join(response))) == ["sync 0"])
        #expect(member.lastSync?.groupInstanceID == "i")
    }

    @Test func `a member that gets nothing owns nothing`() throws {
        var member = Member()
        _ = member.handle(.subscribe(.topics(["t"])))
        _ = member.joined()
        let empty = SyncGroupResponse()
        #expect(member.handle(.answered(token: member.tokens["sync"] ?? -1, .sync(empty))) == ["own "])
    }

    @Test(arguments: [
        (ErrorCode.notCoordinator, ["forget"]), (.coordinatorNotAvailable, ["forget"]),
        (.coordinatorLoadInProgress, []),
        (.groupMaxSizeReached, ["fail GROUP_MAX_SIZE_REACHED"]),
        (.inconsistentGroupProtocol, ["fail INCONSISTENT_GROUP_PROTOCOL"]),
        (.fencedInstanceID, ["fail FENCED_INSTANCE_ID"]), (.unknownMemberID, []),
    ])
    func `a join that is refused is tried again after a pause, or never`(code: ErrorCode, expected: [String]) throws {
        var member = Member()
        _ = member.handle(.subscribe(.topics(["t"])))
        #expect(member.joined(code) == expected)
        let isOver = expected.first?.hasPrefix("fail") == true
        #expect(member.wait(.milliseconds(130)) == (isOver ? [] : ["join "]))
    }

    @Test func `a broker that never stops asking for a name is not asked without a pause`() {
        var member = Member()
        _ = member.handle(.subscribe(.topics(["t"])))
        #expect(member.joined(.memberIDRequired) == ["join m"])
        #expect(member.joined(.memberIDRequired) == ["fail MEMBER_ID_REQUIRED"])
    }

    @Test func `a lost connection means another coordinator and another try`() {
        var member = Member()
        _ = member.handle(.subscribe(.topics(["t"])))
        let lost = KafkaError(.connectionLost, "")
        #expect(member.handle(.failed(token: member.tokens["join"] ?? -1, lost)) == ["forget"])
        #expect(member.wait(.milliseconds(130)) == ["join "])
        #expect(member.handle(.failed(token: 1, lost)) == [], "an old answer means nothing")
        let fatal = KafkaError(.unsupportedVersion, "")
        #expect(
            member.handle(.failed(token: member.tokens["join"] ?? -1, fatal)) == ["fail UNSUPPORTED_VERSION"])
    }

    @Test(arguments: [
        (ErrorCode.rebalanceInProgress, ["join m"]), (.unknownMemberID, ["join "]), (.illegalGeneration, ["join m"]),
        (.notCoordinator, ["forget"]), (.groupAuthorizationFailed, ["fail GROUP_AUTHORIZATION_FAILED"]),
    ])
    func `a sync that is refused leads back to joining`(code: ErrorCode, expected: [String]) throws {
        var member = Member()
        _ = member.handle(.subscribe(.topics(["t"])))
        _ = member.joined()
        #expect(try member.synced([], code) == expected)
    }

    @Test func `bytes that are no assignment end the membership`() {
        var member = Member()
        _ = member.handle(.subscribe(.topics(["t"])))
        _ = member.joined()
        let response = SyncGroupResponse.with { $0.assignment = ByteBuffer(string: "?") }
        #expect(
            member.handle(.answered(token: member.tokens["sync"] ?? -1, .sync(response)))
                == ["fail PROTOCOL_VIOLATION"])
    }

    // MARK: Rebalances

    @Test func `an eager member gives everything up before it joins again`() throws {
        var member = Member()
        try member.settle([0, 1])
        #expect(member.wait(.seconds(3)) == ["heartbeat 1"])
        #expect(member.beaten(.rebalanceInProgress) == ["revoke t-0,t-1"])
        #expect(member.wait(.seconds(3)) == ["heartbeat 1"], "it lives while the application finishes")
        #expect(member.beaten(.rebalanceInProgress) == [])
        #expect(member.handle(.gaveUp) == ["join m"])
        let subscription = member.lastJoin.flatMap { ConsumerProtocolSubscription(reading: $0.protocols[0].metadata) }
        #expect(subscription?.ownedPartitions.isEmpty == true)
        _ = member.joined(generation: 2)
        #expect(try member.synced([1]) == ["own t-1"])
    }

    @Test func `a cooperative member keeps what stays, gives up what goes, and joins again`() throws {
        var member = Self.cooperativeMember()
        try member.settle([0, 1])
        _ = member.wait(.seconds(3))
        #expect(member.beaten(.rebalanceInProgress) == ["join m"])
        let subscription = member.lastJoin.flatMap { ConsumerProtocolSubscription(reading: $0.protocols[0].metadata) }
        #expect(subscription?.ownedPartitions.flatMap(\.partitions) == [0, 1])
        #expect(subscription?.generationID == 1)
        _ = member.joined(generation: 2)
        #expect(try member.synced([1, 2]) == ["revoke t-0"])
        #expect(member.handle(.gaveUp) == ["own t-1,t-2", "join m"])
        _ = member.joined(generation: 3)
        #expect(try member.synced([1, 2]) == ["own t-1,t-2"])
    }

    @Test func `a cooperative member gives up the topics that it no longer wants`() throws {
        var member = Self.cooperativeMember()
        try member.settle([0])
        #expect(member.handle(.subscribe(.topics(["u"]))) == ["revoke t-0"])
        #expect(member.handle(.gaveUp) == ["join m"])
    }

    @Test func `a subscription that changes while the group rebalances leads to another round`() throws {
        var member = Member()
        _ = member.handle(.subscribe(.topics(["t"])))
        _ = member.joined()
        #expect(member.handle(.subscribe(.topics(["t", "u"]))) == [])
        #expect(try member.synced([0]) == ["own t-0", "revoke t-0"])
    }

    @Test(arguments: [(ErrorCode.unknownMemberID, "join "), (.illegalGeneration, "join m")])
    func `a member that was dropped has lost its partitions`(code: ErrorCode, join: String) throws {
        var member = Member()
        try member.settle([0, 1])
        _ = member.wait(.seconds(3))
        #expect(member.beaten(code) == ["lose t-0,t-1", join])
        #expect(member.machine.identity == nil)
    }

    @Test func `a member that another has taken the place of goes no further`() throws {
        var member = Member { $0.instanceID = "i" }
        try member.settle([0])
        _ = member.wait(.seconds(3))
        #expect(member.beaten(.fencedInstanceID) == ["lose t-0", "fail FENCED_INSTANCE_ID"])
        #expect(member.handle(.leave) == [])
    }

    @Test func `heartbeats go out one at a time, at their interval, and survive a move of the coordinator`() throws {
        var member = Member()
        try member.settle([0])
        #expect(member.machine.nextDeadline == member.now + .seconds(3))
        #expect(member.wait(.seconds(2)) == [])
        #expect(member.wait(.seconds(1)) == ["heartbeat 1"])
        #expect(member.machine.nextDeadline == nil)
        #expect(member.wait(.seconds(9)) == [])
        #expect(member.beaten(.notCoordinator) == ["forget"])
        #expect(member.wait(.milliseconds(130)) == ["heartbeat 1"])
        #expect(
            member.handle(.failed(token: member.tokens["heartbeat"] ?? -1, KafkaError(.connectionLost, ""))) == [
                "forget"
            ])
        #expect(member.wait(.milliseconds(300)) == ["heartbeat 1"])
        #expect(member.beaten(.none) == [])
    }

    // MARK: Leaving

    @Test func `a member leaves, whatever the coordinator says to it`() throws {
        var member = Member()
        try member.settle([0])
        #expect(member.handle(.leave) == ["leave m"])
        let token = member.tokens["leave"] ?? -1
        #expect(member.handle(.failed(token: token, KafkaError(.connectionLost, ""))) == ["left"])
        #expect(member.handle(.leave) == [])
    }

    @Test func `a static member and one that never was one just go`() throws {
        var member = Member { $0.instanceID = "i" }
        try member.settle([0])
        #expect(member.handle(.leave) == ["left"])
        var stranger = Member()
        #expect(stranger.handle(.leave) == ["left"])
    }
}
