import BrokerTesting
import KafkaProtocol
import Testing

@testable import Broker

/// Reassignments on a cluster of one, asked for and listed.
@Suite(.timeLimit(.minutes(5)))
struct AlterPartitionReassignmentsHandlerTests {
    private static func alter(
        _ client: TestClient, _ replicas: [BrokerID]?, topic: String = "t", _ partition: PartitionIndex = 0,
        mayChangeFactor: Bool = true, version: Int16 = 1
    ) async throws -> (code: ErrorCode, message: String?) {
        let answer = try await client.exchange(
            AlterPartitionReassignmentsRequest.with { request in
                request.allowReplicationFactorChange = mayChangeFactor
                request.topics = [
                    .with {
                        $0.name = topic
                        $0.partitions = [
                            .with {
                                $0.partitionIndex = partition
                                $0.replicas = replicas
                            }
                        ]
                    }
                ]
            }, version: version)
        #expect(answer.errorCode == .none && answer.errorMessage == nil)
        #expect(answer.allowReplicationFactorChange == mayChangeFactor)
        let result = try #require(answer.responses.first?.partitions.first)
        #expect(result.partitionIndex == partition)
        return (result.errorCode, result.errorMessage)
    }

    @Test(arguments: [Int16(0), 1])
    func `a partition can be assigned to the node that has it, which changes nothing`(version: Int16) async throws {
        try await withClient { (client) async throws in
            try await client.createTopic("t")
            let outcome = try await Self.alter(client, [1], version: version)
            #expect(outcome == (.none, nil))
            let described = try await client.describe("t")
            #expect(described.partitions.map(\.replicaNodes) == [[1]])
            let listed = try await client.exchange(ListPartitionReassignmentsRequest.with { $0.topics = nil })
            #expect(listed.errorCode == .none && listed.errorMessage == nil && listed.topics.isEmpty)
        }
    }

    private static let refusals: [([BrokerID]?, Bool, ErrorCode)] = [
        ([2], true, .invalidReplicaAssignment), ([1, 2], true, .invalidReplicaAssignment),
        ([1, 1], true, .invalidReplicaAssignment), ([], true, .invalidReplicaAssignment),
        ([1, 2], false, .invalidReplicationFactor), (nil, true, .noReassignmentInProgress),
    ]

    @Test(arguments: refusals)
    func `other assignments are refused`(replicas: [BrokerID]?, mayChangeFactor: Bool, code: ErrorCode) async throws {
        try await withClient { (client) async throws in
            try await client.createTopic("t")
            let outcome = try await Self.alter(client, replicas, mayChangeFactor: mayChangeFactor)
            #expect(outcome.code == code && outcome.message?.isEmpty == false)
        }
    }

    @Test func `partitions that do not exist are told`() async throws {
        try await withClient { (client) async throws in
            try await client.createTopic("t")
            for (topic, partition) in [("t", 1), ("t", -1), ("nowhere", 0)] as [(String, PartitionIndex)] {
                let outcome = try await Self.alter(client, [1], topic: topic, partition)
                #expect(outcome.code == .unknownTopicOrPartition)
            }
            let listed = try await client.exchange(
                ListPartitionReassignmentsRequest.with { request in
                    request.topics = ["t", "nowhere"].map { name in
                        .with {
                            $0.name = name
                            $0.partitionIndexes = [0, 5]
                        }
                    }
                })
            #expect(listed.errorCode == .none && listed.topics.isEmpty)
        }
    }
}
