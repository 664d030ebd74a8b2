import KafkaProtocol
import Testing

@testable import Coordination

@Suite struct ClusterMetadataStateMachineTests {
    /// Draws commands that are often right and sometimes wrong.
    private struct CommandSource {
        var generator: SeededGenerator
        private let names = ["a", "b", "c.d", "c_d", "bad name", "e"]

        init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

        mutating func name() -> String { names.randomElement(using: &generator) ?? "a" }
        mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }

        mutating func run(on fixture: inout MetadataFixture) throws {
            switch number(0...6) {
            case 0, 1:
                try fixture.create(
                    NewTopic(
                        name: name(), partitionCount: Int32(number(-1...4)), replicationFactor: Int16(number(-1...3)),
                        configuration: [.init(number(0...5) == 0 ? "bad" : "a", "\(number(0...9))")]),
                    NewTopic(name: name()), validateOnly: number(0...5) == 0)
            case 2:
                let id = fixture.image.topic(named: name())?.id ?? .zero
                _ = try fixture.apply(fixture.machine.deleteTopics([.name(name()), .id(id)]))
            case 3:
                _ = try fixture.apply(
                    fixture.machine.createPartitions([.init(topic: name(), count: Int32(number(0...8)))]))
            case 4:
                let resource: ConfigurationResource = number(0...1) == 0 ? .topic(name()) : .broker(1)
                let change = ConfigurationChange("list", number(0...1) == 0 ? .set : .delete, "\(number(0...9))")
                _ = try fixture.apply(fixture.machine.alterConfigurations([.init(resource, .changes([change]))]))
            case 5:
                let epoch = fixture.image.brokers[1]?.epoch ?? 0
                _ = try? fixture.apply(fixture.machine.allocateProducerIDs(for: 1, epoch: epoch)).get()
            default:
                let partition = TopicPartition(topic: name(), partition: PartitionIndex(Int32(number(0...4))))
                let least = LeaderEpoch(Int32(number(0...5)))
                _ = try fixture.apply(fixture.machine.bumpLeaderEpochs([partition: least]))
            }
        }
    }

    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func `replaying the log leads to the same image`(seed: UInt64) throws {
        var fixture = try MetadataFixture(brokers: [1, 2])
        var source = CommandSource(seed: seed)
        for step in 1...150 {
            try source.run(on: &fixture)
            try checkInvariants(fixture.image, "seed \(seed), step \(step)")
        }
        #expect(fixture.log.count > 30, "seed \(seed) decided next to nothing")
        #expect(try fixture.reloaded().image == fixture.image, "seed \(seed)")
    }

    private func checkInvariants(_ image: ClusterMetadataImage, _ place: String) throws {
        var keys: Set<String> = []
        for topic in image.sortedTopics {
            #expect(image.topic(id: topic.id) == topic, "\(place)")
            #expect(keys.insert(TopicName.collisionKey(topic.name)).inserted, "\(place): \(topic.name) collides")
            #expect(!topic.partitions.isEmpty, "\(place)")
            for partition in topic.partitions {
                #expect(partition.replicas.contains(partition.leader), "\(place)")
                #expect(partition.directories.count == partition.replicas.count, "\(place)")
            }
        }
        #expect(image.partitionCount == image.sortedTopics.reduce(0) { $0 + $1.partitions.count }, "\(place)")
    }

    @Test func `deciding changes nothing`() throws {
        var fixture = try MetadataFixture()
        let before = fixture.image
        let decision = fixture.machine.createTopics(
            [NewTopic(name: "t")], defaults: TopicDefaults(), using: &fixture.generator)
        #expect(!decision.records.isEmpty && fixture.image == before)
    }

    @Test func `an image that was published stays as it was`() throws {
        var fixture = try MetadataFixture()
        try fixture.create(NewTopic(name: "t", partitionCount: 2))
        let published = fixture.image
        _ = try fixture.apply(fixture.machine.deleteTopics([.name("t")]))
        #expect(published.topic(named: "t")?.partitions.count == 2)
        #expect(fixture.image.topic(named: "t") == nil)
    }

    private static let id = TopicID(KafkaUUID(high: 3, low: 3))

    @Test(
        arguments: [
            [.removeTopic(.with { $0.topicID = id })],
            [.partition(.with { $0.topicID = id })],
            [.partitionChange(.with { $0.topicID = id })],
            [.topic(.with { $0.topicID = id }), .topic(.with { $0.topicID = id })],
            [.topic(.with { $0.topicID = id }), .partition(.with { ($0.topicID, $0.partitionID) = (id, 1) })],
            [.topic(.with { $0.topicID = id }), .partition(.with { ($0.topicID, $0.partitionID) = (id, -1) })],
            [.topic(.with { $0.topicID = id }), .partitionChange(.with { ($0.topicID, $0.partitionID) = (id, 0) })],
            [.configuration(.with { $0.resourceType = 99 })],
            [.brokerChange(.with { $0.brokerID = 5 })],
        ] as [[ClusterMetadataRecord]])
    func `a log that does not fit together is an error, never a trap`(records: [ClusterMetadataRecord]) {
        var machine = ClusterMetadataStateMachine(rules: TwoKeyRules())
        #expect(throws: CoordinatorReplayError.self) {
            for record in records { try machine.replay(record) }
        }
    }

    @Test func `a broker is fenced, unfenced and taken away by records`() throws {
        var fixture = try MetadataFixture()
        let epoch = try #require(fixture.image.brokers[1]?.epoch)
        let change = { (fenced: Int8) in
            ClusterMetadataRecord.brokerChange(
                .with { ($0.brokerID, $0.brokerEpoch, $0.fenced) = (1, epoch, fenced) })
        }
        try fixture.machine.replay(change(1))
        #expect(fixture.image.activeBrokers.isEmpty)
        #expect(try fixture.create(NewTopic(name: "t"))[0].refusal?.code == .invalidReplicationFactor)
        try fixture.machine.replay(change(-1))
        #expect(fixture.image.activeBrokers.map(\.id) == [1])
        try fixture.machine.replay(.unregisterBroker(.with { $0.brokerID = 1 }))
        #expect(fixture.image.brokers.isEmpty && fixture.image.lastBrokerEpoch == epoch)
    }

    @Test func `internal topics are known by their names`() throws {
        var fixture = try MetadataFixture()
        try fixture.create(NewTopic(name: "__consumer_offsets"), NewTopic(name: "t"))
        #expect(fixture.image.sortedTopics.map(\.isInternal) == [true, false])
    }
}
