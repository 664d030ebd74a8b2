import KafkaProtocol
import Testing

@testable import Coordination

@Suite struct TopicDeletionTests {
    private func fixture() throws -> MetadataFixture {
        var fixture = try MetadataFixture()
        try fixture.create(NewTopic(name: "a", partitionCount: 2), NewTopic(name: "b"), NewTopic(name: "c"))
        return fixture
    }

    @Test func `topics end by name and by id, and unknown ones are named`() throws {
        var fixture = try fixture()
        let id = try #require(fixture.image.topic(named: "b")?.id)
        let unknown = TopicID(KafkaUUID(high: 9, low: 9))
        let outcomes = try fixture.apply(
            fixture.machine.deleteTopics([.name("a"), .id(id), .name("nobody"), .id(unknown)]))
        #expect(
            outcomes.map { $0.refusal?.code } == [nil, nil, .unknownTopicOrPartition, .unknownTopicID])
        #expect(try outcomes[0].result.get().partitionCount == 2)
        #expect(try outcomes[1].result.get() == DeletedTopic(name: "b", id: id, partitionCount: 1))
        #expect(fixture.image.sortedTopics.map(\.name) == ["c"])
        #expect(fixture.image.partitionCount == 1)
    }

    @Test func `a topic that is named twice is not deleted by its repetition`() throws {
        var fixture = try fixture()
        let id = try #require(fixture.image.topic(named: "b")?.id)
        let outcomes = try fixture.apply(
            fixture.machine.deleteTopics([.name("a"), .name("a"), .name("b"), .id(id)]))
        #expect(outcomes.map { $0.refusal?.code } == [.invalidRequest, nil, .invalidRequest])
        #expect(fixture.image.sortedTopics.map(\.name) == ["a", "c"])
    }

    @Test func `deletion can be switched off`() throws {
        var fixture = try fixture()
        let outcomes = try fixture.apply(fixture.machine.deleteTopics([.name("a")], isAllowed: false))
        #expect(outcomes[0].refusal?.code == .topicDeletionDisabled)
        #expect(fixture.image.topicCount == 3)
    }
}
