import KafkaProtocol
import Testing

@testable import Coordination

@Suite struct BrokerDecisionsTests {
    private func registration(_ id: BrokerID, life: UInt64) -> BrokerRegistration {
        BrokerRegistration(
            id: id, incarnationID: KafkaUUID(high: 0, low: life),
            endpoints: [.init(listener: "PLAINTEXT", host: "h", port: 9092)], rack: "r",
            directories: [KafkaUUID(high: 5, low: 5)])
    }

    @Test func `every life of a broker has a higher epoch`() throws {
        var fixture = try MetadataFixture(brokers: [])
        let first = try fixture.apply(fixture.machine.registerBroker(registration(1, life: 1)))
        let other = try fixture.apply(fixture.machine.registerBroker(registration(2, life: 2)))
        let second = try fixture.apply(fixture.machine.registerBroker(registration(1, life: 3)))
        #expect(first < other && other < second)
        let broker = try #require(fixture.image.brokers[1])
        #expect(broker.epoch == second && broker.rack == "r" && !broker.isFenced)
        #expect(broker.endpoints == [.init(listener: "PLAINTEXT", host: "h", port: 9092)])
        #expect(broker.directories == [KafkaUUID(high: 5, low: 5)])
    }

    @Test func `a registration that is repeated is the same one`() throws {
        var fixture = try MetadataFixture(brokers: [])
        let first = try fixture.apply(fixture.machine.registerBroker(registration(1, life: 1)))
        let again = fixture.machine.registerBroker(registration(1, life: 1))
        #expect(again.records.isEmpty && again.response == first)
    }

    @Test func `a registration goes once its broker does not run`() throws {
        var fixture = try MetadataFixture(brokers: [1, 2])
        let epoch = try #require(fixture.image.brokers[2]?.epoch)
        let running = fixture.machine.unregisterBroker(1, running: [1])
        #expect(running.response?.code == .invalidRequest && running.records.isEmpty)
        #expect(try fixture.apply(fixture.machine.unregisterBroker(2, running: [1])) == nil)
        #expect(fixture.image.brokers.keys.sorted() == [1])
        #expect(fixture.machine.unregisterBroker(2, running: [1]).response?.code == .brokerIDNotRegistered)
        #expect(try fixture.reloaded().image.brokers.count == 1)
        // Epochs go on: the next life of the broker is a later one.
        #expect(try fixture.apply(fixture.machine.registerBroker(registration(2, life: 9))) > epoch)
    }

    @Test func `blocks of producer ids follow each other, through restarts too`() throws {
        var fixture = try MetadataFixture()
        let epoch = try #require(fixture.image.brokers[1]?.epoch)
        let first = try fixture.apply(fixture.machine.allocateProducerIDs(for: 1, epoch: epoch)).get()
        #expect(first == ProducerIDBlock(first: 0, count: 1000))
        let second = try fixture.reloaded().allocateProducerIDs(for: 1, epoch: epoch).response.get()
        #expect(second.first == first.end && second.end == 2000)
    }

    @Test func `an earlier life or an unknown broker gets no producer ids`() throws {
        let machine = try MetadataFixture().machine
        #expect(throws: Refusal.self) { try machine.allocateProducerIDs(for: 1, epoch: 77).response.get() }
        let unknown = machine.allocateProducerIDs(for: 8, epoch: 1).response
        #expect(unknown == .failure(Refusal(.brokerIDNotRegistered, "There is no broker with the id 8.")))
    }

    @Test func `producer ids end before their numbers do`() throws {
        var fixture = try MetadataFixture()
        try fixture.machine.replay(.producerIDs(.with { $0.nextProducerID = ProducerID(Int64.max - 999) }))
        let decision = fixture.machine.allocateProducerIDs(for: 1, epoch: 1)
        #expect(decision.records.isEmpty)
        #expect(throws: Refusal.self) { try decision.response.get() }
    }

    @Test func `leader epochs rise by one, and at least to what the log says`() throws {
        var fixture = try MetadataFixture()
        try fixture.create(NewTopic(name: "t", partitionCount: 3))
        let before = try #require(fixture.image.topic(named: "t")?.partitions)
        let epochs = try fixture.apply(
            fixture.machine.bumpLeaderEpochs([
                TopicPartition(topic: "t", partition: 0): 0, TopicPartition(topic: "t", partition: 1): 7,
                TopicPartition(topic: "t", partition: 9): 1, TopicPartition(topic: "u", partition: 0): 1,
            ]))
        #expect(
            epochs == [TopicPartition(topic: "t", partition: 0): 1, TopicPartition(topic: "t", partition: 1): 7])
        let after = try #require(fixture.image.topic(named: "t")?.partitions)
        #expect(after.map(\.leaderEpoch) == [1, 7, 0])
        #expect(after.map(\.partitionEpoch) == [1, 1, 0])
        #expect(after.map(\.leader) == before.map(\.leader) && after.map(\.replicas) == before.map(\.replicas))
        #expect(fixture.image.partitionCount == 3)
    }
}
