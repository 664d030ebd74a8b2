import BrokerTesting
import KafkaProtocol
import Testing

@testable import Broker

@Suite(.timeLimit(.minutes(5)))
struct ListConfigResourcesHandlerTests {
    private static func list(
        _ client: TestClient, _ types: [Int8] = [], version: Int16 = 1
    ) async throws -> (code: ErrorCode, names: [String]) {
        let answer = try await client.exchange(
            ListConfigResourcesRequest.with { $0.resourceTypes = types }, version: version)
        return (answer.errorCode, answer.configResources.map { "\($0.resourceType) \($0.resourceName)" })
    }

    private static func withResources(_ body: (TestClient) async throws -> Void) async throws {
        try await withClient { (client) async throws in
            try await client.createTopic("b")
            try await client.createTopic("a", configs: ["retention.ms": "5"])
            try await client.alter("g", type: 32, ["consumer.session.timeout.ms": "50000"])
            try await client.alter("m", type: 16, ["metrics": "*"])
            try await body(client)
        }
    }

    @Test func `all topics and brokers are listed, and what else has a configuration`() async throws {
        try await Self.withResources { (client) async throws in
            #expect(try await Self.list(client) == (.none, ["32 g", "16 m", "8 1", "4 1", "2 a", "2 b"]))
        }
    }

    @Test func `only the types that are asked for come, each once`() async throws {
        try await Self.withResources { (client) async throws in
            #expect(try await Self.list(client, [2, 16, 2]) == (.none, ["16 m", "2 a", "2 b"]))
            #expect(try await Self.list(client, [4]) == (.none, ["4 1"]))
        }
    }

    @Test func `version 0 knows subscriptions to metrics only`() async throws {
        try await Self.withResources { (client) async throws in
            #expect(try await Self.list(client, version: 0) == (.none, ["16 m"]))
        }
    }

    @Test(arguments: [Int8(0), 1, 3, 64, -1])
    func `a type that does not exist fails the whole request`(type: Int8) async throws {
        try await withClient { (client) async throws in
            #expect(try await Self.list(client, [2, type]) == (.unsupportedVersion, []))
        }
    }

    @Test func `a resource whose values are all gone is listed no more`() async throws {
        try await Self.withResources { (client) async throws in
            let answer = try await client.exchange(
                AlterConfigsRequest.with {
                    $0.resources = [
                        .with { ($0.resourceType, $0.resourceName) = (16, "m") },
                        .with { ($0.resourceType, $0.resourceName) = (32, "g") },
                    ]
                })
            #expect(answer.responses.map(\.errorCode) == [.none, .none])
            #expect(try await Self.list(client, [16, 32]) == (.none, []))
        }
    }
}
