import KafkaProtocol
import NIOCore
import OrderedCollections
import Testing

@testable import Coordination

@Suite struct ConsumerGroupMigrationTests {
    private static func settings(_ policy: GroupMigrationPolicy = .bidirectional) -> GroupSettings {
        var settings = GroupSettings()
        settings.initialRebalanceDelay = .zero
        settings.migrationPolicy = policy
        return settings
    }

    /// Two members of a classic group, of generation 2, which have three partitions each.
    private func classicPair(_ policy: GroupMigrationPolicy = .bidirectional) throws -> ConsumerGroupFixture {
        var fixture = try ConsumerGroupFixture(topics: ["t": 6], settings: Self.settings(policy))
        try fixture.classicJoin("", instanceID: "a")
        try fixture.classicJoin("", instanceID: "b")
        let first = try #require(fixture.classicGroup()?.staticMembers["a"])
        try fixture.classicJoin(first, instanceID: "a")
        let group = try #require(fixture.classicGroup())
        let second = try #require(group.staticMembers["b"])
        try fixture.classicSync(
            first, group.generation, instanceID: "a",
            assigning: [
                first: fixture.partitions(["t": [0, 1, 2]]), second: fixture.partitions(["t": [3, 4, 5]]),
            ])
        try fixture.classicSync(second, group.generation, instanceID: "b")
        #expect(fixture.classicGroup()?.isStable == true)
        return fixture
    }

    private func ids(_ fixture: ConsumerGroupFixture) throws -> (String, String) {
        let members = fixture.group()?.staticMembers ?? fixture.classicGroup()?.staticMembers ?? [:]
        return (try #require(members["a"]), try #require(members["b"]))
    }

    // MARK: - Upgrades

    @Test func `the first member of the new protocol takes the group over`() throws {
        var fixture = try classicPair()
        let (a, b) = try ids(fixture)
        let generation = try #require(fixture.classicGroup()?.generation)
        let joined = try fixture.join("n")
        #expect(joined.memberEpoch == generation + 1 && joined.assigned == PartitionAssignment())
        let group = try #require(fixture.group())
        #expect(group.classicMemberCount == 2 && group.memberIDs.count == 3 && group.state == .reconciling)
        #expect(
            fixture.records.map(\.summary).prefix(8) == [
                "-classic", "member \(a)", "member \(b)", "epoch \(generation)", "target \(a)", "target \(b)",
                "target epoch \(generation)", "assignment \(a) \(generation)",
            ])
        #expect(group.members[a]?.assigned == fixture.partitions(["t": [0, 1, 2]]))
        #expect(group.members[b]?.subscription.topicNames == ["t"] && group.members[b]?.epoch == generation)
    }

    @Test func `classic members go on as members of the consumer group`() throws {
        var fixture = try classicPair()
        let (a, b) = try ids(fixture)
        let generation = try #require(fixture.classicGroup()?.generation)
        let epoch = try fixture.join("n").memberEpoch
        // They hear that they have to join again, and say what they have.
        #expect(try fixture.classicHeartbeat(a, generation, instanceID: "a") == .rebalanceInProgress)
        #expect(try fixture.classicSync(a, generation, instanceID: "a").value?.get().errorCode == .rebalanceInProgress)
        let revoking = try fixture.classicJoin(
            a, owning: fixture.partitions(["t": [0, 1, 2]]), instanceID: "a")
        #expect(try revoking.value?.get().generationID == generation)
        let kept = try #require(
            fixture.classicSync(a, generation, instanceID: "a").value?.get().assigned(fixture.image))
        #expect(kept.count == 2)
        // What is revoked is given back by joining without it.
        #expect(try fixture.classicHeartbeat(a, generation, instanceID: "a") == .rebalanceInProgress)
        #expect(try fixture.classicJoin(a, owning: kept, instanceID: "a").value?.get().generationID == epoch)
        #expect(try fixture.classicSync(a, epoch, instanceID: "a").value?.get().assigned(fixture.image) == kept)
        #expect(try fixture.classicHeartbeat(a, epoch, instanceID: "a") == .none)
        // An eager one has given back all.
        #expect(try fixture.classicJoin(b, instanceID: "b").value?.get().generationID == epoch)
        try fixture.classicSync(b, epoch, instanceID: "b")
        #expect(try fixture.heartbeat("n", epoch).get().assigned?.count == 2)
        #expect(fixture.group()?.state == .stable)
    }

    @Test func `the policy may forbid it`() throws {
        for policy in [GroupMigrationPolicy.disabled, .downgrade] {
            var fixture = try classicPair(policy)
            #expect(throws: Refusal.self) { try fixture.join("n") }
            #expect(fixture.classicGroup()?.isStable == true && fixture.records.isEmpty)
        }
    }

    @Test func `a group that is not of consumers stays as it is`() throws {
        var fixture = try ConsumerGroupFixture(topics: ["t": 6], settings: Self.settings())
        try fixture.classicJoin("", instanceID: "a", type: "connect")
        #expect(throws: Refusal.self) { try fixture.join("n") }
        #expect(fixture.classicGroup() != nil)
    }

    @Test func `what cannot be read stays as it is`() throws {
        var fixture = try classicPair()
        var group = try #require(fixture.classicGroup())
        let (a, _) = try ids(fixture)
        group.members[a]?.assignment = ByteBuffer(bytes: [0])
        fixture.machine.groups["g"] = .classic(group)
        #expect(throws: Refusal.self) { try fixture.join("n") }
        #expect(fixture.classicGroup() != nil)
    }

    @Test func `who waits for a rebalance is told to join again`() throws {
        var fixture = try classicPair()
        let waiting = try fixture.classicJoin("", instanceID: "c")
        #expect(waiting.value == nil)
        try fixture.join("n")
        #expect(waiting.value?.code == .rebalanceInProgress)
        #expect(fixture.machine.timers.deadline(of: .join(groupID: "g")) == nil)
        try fixture.pass(.seconds(11))
        #expect(fixture.group()?.memberIDs == ["n"], "classic members have their own session timeout")
    }

    @Test func `an empty classic group is replaced`() throws {
        var fixture = try classicPair(.disabled)
        let (a, b) = try ids(fixture)
        _ = try fixture.classicLeave((a, "a"), (b, "b"))
        #expect(fixture.classicGroup()?.isEmpty == true)
        try fixture.join("n")
        #expect(fixture.records.first?.summary == "-classic" && fixture.group()?.memberIDs == ["n"])
    }

    @Test func `an empty consumer group is replaced by classic members`() throws {
        var fixture = try ConsumerGroupFixture(topics: ["t": 6], settings: Self.settings())
        try fixture.join("n")
        _ = try fixture.heartbeat("n", -1).get()
        #expect(try fixture.classicJoin("m").value?.get().errorCode == .unknownMemberID)
        let joined = try fixture.classicJoin("", instanceID: "a").value?.get()
        #expect(joined?.errorCode == ErrorCode.none && joined?.generationID == 1)
        #expect(fixture.records.suffix(2).map(\.summary) == ["-epoch", "classic"])
        try fixture.classicSync(joined?.memberID ?? "", 1, instanceID: "a")
        #expect(fixture.classicGroup()?.isStable == true)
        try fixture.restart()
        #expect(fixture.classicGroup()?.isStable == true)
    }

    // MARK: - Downgrades

    @Test func `when the last member of the new protocol goes the group is a classic one again`() throws {
        var fixture = try classicPair()
        let (a, b) = try ids(fixture)
        try fixture.join("n")
        _ = try fixture.heartbeat("n", -1).get()
        let group = try #require(fixture.classicGroup())
        #expect(Set(group.members.keys) == [a, b] && group.isPreparing && group.protocolName == "range")
        #expect(fixture.records.last?.summary == "classic")
        // They go on where they are, and join the rebalance.
        #expect(try fixture.classicHeartbeat(a, group.generation, instanceID: "a") == .rebalanceInProgress)
        let first = try fixture.classicJoin(a, instanceID: "a")
        let second = try fixture.classicJoin(b, instanceID: "b")
        #expect(try first.value?.get().generationID == group.generation + 1)
        #expect(try second.value?.get().errorCode == ErrorCode.none)
        try fixture.restart()
        #expect(fixture.classicGroup()?.members.count == 2 && fixture.classicGroup()?.isStable == true)
    }

    @Test func `a session that ends may be that of the last one`() throws {
        var fixture = try classicPair()
        let (a, _) = try ids(fixture)
        let epoch = try fixture.join("n").memberEpoch
        for _ in 1...6 {
            try fixture.pass(.seconds(9))
            for (id, instanceID) in fixture.group()?.staticMembers.map({ ($0.value, $0.key) }) ?? [] {
                try fixture.classicJoin(id, instanceID: instanceID)
                try fixture.classicSync(id, epoch, instanceID: instanceID)
            }
        }
        #expect(fixture.classicGroup()?.members[a] != nil)
    }

    @Test func `after a restart members join the classic group anew`() throws {
        var fixture = try classicPair()
        let (a, b) = try ids(fixture)
        try fixture.join("n")
        _ = try fixture.heartbeat("n", -1).get()
        let generation = try #require(fixture.classicGroup()?.generation)
        try fixture.restart()
        #expect(try fixture.classicHeartbeat(a, generation, instanceID: "a") == .illegalGeneration)
        #expect(try fixture.classicHeartbeat(b, generation, instanceID: "b") == .illegalGeneration)
    }

    @Test func `the policy may forbid the way back`() throws {
        var fixture = try classicPair(.upgrade)
        try fixture.join("n")
        _ = try fixture.heartbeat("n", -1).get()
        #expect(fixture.group()?.memberIDs.count == 2)
    }

    @Test func `a static member that goes back takes the group with it`() throws {
        var fixture = try ConsumerGroupFixture(topics: ["t": 6], settings: Self.settings())
        try fixture.join("n", instanceID: "x")
        let other = try #require(fixture.classicJoin("", instanceID: "y").value?.get().memberID)
        #expect(fixture.group()?.memberIDs.count == 2)
        let waiting = try fixture.classicJoin("", instanceID: "x")
        let group = try #require(fixture.classicGroup())
        #expect(group.isPreparing && group.members[other] != nil && group.members.count == 2 && waiting.value == nil)
        try fixture.classicJoin(other, instanceID: "y")
        #expect(try waiting.value?.get().errorCode == ErrorCode.none)
    }

    @Test func `a classic member changes its protocol in its place`() throws {
        var fixture = try classicPair()
        let (a, b) = try ids(fixture)
        try fixture.join("n")
        let upgraded = try fixture.join("a2", instanceID: "a")
        #expect(upgraded.memberID == "a2" && fixture.group()?.members["a2"]?.usesClassicProtocol == false)
        #expect(fixture.group()?.members[a] == nil && fixture.group()?.classicMemberCount == 1)
        try fixture.join("b2", instanceID: "b")
        #expect(fixture.group()?.members[b] == nil && fixture.group()?.classicMemberCount == 0)
        #expect(fixture.group()?.classicProtocols == [:])
    }
}
