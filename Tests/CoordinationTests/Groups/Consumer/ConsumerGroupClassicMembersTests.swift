import KafkaProtocol
import Testing

@testable import Coordination

@Suite struct ConsumerGroupClassicMembersTests {
    private func fixture() throws -> ConsumerGroupFixture {
        var fixture = try ConsumerGroupFixture(topics: ["t": 4, "u": 2])
        try fixture.join("n")
        return fixture
    }

    /// Joins with the id that it is told first.
    private func join(_ fixture: inout ConsumerGroupFixture, _ topics: [String] = ["t"]) throws -> JoinGroupResponse {
        let first = try #require(try fixture.classicJoin("", topics).value?.get())
        #expect(first.errorCode == .memberIDRequired && fixture.records.isEmpty)
        return try #require(try fixture.classicJoin(first.memberID, topics).value?.get())
    }

    @Test func `a classic member joins a consumer group`() throws {
        var fixture = try fixture()
        let joined = try join(&fixture)
        #expect(joined.errorCode == .none && joined.generationID == 2 && joined.protocolType == "consumer")
        #expect(joined.protocolName == "range" && joined.leader == "" && joined.members.isEmpty)
        let member = try #require(fixture.group()?.members[joined.memberID])
        #expect(
            member.usesClassicProtocol && member.state == .unreleasedPartitions && member.rebalanceTimeoutMs == 20_000)
        let synced = try #require(try fixture.classicSync(joined.memberID, 2).value?.get())
        #expect(synced.assigned(fixture.image) == PartitionAssignment() && synced.protocolName == "range")
        #expect(try fixture.classicHeartbeat(joined.memberID, 2) == .none, "what it waits for is not free yet")
        _ = try fixture.heartbeat("n", 1).get()
        try fixture.report("n", 1, owning: fixture.partitions(["t": [2, 3]]))
        let described = fixture.machine.describeConsumerGroup("g", image: fixture.image)
        #expect(described.members.map(\.memberType).sorted() == [0, 1])
    }

    @Test func `a classic member joins again when what it waits for is free`() throws {
        var fixture = try fixture()
        let id = try join(&fixture).memberID
        let kept = try #require(fixture.group()?.targets["n"])
        _ = try fixture.heartbeat("n", 1).get()
        try fixture.report("n", 1, owning: kept)
        #expect(try fixture.classicHeartbeat(id, 2) == .rebalanceInProgress)
        #expect(try fixture.classicJoin(id).value?.get().generationID == 2)
        #expect(try fixture.classicSync(id, 2).value?.get().assigned(fixture.image)?.count == 2)
        #expect(try fixture.classicHeartbeat(id, 2) == .none && fixture.group()?.state == .stable)
    }

    @Test func `who does not join again in time is taken out`() throws {
        var fixture = try fixture()
        let id = try join(&fixture).memberID
        try fixture.classicSync(id, 2)
        try fixture.join("o")
        for _ in 1...4 {
            #expect(try fixture.classicHeartbeat(id, 2) == .rebalanceInProgress)
            try fixture.pass(.seconds(5.1))
        }
        #expect(fixture.group()?.members[id] == nil)
        #expect(try fixture.classicHeartbeat(id, 2) == .unknownMemberID)
    }

    @Test func `who does not ask for its assignment in time is taken out`() throws {
        var fixture = try fixture()
        let id = try join(&fixture).memberID
        for _ in 1...4 {
            _ = try fixture.classicHeartbeat(id, 2)
            try fixture.pass(.seconds(5.1))
        }
        #expect(fixture.group()?.members[id] == nil)
    }

    @Test func `classic members leave`() throws {
        var fixture = try fixture()
        let id = try join(&fixture).memberID
        let instance = try #require(try fixture.classicJoin("", instanceID: "x").value?.get().memberID)
        #expect(
            try fixture.classicLeave((id, nil), ("", "x"), ("n", nil), ("stranger", nil), ("", "y"))
                == [.none, .none, .unknownMemberID, .unknownMemberID, .unknownMemberID])
        #expect(fixture.group()?.memberIDs == ["n"] && fixture.group()?.members[instance] == nil)
        #expect(fixture.records.last?.summary == "epoch 4")
    }

    @Test func `what does not fit is refused`() throws {
        var fixture = try fixture()
        let id = try join(&fixture).memberID
        let code = { (box: ReplyBox<JoinGroupResponse>) in try box.value?.get().errorCode }
        #expect(try code(fixture.classicJoin("", type: "connect")) == .inconsistentGroupProtocol)
        #expect(try code(fixture.classicJoin("", protocols: ["other"])) == .inconsistentGroupProtocol)
        #expect(try code(fixture.classicJoin("", protocols: [])) == .inconsistentGroupProtocol)
        #expect(try code(fixture.classicJoin("stranger", instanceID: "x")) == .unknownMemberID)
        #expect(try fixture.classicHeartbeat(id, 9) == .illegalGeneration)
        #expect(try fixture.classicHeartbeat("n", 1) == .unknownMemberID)
        #expect(try fixture.classicSync(id, 9).value?.get().errorCode == .illegalGeneration)
        #expect(
            try fixture.classicSync(id, 2, protocolName: "other").value?.get().errorCode == .inconsistentGroupProtocol)
        #expect(throws: Refusal.self) {
            try fixture.group()?.validateOffsetCommit(memberID: id, epoch: 1, version: 8)
        }
        try fixture.group()?.validateOffsetCommit(memberID: id, epoch: 2, version: 8)
    }

    @Test func `a static classic member is replaced by itself`() throws {
        var fixture = try fixture()
        let first = try #require(try fixture.classicJoin("", instanceID: "x").value?.get())
        try fixture.classicSync(first.memberID, first.generationID, instanceID: "x")
        let second = try #require(try fixture.classicJoin("", instanceID: "x").value?.get())
        #expect(second.memberID != first.memberID && second.generationID == first.generationID)
        #expect(fixture.group()?.staticMembers == ["x": second.memberID])
        #expect(try fixture.classicHeartbeat(first.memberID, 2, instanceID: "x") == .fencedInstanceID)
    }
}
