import BrokerTesting
import KafkaProtocol
import LogStorage
import NIOCore
import Testing

@testable import Broker

@Suite(.timeLimit(.minutes(5)))
struct DeleteRecordsHandlerTests {
    private static func delete(
        _ client: TestClient, _ topic: String, _ partitions: [(PartitionIndex, Offset)], version: Int16 = 2
    ) async throws -> [DeleteRecordsResponse.DeleteRecordsPartitionResult] {
        let request = DeleteRecordsRequest.with {
            $0.timeoutMs = 300_000
            $0.topics = [
                .with { item in
                    item.name = topic
                    item.partitions = partitions.map { partition in
                        .with { ($0.partitionIndex, $0.offset) = partition }
                    }
                }
            ]
        }
        let answer = try await client.exchange(request, version: version)
        #expect(answer.topics.map(\.name) == [topic])
        return try #require(answer.topics.first).partitions
    }

    @Test(arguments: [Int16(0), 1, 2])
    func `records below the offset cannot be read any more`(version: Int16) async throws {
        try await withClient { client in
            try await client.createTopic("t")
            try await client.produce(["a", "b", "c", "d"], to: "t")
            let deleted = try await Self.delete(client, "t", [(0, 3)], version: version)
            #expect(deleted.map(\.errorCode) == [.none] && deleted.map(\.lowWatermark) == [3])
            #expect(try await client.fetch("t", from: 2).errorCode == .offsetOutOfRange)
            let rest = try await client.fetch("t", from: 3)
            #expect(rest.logStartOffset == 3)
            #expect(try rest.read.map(\.offset).contains(3))
            #expect(try await client.listOffset("t", at: -2).offset == 3)
            #expect(try await client.listOffset("t", at: TestBatch.recent.rawValue).offset == 3)
            #expect(try await client.produce(["e"], to: "t") == 4)
        }
    }

    @Test func `-1 deletes up to the high watermark, and a lower offset than the log start changes nothing`()
        async throws
    {
        try await withClient { client in
            try await client.createTopic("t", partitions: 2)
            try await client.produce(["a", "b"], to: "t", 0)
            try await client.produce(["c"], to: "t", 1)
            let all = try await Self.delete(client, "t", [(0, -1), (1, -1)])
            #expect(all.map(\.lowWatermark) == [2, 1] && all.map(\.partitionIndex) == [0, 1])
            let again = try await Self.delete(client, "t", [(0, 1)])
            #expect(again.map(\.errorCode) == [.none] && again.map(\.lowWatermark) == [2])
            #expect(try await client.fetch("t", from: 2).errorCode == .none)
        }
    }

    @Test func `what cannot be deleted is refused by partition, and the others are deleted`() async throws {
        try await withClient { client in
            try await client.createTopic("t", partitions: 2)
            try await client.produce(["a"], to: "t", 0)
            try await client.produce(["a"], to: "t", 1)
            let answers = try await Self.delete(client, "t", [(0, 2), (0, -2), (9, 0), (1, 1)])
            #expect(
                answers.map(\.errorCode) == [.offsetOutOfRange, .offsetOutOfRange, .unknownTopicOrPartition, .none])
            #expect(answers.map(\.lowWatermark) == [-1, -1, -1, 1])
            let unknown = try await Self.delete(client, "nowhere", [(0, 0)])
            #expect(unknown.map(\.errorCode) == [.unknownTopicOrPartition])
        }
    }

    @Test(arguments: [
        ("compact", ErrorCode.policyViolation), ("compact,delete", .none), ("delete", .none), ("", .none),
    ])
    func `a topic that is only compacted keeps its records`(policy: String, expected: ErrorCode) async throws {
        try await withClient { client in
            try await client.createTopic("t", configs: ["cleanup.policy": policy])
            let answers = try await Self.delete(client, "t", [(0, 0)])
            #expect(answers.map(\.errorCode) == [expected])
        }
    }

    @Test func `what was answered is durable, and files go in the next round`() async throws {
        let disk = SimulatedFileSystem(seed: 41)
        let crashed = try await SimulatedBroker.run(on: disk) { broker, client in
            try await client.createTopic("t")
            try await client.produce(["a", "b", "c"], to: "t")
            _ = try await Self.delete(client, "t", [(0, 3)])
            let crashed = disk.copy(seed: 42)
            broker.clock.advance(by: .seconds(300))
            await broker.tick()
            #expect(disk.paths.contains("/data/t-0/00000000000000000000.log.deleted"))
            return crashed
        }
        crashed.powerCut()
        try await SimulatedBroker.run(on: crashed) { _, client in
            let start = try await client.listOffset("t", at: -2)
            #expect(start.offset == 3)
            #expect(try await client.fetch("t", from: 2).errorCode == .offsetOutOfRange)
            #expect(try await client.produce(["d"], to: "t") == 3)
        }
    }

    @Test func `where the disk refuses, nothing is deleted`() async throws {
        let disk = SimulatedFileSystem(seed: 43)
        try await SimulatedBroker.run(on: disk) { _, client in
            try await client.createTopic("t")
            try await client.produce(["a", "b"], to: "t")
            disk.failCall(1, with: .outOfSpace)
            let answers = try await Self.delete(client, "t", [(0, 1)])
            #expect(answers.map(\.errorCode) == [.kafkaStorageError] && answers.map(\.lowWatermark) == [-1])
            #expect(try await client.fetch("t", from: 0).values == ["a", "b"])
        }
    }

    @Test func `a topic that returns under its name begins at 0`() async throws {
        let disk = SimulatedFileSystem(seed: 44)
        try await SimulatedBroker.run(on: disk) { broker, client in
            try await client.createTopic("t")
            try await client.produce(["a", "b"], to: "t")
            _ = try await Self.delete(client, "t", [(0, 2)])
            try await client.deleteTopic("t")
            try await client.createTopic("t")
            #expect(try await client.listOffset("t", at: -2).offset == 0)
            broker.clock.advance(by: .seconds(60))
            await broker.tick()
        }
        try await SimulatedBroker.run(on: disk) { _, client in
            let offset = try await client.produce(["a"], to: "t")
            #expect(offset == 0)
        }
    }
}
