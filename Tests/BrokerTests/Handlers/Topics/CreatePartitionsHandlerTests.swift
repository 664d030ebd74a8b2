import BrokerTesting
import KafkaProtocol
import Testing

@testable import Broker

/// More partitions for a topic, over the wire.
@Suite(.timeLimit(.minutes(5)))
struct CreatePartitionsHandlerTests {
    typealias Topic = CreatePartitionsRequest.CreatePartitionsTopic

    private static func topic(_ name: String, to count: Int32, assignments: [[BrokerID]]? = nil) -> Topic {
        .with { topic in
            topic.name = name
            topic.count = count
            topic.assignments = assignments.map { $0.map { brokers in .with { $0.brokerIDs = brokers } } }
        }
    }

    private static func create(
        _ client: TestClient, _ topics: [Topic], validateOnly: Bool = false
    ) async throws -> [CreatePartitionsResponse.CreatePartitionsTopicResult] {
        try await client.exchange(
            CreatePartitionsRequest.with {
                $0.topics = topics
                $0.validateOnly = validateOnly
            }
        ).results
    }

    @Test func `new partitions are served, old ones keep their records`() async throws {
        try await withClient { client in
            try await client.createTopic("t", partitions: 1)
            try await client.produce(["a"], to: "t")
            let results = try await Self.create(client, [Self.topic("t", to: 3)])
            #expect(results.map(\.name) == ["t"])
            #expect(results.map(\.errorCode) == [.none])
            #expect(try await client.describe("t").partitions.count == 3)
            #expect(try await client.produce(["b"], to: "t", 2) == 0)
            #expect(try await client.fetch("t", from: 0).values == ["a"])
        }
    }

    @Test func `every topic is echoed, with its own error`() async throws {
        try await withClient { client in
            try await client.createTopic("t", partitions: 2)
            try await client.createTopic("u")
            let table: [(Topic, ErrorCode)] = [
                (Self.topic("nowhere", to: 3), .unknownTopicOrPartition),
                (Self.topic("t", to: 2), .invalidPartitions),
                (Self.topic("t", to: 1), .invalidPartitions),
                (Self.topic("t", to: 0), .invalidPartitions),
                (Self.topic("t", to: -5), .invalidPartitions),
                (Self.topic("t", to: .max), .policyViolation),
                (Self.topic("t", to: 3, assignments: []), .invalidReplicaAssignment),
                (Self.topic("t", to: 3, assignments: [[9]]), .invalidReplicaAssignment),
                (Self.topic("t", to: 3, assignments: [[1, 1]]), .invalidReplicaAssignment),
            ]
            for (topic, code) in table {
                let results = try await Self.create(client, [topic, Self.topic("u", to: 2)], validateOnly: true)
                #expect(results.map(\.name) == [topic.name, "u"])
                #expect(results.map(\.errorCode) == [code, .none], "\(topic)")
                #expect(results[0].errorMessage?.isEmpty == false && results[1].errorMessage == nil)
            }
            let twice = try await Self.create(client, [Self.topic("t", to: 3), Self.topic("t", to: 4)])
            #expect(twice.map(\.errorCode) == [.invalidRequest])
            // Nothing of all this has changed anything.
            #expect(try await client.describe("t").partitions.count == 2)
            #expect(try await client.describe("u").partitions.count == 1)
        }
    }

    @Test func `chosen brokers are accepted for the new partitions alone`() async throws {
        try await withClient { client in
            try await client.createTopic("t")
            let results = try await Self.create(client, [Self.topic("t", to: 3, assignments: [[1], [1]])])
            #expect(results.map(\.errorCode) == [.none])
            #expect(try await client.describe("t").partitions.count == 3)
        }
    }
}
