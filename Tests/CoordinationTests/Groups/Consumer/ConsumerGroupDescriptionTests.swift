import KafkaProtocol
import Testing

@testable import Coordination

@Suite struct ConsumerGroupDescriptionTests {
    @Test func `a group is described with its members`() throws {
        var fixture = try ConsumerGroupFixture(topics: ["t": 2, "u": 2])
        try fixture.join("b", ["t", "u"], instanceID: "y", assignor: "range")
        try fixture.join("a", ["t"])
        let group = fixture.machine.describeConsumerGroup("g", image: fixture.image)
        #expect(group.errorCode == .none && group.groupID == "g" && group.groupState == "Reconciling")
        #expect(group.groupEpoch == 2 && group.assignmentEpoch == 2 && group.assignorName == "range")
        #expect(group.members.map(\.memberID) == ["a", "b"])
        let member = try #require(group.members.last)
        #expect(member.instanceID == "y" && member.memberEpoch == 1 && member.memberType == 1)
        #expect(member.clientID == "c" && member.clientHost == "/127.0.0.1")
        #expect(member.subscribedTopicNames == ["t", "u"])
        #expect(member.assignment.topicPartitions.map(\.topicName).sorted() == ["t", "u"])
        #expect(member.targetAssignment.topicPartitions.flatMap(\.partitions).count == 3)
    }

    @Test func `topics that have gone are not shown`() throws {
        var fixture = try ConsumerGroupFixture(topics: ["t": 2, "u": 2])
        try fixture.join("a", ["t", "u"])
        try fixture.deleteTopic("u")
        let group = fixture.machine.describeConsumerGroup("g", image: fixture.image)
        #expect(group.members.first?.assignment.topicPartitions.map(\.topicName) == ["t"])
        #expect(group.groupState == "Stable" && group.assignorName == "uniform")
    }

    @Test func `what is not there is not found`() throws {
        var fixture = try ConsumerGroupFixture()
        fixture.machine.groups["classic"] = .classic(ClassicGroup(id: "classic"))
        let none = fixture.machine.describeConsumerGroup("nobody", image: fixture.image)
        #expect(none.errorCode == .groupIDNotFound && none.errorMessage == "Group nobody not found.")
        let other = fixture.machine.describeConsumerGroup("classic", image: fixture.image)
        #expect(other.errorCode == .groupIDNotFound)
        #expect(other.errorMessage == "Group classic is not a consumer group.")
    }
}
