import BrokerTesting
import KafkaProtocol
import MetricsTestKit
import Testing

@testable import Broker

@Suite(.timeLimit(.minutes(5)))
struct GroupLagGaugesTests {
    private static func position(_ group: String, _ partition: PartitionIndex = 0) -> GroupLagGauges.Position {
        .init(group: group, topic: "t", partition: partition)
    }

    @Test func `gauges say how far groups are behind, and go with their groups`() throws {
        let factory = TestMetrics()
        let gauges = GroupLagGauges(factory: factory)
        gauges.set([Self.position("a"): 3, Self.position("b", 2): 4], leftOut: 0)
        gauges.set([Self.position("a"): 5], leftOut: 7)
        let dimensions = [("consumergroup", "a"), ("topic", "t"), ("partition", "0")]
        #expect(try factory.expectGauge(GroupLagGauges.label, dimensions).values == [3, 5])
        #expect(try factory.expectGauge(GroupLagGauges.leftOutLabel).lastValue == 7)
        #expect(gauges.count == 1 && gauges.lag(of: Self.position("a")) == 5)
    }

    @Test func `the broker tells the lag of what is committed, and of nothing else`() async throws {
        try await SimulatedBroker.run(settings: ["offsets.topic.num.partitions": "2"]) { broker, client in
            try await client.createTopic("t")
            try await client.findCoordinator()
            try await client.produce(["1", "2", "3", "4"], to: "t")
            try await client.commit(1, of: "t")
            try await client.commit(9, of: "t", group: "ahead")
            let groups = try #require(broker.core?.groups)
            groups.tellLag()
            #expect(groups.lag.lag(of: Self.position("g")) == 3)
            #expect(groups.lag.lag(of: Self.position("ahead")) == 0)
            #expect(groups.lag.count == 2)
            try await client.deleteTopic("t")
            groups.tellLag()
            #expect(groups.lag.count == 0)
        }
    }
}
