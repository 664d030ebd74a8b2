import KafkaProtocol
import Testing

@testable import Coordination

@Suite struct PartitionCreationTests {
    private func fixture(limits: ClusterMetadataLimits = ClusterMetadataLimits()) throws -> MetadataFixture {
        var fixture = try MetadataFixture(brokers: [1, 2], limits: limits)
        try fixture.create(
            NewTopic(name: "one", partitionCount: 3), NewTopic(name: "two", partitionCount: 1, replicationFactor: 2))
        return fixture
    }

    @Test func `partitions are added behind the present ones`() throws {
        var fixture = try fixture()
        let outcomes = try fixture.apply(
            fixture.machine.createPartitions([.init(topic: "one", count: 5), .init(topic: "two", count: 2)]))
        #expect(outcomes.map { $0.refusal } == [nil, nil])
        #expect(fixture.image.topic(named: "one")?.partitions.map(\.replicas) == [[1], [2], [1], [2], [1]])
        #expect(fixture.image.topic(named: "two")?.partitions.map(\.replicas) == [[1, 2], [2, 1]])
        #expect(fixture.image.partitionCount == 7)
    }

    @Test func `assignments are followed`() throws {
        var fixture = try fixture()
        _ = try fixture.apply(
            fixture.machine.createPartitions([.init(topic: "one", count: 5, assignments: [[2], [2]])]))
        #expect(fixture.image.topic(named: "one")?.partitions.map(\.leader) == [1, 2, 1, 2, 2])
    }

    @Test(arguments: [
        (PartitionIncrease(topic: "nobody", count: 4), ErrorCode.unknownTopicOrPartition),
        (PartitionIncrease(topic: "one", count: 3), .invalidPartitions),
        (PartitionIncrease(topic: "one", count: 2), .invalidPartitions),
        (PartitionIncrease(topic: "one", count: -1), .invalidPartitions),
        (PartitionIncrease(topic: "one", count: Int32.max), .policyViolation),
        (PartitionIncrease(topic: "one", count: 5, assignments: [[1]]), .invalidReplicaAssignment),
        (PartitionIncrease(topic: "one", count: 4, assignments: [[7]]), .invalidReplicaAssignment),
        (PartitionIncrease(topic: "one", count: 4, assignments: [[1, 2]]), .invalidReplicaAssignment),
        (PartitionIncrease(topic: "one", count: 4, assignments: [[]]), .invalidReplicaAssignment),
    ])
    func `an impossible increase is refused`(increase: PartitionIncrease, code: ErrorCode) throws {
        var fixture = try fixture()
        let outcomes = try fixture.apply(fixture.machine.createPartitions([increase]))
        #expect(outcomes[0].refusal?.code == code)
        #expect(fixture.image.partitionCount == 4)
    }

    @Test func `messages say what is there`() throws {
        let machine = try fixture().machine
        let outcomes = machine.createPartitions([.init(topic: "one", count: 2), .init(topic: "two", count: 1)]).response
        #expect(
            outcomes.map { $0.refusal?.message } == [
                "The topic one currently has 3 partition(s); 2 would not be an increase.",
                "Topic already has 1 partition(s).",
            ])
    }

    @Test func `a topic that stands twice is an invalid request, others are done`() throws {
        var fixture = try fixture()
        let outcomes = try fixture.apply(
            fixture.machine.createPartitions([
                .init(topic: "one", count: 4), .init(topic: "two", count: 2), .init(topic: "one", count: 5),
            ]))
        #expect(outcomes.map(\.subject) == ["one", "two"])
        #expect(outcomes.map { $0.refusal?.code } == [.invalidRequest, nil])
        #expect(fixture.image.topic(named: "one")?.partitions.count == 3)
    }

    @Test func `a request that only asks adds nothing`() throws {
        let machine = try fixture().machine
        let decision = machine.createPartitions([.init(topic: "one", count: 9)], validateOnly: true)
        #expect(decision.records.isEmpty && decision.response[0].refusal == nil)
    }

    @Test func `the limit of a request counts over its topics`() throws {
        let machine = try fixture(limits: ClusterMetadataLimits(partitions: 100, partitionsPerRequest: 4)).machine
        let outcomes = machine.createPartitions([.init(topic: "one", count: 6), .init(topic: "two", count: 3)]).response
        #expect(outcomes.map { $0.refusal?.code } == [nil, .policyViolation])
    }
}
