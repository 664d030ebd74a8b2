import BrokerTesting
import KafkaProtocol
import NIOCore
import Testing

@testable import Broker

/// Thousands of requests that nobody would write.
@Suite(.timeLimit(.minutes(5)))
struct RandomRequestTests {
    private static let seed: UInt64 = 20_240_611
    /// How often each version of each API is tried.
    private static let rounds = 6
    private static let probeID: Int32 = 0x5eed

    /// The topics that some of the names mean.
    private static func prepare(_ connection: RawConnection) async throws -> TopicID {
        try await connection.createTopic("compacted", settings: ["cleanup.policy": "compact"])
        return try await connection.createTopic("events", partitions: 2)
    }

    private static func request<Request: RequestMessage>(
        _ type: Request.Type, _ version: Int16, _ topicID: TopicID, _ random: inout SeededGenerator
    ) throws -> ByteBuffer {
        var generator = RequestGenerator(version: version, topicID: topicID, random: random)
        var request = Request()
        try request.layout(&generator)
        random = generator.random
        return try Wire.frame(request, version: version)
    }

    /// Asks for the versions behind whatever was sent: the answer says that the broker is done with it.
    private static func probe(_ connection: RawConnection) throws {
        connection.sendFrame(try Wire.frame(ApiVersionsRequest(), version: 0, correlationID: probeID))
    }

    @Test func `every well-formed request of a served version is answered, whatever it says`() async throws {
        try await withOpenedBroker { broker in
            let connection = try await broker.connect()
            let topicID = try await Self.prepare(connection)
            let served = try await connection.ask(ApiVersionsRequest(), version: 0).apiKeys
            var random = SeededGenerator(seed: Self.seed)
            for api in served {
                let type = try #require(MessageCatalogue.requests.first { $0.apiKey.rawValue == api.apiKey })
                for version in max(api.minVersion, type.versions.lowerBound)...api.maxVersion {
                    for round in 0..<Self.rounds {
                        let peer = try await broker.connect()
                        try await Self.check(type, version, topicID, &random, peer, "seed \(Self.seed) round \(round)")
                        await peer.close()
                    }
                }
            }
            _ = try await connection.ask(ApiVersionsRequest(), version: 0)
            await connection.close()
            try await until { broker.connectionCount == 0 && broker.queuedBytes == 0 }
        }
    }

    private static func check<Request: RequestMessage>(
        _ type: Request.Type, _ version: Int16, _ topicID: TopicID, _ random: inout SeededGenerator,
        _ peer: RawConnection, _ place: String
    ) async throws {
        let frame = try request(type, version, topicID, &random)
        peer.sendFrame(frame)
        guard let answer = await peer.receive() else {
            var body = frame
            _ = try RequestHeader.decodePrefix(of: &body, version: Request.headerVersion(version))
            let text = try Request.decode(body, version: version).json(version: version)
            // The one request that Kafka answers so.
            if Request.apiKey == .describeTopicPartitions, text.contains("\"partitionIndex\":-") { return }
            Issue.record("\(Request.apiKey) v\(version) was not answered, \(place): \(text)")
            return
        }
        #expect(throws: Never.self, "\(Request.apiKey) v\(version), \(place)") {
            _ = try Wire.answer(answer, as: Request.Response.self, version: version)
        }
    }

    @Test func `every damaged request ends in an answer or in a closed connection, and nothing stays behind`()
        async throws
    {
        try await withOpenedBroker { broker in
            let witness = try await broker.connect()
            let topicID = try await Self.prepare(witness)
            var random = SeededGenerator(seed: Self.seed)
            for type in MessageCatalogue.requests {
                for version in type.versions {
                    for _ in 0..<Self.rounds {
                        let frame = try Self.request(type, version, topicID, &random)
                        try await Self.send(Self.damaged(frame, &random), to: broker)
                    }
                }
                _ = try await witness.ask(ApiVersionsRequest(), version: 0)
            }
            await witness.close()
            try await until { broker.connectionCount == 0 && broker.queuedBytes == 0 }
        }
    }

    private static func send(_ frame: ByteBuffer, to broker: OpenedBroker) async throws {
        let peer = try await broker.connect()
        peer.sendFrame(frame)
        try probe(peer)
        // A damaged fetch may want to wait for weeks; its connection just goes.
        if frame.getInteger(at: frame.readerIndex, as: Int16.self) != ApiKey.fetch.rawValue {
            while let answer = await peer.receive(), Wire.correlationID(answer) != probeID {}
        }
        await peer.close()
    }

    /// Some bytes behind key and version changed, inserted or missing.
    private static func damaged(_ frame: ByteBuffer, _ random: inout SeededGenerator) -> ByteBuffer {
        var bytes = Array(frame.readableBytesView)
        for _ in 0..<Int.random(in: 1...3, using: &random) where bytes.count > 5 {
            let place = Int.random(in: 4..<bytes.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 1: bytes[place] = [0, 0x7f, 0x80, 0xff].randomElement(using: &random) ?? 0
            case 2: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
            case 3: bytes.remove(at: place)
            default: bytes.removeSubrange(min(max(place, 8), bytes.count)...)
            }
        }
        return ByteBuffer(bytes: bytes)
    }
}
