import BrokerTesting
import KafkaProtocol
import Testing

@testable import Broker

/// Creation of topics, over the wire.
@Suite(.timeLimit(.minutes(5)))
struct CreateTopicsHandlerTests {
    typealias Topic = CreateTopicsRequest.CreatableTopic
    typealias Result = CreateTopicsResponse.CreatableTopicResult

    private static func topic(
        _ name: String, partitions: Int32 = 1, factor: Int16 = 1, configs: [(String, String?)] = [],
        assignments: [(PartitionIndex, [BrokerID])] = []
    ) -> Topic {
        .with { topic in
            topic.name = name
            topic.numPartitions = partitions
            topic.replicationFactor = factor
            topic.configs = configs.map { name, value in
                .with {
                    $0.name = name
                    $0.value = value
                }
            }
            topic.assignments = assignments.map { index, brokers in
                .with {
                    $0.partitionIndex = index
                    $0.brokerIDs = brokers
                }
            }
        }
    }

    private static func create(
        _ client: TestClient, _ topics: [Topic], validateOnly: Bool = false, version: Int16 = 7
    ) async throws -> [Result] {
        try await client.exchange(
            CreateTopicsRequest.with {
                $0.topics = topics
                $0.validateOnly = validateOnly
            }, version: version
        ).topics
    }

    private static func allNames(_ client: TestClient) async throws -> [String?] {
        try await client.exchange(MetadataRequest.with { $0.topics = nil }).topics.map(\.name)
    }

    private static let refusals: [(Topic, ErrorCode)] = [
        (topic("t"), .topicAlreadyExists),
        (topic(""), .invalidTopicException),
        (topic("a/b"), .invalidTopicException),
        (topic("."), .invalidTopicException),
        (topic(String(repeating: "x", count: 250)), .invalidTopicException),
        (topic("x_y"), .invalidTopicException),
        (topic("__cluster_metadata"), .invalidTopicException),
        (topic("new", partitions: 0), .invalidPartitions),
        (topic("new", partitions: -2), .invalidPartitions),
        (topic("new", factor: 0), .invalidReplicationFactor),
        (topic("new", factor: 2), .invalidReplicationFactor),
        (topic("new", partitions: 10_001), .policyViolation),
        (topic("new", partitions: .max), .policyViolation),
        (topic("new", configs: [("no.such.key", "1")]), .invalidConfig),
        (topic("new", configs: [("retention.ms", "soon")]), .invalidConfig),
        (topic("new", configs: [("cleanup.policy", "shred")]), .invalidConfig),
        (topic("new", configs: [("retention.ms", nil)]), .invalidConfig),
        (topic("new", partitions: 1, factor: -1, assignments: [(0, [1])]), .invalidRequest),
        (topic("new", partitions: -1, factor: -1, assignments: [(1, [1])]), .invalidReplicaAssignment),
        (topic("new", partitions: -1, factor: -1, assignments: [(0, [1]), (0, [1])]), .invalidReplicaAssignment),
        (topic("new", partitions: -1, factor: -1, assignments: [(0, [])]), .invalidReplicaAssignment),
        (topic("new", partitions: -1, factor: -1, assignments: [(0, [1, 1])]), .invalidReplicaAssignment),
        (topic("new", partitions: -1, factor: -1, assignments: [(0, [2])]), .invalidReplicaAssignment),
    ]

    @Test func `each reason to refuse a topic has its code and says what to do`() async throws {
        try await withClient { client in
            try await client.createTopic("t")
            try await client.createTopic("x.y")
            for (topic, code) in Self.refusals {
                let results = try await Self.create(client, [topic])
                let result = try #require(results.first)
                #expect(result.errorCode == code, "\(topic)")
                #expect(result.errorMessage?.isEmpty == false, "\(topic)")
                #expect(result.topicID == .zero && result.numPartitions == -1, "\(topic)")
            }
            #expect(try await Self.allNames(client) == ["t", "x.y"])
        }
    }

    @Test func `valid and invalid topics of one request are answered each`() async throws {
        try await withClient { client in
            let results = try await Self.create(
                client,
                [
                    Self.topic("a"), Self.topic("bad name"), Self.topic("twice"), Self.topic("b", partitions: 3),
                    Self.topic("twice"),
                ])
            let codes = Dictionary(uniqueKeysWithValues: results.map { ($0.name, $0.errorCode) })
            #expect(
                codes == ["a": .none, "bad name": .invalidTopicException, "twice": .invalidRequest, "b": .none])
            #expect(try await Self.allNames(client) == ["a", "b"])
        }
    }

    @Test func `validate only says what would be, and creates nothing`() async throws {
        try await withClient { client in
            let results = try await Self.create(
                client, [Self.topic("t", partitions: 2), Self.topic("t t")], validateOnly: true)
            #expect(results.map(\.errorCode) == [.none, .invalidTopicException])
            #expect(results.map(\.numPartitions) == [2, -1])
            #expect(results.map(\.topicID) == [.zero, .zero])
            #expect(try await Self.allNames(client) == [])
        }
    }

    @Test func `-1 stands for the broker's defaults`() async throws {
        try await withClient(settings: ["num.partitions": "4"]) { client in
            let results = try await Self.create(client, [Self.topic("t", partitions: -1, factor: -1)])
            let result = try #require(results.first)
            #expect(result.errorCode == .none)
            #expect(result.numPartitions == 4 && result.replicationFactor == 1)
            #expect(try await client.describe("t").partitions.count == 4)
        }
    }

    @Test func `a manual assignment sets the number of partitions`() async throws {
        try await withClient { client in
            let results = try await Self.create(
                client, [Self.topic("t", partitions: -1, factor: -1, assignments: [(1, [1]), (0, [1])])])
            #expect(results.map(\.errorCode) == [.none])
            #expect(results.map(\.numPartitions) == [2])
            #expect(try await client.describe("t").partitions.map(\.replicaNodes) == [[1], [1]])
        }
    }

    @Test func `the answer has the settings in force and where each comes from`() async throws {
        try await withClient(settings: ["log.retention.hours": "5"]) { client in
            let results = try await Self.create(client, [Self.topic("t", configs: [("max.message.bytes", "2000")])])
            let configs = try #require(results.first?.configs)
            let byName = Dictionary(uniqueKeysWithValues: configs.map { ($0.name, $0) })
            let own = try #require(byName["max.message.bytes"])
            #expect(own.value == "2000" && own.configSource == 1)
            let fromBroker = try #require(byName["retention.ms"])
            #expect(fromBroker.value == "18000000" && fromBroker.configSource == 4)
            let fallback = try #require(byName["segment.bytes"])
            #expect(fallback.value == "1073741824" && fallback.configSource == 5)
        }
    }

    @Test func `a topic can be written to as soon as its creation is answered`() async throws {
        try await withClient { client in
            for number in 0..<20 {
                let name = "t\(number)"
                try client.send(CreateTopicsRequest.with { $0.topics = [Self.topic(name)] })
                _ = try await client.receive(CreateTopicsRequest.self)
                #expect(try await client.produce(["a"], to: name) == 0)
            }
        }
    }
}
