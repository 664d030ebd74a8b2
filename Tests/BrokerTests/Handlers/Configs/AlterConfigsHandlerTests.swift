import BrokerTesting
import KafkaProtocol
import Testing

@testable import Broker

/// All settings of a resource replaced at once, over the wire.
@Suite(.timeLimit(.minutes(5)))
struct AlterConfigsHandlerTests {
    private static func alter(
        _ client: TestClient, _ name: String, _ values: [(String, String?)]
    ) async throws -> ErrorCode {
        let answer = try await client.exchange(
            AlterConfigsRequest.with { request in
                request.resources = [
                    .with { resource in
                        resource.resourceType = 2
                        resource.resourceName = name
                        resource.configs = values.map { name, value in
                            .with {
                                $0.name = name
                                $0.value = value
                            }
                        }
                    }
                ]
            })
        return try #require(answer.responses.first).errorCode
    }

    private static func ownKeys(_ client: TestClient) async throws -> [String: String?] {
        let answer = try await client.exchange(
            DescribeConfigsRequest.with {
                $0.resources = [
                    .with {
                        $0.resourceType = 2
                        $0.resourceName = "t"
                        $0.configurationKeys = nil
                    }
                ]
            })
        let own = try #require(answer.results.first).configs.filter { $0.configSource == 1 }
        return Dictionary(uniqueKeysWithValues: own.map { ($0.name, $0.value) })
    }

    @Test func `what is not named goes back to its default, and what is refused changes nothing`() async throws {
        try await withClient { client in
            try await client.createTopic("t", configs: ["retention.ms": "1000", "segment.ms": "2000"])
            #expect(try await Self.alter(client, "t", [("segment.ms", "3000"), ("flush.ms", "50")]) == .none)
            #expect(try await Self.ownKeys(client) == ["segment.ms": "3000", "flush.ms": "50"])
            #expect(try await Self.alter(client, "t", [("segment.ms", "never")]) == .invalidConfig)
            #expect(try await Self.alter(client, "t", [("segment.ms", nil)]) == .invalidRequest)
            #expect(try await Self.alter(client, "nowhere", []) == .unknownTopicOrPartition)
            #expect(try await Self.ownKeys(client).count == 2)
            #expect(try await Self.alter(client, "t", []) == .none)
            #expect(try await Self.ownKeys(client) == [:])
        }
    }
}
