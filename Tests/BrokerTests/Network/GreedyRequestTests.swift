import BrokerTesting
import KafkaProtocol
import NIOCore
import Testing

@testable import Broker

/// Small requests that ask for much (promise 7).
@Suite(.timeLimit(.minutes(5)))
struct GreedyRequestTests {
    @Test func `a request of more elements than a broker unfolds ends its connection`() async throws {
        try await withOpenedBroker { broker in
            let connection = try await broker.connect()
            let greedy = MetadataRequest.with {
                $0.topics = Array(repeating: .with { $0.name = "" }, count: ProtocolLimits.maxRequestElements + 1)
            }
            connection.sendFrame(try Wire.frame(greedy, version: 9))
            #expect(await connection.receive() == nil)
            await connection.close()
        }
    }

    @Test func `unknown tags count as elements`() throws {
        for (count, isFine) in [
            (ProtocolLimits.maxRequestElements, true), (ProtocolLimits.maxRequestElements + 1, false),
        ] {
            var body = ByteBuffer(bytes: [2, UInt8(ascii: "a"), 2, UInt8(ascii: "b")])
            body.writeUnsignedVarint(UInt32(count))
            for number in 0..<UInt32(count) {
                body.writeUnsignedVarint(number)
                body.writeUnsignedVarint(0)
            }
            let decoded = Result { () throws(ProtocolError) in try ApiVersionsRequest.decode(body, version: 3) }
            let error: ProtocolError? = if case .failure(let error) = decoded { error } else { nil }
            #expect(error == (isFine ? nil : .tooManyElements))
        }
    }

    @Test func `a topic that is asked for a thousand times is described once`() async throws {
        try await withOpenedBroker { broker in
            let connection = try await broker.connect()
            try await connection.createTopic("events", partitions: 3)
            let request = MetadataRequest.with {
                $0.topics = Array(repeating: .with { $0.name = "events" }, count: 1000)
            }
            let answer = try await connection.ask(request, version: 9)
            #expect(answer.topics.map(\.name) == ["events"])
            #expect(answer.topics[0].partitions.count == 3)
            await connection.close()
        }
    }

    @Test func `a resource that is asked for twice is described once`() async throws {
        try await withOpenedBroker { broker in
            let connection = try await broker.connect()
            let request = DescribeConfigsRequest.with {
                $0.resources = Array(
                    repeating: .with { ($0.resourceType, $0.resourceName, $0.configurationKeys) = (4, "1", nil) },
                    count: 3)
            }
            let results = try await connection.ask(request, version: 4).results
            #expect(results.map(\.errorCode) == [.none, .invalidRequest, .invalidRequest])
            #expect(results.map(\.configs.isEmpty) == [false, true, true])
            await connection.close()
        }
    }

    @Test func `a topic of more partitions than a request may create is refused, and the broker goes on`() async throws
    {
        try await withOpenedBroker { broker in
            let connection = try await broker.connect()
            for count in [Int32(10_001), 1_000_000_000, .max] {
                await #expect(throws: Refused.self) { try await connection.createTopic("huge", partitions: count) }
            }
            try await connection.createTopic("events")
            await connection.close()
        }
    }

    /// Sets values of so many bytes in all, which are kept as they are.
    private static func valueRequest(byteCount: Int, of filler: String = "x") -> IncrementalAlterConfigsRequest {
        // About the longest string that the protocol has.
        let value = String(repeating: filler, count: 32_000)
        return .with {
            $0.resources = (0...byteCount / value.utf8.count).map { number in
                .with { resource in
                    resource.resourceType = 16
                    resource.resourceName = "subscription-\(number)"
                    resource.configs = [.with { ($0.name, $0.value) = ("metrics", value) }]
                }
            }
        }
    }

    @Test func `a change of the metadata that is too large costs the connection, not the broker`() async throws {
        try await withOpenedBroker { broker in
            let connection = try await broker.connect()
            // More than a client's batch may have, and less than a change may.
            let large = try await connection.ask(Self.valueRequest(byteCount: 2 << 20), version: 1)
            #expect(large.responses.count > 60 && large.responses.allSatisfy { $0.errorCode == .none })
            let tooLarge = Self.valueRequest(byteCount: MetadataWriter.largestChange, of: "y")
            connection.sendFrame(try Wire.frame(tooLarge, version: 1))
            #expect(await connection.receive() == nil)
            let witness = try await broker.connect()
            try await witness.createTopic("still-here")
            #expect(broker.service.core?.failure == nil)
            await connection.close()
            await witness.close()
        }
    }

    @Test func `a partition that a fetch names a thousand times is read once`() async throws {
        try await withOpenedBroker { broker in
            let connection = try await broker.connect()
            try await connection.createTopic("events")
            let answer = try await connection.produce(ProducedBatch.of(["a"]), to: "events")
            #expect(answer.errorCode == .none)
            let request = FetchRequest.with { request in
                request.maxBytes = .max
                request.sessionEpoch = -1
                request.topics = [
                    .with { topic in
                        topic.topic = "events"
                        topic.partitions = Array(repeating: .with { $0.partitionMaxBytes = 1000 }, count: 1000)
                    }
                ]
            }
            let response = try await connection.ask(request, version: 11)
            #expect(response.responses.flatMap(\.partitions).count == 1)
            await connection.close()
        }
    }
}
