import KafkaProtocol
import Testing

@testable import Coordination

@Suite struct ConsumerGroupPatternsTests {
    private func fixture() throws -> ConsumerGroupFixture {
        try ConsumerGroupFixture(topics: ["foo1": 2, "foo2": 2, "bar": 1])
    }

    @Test func `a new pattern is matched off the loops`() throws {
        var fixture = try fixture()
        let joined = try fixture.join("a", nil, pattern: "foo")
        #expect(joined.memberEpoch == 1 && joined.assigned == PartitionAssignment())
        #expect(fixture.patterns == [PatternMatching(groupID: "g", patterns: ["foo"])])
        try fixture.matchPatterns()
        #expect(fixture.records.map(\.summary) == ["pattern foo foo1,foo2", "topics foo1:2,foo2:2", "epoch 2"])
        let assigned = try fixture.heartbeat("a", 1).get()
        #expect(assigned.memberEpoch == 2 && assigned.assigned?.count == 4)
        #expect(fixture.group()?.isSubscribed(to: "foo1") == true)
        #expect(fixture.group()?.isSubscribed(to: "bar") == false)
    }

    @Test func `a pattern that cannot be compiled is refused before anything is stored`() throws {
        var fixture = try fixture()
        let result = try fixture.heartbeat("a", 0) {
            $0.subscribedTopicRegex = "("
            $0.rebalanceTimeoutMs = 1
            $0.topicPartitions = []
        }
        #expect(result.code == .invalidRegularExpression)
        #expect(fixture.records.isEmpty && fixture.machine.groups.isEmpty && fixture.patterns.isEmpty)
    }

    @Test func `a pattern that the group has resolved is good at once`() throws {
        var fixture = try fixture()
        try fixture.join("a", nil, pattern: "foo")
        try fixture.matchPatterns()
        _ = try fixture.heartbeat("a", 1).get()
        let joined = try fixture.join("b", nil, pattern: "foo")
        #expect(joined.memberEpoch == 3 && fixture.patterns.isEmpty)
        #expect(fixture.group()?.targets["b"]?.count == 2)
    }

    @Test func `patterns that nobody uses any more go`() throws {
        var fixture = try fixture()
        try fixture.join("a", nil, pattern: "foo")
        try fixture.join("b", nil, pattern: "bar")
        try fixture.matchPatterns()
        try fixture.pass(.seconds(11))
        _ = try fixture.heartbeat("a", 1).get()
        try fixture.matchPatterns()
        #expect(fixture.group().map { Set($0.resolvedPatterns.keys) } == ["foo", "bar"])
        _ = try fixture.heartbeat("b", -1).get()
        #expect(fixture.records.map(\.summary).contains("-pattern bar"))
        let epoch = try #require(fixture.group()?.members["a"]?.epoch)
        _ = try fixture.heartbeat("a", epoch) { $0.subscribedTopicRegex = "" }.get()
        #expect(fixture.records.map(\.summary).contains("-pattern foo"))
        #expect(fixture.group()?.resolvedPatterns == [:])
    }

    @Test func `patterns are matched again when topics come or time passes`() throws {
        var fixture = try fixture()
        try fixture.join("a", nil, pattern: "foo")
        try fixture.matchPatterns()
        _ = try fixture.heartbeat("a", 1).get()
        try fixture.pass(.seconds(11))
        _ = try fixture.heartbeat("a", 2).get()
        // What was noted before the group was there is not known any more.
        try fixture.matchPatterns()
        #expect(fixture.records.map(\.summary) == ["pattern foo foo1,foo2"])
        try fixture.pass(.seconds(11))
        _ = try fixture.heartbeat("a", 2).get()
        #expect(fixture.patterns.isEmpty)
        try fixture.createTopic("foo3", 1)
        _ = try fixture.heartbeat("a", 2).get()
        #expect(fixture.patterns.count == 1)
        _ = try fixture.heartbeat("a", 2).get()
        #expect(fixture.patterns.count == 1, "once is enough while it is under way")
        try fixture.matchPatterns()
        #expect(fixture.records.last?.summary == "epoch 3")
        #expect(try fixture.heartbeat("a", 2).get().assigned?.count == 5)
        for _ in 1...21 {
            try fixture.pass(.seconds(30))
            _ = try fixture.heartbeat("a", 3).get()
        }
        #expect(fixture.patterns.count == 1)
    }

    @Test func `what could not be matched stays as it was`() throws {
        var fixture = try fixture()
        try fixture.join("a", nil, pattern: "foo")
        try fixture.matchPatterns()
        let failed = fixture.machine.patternsMatched(
            groupID: "g", ["foo": .failure(Refusal(.invalidRegularExpression, "no")), "x": .success(["bar"])],
            image: fixture.image, at: fixture.now)
        #expect(failed.records.isEmpty)
        let unknown = fixture.machine.patternsMatched(
            groupID: "nobody", ["foo": .success([])], image: fixture.image, at: fixture.now)
        #expect(unknown.records.isEmpty)
    }

    @Test func `names and a pattern come together`() throws {
        var fixture = try fixture()
        try fixture.join("a", ["bar", "foo1"], pattern: "foo")
        try fixture.matchPatterns()
        #expect(try fixture.heartbeat("a", 1).get().assigned?.count == 5)
    }

    @Test func `a member that changes its pattern gives back what it is not subscribed to`() throws {
        var fixture = try fixture()
        try fixture.join("a", nil, pattern: "foo")
        try fixture.matchPatterns()
        _ = try fixture.heartbeat("a", 1).get()
        let changed = try fixture.heartbeat("a", 2) { $0.subscribedTopicRegex = "bar" }.get()
        #expect(changed.memberEpoch == 2 && changed.assigned == PartitionAssignment())
        #expect(fixture.group()?.members["a"]?.pendingRevocation.count == 4)
    }
}
