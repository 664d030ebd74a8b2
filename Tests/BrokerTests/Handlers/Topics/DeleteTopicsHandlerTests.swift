import BrokerTesting
import KafkaProtocol
import Testing

@testable import Broker

/// The end of topics, over the wire and on the disk.
@Suite(.timeLimit(.minutes(5)))
struct DeleteTopicsHandlerTests {
    private static func delete(
        _ client: TestClient, names: [String] = [], ids: [TopicID] = []
    ) async throws -> [DeleteTopicsResponse.DeletableTopicResult] {
        try await client.exchange(
            DeleteTopicsRequest.with {
                $0.topics =
                    names.map { name in .with { $0.name = name } } + ids.map { id in .with { $0.topicID = id } }
            }
        ).responses
    }

    @Test func `topics are deleted by name or id, and what is not there has an error of its own`() async throws {
        try await withClient { client in
            try await client.createTopic("a")
            let id = try await client.createTopic("b")
            let unknown = TopicID(.random())
            let results = try await Self.delete(client, names: ["a", "nowhere"], ids: [id, unknown])
            #expect(results.map(\.errorCode) == [.none, .unknownTopicOrPartition, .none, .unknownTopicID])
            #expect(results.map(\.name) == ["a", "nowhere", "b", nil])
            #expect(results[2].topicID == id && results[3].topicID == unknown)
            let left = try await client.exchange(MetadataRequest.with { $0.topics = nil })
            #expect(left.topics.isEmpty)
        }
    }

    @Test func `a topic that is named twice is not deleted`() async throws {
        try await withClient { client in
            let id = try await client.createTopic("t")
            let twice = try await Self.delete(client, names: ["t", "t"])
            #expect(twice.allSatisfy { $0.errorCode == .invalidRequest } && !twice.isEmpty)
            #expect(try await client.describe("t").topicID == id)
        }
    }

    @Test func `old versions name topics by name alone`() async throws {
        try await withClient { client in
            try await client.createTopic("t")
            let answer = try await client.exchange(
                DeleteTopicsRequest.with { $0.topicNames = ["t", "nowhere"] }, version: 5)
            #expect(answer.responses.map(\.errorCode) == [.none, .unknownTopicOrPartition])
            #expect(answer.responses[1].errorMessage?.isEmpty == false)
        }
    }

    @Test func `a broker that forbids deletion deletes nothing`() async throws {
        try await withClient(settings: ["delete.topic.enable": "false"]) { client in
            try await client.createTopic("t")
            let results = try await Self.delete(client, names: ["t"])
            #expect(results.map(\.errorCode) == [.topicDeletionDisabled])
            #expect(try await client.describe("t").errorCode == .none)
        }
    }

    @Test func `the files are renamed at once and removed after the delay`() async throws {
        let disk = SimulatedFileSystem(seed: 5)
        try await SimulatedBroker.run(on: disk) { broker, client in
            try await client.createTopic("t", partitions: 2, configs: ["file.delete.delay.ms": "30000"])
            try await client.produce(["a"], to: "t")
            func folders() -> Set<String> {
                Set(disk.paths.filter { $0.hasPrefix("/data/t-") }.map { String($0.split(separator: "/")[1]) })
            }
            #expect(folders() == ["t-0", "t-1"])
            #expect(try await client.deleteTopic("t") == .none)
            let renamed = folders()
            #expect(renamed.count == 2 && renamed.allSatisfy { $0.hasSuffix("-delete") })
            broker.clock.advance(by: .milliseconds(29_999))
            await broker.tick()
            #expect(folders() == renamed)
            broker.clock.advance(by: .milliseconds(1))
            await broker.tick()
            #expect(folders().isEmpty)
        }
    }

    @Test func `a topic made anew under an old name has a new id, no old record and no old setting`() async throws {
        let disk = SimulatedFileSystem(seed: 5)
        let (first, second) = try await SimulatedBroker.run(on: disk) { _, client in
            let first = try await client.createTopic("t", configs: ["max.message.bytes": "1000"])
            try await client.produce(["a", "b"], to: "t")
            try await client.deleteTopic("t")
            let gone = try await client.fetch("t", from: 0)
            #expect(gone.errorCode == .unknownTopicOrPartition)
            let second = try await client.createTopic("t")
            #expect(try await client.produce(["c"], to: "t") == 0)
            let large = try await client.produce(TestBatch.sized(5_000), to: "t")
            #expect(large.errorCode == .none)
            return (first, second)
        }
        #expect(first != second)
        try await SimulatedBroker.run(on: disk) { _, client in
            #expect(try await client.describe("t").topicID == second)
            #expect(try await client.fetch("t", from: 0).values.first == "c")
            let stale = try await client.exchange(FetchRequest.of("", id: first, [(0, 0)]), version: 13)
            #expect(stale.responses.first?.partitions.map(\.errorCode) == [.unknownTopicID])
        }
    }
}
