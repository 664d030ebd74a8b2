import BrokerTesting
import KafkaProtocol
import LogStorage
import Testing

@testable import Broker

/// Where groups are looked after.
@Suite(.timeLimit(.minutes(5)))
struct FindCoordinatorHandlerTests {
    @Test(arguments: FindCoordinatorHandler.versions)
    func `every version names this node, and the topic is there then`(version: Int16) async throws {
        try await withClient(settings: ["offsets.topic.num.partitions": "3"]) { client in
            let request = FindCoordinatorRequest.with {
                if version >= 4 { $0.coordinatorKeys = ["a", "b"] } else { $0.key = "a" }
            }
            let response = try await client.exchange(request, version: version)
            if version >= 4 {
                #expect(response.coordinators.map(\.key) == ["a", "b"])
                #expect(response.coordinators.allSatisfy { $0.errorCode == .none && $0.nodeID == 1 && $0.port > 0 })
            } else {
                #expect(response.errorCode == .none && response.nodeID == 1 && response.host == "127.0.0.1")
            }
            let topic = try await client.describe("__consumer_offsets")
            #expect(topic.errorCode == .none && topic.isInternal && topic.partitions.count == 3)
        }
    }

    @Test func `transactions and share groups have no coordinator here, and neither has nonsense`() async throws {
        try await withClient { client in
            for kind: Int8 in [1, 2, 7] {
                let response = try await client.exchange(
                    FindCoordinatorRequest.with {
                        $0.keyType = kind
                        $0.coordinatorKeys = ["x"]
                    })
                let found = try #require(response.coordinators.first)
                #expect(found.errorCode == .invalidRequest && found.nodeID == -1 && found.errorMessage != nil)
            }
        }
    }

    @Test func `who asks for the topic first gets it as the coordinator wants it`() async throws {
        try await withOpenedBroker(settings: ["offsets.topic.num.partitions": "3"]) { broker in
            let client = try await TestClient.connect(to: broker.bootstrap)
            let asked = try await client.exchange(
                MetadataRequest.with {
                    $0.topics = [.with { $0.name = "__consumer_offsets" }]
                    $0.allowAutoTopicCreation = true
                })
            #expect(asked.topics.first?.partitions.count == 3)
            #expect(try broker.partition("__consumer_offsets", 0)?.configuration.cleanupPolicy == [.compact])
            let grown = try await client.exchange(
                CreatePartitionsRequest.with {
                    $0.topics = [
                        .with {
                            $0.name = "__consumer_offsets"
                            $0.count = 9
                        }
                    ]
                })
            #expect(grown.results.map(\.errorCode) == [.invalidRequest])
            await client.close()
        }
    }
}
