import BrokerTesting
import KafkaProtocol
import NIOCore
import Testing

@testable import Broker

/// Topics that keep batches in a codec of their own.
@Suite(.timeLimit(.minutes(5)))
struct RecompressionTests {
    private static func batch(_ values: [String], _ codec: CompressionCodec, sequence: Int32? = nil) throws
        -> ByteBuffer
    {
        try TestBatch.records(values.map { ($0, TestBatch.recent) }, codec: codec) { builder in
            guard let sequence else { return }
            builder.producerID = 5000
            builder.producerEpoch = 0
            builder.baseSequence = SequenceNumber(sequence)
        }
    }

    private static func values(_ batch: RecordBatchView) throws -> [String] {
        var decompressor = Decompressor()
        return try batch.records(using: &decompressor, limit: 1 << 20).all().map {
            String(buffer: $0.value ?? ByteBuffer())
        }
    }

    @Test(arguments: [
        ("uncompressed", CompressionCodec.none), ("gzip", .gzip), ("snappy", .snappy), ("lz4", .lz4), ("zstd", .zstd),
    ])
    func `batches of every codec are kept in that of the topic`(name: String, kept: CompressionCodec) async throws {
        try await withClient { client in
            try await client.createTopic("events", configs: ["compression.type": name])
            let value = String(repeating: "v", count: 500)
            for (index, codec) in CompressionCodec.allCases.enumerated() {
                let answer = try await client.produce(Self.batch(["a\(index)", value], codec), to: "events")
                #expect(answer.errorCode == .none)
                #expect(answer.baseOffset == Offset(Int64(2 * index)))
            }
            let batches = try await client.fetch("events", from: 0).batches
            #expect(batches.map(\.header.attributes.codec) == Array(repeating: kept, count: 5))
            #expect(batches.allSatisfy { $0.crcIsValid })
            let found = try batches.map { try Self.values($0) }
            #expect(found == (0..<5).map { ["a\($0)", value] })
        }
    }

    @Test func `a change of compression.type takes effect at once, in both directions`() async throws {
        try await withClient { client in
            try await client.createTopic("events")
            func codec(of value: String) async throws -> CompressionCodec? {
                let offset = try await client.produce(Self.batch([value], .lz4), to: "events").baseOffset
                return try await client.fetch("events", from: offset).batches.first?.header.attributes.codec
            }
            let codecA = try await codec(of: "a")
            #expect(codecA == .lz4)
            try await client.alter("events", ["compression.type": "zstd"])
            let codecB = try await codec(of: "b")
            #expect(codecB == .zstd)
            try await client.alter("events", ["compression.type": "producer"])
            let codecC = try await codec(of: "c")
            #expect(codecC == .lz4)
        }
    }

    @Test func `the level of the topic's codec is used`() async throws {
        try await withClient { client in
            // Text in which a thorough search finds more.
            let words = (0..<3000).map { "word\($0 * $0 % 977) " }.joined()
            var sizes: [Int] = []
            for level in ["1", "9"] {
                try await client.createTopic(
                    "level\(level)", configs: ["compression.type": "gzip", "compression.gzip.level": level])
                _ = try await client.produce(Self.batch([words], .none), to: "level\(level)")
                sizes.append(try await client.fetch("level\(level)", from: 0).batches[0].header.sizeInBytes)
            }
            #expect(sizes[1] < sizes[0])
        }
    }

    @Test func `requests behind one that is compressed anew keep their order, and duplicates are known`() async throws {
        try await withClient { client in
            try await client.createTopic("events", configs: ["compression.type": "gzip"])
            try await client.createTopic("plain")
            let value = String(repeating: "v", count: 20_000)
            // Some wait for compression, some need none, acks differ: sequences show any that overtakes.
            for number in 0..<40 as Range<Int32> {
                let codec: CompressionCodec = number % 3 == 0 ? .gzip : .none
                let batch = try Self.batch(["\(number)", value], codec, sequence: 2 * number)
                let request = ProduceRequest.of(batch, to: "events", acks: number % 4 == 1 ? 0 : -1)
                try client.send(request, version: 12, correlationID: number)
            }
            for number in 0..<40 as Range<Int32> where number % 4 != 1 {
                let answer = try await client.receive(ProduceRequest.self, version: 12, correlationID: number)
                let part = try #require(answer.responses.first?.partitionResponses.first)
                #expect(part.errorCode == .none)
                #expect(part.baseOffset == Offset(Int64(2 * number)))
            }
            let again = try await client.produce(Self.batch(["39", value], .none, sequence: 78), to: "events")
            #expect(again.errorCode == .none && again.baseOffset == 78)
            let batches = try await client.fetch("events", from: 0, maxBytes: 10 << 20).batches
            let found = try batches.map { try Self.values($0)[0] }
            #expect(found == (0..<40).map { "\($0)" })
        }
    }

    @Test func `what is wrong is refused as anywhere else, the rest of the request is written`() async throws {
        try await withClient { client in
            try await client.createTopic(
                "events", partitions: 3, configs: ["compression.type": "uncompressed", "max.message.bytes": "2000"])
            var request = ProduceRequest.of(try Self.batch(["good"], .gzip), to: "events")
            var damaged = try Self.batch(["bad"], .zstd)
            damaged.setInteger(UInt8(0x55), at: 70)
            // Small while it is compressed, too large for the topic when it is not.
            let large = try Self.batch([String(repeating: "v", count: 5000)], .gzip)
            request.topicData[0].partitionData += [damaged, large].enumerated().map { index, records in
                .with { ($0.index, $0.records) = (PartitionIndex(Int32(index + 1)), .bytes(records)) }
            }
            let parts = try await client.exchange(request, version: 12).responses[0].partitionResponses
            #expect(parts.map(\.errorCode) == [.none, .corruptMessage, .messageTooLarge])
            #expect(try await client.fetch("events", from: 0).values == ["good"])
        }
    }

    @Test func `the append time is set in a batch that is compressed anew`() async throws {
        try await withClient { client in
            try await client.createTopic(
                "events", configs: ["compression.type": "zstd", "message.timestamp.type": "LogAppendTime"])
            let answer = try await client.produce(Self.batch(["a"], .none), to: "events")
            let batch = try await client.fetch("events", from: 0).batches[0]
            #expect(batch.header.timestampType == .logAppendTime)
            #expect(batch.header.maxTimestamp.rawValue == answer.logAppendTimeMs)
            #expect(batch.header.attributes.codec == .zstd && batch.crcIsValid)
        }
    }
}
