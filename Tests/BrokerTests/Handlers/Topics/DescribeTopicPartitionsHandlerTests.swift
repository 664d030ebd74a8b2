import BrokerTesting
import KafkaProtocol
import Testing

@testable import Broker

/// KIP-966's paged description of topics, over the wire.
@Suite(.timeLimit(.minutes(5)))
struct DescribeTopicPartitionsHandlerTests {
    private static func ask(
        _ client: TestClient, _ topics: [String], limit: Int32 = 2000, from cursor: (String, PartitionIndex)? = nil
    ) async throws -> DescribeTopicPartitionsResponse {
        try await client.exchange(
            DescribeTopicPartitionsRequest.with { request in
                request.topics = topics.map { name in .with { $0.name = name } }
                request.responsePartitionLimit = limit
                request.cursor = cursor.map { cursor in
                    .with {
                        $0.topicName = cursor.0
                        $0.partitionIndex = cursor.1
                    }
                }
            })
    }

    @Test(arguments: [Int32(1), 2, 3, 5, 7]) func `pages of any size show every partition once, in order`(
        limit: Int32
    ) async throws {
        try await withClient { client in
            try await client.createTopic("b", partitions: 4)
            try await client.createTopic("a", partitions: 3)
            try await client.createTopic("c")
            var seen: [String] = []
            var cursor: (String, PartitionIndex)?
            for _ in 0..<20 {
                let page = try await Self.ask(client, [], limit: limit, from: cursor)
                let partitions = page.topics.flatMap { topic in
                    topic.partitions.map { "\(topic.name ?? "")-\($0.partitionIndex)" }
                }
                #expect(partitions.count <= Int(limit))
                seen += partitions
                guard let next = page.nextCursor else { break }
                cursor = (next.topicName, next.partitionIndex)
            }
            #expect(seen == ["a-0", "a-1", "a-2", "b-0", "b-1", "b-2", "b-3", "c-0"])
        }
    }

    @Test func `named topics come in order of name, with errors of their own`() async throws {
        try await withClient { client in
            let id = try await client.createTopic("t")
            let answer = try await Self.ask(client, ["t", "nowhere", "not a name", "t"])
            #expect(answer.topics.map(\.name) == ["not a name", "nowhere", "t"])
            #expect(answer.topics.map(\.errorCode) == [.invalidTopicException, .unknownTopicOrPartition, .none])
            #expect(answer.nextCursor == nil)
            let topic = try #require(answer.topics.last)
            #expect(topic.topicID == id)
            #expect(topic.partitions.map(\.leaderID) == [1])
            #expect(topic.partitions.map(\.inSyncReplicaNodes) == [[1]])
        }
    }

    @Test func `a cursor behind the last topic gives an empty page`() async throws {
        try await withClient { client in
            try await client.createTopic("t")
            let answer = try await Self.ask(client, [], from: ("z", 0))
            #expect(answer.topics.isEmpty && answer.nextCursor == nil)
        }
    }
}
