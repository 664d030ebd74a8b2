import BrokerTesting
import KafkaProtocol
import Testing

@testable import Broker

/// Where epochs end, so that readers notice what was cut off behind them (KIP-320).
@Suite(.timeLimit(.minutes(5)))
struct OffsetForLeaderEpochHandlerTests {
    private static func ask(
        _ client: TestClient, _ epoch: LeaderEpoch, current: LeaderEpoch = -1, topic: String = "t",
        partition: PartitionIndex = 0
    ) async throws -> OffsetForLeaderEpochResponse.EpochEndOffset {
        let answer = try await client.exchange(
            OffsetForLeaderEpochRequest.with {
                $0.replicaID = -1
                $0.topics = [
                    .with { part in
                        part.topic = topic
                        part.partitions = [
                            .with {
                                $0.partition = partition
                                $0.leaderEpoch = epoch
                                $0.currentLeaderEpoch = current
                            }
                        ]
                    }
                ]
            })
        return try #require(answer.topics.first?.partitions.first)
    }

    @Test func `the epoch in force ends at the log's end, and one to come is unknown`() async throws {
        try await withClient { client in
            try await client.createTopic("t")
            try await client.produce(["a", "b"], to: "t")
            let now = try await Self.ask(client, 0)
            #expect(now.errorCode == .none && now.leaderEpoch == 0 && now.endOffset == 2)
            let future = try await Self.ask(client, 1)
            #expect(future.errorCode == .none && future.leaderEpoch == -1 && future.endOffset == -1)
        }
    }

    @Test func `topics, partitions and epochs that are wrong are told`() async throws {
        try await withClient { client in
            try await client.createTopic("t")
            let noTopic = try await Self.ask(client, 0, topic: "nowhere")
            #expect(noTopic.errorCode == .unknownTopicOrPartition)
            let noPartition = try await Self.ask(client, 0, partition: 1)
            #expect(noPartition.errorCode == .unknownTopicOrPartition)
            let ahead = try await Self.ask(client, 0, current: 3)
            #expect(ahead.errorCode == .unknownLeaderEpoch)
        }
    }

    @Test func `after an unclean stop the epoch has risen and the old one ends where the log was cut`() async throws {
        let disk = SimulatedFileSystem(seed: 7)
        let crashed = try await SimulatedBroker.run(on: disk) { _, client in
            try await client.createTopic("t")
            try await client.produce(["a", "b"], to: "t")
            return disk.copy(seed: 8)
        }
        crashed.powerCut()
        try await SimulatedBroker.run(on: crashed) { broker, client in
            #expect(!broker.ready.wasClean)
            let epoch = try #require(try await client.describe("t").partitions.first).leaderEpoch
            #expect(epoch == 1)
            try await client.produce(["c"], to: "t")
            let old = try await Self.ask(client, 0, current: 1)
            #expect(old.errorCode == .none && old.leaderEpoch == 0 && old.endOffset == 2)
            let new = try await Self.ask(client, 1)
            #expect(new.leaderEpoch == 1 && new.endOffset == 3)
            let fenced = try await Self.ask(client, 0, current: 0)
            #expect(fenced.errorCode == .fencedLeaderEpoch)
            try await Self.expectFetchesToNotice(client)
        }
    }

    /// What a reader of the old epoch is told by Fetch and ListOffsets.
    private static func expectFetchesToNotice(_ client: TestClient) async throws {
        let fenced = try await client.fetch("t", from: 2) { $0.topics[0].partitions[0].currentLeaderEpoch = 0 }
        #expect(fenced.errorCode == .fencedLeaderEpoch && fenced.currentLeader.leaderEpoch == 1)
        // It had read offset 2 in epoch 0, which the log never kept.
        let diverged = try await client.fetch("t", from: 3) {
            $0.topics[0].partitions[0].currentLeaderEpoch = 1
            $0.topics[0].partitions[0].lastFetchedEpoch = 0
            $0.minBytes = 1
            $0.maxWaitMs = 600_000
        }
        #expect(diverged.errorCode == .none && diverged.records.byteCount == 0)
        #expect(diverged.divergingEpoch.epoch == 0 && diverged.divergingEpoch.endOffset == 2)
        let agreed = try await client.fetch("t", from: 2) {
            $0.topics[0].partitions[0].currentLeaderEpoch = 1
            $0.topics[0].partitions[0].lastFetchedEpoch = 0
        }
        #expect(try agreed.values == ["c"])
        #expect(try agreed.batches.map(\.header.partitionLeaderEpoch) == [1])
        let listed = try await client.listOffset("t", at: -1)
        #expect(listed.offset == 3 && listed.leaderEpoch == 1)
        let earliest = try await client.listOffset("t", at: -2)
        #expect(earliest.offset == 0 && earliest.leaderEpoch == 0)
        let late = try await client.listOffset("t", at: -1) { $0.topics[0].partitions[0].currentLeaderEpoch = 0 }
        #expect(late.errorCode == .fencedLeaderEpoch)
    }

    @Test func `a clean stop leaves the epoch as it is`() async throws {
        let disk = SimulatedFileSystem(seed: 7)
        try await SimulatedBroker.run(on: disk) { _, client in
            try await client.createTopic("t")
            try await client.produce(["a"], to: "t")
        }
        try await SimulatedBroker.run(on: disk) { broker, client in
            #expect(broker.ready.wasClean)
            let partition = try #require(try await client.describe("t").partitions.first)
            #expect(partition.leaderEpoch == 0)
            #expect(try await client.fetch("t", from: 0).values == ["a"])
        }
    }
}
