import KafkaProtocol
import Testing

@testable import Coordination

@Suite struct TopicCreationTests {
    @Test func `a topic is created with what it asks for`() throws {
        var fixture = try MetadataFixture(brokers: [1, 2, 3])
        let outcomes = try fixture.create(
            NewTopic(name: "t", partitionCount: 3, replicationFactor: 2, configuration: [.init("a", "x")]))
        let created = try outcomes[0].result.get()
        #expect(created.partitionCount == 3 && created.replicationFactor == 2 && created.configuration == ["a": "x"])
        let topic = try #require(fixture.image.topic(named: "t"))
        #expect(topic.id == created.id && topic.id != .zero)
        #expect(fixture.image.topic(id: topic.id) == topic)
        #expect(topic.partitions.map(\.replicas) == [[1, 2], [2, 3], [3, 1]])
        #expect(topic.partitions.allSatisfy { $0.inSyncReplicas == $0.replicas && $0.leader == $0.replicas[0] })
        #expect(topic.partitions.allSatisfy { $0.leaderEpoch == 0 && $0.partitionEpoch == 0 })
        #expect(topic.partitions[2].directories == [KafkaUUID(high: 2, low: 3), KafkaUUID(high: 2, low: 1)])
        #expect(fixture.image.configuration(of: .topic("t")) == ["a": "x"])
        #expect(fixture.image.partitionCount == 3 && fixture.image.topicCount == 1)
    }

    @Test func `minus one stands for the defaults`() throws {
        var fixture = try MetadataFixture(brokers: [1, 2])
        let outcomes = try fixture.create(
            NewTopic(name: "t"), defaults: TopicDefaults(partitionCount: 4, replicationFactor: 2))
        let created = try outcomes[0].result.get()
        #expect(created.partitionCount == 4 && created.replicationFactor == 2)
    }

    @Test func `a request that only asks creates nothing and shows no id`() throws {
        var fixture = try MetadataFixture()
        let outcomes = try fixture.create(NewTopic(name: "t", partitionCount: 2), validateOnly: true)
        #expect(try outcomes[0].result.get().partitionCount == 2)
        #expect(try outcomes[0].result.get().id == .zero)
        #expect(fixture.image.topicCount == 0)
    }

    @Test func `good topics are created beside bad ones, each with its own answer`() throws {
        var fixture = try MetadataFixture()
        let outcomes = try fixture.create(
            NewTopic(name: "good"), NewTopic(name: "b d"), NewTopic(name: "twice"), NewTopic(name: "fine"),
            NewTopic(name: "twice"))
        #expect(outcomes.map(\.subject) == ["good", "b d", "twice", "fine"])
        #expect(outcomes.map { $0.refusal?.code } == [nil, .invalidTopicException, .invalidRequest, nil])
        #expect(fixture.image.sortedTopics.map(\.name) == ["fine", "good"])
    }

    @Test(arguments: [
        ("", ErrorCode.invalidTopicException), (".", .invalidTopicException), ("..", .invalidTopicException),
        ("a/b", .invalidTopicException), ("ä", .invalidTopicException), ("a b", .invalidTopicException),
        (String(repeating: "x", count: 250), .invalidTopicException), ("__cluster_metadata", .invalidTopicException),
        ("taken", .topicAlreadyExists), ("dotted_name", .invalidTopicException),
    ])
    func `a bad name is refused`(name: String, code: ErrorCode) throws {
        var fixture = try MetadataFixture()
        try fixture.create(NewTopic(name: "taken"), NewTopic(name: "dotted.name"))
        #expect(try fixture.create(NewTopic(name: name))[0].refusal?.code == code)
    }

    @Test(arguments: ["...", "A-z_0.9", "__consumer_offsets", String(repeating: "x", count: 249)])
    func `a good name is taken`(name: String) throws {
        var fixture = try MetadataFixture()
        #expect(try fixture.create(NewTopic(name: name))[0].refusal == nil)
    }

    @Test func `names collide within one request, too`() throws {
        var fixture = try MetadataFixture()
        let outcomes = try fixture.create(NewTopic(name: "a.b"), NewTopic(name: "a_b"))
        #expect(outcomes.map { $0.refusal?.code } == [nil, .invalidTopicException])
    }

    @Test(arguments: [
        (Int32(0), Int16(1), ErrorCode.invalidPartitions), (-2, 1, .invalidPartitions),
        (1, 0, .invalidReplicationFactor), (1, -2, .invalidReplicationFactor), (1, 2, .invalidReplicationFactor),
        (1, Int16.max, .invalidReplicationFactor), (Int32.max, 1, .policyViolation),
    ])
    func `impossible numbers are refused`(partitions: Int32, factor: Int16, code: ErrorCode) throws {
        var fixture = try MetadataFixture()
        let topic = NewTopic(name: "t", partitionCount: partitions, replicationFactor: factor)
        #expect(try fixture.create(topic)[0].refusal?.code == code)
        #expect(fixture.image.topicCount == 0)
    }

    @Test func `a cluster without brokers can hold no replica`() throws {
        var fixture = try MetadataFixture(brokers: [])
        #expect(try fixture.create(NewTopic(name: "t"))[0].refusal?.code == .invalidReplicationFactor)
    }

    private func assigned(_ replicas: [(PartitionIndex, [BrokerID])]) -> NewTopic {
        NewTopic(name: "t", assignments: replicas.map { NewTopic.Assignment(partition: $0.0, replicas: $0.1) })
    }

    @Test func `a manual assignment is followed, whatever its order`() throws {
        var fixture = try MetadataFixture(brokers: [1, 2])
        let created = try fixture.create(assigned([(1, [2, 1]), (0, [1, 2])]))[0].result.get()
        #expect(created.partitionCount == 2 && created.replicationFactor == 2)
        #expect(fixture.image.topic(named: "t")?.partitions.map(\.replicas) == [[1, 2], [2, 1]])
    }

    @Test(
        arguments: [
            [(0, [])], [(0, [1, 1])], [(0, [9])], [(1, [1])], [(0, [1]), (0, [1])], [(0, [1]), (2, [1])],
            [(0, [1]), (1, [1, 2])], [(-1, [1])],
        ] as [[(PartitionIndex, [BrokerID])]])
    func `a manual assignment that cannot be is refused`(replicas: [(PartitionIndex, [BrokerID])]) throws {
        var fixture = try MetadataFixture(brokers: [1, 2])
        #expect(try fixture.create(assigned(replicas))[0].refusal?.code == .invalidReplicaAssignment)
    }

    @Test(arguments: [(Int32(1), Int16(-1)), (-1, 1), (1, 1)])
    func `a manual assignment beside numbers is an invalid request`(partitions: Int32, factor: Int16) throws {
        var fixture = try MetadataFixture()
        var topic = assigned([(0, [1])])
        topic.partitionCount = partitions
        topic.replicationFactor = factor
        #expect(try fixture.create(topic)[0].refusal?.code == .invalidRequest)
    }

    @Test func `an unknown configuration key is refused`() throws {
        var fixture = try MetadataFixture()
        let topic = NewTopic(name: "t", configuration: [.init("nonsense", "1")])
        #expect(try fixture.create(topic)[0].refusal?.code == .invalidConfig)
    }

    @Test func `limits count over the request and over all topics`() throws {
        var fixture = try MetadataFixture(limits: ClusterMetadataLimits(partitions: 10, partitionsPerRequest: 6))
        let first = try fixture.create(
            NewTopic(name: "a", partitionCount: 4), NewTopic(name: "b", partitionCount: 3),
            NewTopic(name: "c", partitionCount: 2))
        #expect(first.map { $0.refusal?.code } == [nil, .policyViolation, nil])
        let second = try fixture.create(NewTopic(name: "d", partitionCount: 4), NewTopic(name: "e", partitionCount: 1))
        #expect(second.map { $0.refusal?.code } == [nil, .policyViolation])
        #expect(fixture.image.partitionCount == 10)
    }

    @Test func `a topic of a deleted one's name has another id and no old values`() throws {
        var fixture = try MetadataFixture()
        try fixture.create(NewTopic(name: "t.x", configuration: [.init("a", "1")]))
        let old = try #require(fixture.image.topic(named: "t.x")?.id)
        _ = try fixture.apply(fixture.machine.deleteTopics([.name("t.x")]))
        try fixture.create(NewTopic(name: "t_x"))
        #expect(fixture.image.topic(named: "t_x")?.id != old)
        #expect(fixture.image.topic(id: old) == nil)
        #expect(fixture.image.configuration(of: .topic("t.x")) == [:])
    }
}
