import KafkaProtocol
import Testing

@testable import Coordination

@Suite struct ConsumerGroupTests {
    private func fixture() throws -> ConsumerGroupFixture {
        var fixture = try ConsumerGroupFixture(topics: ["t": 4])
        try fixture.join("a")
        return fixture
    }

    private func code(_ check: () throws(Refusal) -> Void) -> ErrorCode {
        do throws(Refusal) {
            try check()
            return .none
        } catch {
            return error.code
        }
    }

    @Test func `members commit in their epoch`() throws {
        var fixture = try fixture()
        let group = try #require(fixture.group())
        #expect(code { () throws(Refusal) in try group.validateMember(memberID: "a", epoch: 1) } == .none)
        #expect(code { () throws(Refusal) in try group.validateMember(memberID: "a", epoch: 2) } == .staleMemberEpoch)
        #expect(code { () throws(Refusal) in try group.validateMember(memberID: "b", epoch: 1) } == .unknownMemberID)
        let commit = { (member: String, epoch: Int32, version: Int16) in
            self.code { () throws(Refusal) in
                try group.validateOffsetCommit(memberID: member, epoch: epoch, version: version)
            }
        }
        #expect(commit("a", 1, 9) == .none)
        #expect(commit("a", 1, 8) == .unsupportedVersion)
        #expect(commit("", -1, 9) == .unknownMemberID, "while there are members they alone commit")
        #expect(commit("a", 0, 9) == .staleMemberEpoch)
        _ = try fixture.heartbeat("a", -1).get()
        let empty = try #require(fixture.group())
        #expect(
            code { () throws(Refusal) in try empty.validateOffsetCommit(memberID: "", epoch: -1, version: 2) } == .none)
    }

    @Test func `who names nobody may fetch`() throws {
        let group = try #require(fixture().group())
        let fetch = { (member: String?, epoch: Int32) in
            self.code { () throws(Refusal) in try group.validateOffsetFetch(memberID: member, epoch: epoch) }
        }
        #expect(fetch(nil, -1) == .none && fetch("", -1) == .none && fetch("a", 1) == .none)
        #expect(fetch("a", 0) == .staleMemberEpoch && fetch("b", 1) == .unknownMemberID)
    }

    @Test func `topics of members are kept`() throws {
        let group = try #require(fixture().group())
        #expect(group.isSubscribed(to: "t") && !group.isSubscribed(to: "u"))
    }

    @Test func `tombstones leave nothing`() throws {
        var fixture = try fixture()
        try fixture.join("b", ["t"], pattern: "x")
        try fixture.matchPatterns()
        let tombstones = try #require(fixture.group()?.tombstones)
        try fixture.execute(GroupOutput(records: tombstones))
        #expect(fixture.machine.groups.isEmpty)
        #expect(try fixture.loaded(fixture.compacted(keepingTombstones: false)).groups.isEmpty)
    }

    @Test func `owners are known by partition`() throws {
        let fixture = try fixture()
        let group = try #require(fixture.group())
        #expect(group.ownerEpoch(of: TopicPartitionID(topic: fixture.id("t"), partition: 3)) == 1)
        #expect(group.ownerEpoch(of: TopicPartitionID(topic: fixture.id("t"), partition: 4)) == nil)
    }

    // MARK: - Replay

    @Test func `records may come in any order`() throws {
        var fixture = try fixture()
        try fixture.join("b", ["t"], instanceID: "y")
        let expected = fixture.group()
        var records = try fixture.compacted(keepingTombstones: false)
        var generator = SeededGenerator(seed: 5)
        for _ in 1...50 {
            records.shuffle(using: &generator)
            let machine = try fixture.loaded(records)
            guard case .consumer(let group)? = machine.groups["g"] else {
                Issue.record("there is no group")
                return
            }
            #expect(group == expected)
        }
    }

    @Test func `tombstones of what is not known are left alone`() throws {
        var fixture = try ConsumerGroupFixture(topics: ["t": 1])
        var group = ConsumerGroup(id: "g")
        group.memberIDs = ["a"]
        group.resolvedPatterns["x"] = ResolvedPattern(topics: [], version: 1, time: 1)
        try fixture.execute(GroupOutput(records: group.tombstones))
        #expect(fixture.machine.groups.isEmpty)
        try fixture.join("b")
        let before = fixture.group()
        try fixture.execute(GroupOutput(records: ConsumerGroup.tombstones(ofMember: "a", of: "g")))
        #expect(fixture.group() == before)
    }

    @Test func `a state of a newer version makes the member begin anew`() throws {
        var fixture = try fixture()
        var member = try #require(fixture.group()?.members["a"])
        member.state = .unknown
        try fixture.execute(GroupOutput(records: [ConsumerGroup.assignmentRecord("g", member)]))
        #expect(try fixture.heartbeat("a", 1).code == .fencedMemberEpoch)
        let again = try fixture.join("a")
        #expect(again.memberEpoch == 1 && again.assigned?.count == 4 && fixture.group()?.state == .stable)
    }
}
