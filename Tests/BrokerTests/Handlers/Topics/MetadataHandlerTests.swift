import BrokerTesting
import KafkaProtocol
import Testing

@testable import Broker

/// What clients are told of the broker and its topics, over the wire.
@Suite(.timeLimit(.minutes(5)))
struct MetadataHandlerTests {
    typealias Wanted = MetadataRequest.MetadataRequestTopic

    private static func ask(
        _ client: TestClient, _ topics: [Wanted]?, creating: Bool = false, version: Int16 = 13
    ) async throws -> MetadataResponse {
        try await client.exchange(
            MetadataRequest.with {
                $0.topics = topics
                // Versions before 4 always allow it.
                $0.allowAutoTopicCreation = creating || version < 4
            }, version: version)
    }

    private static func named(_ names: String...) -> [Wanted] { names.map { name in .with { $0.name = name } } }

    // MARK: - Which topics

    @Test func `null asks for all topics, an empty list for none, and in version 0 for all`() async throws {
        try await withClient { client in
            try await client.createTopic("b")
            try await client.createTopic("a", partitions: 2)
            let all = try await Self.ask(client, nil)
            #expect(all.topics.map(\.name) == ["a", "b"])
            #expect(all.topics.map(\.partitions.count) == [2, 1])
            let none = try await Self.ask(client, [])
            #expect(none.topics.isEmpty && none.brokers.count == 1)
            let first = try await Self.ask(client, [], version: 0)
            #expect(first.topics.map(\.name) == ["a", "b"])
        }
    }

    @Test func `a partition names this broker as leader, replica and in-sync replica`() async throws {
        try await withClient(settings: ["node.id": "5"]) { client in
            let id = try await client.createTopic("t", partitions: 2)
            let topic = try await client.describe("t")
            #expect(topic.errorCode == .none && topic.topicID == id && !topic.isInternal)
            #expect(topic.partitions.map(\.partitionIndex) == [0, 1])
            for partition in topic.partitions {
                #expect(partition.errorCode == .none)
                #expect(partition.leaderID == 5 && partition.leaderEpoch == 0)
                #expect(partition.replicaNodes == [5] && partition.inSyncReplicaNodes == [5])
                #expect(partition.offlineReplicas.isEmpty)
            }
        }
    }

    @Test func `topics are found by id from version 12 on`() async throws {
        try await withClient { client in
            let id = try await client.createTopic("t")
            let unknown = TopicID(.random())
            let answer = try await Self.ask(
                client,
                [id, unknown].map { id in
                    .with {
                        $0.topicID = id
                        $0.name = nil
                    }
                })
            #expect(answer.topics.map(\.errorCode) == [.none, .unknownTopicID])
            #expect(answer.topics.map(\.name) == ["t", nil])
            #expect(answer.topics.map(\.topicID) == [id, unknown])
        }
    }

    // MARK: - Creation on demand

    @Test func `an unknown topic is created with the defaults where the request and the broker allow it`() async throws
    {
        try await withClient(settings: ["num.partitions": "3"]) { client in
            let asked = try await Self.ask(client, Self.named("made"), creating: true)
            #expect(asked.topics.map(\.errorCode) == [.none])
            #expect(asked.topics.first?.partitions.count == 3)
            // It is ready when the answer comes.
            #expect(try await client.produce(["a"], to: "made", 2) == 0)
            let forbidden = try await Self.ask(client, Self.named("other"), creating: false)
            #expect(forbidden.topics.map(\.errorCode) == [.unknownTopicOrPartition])
            // Versions before 4 cannot forbid it.
            let old = try await Self.ask(client, Self.named("old"), version: 3)
            #expect(old.topics.map(\.errorCode) == [.none])
            let all = try await Self.ask(client, nil)
            #expect(all.topics.map(\.name) == ["made", "old"])
        }
    }

    @Test func `a broker that forbids creation on demand creates nothing`() async throws {
        try await withClient(settings: ["auto.create.topics.enable": "false"]) { client in
            let asked = try await Self.ask(client, Self.named("t"), creating: true)
            #expect(asked.topics.map(\.errorCode) == [.unknownTopicOrPartition])
            #expect(try await Self.ask(client, nil).topics.isEmpty)
        }
    }

    @Test func `names that no topic may have are refused and the others are created`() async throws {
        try await withClient { client in
            let long = String(repeating: "x", count: 250)
            let asked = try await Self.ask(
                client, Self.named("a b", "", "..", long, "good", "a.b", "a_b"), creating: true)
            let codes = asked.topics.map(\.errorCode)
            #expect(
                Array(codes.prefix(5)) == [
                    .invalidTopicException, .invalidTopicException, .invalidTopicException, .invalidTopicException,
                    .none,
                ])
            // Metrics could not tell these two apart: only one of them can be.
            #expect(Set(codes.suffix(2)) == [.none, .invalidTopicException])
            #expect(asked.topics.map(\.name) == ["a b", "", "..", long, "good", "a.b", "a_b"])
        }
    }

    // MARK: - Flags

    @Test func `authorized operations are told only where they are asked for`() async throws {
        try await withClient { client in
            try await client.createTopic("t")
            let plain = try await Self.ask(client, nil, version: 10)
            #expect(plain.clusterAuthorizedOperations == .min)
            #expect(plain.topics.map(\.topicAuthorizedOperations) == [.min])
            let asked = try await client.exchange(
                MetadataRequest.with {
                    $0.topics = nil
                    $0.includeClusterAuthorizedOperations = true
                    $0.includeTopicAuthorizedOperations = true
                }, version: 10)
            // Read, write, create, delete, alter, describe, describe and alter configurations: as Kafka numbers them.
            let topicBits = [3, 4, 5, 6, 7, 8, 10, 11].reduce(Int32(0)) { $0 | 1 << $1 }
            #expect(asked.topics.map(\.topicAuthorizedOperations) == [topicBits])
            let clusterBits = [5, 7, 8, 9, 10, 11, 12].reduce(Int32(0)) { $0 | 1 << $1 }
            #expect(asked.clusterAuthorizedOperations == clusterBits)
        }
    }

    // MARK: - Addresses

    @Test func `each client gets the address of the listener that it came by`() async throws {
        let settings = [
            "listeners": "INSIDE://127.0.0.1:0,OUTSIDE://127.0.0.1:0",
            "advertised.listeners": "INSIDE://127.0.0.1:0,OUTSIDE://broker.example.com:9999",
            "listener.security.protocol.map": "INSIDE:PLAINTEXT,OUTSIDE:PLAINTEXT",
            "inter.broker.listener.name": "INSIDE",
        ]
        let broker = try await SimulatedBroker.start(on: SimulatedFileSystem(seed: 1), settings: settings)
        let ports = broker.boundPorts
        try #require(ports.count == 2)
        for (port, expected) in zip(ports, [("127.0.0.1", ports[0]), ("broker.example.com", 9999)]) {
            let client = try await TestClient.connect(to: "127.0.0.1:\(port)")
            let node = try #require(try await Self.ask(client, []).brokers.first)
            #expect(node.host == expected.0 && node.port == Int32(expected.1))
            let cluster = try await client.exchange(DescribeClusterRequest())
            #expect(cluster.brokers.map(\.host) == [expected.0])
            #expect(cluster.brokers.map(\.port) == [Int32(expected.1)])
            await client.close()
        }
        await broker.stop()
    }

    @Test func `a listener on all addresses never advertises the wildcard`() async throws {
        let settings = ["listeners": "PLAINTEXT://0.0.0.0:0"]
        let broker = try await SimulatedBroker.start(on: SimulatedFileSystem(seed: 1), settings: settings)
        let client = try await TestClient.connect(to: "127.0.0.1:\(broker.boundPorts[0])")
        let node = try #require(try await Self.ask(client, []).brokers.first)
        #expect(node.host == HostName.current)
        #expect(node.port == Int32(broker.boundPorts[0]))
        await client.close()
        await broker.stop()
    }

    @Test func `the cluster's id, its topics and their ids outlive a restart`() async throws {
        let disk = SimulatedFileSystem(seed: 2)
        let before = try await SimulatedBroker.run(on: disk) { _, client in
            try await client.createTopic("t", partitions: 2)
            return try await Self.ask(client, nil)
        }
        let after = try await SimulatedBroker.run(on: disk) { _, client in try await Self.ask(client, nil) }
        #expect(before.clusterID != nil && before.clusterID == after.clusterID)
        #expect(before.controllerID == after.controllerID)
        #expect(before.topics == after.topics)
    }
}
