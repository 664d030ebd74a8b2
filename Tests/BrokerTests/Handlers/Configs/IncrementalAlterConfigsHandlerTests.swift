import BrokerTesting
import KafkaProtocol
import Testing

@testable import Broker

/// Single settings changed while the broker runs (KIP-339), over the wire.
@Suite(.timeLimit(.minutes(5)))
struct IncrementalAlterConfigsHandlerTests {
    private enum Operation {
        static let set: Int8 = 0
        static let delete: Int8 = 1
        static let append: Int8 = 2
        static let subtract: Int8 = 3
    }

    typealias Change = (name: String, operation: Int8, value: String?)
    typealias Outcome = IncrementalAlterConfigsResponse.AlterConfigsResourceResponse

    private static func alter(
        _ client: TestClient, _ changes: [Change], type: Int8 = 2, _ name: String = "t", validateOnly: Bool = false
    ) async throws -> Outcome {
        let answer = try await client.exchange(
            IncrementalAlterConfigsRequest.with { request in
                request.validateOnly = validateOnly
                request.resources = [
                    .with { resource in
                        resource.resourceType = type
                        resource.resourceName = name
                        resource.configs = changes.map { change in
                            .with {
                                $0.name = change.name
                                $0.configOperation = change.operation
                                $0.value = change.value
                            }
                        }
                    }
                ]
            })
        return try #require(answer.responses.first)
    }

    private static func value(_ client: TestClient, _ key: String) async throws -> (value: String?, source: Int8) {
        let answer = try await client.exchange(
            DescribeConfigsRequest.with {
                $0.resources = [
                    .with {
                        $0.resourceType = 2
                        $0.resourceName = "t"
                        $0.configurationKeys = [key]
                    }
                ]
            })
        let entry = try #require(answer.results.first?.configs.first)
        return (entry.value, entry.configSource)
    }

    /// What is said of a batch of 2,000 bytes.
    private static func write(to topic: String, _ client: TestClient) async throws -> ErrorCode {
        try await client.produce(TestBatch.sized(2_000), to: topic).errorCode
    }

    @Test func `values are set, deleted, appended to and subtracted from`() async throws {
        try await withClient { client in
            try await client.createTopic("t")
            func change(_ key: String, _ operation: Int8, _ value: String?) async throws {
                #expect(try await Self.alter(client, [(key, operation, value)]).errorCode == .none)
            }
            try await change("cleanup.policy", Operation.append, "compact")
            #expect(try await Self.value(client, "cleanup.policy").value == "delete,compact")
            try await change("cleanup.policy", Operation.subtract, "delete")
            #expect(try await Self.value(client, "cleanup.policy").value == "compact")
            try await change("cleanup.policy", Operation.delete, nil)
            #expect(try await Self.value(client, "cleanup.policy") == ("delete", 5))
            try await change("retention.ms", Operation.set, "7000")
            #expect(try await Self.value(client, "retention.ms") == ("7000", 1))
        }
    }

    @Test func `what cannot be is refused as a whole, with a sentence`() async throws {
        try await withClient { client in
            try await client.createTopic("t")
            let table: [([Change], ErrorCode)] = [
                ([("no.such.key", Operation.set, "1")], .invalidConfig),
                ([("retention.ms", Operation.set, "soon")], .invalidConfig),
                ([("retention.ms", Operation.append, "1")], .invalidConfig),
                ([("max.message.bytes", Operation.set, "-1")], .invalidConfig),
                ([("retention.ms", Operation.set, nil)], .invalidRequest),
                ([("remote.storage.enable", Operation.set, "true")], .invalidConfig),
                ([("retention.ms", Operation.set, "1"), ("retention.ms", Operation.set, "2")], .invalidRequest),
                ([("segment.ms", Operation.set, "5000"), ("no.such.key", Operation.set, "1")], .invalidConfig),
            ]
            for (changes, code) in table {
                let outcome = try await Self.alter(client, changes)
                #expect(outcome.errorCode == code, "\(changes)")
                #expect(outcome.errorMessage?.isEmpty == false, "\(changes)")
            }
            // Also the good half of the last request was not carried out.
            #expect(try await Self.value(client, "segment.ms").source == 5)
            let absent = try await Self.alter(client, [("retention.ms", Operation.set, "1")], "nowhere")
            #expect(absent.errorCode == .unknownTopicOrPartition)
            let operation = try await Self.alter(client, [("retention.ms", 9, "1")])
            #expect(operation.errorCode == .invalidRequest && operation.resourceType == 2)
            #expect(operation.errorMessage?.contains("append") == true)
            let broker = try await Self.alter(client, [("log.retention.ms", 0, "1")], type: 4, "9")
            #expect(broker.errorCode == .invalidRequest)
            let fixed = try await Self.alter(client, [("log.dirs", 0, "/elsewhere")], type: 4, "1")
            #expect(fixed.errorCode == .invalidRequest || fixed.errorCode == .invalidConfig)
        }
    }

    @Test func `validate only changes nothing`() async throws {
        try await withClient { client in
            try await client.createTopic("t")
            let outcome = try await Self.alter(client, [("segment.ms", Operation.set, "7000")], validateOnly: true)
            #expect(outcome.errorCode == .none)
            #expect(try await Self.value(client, "segment.ms").source == 5)
            let bad = try await Self.alter(client, [("segment.ms", Operation.set, "x")], validateOnly: true)
            #expect(bad.errorCode == .invalidConfig)
        }
    }

    @Test func `a changed setting is in force when the answer comes, and outlives a power cut`() async throws {
        let disk = SimulatedFileSystem(seed: 4)
        let crashed = try await SimulatedBroker.run(on: disk) { _, client in
            try await client.createTopic("t")
            #expect(try await Self.write(to: "t", client) == .none)
            try await client.alter("t", ["max.message.bytes": "1000"])
            #expect(try await Self.write(to: "t", client) == .messageTooLarge)
            return disk.copy(seed: 5)
        }
        crashed.powerCut()
        try await SimulatedBroker.run(on: crashed) { _, client in
            let kept = try await Self.value(client, "max.message.bytes")
            #expect(kept == ("1000", 1))
            #expect(try await Self.write(to: "t", client) == .messageTooLarge)
        }
    }

    @Test func `the broker's clock stamps records once the topic asks for it`() async throws {
        let clock = ManualClock(milliseconds: 1_800_000_000_000)
        try await SimulatedBroker.run(clock: clock) { _, client in
            try await client.createTopic("t")
            let before = try await client.produce(TestBatch.values(["a"]), to: "t")
            #expect(before.logAppendTimeMs == -1)
            try await client.alter("t", ["message.timestamp.type": "LogAppendTime"])
            let after = try await client.produce(TestBatch.values(["b"]), to: "t")
            #expect(after.logAppendTimeMs == 1_800_000_000_000)
            // So far apart, the two stand in segments of their own, and a read brings one at a time.
            for (offset, timestamp) in [(Offset(0), TestBatch.recent), (1, 1_800_000_000_000)] {
                let batches = try await client.fetch("t", from: offset).batches
                #expect(batches.map(\.header.maxTimestamp) == [timestamp])
                #expect(batches.allSatisfy { $0.crcIsValid })
            }
            let found = try await client.listOffset("t", at: 1_800_000_000_000)
            #expect(found.offset == 1)
        }
    }

    @Test func `a broker's own values are those of topics that set none`() async throws {
        try await withClient { client in
            try await client.createTopic("t")
            try await client.createTopic("own", configs: ["max.message.bytes": "4000"])
            try await client.alter("", type: 4, ["message.max.bytes": "1000"])
            #expect(try await Self.write(to: "t", client) == .messageTooLarge)
            #expect(try await Self.write(to: "own", client) == .none)
        }
    }
}
