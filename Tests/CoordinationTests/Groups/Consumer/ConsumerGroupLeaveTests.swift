import KafkaProtocol
import Testing

@testable import Coordination

@Suite struct ConsumerGroupLeaveTests {
    private func pair() throws -> ConsumerGroupFixture {
        var fixture = try ConsumerGroupFixture(topics: ["t": 4])
        try fixture.join("a")
        try fixture.join("b")
        return fixture
    }

    @Test func `a member that leaves frees what it has`() throws {
        var fixture = try pair()
        let response = try fixture.heartbeat("a", -1).get()
        #expect(response.memberID == "a" && response.memberEpoch == -1 && response.assignment == nil)
        #expect(fixture.records.map(\.summary) == ["-assignment a", "-target a", "-member a", "epoch 3"])
        #expect(fixture.group()?.state == .assigning)
        let b = try fixture.heartbeat("b", 2).get()
        #expect(b.memberEpoch == 3 && b.assigned == fixture.partitions(["t": [0, 1, 2, 3]]))
    }

    @Test func `the last one leaves an empty group`() throws {
        var fixture = try pair()
        _ = try fixture.heartbeat("a", -1).get()
        _ = try fixture.heartbeat("b", -1).get()
        #expect(
            fixture.records.map(\.summary) == ["-assignment b", "-target b", "-member b", "topics ", "epoch 4"])
        let group = try #require(fixture.group())
        #expect(group.isEmpty && group.state == .empty && group.owners.isEmpty && group.subscriptions.isEmpty)
        #expect(fixture.machine.timers.isEmpty)
    }

    @Test func `a member that is not heard of is taken out`() throws {
        var fixture = try pair()
        try fixture.pass(.seconds(44))
        _ = try fixture.heartbeat("b", 2).get()
        try fixture.pass(.seconds(2))
        #expect(fixture.records.map(\.summary) == ["-assignment a", "-target a", "-member a", "epoch 3"])
        #expect(try fixture.heartbeat("a", 1).code == .unknownMemberID)
        #expect(fixture.group()?.memberIDs == ["b"])
    }

    @Test func `a member that gives nothing back is taken out`() throws {
        var fixture = try pair()
        _ = try fixture.heartbeat("a", 1).get()
        try fixture.pass(.seconds(29))
        _ = try fixture.heartbeat("a", 1).get()
        _ = try fixture.heartbeat("b", 2).get()
        try fixture.pass(.seconds(2))
        #expect(fixture.group()?.memberIDs == ["b"])
        #expect(try fixture.heartbeat("b", 2).get().assigned?.count == 4)
    }

    @Test func `a member that has given back has time again`() throws {
        var fixture = try pair()
        _ = try fixture.heartbeat("a", 1).get()
        try fixture.report("a", 1, owning: fixture.partitions(["t": [0, 1]]))
        try fixture.pass(.seconds(31))
        #expect(fixture.group()?.memberIDs == ["a", "b"])
    }

    @Test func `a static member that stays away is taken out`() throws {
        var fixture = try ConsumerGroupFixture(topics: ["t": 4])
        try fixture.join("a", instanceID: "x")
        _ = try fixture.heartbeat("a", -2) { $0.instanceID = "x" }.get()
        #expect(fixture.group()?.members["a"]?.assigned.count == 4)
        try fixture.pass(.seconds(46))
        #expect(fixture.group()?.isEmpty == true && fixture.group()?.staticMembers == [:])
    }

    @Test func `after a restart everybody has a whole session`() throws {
        var fixture = try pair()
        _ = try fixture.heartbeat("a", 1).get()
        try fixture.pass(.seconds(25))
        try fixture.restart()
        try fixture.pass(.seconds(29))
        #expect(fixture.group()?.memberIDs == ["a", "b"])
        try fixture.pass(.seconds(2))
        #expect(fixture.group()?.memberIDs == ["b"], "the time to give back begins anew, too")
        try fixture.pass(.seconds(15))
        #expect(fixture.group()?.isEmpty == true)
    }

    @Test func `those who are lost together go together`() throws {
        var fixture = try ConsumerGroupFixture(topics: ["foo": 4])
        for id in ["a", "b", "c"] { try fixture.join(id, nil, pattern: "foo") }
        try fixture.matchPatterns()
        try fixture.pass(.seconds(44))
        _ = try fixture.heartbeat("c", 1).get()
        _ = try fixture.heartbeat("c", 2) { $0.subscribedTopicRegex = "" }.get()
        try fixture.pass(.seconds(2))
        #expect(fixture.records.map(\.summary).suffix(3) == ["-pattern foo", "topics ", "epoch 4"])
        #expect(fixture.group()?.memberIDs == ["c"])
    }

    @Test func `a timer of somebody who has gone does nothing`() throws {
        var fixture = try pair()
        _ = try fixture.heartbeat("a", -1).get()
        for timer in GroupTimer.all(of: "a", in: "g") + GroupTimer.all(of: "a", in: "nobody") {
            let output = fixture.machine.consumerTimersExpired([timer], at: fixture.now, fixture.image)
            #expect(output.records.isEmpty && output.answers.isEmpty)
        }
    }
}
