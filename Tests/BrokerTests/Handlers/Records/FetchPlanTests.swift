import KafkaProtocol
import Testing

@testable import Broker

/// KIP-74
struct FetchPlanTests {
    private static let item = FetchPlan.Item(
        FetchRequest.FetchTopic.with { $0.topic = "t" },
        FetchRequest.FetchPartition.with { $0.partitionMaxBytes = 100 })
    private static let plan = FetchPlan(
        items: [item], minBytes: 1, maxBytes: 150, isolation: .readUncommitted, version: 12)

    @Test func `the first partition with data may return a batch of any size`() {
        #expect(Self.plan.budget(for: Self.item, used: 0) == (100, true))
    }

    @Test func `later partitions share what is left`() {
        #expect(Self.plan.budget(for: Self.item, used: 100) == (50, false))
        #expect(Self.plan.budget(for: Self.item, used: 400) == (0, false))
    }
}
