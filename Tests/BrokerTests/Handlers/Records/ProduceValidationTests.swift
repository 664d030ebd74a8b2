import BrokerTesting
import KafkaProtocol
import NIOCore
import Testing

@testable import Broker

/// What a broker does with batches that it must not take.
@Suite(.timeLimit(.minutes(5)))
struct ProduceValidationTests {
    /// One batch that is refused.
    struct Bad: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var code: ErrorCode
        var topic = "events"
        /// The records that the answer blames.
        var faults: [Int32] = []
        var make: @Sendable () throws -> RecordsField

        init(
            _ name: String, _ code: ErrorCode, topic: String = "events", faults: [Int32] = [],
            _ make: @escaping @Sendable () throws -> RecordsField
        ) {
            testDescription = name
            self.code = code
            self.topic = topic
            self.faults = faults
            self.make = make
        }

        /// A batch of two records with a field overwritten.
        init<Number: FixedWidthInteger & Sendable>(
            _ name: String, _ code: ErrorCode, faults: [Int32] = [], at position: Int, _ number: Number,
            repaired: Bool = true
        ) {
            self.init(name, code, faults: faults) {
                .bytes(
                    try ProducedBatch.changed(
                        ProducedBatch.of(["a", "b"]), at: position, to: number, repaired: repaired))
            }
        }

        init(_ name: String, _ code: ErrorCode, claiming attributes: RecordBatchAttributes) {
            self.init(name, code) { .bytes(try ProducedBatch.claiming(ProducedBatch.of(["a", "b"]), attributes)) }
        }
    }

    private typealias Position = RecordBatchHeader.Position

    static let bad: [Bad] = [
        Bad("no batch", .invalidRecord) { .null },
        Bad("a batch of no bytes", .invalidRecord) { .bytes(ByteBuffer()) },
        Bad("a few bytes", .corruptMessage) { .bytes(ByteBuffer(repeating: 2, count: 30)) },
        Bad("two batches", .invalidRecord) {
            var both = try ProducedBatch.of(["a"])
            both.writeImmutableBuffer(try ProducedBatch.of(["b"]))
            return .bytes(both)
        },
        Bad("a wrong checksum", .corruptMessage, at: Position.crc, UInt32(1), repaired: false),
        Bad("a changed byte", .corruptMessage, at: 70, UInt8(0x55), repaired: false),
        Bad("a length beyond the bytes", .corruptMessage, at: Position.batchLength, Int32(5000), repaired: false),
        Bad("a length below a header's", .corruptMessage, at: Position.batchLength, Int32(10), repaired: false),
        Bad("a negative length", .corruptMessage, at: Position.batchLength, Int32(-1), repaired: false),
        Bad("a length that ends too early", .invalidRecord) {
            let batch = try ProducedBatch.of(["a", "b"])
            let length = Int32(batch.readableBytes - RecordBatchHeader.lengthOverhead - 1)
            return .bytes(try ProducedBatch.changed(batch, at: Position.batchLength, to: length, repaired: false))
        },
        Bad("format 0", .unsupportedForMessageFormat, at: Position.magic, Int8(0), repaired: false),
        Bad("format 1", .unsupportedForMessageFormat, at: Position.magic, Int8(1), repaired: false),
        Bad("format 3", .corruptMessage, at: Position.magic, Int8(3), repaired: false),
        Bad("format -1", .corruptMessage, at: Position.magic, Int8(-1), repaired: false),
        Bad("too many records announced", .invalidRecord, at: Position.recordCount, Int32(3)),
        Bad("too few records announced", .invalidRecord, at: Position.recordCount, Int32(1)),
        Bad("a negative count", .invalidRecord, at: Position.recordCount, Int32(-1)),
        Bad("the highest count", .invalidRecord, at: Position.recordCount, Int32.max),
        Bad("a last offset that is not the last", .invalidRecord, at: Position.lastOffsetDelta, Int32(7)),
        Bad("a negative last offset", .invalidRecord, at: Position.lastOffsetDelta, Int32(-1)),
        Bad("count and last offset agree on records that are not there", .invalidRecord) {
            let batch = try ProducedBatch.changed(ProducedBatch.of(["a", "b"]), at: Position.recordCount, to: Int32(9))
            return .bytes(try ProducedBatch.changed(batch, at: Position.lastOffsetDelta, to: Int32(8)))
        },
        Bad("a first record that is the second", .invalidRecord, faults: [0], at: Position.records + 3, UInt8(2)),
        Bad("a record longer than the batch", .invalidRecord, faults: [0], at: Position.records, UInt8(0x7e)),
        Bad("a record of a negative length", .invalidRecord, faults: [0], at: Position.records, UInt8(1)),
        Bad("a codec that nobody has defined", .unsupportedCompressionType, claiming: .init(rawValue: 5)),
        Bad("no gzip", .invalidRecord, claiming: .init(codec: .gzip)),
        Bad("no snappy", .invalidRecord, claiming: .init(codec: .snappy)),
        Bad("no lz4", .invalidRecord, claiming: .init(codec: .lz4)),
        Bad("no zstd", .invalidRecord, claiming: .init(codec: .zstd)),
        Bad("a bomb", .messageTooLarge) { .bytes(try ProducedBatch.bomb(byteCount: 130 << 20)) },
        Bad("a control batch", .invalidRecord, claiming: .init(isControl: true)),
        Bad("a transactional batch", .invalidRequest, claiming: .init(isTransactional: true)),
        Bad("an append time", .invalidTimestamp, claiming: .init(timestampType: .logAppendTime)),
        Bad("a producer without an epoch", .invalidRecord, at: Position.producerID, Int64(5)),
        Bad("a batch above max.message.bytes", .messageTooLarge, topic: "small") {
            .bytes(try ProducedBatch.of([String(repeating: "x", count: 1000)]))
        },
        Bad("a record from the future", .invalidTimestamp, faults: [0]) {
            .bytes(try ProducedBatch.of(["a"], timestamp: Timestamp.now.advanced(byMilliseconds: 2 * 3_600_000)))
        },
        Bad("a record from long ago", .invalidTimestamp, topic: "recent", faults: [0, 1]) {
            .bytes(try ProducedBatch.of(["a", "b"], timestamp: Timestamp.now.advanced(byMilliseconds: -3_600_000)))
        },
        Bad("a record without a key where records are compacted", .invalidRecord, topic: "compacted", faults: [0, 1]) {
            .bytes(try ProducedBatch.of(["a", "b"], key: nil))
        },
    ]

    private static func prepare(_ connection: RawConnection) async throws {
        try await connection.createTopic("events", partitions: 3)
        try await connection.createTopic("small", partitions: 3, settings: ["max.message.bytes": "500"])
        try await connection.createTopic(
            "recent", partitions: 3, settings: ["message.timestamp.before.max.ms": "60000"])
        try await connection.createTopic("compacted", partitions: 3, settings: ["cleanup.policy": "compact"])
    }

    @Test func `a bad batch is refused with its code, and the other partitions of the request succeed`() async throws {
        try await withBroker { bootstrap in
            let connection = try await RawConnection.connect(to: bootstrap)
            try await Self.prepare(connection)
            var written: [String: Offset] = [:]
            for bad in Self.bad {
                let good = RecordsField.bytes(try ProducedBatch.of(["good"]))
                let answers = try await connection.produce([good, bad.make(), good], to: bad.topic)
                try #require(answers.count == 3)
                #expect(answers.map(\.errorCode) == [.none, bad.code, .none], "\(bad.testDescription)")
                #expect(answers[1].baseOffset == -1, "\(bad.testDescription)")
                #expect(answers[1].errorMessage != nil, "\(bad.testDescription)")
                #expect(answers[1].recordErrors.map(\.batchIndex) == bad.faults, "\(bad.testDescription)")
                #expect(answers[1].recordErrors.allSatisfy { $0.batchIndexErrorMessage != nil })
                let expected = written[bad.topic, default: 0]
                #expect(answers[0].baseOffset == expected, "\(bad.testDescription)")
                #expect(answers[2].baseOffset == expected, "\(bad.testDescription)")
                written[bad.topic] = expected + 1
            }
            for (topic, end) in written {
                #expect(try await connection.latestOffset(topic, 0) == end)
                #expect(try await connection.latestOffset(topic, 1) == 0, "\(topic) took a bad batch")
            }
            await connection.close()
        }
    }

    @Test func `zstd needs version 7`() async throws {
        try await withBroker { bootstrap in
            let connection = try await RawConnection.connect(to: bootstrap)
            try await Self.prepare(connection)
            let batch = RecordsField.bytes(try ProducedBatch.bomb(byteCount: 1000))
            let old = try await connection.produce([batch], to: "events", version: 6)
            #expect(old.map(\.errorCode) == [.unsupportedCompressionType])
            let new = try await connection.produce([batch], to: "events", version: 7)
            #expect(new.map(\.errorCode) == [.none])
            await connection.close()
        }
    }

    @Test func `a latest time that no record has is put right`() async throws {
        try await withBroker { bootstrap in
            let connection = try await RawConnection.connect(to: bootstrap)
            try await Self.prepare(connection)
            let batch = try ProducedBatch.of(["a"], timestamp: 1000)
            let lying = try ProducedBatch.changed(batch, at: Position.maxTimestamp, to: Int64(500_000))
            #expect(try await connection.produce(lying, to: "events").errorCode == .none)
            let request = ListOffsetsRequest.with {
                $0.topics = [
                    .with { topic in
                        topic.name = "events"
                        topic.partitions = [.with { $0.timestamp = -3 }]
                    }
                ]
            }
            let found = try await connection.ask(request, version: 7).topics[0].partitions[0]
            #expect(found.timestamp == 1000)
            #expect(found.offset == 0)
            await connection.close()
        }
    }

    @Test(arguments: [Int16(2), -2, 100])
    func `acks may be 0, 1 or all`(acks: Int16) async throws {
        try await withBroker { bootstrap in
            let connection = try await RawConnection.connect(to: bootstrap)
            try await Self.prepare(connection)
            let good = RecordsField.bytes(try ProducedBatch.of(["good"]))
            let answers = try await connection.produce([good, good], to: "events", acks: acks)
            #expect(answers.map(\.errorCode) == [.invalidRequiredAcks, .invalidRequiredAcks])
            #expect(try await connection.latestOffset("events", 0) == 0)
            await connection.close()
        }
    }

    @Test func `what asks for no answer gets none, and loses its connection where it fails`() async throws {
        try await withBroker { bootstrap in
            let connection = try await RawConnection.connect(to: bootstrap)
            try await Self.prepare(connection)
            let good = RecordsField.bytes(try ProducedBatch.of(["good"]))
            let silent = RawConnection.produceRequest([good], to: "events", acks: 0)
            connection.sendFrame(try Wire.frame(silent, version: 9, correlationID: 5))
            // Nobody says when it is committed: one looks.
            while try await connection.latestOffset("events", 0) == 0 { await Task.yield() }
            let failing = RawConnection.produceRequest([.null], to: "events", acks: 0)
            connection.sendFrame(try Wire.frame(failing, version: 9, correlationID: 6))
            #expect(await connection.receive() == nil)
            await connection.close()
        }
    }

    @Test func `a topic or partition that does not exist has the code of its version`() async throws {
        try await withBroker { bootstrap in
            let connection = try await RawConnection.connect(to: bootstrap)
            let id = try await connection.createTopic("events")
            let good = RecordsField.bytes(try ProducedBatch.of(["good"]))
            for version in [Int16(3), 8, 12] {
                let unknown = try await connection.produce([good], to: "nowhere", version: version)
                #expect(unknown.map(\.errorCode) == [.unknownTopicOrPartition])
                let beyond = try await connection.produce([good, good], to: "events", version: version)
                #expect(beyond.map(\.errorCode) == [.none, .unknownTopicOrPartition])
            }
            let negative = try await connection.produce([good], to: "events", firstPartition: -1)
            #expect(negative.map(\.errorCode) == [.unknownTopicOrPartition])
            let other = TopicID(KafkaUUID(high: 77, low: 78))
            for stranger in [other, .zero] {
                let unknown = try await connection.produce([good], to: "", topicID: stranger, version: 13)
                #expect(unknown.map(\.errorCode) == [.unknownTopicID])
            }
            let beyond = try await connection.produce([good, good], to: "", topicID: id, version: 13)
            #expect(beyond.map(\.errorCode) == [.none, .unknownTopicOrPartition])
            await connection.close()
        }
    }
}
