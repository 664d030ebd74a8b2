import BrokerTesting
import KafkaProtocol
import Testing

@testable import Broker

/// Offsets by name and by time, over the wire.
@Suite(.timeLimit(.minutes(5)))
struct ListOffsetsHandlerTests {
    /// A topic with three segments: each holds one batch with the times 0 and 100 of its own thousand.
    private static func fill(_ client: TestClient) async throws {
        try await client.createTopic("t", configs: ["segment.bytes": "1048576"])
        let value = String(repeating: "x", count: 300_000)
        for second in 0..<3 {
            let start = TestBatch.recent.advanced(byMilliseconds: Int64(second) * 1000)
            let batch = try TestBatch.records([(value, start), (value, start.advanced(byMilliseconds: 100))])
            let produced = try await client.produce(batch, to: "t")
            #expect(produced.errorCode == .none)
        }
    }

    @Test func `earliest and latest are the log's start and the high watermark`() async throws {
        try await withClient { client in
            try await client.createTopic("t")
            try await client.produce(["a", "b", "c"], to: "t")
            for (timestamp, offset) in [(Int64(-1), Offset(3)), (-2, 0), (-4, 0)] {
                let found = try await client.listOffset("t", at: timestamp)
                #expect(found.errorCode == .none)
                #expect(found.offset == offset)
                #expect(found.timestamp == -1)
                #expect(found.leaderEpoch == 0)
            }
        }
    }

    @Test func `nothing is tiered, so the tiered offsets are unknown and no error`() async throws {
        try await withClient { client in
            try await client.createTopic("t")
            try await client.produce(["a"], to: "t")
            for timestamp in [Int64(-5), -6] {
                let found = try await client.listOffset("t", at: timestamp)
                #expect(found.errorCode == .none)
                #expect(found.offset == -1)
            }
        }
    }

    /// The first version that knows each of the special timestamps.
    @Test(arguments: [(Int64(-3), Int16(7)), (-4, 8), (-5, 9), (-6, 11)])
    func `a special timestamp is refused in versions before its own`(timestamp: Int64, first: Int16) async throws {
        try await withClient { client in
            try await client.createTopic("t")
            try await client.produce(["a"], to: "t")
            let before = try await client.listOffset("t", at: timestamp, version: first - 1)
            #expect(before.errorCode == .unsupportedVersion)
            let from = try await client.listOffset("t", at: timestamp, version: first)
            #expect(from.errorCode == .none)
            let unheardOf = try await client.listOffset("t", at: -7)
            #expect(unheardOf.errorCode == .unsupportedVersion)
        }
    }

    @Test func `a timestamp finds the first record that is not older, in whichever segment it stands`() async throws {
        try await withClient { client in
            try await Self.fill(client)
            // Milliseconds from the start, and the record that is to be found.
            let table: [(Int64, Offset)] = [
                (-10_000, 0), (0, 0), (1, 1), (100, 1), (101, 2), (1000, 2), (1050, 3), (1101, 4), (2000, 4),
                (2100, 5),
            ]
            for (after, offset) in table {
                let found = try await client.listOffset(
                    "t", at: TestBatch.recent.advanced(byMilliseconds: after).rawValue)
                #expect(found.offset == offset, "\(after) ms")
                let second = offset.rawValue / 2
                let time = TestBatch.recent.advanced(byMilliseconds: second * 1000 + offset.rawValue % 2 * 100)
                #expect(found.timestamp == time.rawValue, "\(after) ms")
            }
            let beyond = try await client.listOffset("t", at: TestBatch.recent.advanced(byMilliseconds: 2101).rawValue)
            #expect(beyond.errorCode == .none && beyond.offset == -1 && beyond.timestamp == -1)
        }
    }

    @Test func `the record with the latest time is found wherever it stands`() async throws {
        try await withClient { client in
            try await Self.fill(client)
            let late = TestBatch.recent.advanced(byMilliseconds: 50_000)
            let batch = try TestBatch.records([("a", TestBatch.recent), ("late", late), ("b", TestBatch.recent)])
            _ = try await client.produce(batch, to: "t")
            try await client.produce(["old"], to: "t")
            let found = try await client.listOffset("t", at: -3)
            #expect(found.offset == 7)
            #expect(found.timestamp == late.rawValue)
        }
    }

    @Test func `an empty log has no record with a time`() async throws {
        try await withClient { client in
            try await client.createTopic("t")
            for timestamp in [Int64(-3), 0, TestBatch.recent.rawValue] {
                let found = try await client.listOffset("t", at: timestamp)
                #expect(found.errorCode == .none && found.offset == -1 && found.timestamp == -1)
            }
        }
    }

    @Test func `read committed ends at the last stable offset`() async throws {
        try await withClient { client in
            try await client.createTopic("t")
            try await client.produce(["a"], to: "t")
            let found = try await client.listOffset("t", at: -1) { $0.isolationLevel = 1 }
            #expect(found.offset == 1)
        }
    }

    @Test func `a partition that is asked for twice is refused, the others are not`() async throws {
        try await withClient { client in
            try await client.createTopic("t", partitions: 2)
            let answer = try await client.exchange(ListOffsetsRequest.of("t", [(0, -1), (1, -1), (0, -2)]))
            let partitions = try #require(answer.topics.first?.partitions)
            #expect(partitions.map(\.errorCode) == [.invalidRequest, .none, .invalidRequest])
        }
    }

    @Test func `epochs, names and partitions are checked one by one`() async throws {
        try await withClient { client in
            try await client.createTopic("t")
            let ahead = try await client.listOffset("t", at: -1) {
                $0.topics[0].partitions[0].currentLeaderEpoch = 5
            }
            #expect(ahead.errorCode == .unknownLeaderEpoch)
            let noPartition = try await client.listOffset("t", 9, at: -1)
            #expect(noPartition.errorCode == .unknownTopicOrPartition)
            let noTopic = try await client.listOffset("nowhere", at: -1)
            #expect(noTopic.errorCode == .unknownTopicOrPartition && noTopic.offset == -1)
        }
    }
}
