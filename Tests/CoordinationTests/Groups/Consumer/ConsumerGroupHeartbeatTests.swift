import KafkaProtocol
import Testing

@testable import Coordination

@Suite struct ConsumerGroupHeartbeatTests {
    private func fixture() throws -> ConsumerGroupFixture { try ConsumerGroupFixture(topics: ["t": 6, "u": 3]) }

    // MARK: - Joining

    @Test func `the first member makes the group and gets everything`() throws {
        var fixture = try fixture()
        let response = try fixture.join("a")
        #expect(response.memberID == "a" && response.memberEpoch == 1 && response.heartbeatIntervalMs == 5000)
        #expect(response.assigned == fixture.partitions(["t": [0, 1, 2, 3, 4, 5]]))
        #expect(
            fixture.records.map(\.summary) == [
                "member a", "topics t:6", "epoch 1", "target a", "target epoch 1", "assignment a 1",
            ])
        #expect(fixture.group()?.state == .stable)
    }

    @Test func `a member without topics is a member`() throws {
        var fixture = try fixture()
        let response = try fixture.join("a", [])
        #expect(response.memberEpoch == 1 && response.assigned == PartitionAssignment())
        #expect(
            fixture.records.map(\.summary) == ["member a", "epoch 1", "target a", "target epoch 1", "assignment a 1"])
        let second = try fixture.join("b", [])
        #expect(second.memberEpoch == 1)
        #expect(fixture.records.map(\.summary) == ["member b", "assignment b 1"])
    }

    @Test func `before v1 the broker makes up the id`() throws {
        var fixture = try fixture()
        let response = try fixture.heartbeat("", 0, version: 0) {
            $0.subscribedTopicNames = ["t"]
            $0.rebalanceTimeoutMs = 1000
            $0.topicPartitions = []
        }.get()
        #expect(KafkaUUID(response.memberID ?? "") != nil)
        #expect(fixture.group()?.memberIDs == [response.memberID ?? ""])
    }

    @Test func `partitions go over when the member that has them gives them back`() throws {
        var fixture = try fixture()
        try fixture.join("a")
        let b = try fixture.join("b")
        #expect(b.memberEpoch == 2 && b.assigned == PartitionAssignment())
        #expect(
            fixture.records.map(\.summary) == [
                "member b", "epoch 2", "target a", "target b", "target epoch 2", "assignment b 2",
            ])
        #expect(fixture.group()?.members["b"]?.state == .unreleasedPartitions)
        #expect(fixture.group()?.state == .reconciling)

        let a = try fixture.heartbeat("a", 1).get()
        #expect(a.memberEpoch == 1 && a.assigned == fixture.partitions(["t": [0, 1, 2]]))
        #expect(fixture.group()?.members["a"]?.state == .unrevokedPartitions)
        #expect(try fixture.heartbeat("b", 2).get().assignment == nil)
        // The member does not say what it has, or says that it still has them.
        #expect(try fixture.heartbeat("a", 1).get().memberEpoch == 1)
        try fixture.report("a", 1, owning: fixture.partitions(["t": [0, 1, 2, 3]]))
        #expect(fixture.records.isEmpty)

        let done = try fixture.report("a", 1, owning: fixture.partitions(["t": [0, 1, 2]]))
        #expect(done.memberEpoch == 2 && done.assignment == nil)
        let given = try fixture.heartbeat("b", 2).get()
        #expect(given.memberEpoch == 2 && given.assigned == fixture.partitions(["t": [3, 4, 5]]))
        #expect(fixture.group()?.state == .stable)
    }

    @Test func `a heartbeat that changes nothing writes nothing`() throws {
        var fixture = try fixture()
        try fixture.join("a")
        let response = try fixture.heartbeat("a", 1).get()
        #expect(response.assignment == nil && response.memberEpoch == 1 && fixture.records.isEmpty)
    }

    @Test func `who says everything is told everything`() throws {
        var fixture = try fixture()
        let first = try fixture.join("a")
        let again = try fixture.heartbeat("a", 1) {
            $0.rebalanceTimeoutMs = 30_000
            $0.subscribedTopicNames = ["t"]
            $0.topicPartitions = first.assigned?.reported
        }.get()
        #expect(again.assigned == first.assigned && fixture.records.isEmpty)
    }

    @Test func `a member that joins again keeps its place`() throws {
        var fixture = try fixture()
        let first = try fixture.join("a")
        let again = try fixture.join("a")
        #expect(again.memberEpoch == 1 && again.assigned == first.assigned && fixture.records.isEmpty)
    }

    @Test func `what a member says of itself is written down`() throws {
        var fixture = try fixture()
        try fixture.join("a")
        _ = try fixture.heartbeat("a", 1) {
            $0.rackID = "r"
            $0.rebalanceTimeoutMs = 7000
        }.get()
        #expect(fixture.records.map(\.summary) == ["member a"])
        fixture.client.clientHost = "/10.0.0.1"
        _ = try fixture.heartbeat("a", 1).get()
        let member = try #require(fixture.group()?.members["a"])
        #expect(member.rackID == "r" && member.rebalanceTimeoutMs == 7000 && member.client.clientHost == "/10.0.0.1")
    }

    @Test func `another subscription is another epoch`() throws {
        var fixture = try fixture()
        try fixture.join("a")
        let response = try fixture.heartbeat("a", 1) { $0.subscribedTopicNames = ["u"] }.get()
        // What it has of the old topic has to go first.
        #expect(response.memberEpoch == 1 && response.assigned == PartitionAssignment())
        #expect(
            fixture.records.map(\.summary) == [
                "member a", "topics u:3", "epoch 2", "target a", "target epoch 2", "assignment a 1",
            ])
        let done = try fixture.report("a", 1, owning: PartitionAssignment())
        #expect(done.memberEpoch == 2 && done.assigned == fixture.partitions(["u": [0, 1, 2]]))
    }

    @Test func `the group's own settings come before the broker's`() throws {
        var fixture = try fixture()
        try fixture.join("a")
        let overrides = GroupOverrides([
            "consumer.session.timeout.ms": "50000", "consumer.heartbeat.interval.ms": "6000",
        ])
        #expect(try fixture.heartbeat("a", 1, overrides: overrides).get().heartbeatIntervalMs == 6000)
        try fixture.pass(.seconds(49))
        #expect(fixture.group()?.isEmpty == false)
        try fixture.pass(.seconds(2))
        #expect(fixture.group()?.isEmpty == true)
    }

    @Test func `the assignor that most members ask for is taken`() throws {
        var fixture = try fixture()
        try fixture.join("a", ["t", "u"], assignor: "range")
        try fixture.join("b", ["t", "u"])
        #expect(fixture.group()?.targets["a"]?.named(fixture.image) == ["t": [0, 1, 2], "u": [0, 1]])
        #expect(fixture.group()?.targets["b"]?.named(fixture.image) == ["t": [3, 4, 5], "u": [2]])
    }

    // MARK: - Topics change

    @Test func `topics that come, grow and go bump the epoch`() throws {
        var fixture = try fixture()
        try fixture.join("a", ["t", "new"])
        try fixture.createTopic("other", 1)
        _ = try fixture.heartbeat("a", 1).get()
        #expect(fixture.records.isEmpty)
        try fixture.createTopic("new", 2)
        let created = try fixture.heartbeat("a", 1).get()
        #expect(created.memberEpoch == 2)
        #expect(created.assigned?.named(fixture.image) == ["t": [0, 1, 2, 3, 4, 5], "new": [0, 1]])
        try fixture.addPartitions("new", 3)
        #expect(try fixture.heartbeat("a", 2).get().assigned?.named(fixture.image)["new"] == [0, 1, 2])
        #expect(fixture.records.first?.summary == "topics new:3,t:6")
        try fixture.deleteTopic("new")
        let deleted = try fixture.heartbeat("a", 3).get()
        #expect(deleted.memberEpoch == 3 && deleted.assigned?.named(fixture.image) == ["t": [0, 1, 2, 3, 4, 5]])
        let done = try fixture.report("a", 3, owning: fixture.partitions(["t": [0, 1, 2, 3, 4, 5]]))
        #expect(done.memberEpoch == 4 && fixture.group()?.state == .stable)
    }

    @Test func `a topic that returns is another one`() throws {
        var fixture = try fixture()
        try fixture.join("a")
        let old = fixture.id("t")
        try fixture.deleteTopic("t")
        try fixture.createTopic("t", 2)
        let response = try fixture.heartbeat("a", 1).get()
        #expect(response.assigned == PartitionAssignment() && fixture.id("t") != old)
        #expect(try fixture.report("a", 1, owning: .init()).assigned == fixture.partitions(["t": [0, 1]]))
    }

    // MARK: - Refusals

    @Test(
        arguments: [
            ("", "m", 1, ErrorCode.invalidRequest), (" ", "m", 1, .invalidRequest), ("g", "", 1, .invalidRequest),
            ("g", "m", -3, .invalidRequest), ("g", "m", -2, .invalidRequest), ("g", "m", 0, .invalidRequest),
            ("nobody", "m", 1, .groupIDNotFound), ("nobody", "m", -1, .groupIDNotFound),
            ("g", "m", 1, .unknownMemberID),
            ("g", "m", -1, .unknownMemberID), ("g", "a", 2, .fencedMemberEpoch), ("nobody", "", 0, .invalidRequest),
        ] as [(String, String, Int32, ErrorCode)])
    func `what does not fit is refused`(group: String, member: String, epoch: Int32, code: ErrorCode) throws {
        var fixture = try fixture()
        try fixture.join("a")
        #expect(try fixture.heartbeat(member, epoch, group: group).code == code)
        #expect(fixture.records.isEmpty && fixture.machine.groups.count == 1)
    }

    @Test func `joining needs its fields`() throws {
        var fixture = try fixture()
        let complete = { (request: inout ConsumerGroupHeartbeatRequest) in
            request.subscribedTopicNames = ["t"]
            request.rebalanceTimeoutMs = 1
            request.topicPartitions = []
        }
        let faults: [(inout ConsumerGroupHeartbeatRequest) -> Void] = [
            { $0.subscribedTopicNames = nil }, { $0.rebalanceTimeoutMs = -1 }, { $0.topicPartitions = nil },
            { $0.topicPartitions = [.init()] }, { $0.instanceID = "" }, { $0.rackID = " " },
        ]
        for fault in faults {
            let result = try fixture.heartbeat("m", 0) {
                complete(&$0)
                fault(&$0)
            }
            #expect(result.code == .invalidRequest)
        }
        let assignor = try fixture.heartbeat("m", 0) {
            complete(&$0)
            $0.serverAssignor = "mine"
        }
        #expect(assignor.code == .unsupportedAssignor)
        #expect(fixture.machine.groups.isEmpty)
    }

    @Test func `a full group takes nobody else`() throws {
        var settings = GroupSettings()
        settings.consumerMaxSize = 1
        var fixture = try ConsumerGroupFixture(topics: ["t": 1], settings: settings)
        try fixture.join("a")
        #expect(throws: Refusal.self) { try fixture.join("b") }
        #expect(try fixture.heartbeat("a", 1).code == .none)
    }

    @Test func `a broker that does not serve the protocol says so`() throws {
        var settings = GroupSettings()
        settings.servesConsumerGroups = false
        var fixture = try ConsumerGroupFixture(settings: settings)
        #expect(try fixture.heartbeat("a", 1).code == .unsupportedVersion)
    }

    @Test func `the epoch before is good with what the member may have`() throws {
        var fixture = try fixture()
        try fixture.join("a")
        try fixture.join("b")
        _ = try fixture.heartbeat("a", 1).get()
        let kept = fixture.partitions(["t": [0, 1, 2]])
        try fixture.report("a", 1, owning: kept)
        // The answer was lost.
        #expect(try fixture.report("a", 1, owning: kept).memberEpoch == 2)
        let all = fixture.partitions(["t": [0, 1, 2, 3]])
        #expect(try fixture.heartbeat("a", 1) { $0.topicPartitions = all.reported }.code == .fencedMemberEpoch)
        #expect(try fixture.heartbeat("a", 1).code == .fencedMemberEpoch)
        #expect(try fixture.heartbeat("a", 3).code == .fencedMemberEpoch)
    }

    // MARK: - Static members

    @Test func `a static member comes back to what it had`() throws {
        var fixture = try fixture()
        try fixture.join("a", instanceID: "x")
        let before = try fixture.join("b", instanceID: "y").assigned
        #expect(try fixture.heartbeat("a", -2) { $0.instanceID = "x" }.get().memberEpoch == -2)
        #expect(fixture.records.map(\.summary) == ["assignment a -2"])
        #expect(fixture.group()?.epoch == 2 && before == PartitionAssignment())

        let back = try fixture.join("a2", instanceID: "x")
        #expect(
            fixture.records.map(\.summary) == [
                "-assignment a", "-target a", "-member a", "member a2", "target a2", "assignment a2 0",
                "assignment a2 2",
            ])
        #expect(back.memberEpoch == 2 && back.assigned == fixture.partitions(["t": [0, 1, 2]]))
        #expect(fixture.group()?.staticMembers == ["x": "a2", "y": "b"] && fixture.group()?.epoch == 2)
    }

    @Test func `a static member that comes back with other topics bumps the epoch`() throws {
        var fixture = try fixture()
        try fixture.join("a", instanceID: "x")
        _ = try fixture.heartbeat("a", -2) { $0.instanceID = "x" }.get()
        let back = try fixture.join("a2", ["u"], instanceID: "x")
        #expect(back.memberEpoch == 2 && back.assigned == fixture.partitions(["u": [0, 1, 2]]))
        #expect(fixture.group()?.memberIDs == ["a2"] && fixture.group()?.targets.count == 1)
    }

    @Test func `the place of a static member that is there is not free`() throws {
        var fixture = try fixture()
        try fixture.join("a", instanceID: "x")
        let second = try fixture.heartbeat("b", 0) {
            $0.instanceID = "x"
            $0.subscribedTopicNames = ["t"]
            $0.rebalanceTimeoutMs = 1
            $0.topicPartitions = []
        }
        #expect(second.code == .unreleasedInstanceID)
        #expect(try fixture.heartbeat("b", 1) { $0.instanceID = "x" }.code == .fencedInstanceID)
        #expect(try fixture.heartbeat("b", -1) { $0.instanceID = "x" }.code == .fencedInstanceID)
        #expect(try fixture.heartbeat("a", 1) { $0.instanceID = "z" }.code == .unknownMemberID)
    }
}
