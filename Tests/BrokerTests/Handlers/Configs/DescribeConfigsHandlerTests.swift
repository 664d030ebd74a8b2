import BrokerTesting
import KafkaProtocol
import Testing

@testable import Broker

/// Configurations as an operator's tool sees them.
@Suite(.timeLimit(.minutes(5)))
struct DescribeConfigsHandlerTests {
    typealias Entry = DescribeConfigsResponse.DescribeConfigsResourceResult

    private enum Source {
        static let topic: Int8 = 1
        static let dynamicBroker: Int8 = 2
        static let dynamicDefaultBroker: Int8 = 3
        static let staticBroker: Int8 = 4
        static let fallback: Int8 = 5
    }

    private static func ask(
        _ client: TestClient, type: Int8, _ name: String, keys: [String]? = nil
    ) async throws -> DescribeConfigsResponse.DescribeConfigsResult {
        let answer = try await client.exchange(
            DescribeConfigsRequest.with { request in
                request.resources = [
                    .with {
                        $0.resourceType = type
                        $0.resourceName = name
                        $0.configurationKeys = keys
                    }
                ]
                request.includeSynonyms = true
                request.includeDocumentation = true
            })
        return try #require(answer.results.first)
    }

    private static func entry(
        _ client: TestClient, type: Int8 = 2, _ name: String, _ key: String
    ) async throws -> Entry {
        let result = try await ask(client, type: type, name, keys: [key])
        #expect(result.configs.count == 1)
        return try #require(result.configs.first)
    }

    @Test func `every key that Kafka has is described, with its type and a line of documentation`() async throws {
        try await withClient { client in
            try await client.createTopic("t")
            for (type, name, expected) in [(Int8(2), "t", KafkaKeyNames.topic), (4, "1", KafkaKeyNames.broker)] {
                let result = try await Self.ask(client, type: type, name)
                #expect(result.errorCode == .none && result.errorMessage == nil)
                let names = Set(result.configs.map(\.name))
                #expect(expected.subtracting(names) == [])
                #expect(names.count == result.configs.count)
                for entry in result.configs {
                    #expect(entry.documentation?.isEmpty == false, "\(entry.name)")
                    #expect(entry.configType > 0, "\(entry.name)")
                    if entry.isSensitive { #expect(entry.value == nil, "\(entry.name)") }
                }
            }
        }
    }

    @Test func `a value says which layer it comes from, and the others stand behind it in order`() async throws {
        try await withClient(settings: ["log.retention.ms": "3000"]) { client in
            try await client.createTopic("t", configs: ["retention.ms": "1000"])
            try await client.alter("", type: 4, ["log.retention.ms": "2500"])
            try await client.alter("1", type: 4, ["log.retention.ms": "2000"])
            let entry = try await Self.entry(client, "t", "retention.ms")
            #expect(entry.value == "1000" && entry.configSource == Source.topic && !entry.readOnly)
            let layers = entry.synonyms.prefix(4).map { "\($0.source) \($0.name)=\($0.value ?? "")" }
            #expect(
                layers == [
                    "1 retention.ms=1000", "2 log.retention.ms=2000", "3 log.retention.ms=2500",
                    "4 log.retention.ms=3000",
                ])
            #expect(entry.synonyms.last?.source == Source.fallback)
            try await client.createTopic("u")
            let inherited = try await Self.entry(client, "u", "retention.ms")
            #expect(inherited.value == "2000" && inherited.configSource == Source.dynamicBroker)
        }
    }

    @Test func `only the keys that are asked for come, and unknown ones not at all`() async throws {
        try await withClient { client in
            try await client.createTopic("t")
            let some = try await Self.ask(client, type: 2, "t", keys: ["retention.ms", "no.such.key", "segment.bytes"])
            #expect(Set(some.configs.map(\.name)) == ["retention.ms", "segment.bytes"])
        }
    }

    @Test func `synonyms and documentation come only where they are asked for`() async throws {
        try await withClient { client in
            try await client.createTopic("t")
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
            let configs = try #require(answer.results.first?.configs)
            #expect(!configs.isEmpty)
            #expect(configs.allSatisfy { $0.synonyms.isEmpty && ($0.documentation ?? "").isEmpty })
        }
    }

    @Test(arguments: [
        (Int8(2), "nowhere", ErrorCode.unknownTopicOrPartition), (2, "no name", .invalidTopicException),
        (4, "9", .invalidRequest), (4, "x", .invalidRequest), (7, "t", .invalidRequest),
    ]) func `a resource that is not here is refused`(type: Int8, name: String, code: ErrorCode) async throws {
        try await withClient { client in
            let result = try await Self.ask(client, type: type, name)
            #expect(result.errorCode == code)
            #expect(result.errorMessage?.isEmpty == false && result.configs.isEmpty)
        }
    }
}
