import BrokerTesting
import KafkaProtocol
import Testing

@testable import Broker

/// The configurations of groups and of subscriptions to clients' metrics, over the wire.
@Suite(.timeLimit(.minutes(5)))
struct ResourceConfigsTests {
    private static let group: Int8 = 32
    private static let clientMetrics: Int8 = 16

    private static func set(
        _ client: TestClient, _ type: Int8, _ name: String, _ key: String, _ value: String?, operation: Int8 = 0
    ) async throws -> (code: ErrorCode, message: String?) {
        let answer = try await client.exchange(
            IncrementalAlterConfigsRequest.with {
                $0.resources = [
                    .with { resource in
                        resource.resourceType = type
                        resource.resourceName = name
                        resource.configs = [
                            .with { ($0.name, $0.value, $0.configOperation) = (key, value, operation) }
                        ]
                    }
                ]
            })
        let result = try #require(answer.responses.first)
        return (result.errorCode, result.errorMessage)
    }

    private static func describe(
        _ client: TestClient, _ type: Int8, _ name: String
    ) async throws -> DescribeConfigsResponse.DescribeConfigsResult {
        let answer = try await client.exchange(
            DescribeConfigsRequest.with {
                $0.resources = [
                    .with {
                        $0.resourceType = type
                        $0.resourceName = name
                        $0.configurationKeys = nil
                    }
                ]
            })
        return try #require(answer.results.first)
    }

    private static func value(
        _ client: TestClient, _ type: Int8, _ name: String, _ key: String
    ) async throws -> String? {
        let entry = try await describe(client, type, name).configs.first { $0.name == key }
        return entry.map { "\($0.value ?? "") from \($0.configSource)" }
    }

    @Test func `a group's values are its own, the broker's or the default`() async throws {
        try await withClient { (client) async throws in
            let key = "consumer.session.timeout.ms"
            #expect(try await Self.value(client, Self.group, "g", key) == "45000 from 5")
            #expect(try await Self.set(client, Self.group, "g", key, "50000").code == .none)
            #expect(try await Self.value(client, Self.group, "g", key) == "50000 from 8")
            #expect(try await Self.value(client, Self.group, "h", key) == "45000 from 5")
            #expect(try await Self.set(client, Self.group, "g", key, nil, operation: 1).code == .none)
            #expect(try await Self.value(client, Self.group, "g", key) == "45000 from 5")
        }
    }

    @Test func `a subscription to metrics has an interval, prefixes and selectors`() async throws {
        try await withClient { (client) async throws in
            let kind = Self.clientMetrics
            #expect(try await Self.value(client, kind, "m", "interval.ms") == "300000 from 5")
            #expect(try await Self.set(client, kind, "m", "interval.ms", "1000").code == .none)
            #expect(
                try await Self.set(client, kind, "m", "match", "client_id=app-[0-9]+, client_source_address=10\\..*")
                    .code == .none)
            #expect(try await Self.set(client, kind, "m", "metrics", "a.b", operation: 2).code == .none)
            #expect(try await Self.set(client, kind, "m", "metrics", "c", operation: 2).code == .none)
            #expect(try await Self.value(client, kind, "m", "interval.ms") == "1000 from 7")
            #expect(try await Self.value(client, kind, "m", "metrics") == "a.b,c from 7")
            #expect(
                try await Self.value(client, kind, "m", "match")
                    == "client_id=app-[0-9]+,client_source_address=10\\..* from 7")
        }
    }

    @Test(arguments: [
        ("interval.ms", "99", ErrorCode.invalidRequest), ("interval.ms", "3600001", .invalidRequest),
        ("interval.ms", "soon", .invalidConfig), ("match", "client_id", .invalidConfig),
        ("match", "client_id=", .invalidConfig), ("match", "client=x", .invalidConfig),
        ("match", "client_id=(", .invalidConfig), ("random", "1", .invalidRequest),
    ])
    func `a subscription that means nothing is refused`(key: String, value: String, code: ErrorCode) async throws {
        try await withClient { (client) async throws in
            let outcome = try await Self.set(client, Self.clientMetrics, "m", key, value)
            #expect(outcome.code == code)
            #expect(outcome.message?.isEmpty == false)
            if key == "match" { #expect(outcome.message == "Illegal client matching pattern: \(value)") }
        }
    }

    @Test(arguments: [group, clientMetrics])
    func `a resource without a name is refused`(type: Int8) async throws {
        try await withClient { (client) async throws in
            let key = type == Self.group ? "consumer.session.timeout.ms" : "interval.ms"
            let (described, altered) = (
                try await Self.describe(client, type, ""), try await Self.set(client, type, "", key, "50000")
            )
            #expect(described.errorCode == .invalidRequest && altered.code == .invalidRequest)
        }
    }
}
