import BrokerTesting
import KafkaProtocol
import Testing

@testable import Broker

@Suite(.timeLimit(.minutes(5)))
struct DescribeQuorumHandlerTests {
    private static func ask(
        _ client: TestClient, _ topic: String = "__cluster_metadata", _ partitions: [PartitionIndex] = [0],
        version: Int16 = 2
    ) async throws -> DescribeQuorumResponse {
        try await client.exchange(
            DescribeQuorumRequest.with {
                $0.topics = [
                    .with {
                        $0.topicName = topic
                        $0.partitions = partitions.map { index in .with { $0.partitionIndex = index } }
                    }
                ]
            }, version: version)
    }

    @Test func `this node is leader and only voter, and its log grows with the metadata`() async throws {
        try await withClient(settings: ["node.id": "4"]) { (client) async throws in
            let first = try await Self.ask(client)
            #expect(first.errorCode == .none && first.errorMessage == nil)
            let partition = try #require(first.topics.first?.partitions.first)
            #expect(partition.errorCode == .none && partition.leaderID == 4 && partition.observers.isEmpty)
            let voter = try #require(partition.currentVoters.first)
            #expect(partition.currentVoters.count == 1 && voter.replicaID == 4 && voter.replicaDirectoryID != .zero)
            #expect(voter.logEndOffset > 0 && partition.highWatermark == voter.logEndOffset)
            #expect(voter.lastFetchTimestamp > 0 && voter.lastCaughtUpTimestamp == voter.lastFetchTimestamp)
            let node = try #require(first.nodes.first)
            #expect(node.nodeID == 4 && node.listeners.map(\.name) == ["PLAINTEXT"])
            #expect(node.listeners[0].host == "127.0.0.1" && node.listeners[0].port > 0)
            try await client.createTopic("t")
            let later = try await Self.ask(client).topics[0].partitions[0]
            #expect(later.highWatermark >= partition.highWatermark + 2)
        }
    }

    @Test(arguments: [Int16(0), 1])
    func `older versions have less in them`(version: Int16) async throws {
        try await withClient { (client) async throws in
            let answer = try await Self.ask(client, version: version)
            let voter = try #require(answer.topics.first?.partitions.first?.currentVoters.first)
            #expect(voter.replicaID == 1 && voter.replicaDirectoryID == .zero && answer.nodes.isEmpty)
            #expect((voter.lastFetchTimestamp == -1) == (version == 0))
        }
    }

    @Test(arguments: [("t", [0]), ("__cluster_metadata", [1]), ("__cluster_metadata", [0, 1])])
    func `nothing else has a quorum`(topic: String, partitions: [Int32]) async throws {
        try await withClient { (client) async throws in
            let answer = try await Self.ask(client, topic, partitions.map { PartitionIndex($0) })
            let codes = answer.topics.flatMap(\.partitions).map(\.errorCode)
            #expect(codes == Array(repeating: .unknownTopicOrPartition, count: partitions.count))
            #expect(answer.errorCode == .none && answer.nodes.isEmpty)
        }
    }
}
