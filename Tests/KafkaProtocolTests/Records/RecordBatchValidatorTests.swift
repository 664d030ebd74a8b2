import KafkaProtocol
import NIOCore
import Testing

@Suite struct RecordBatchValidatorTests {
    private let producer = RecordBatchRules(origin: .producer, decompressionLimit: 1 << 20)
    private let log = RecordBatchRules(origin: .log, decompressionLimit: 1 << 20)

    private func validate(_ bytes: ByteBuffer, _ rules: RecordBatchRules) throws -> RecordBatchFacts {
        var validator = RecordBatchValidator()
        return try validator.validate(RecordBatchView(onlyBatchIn: bytes), rules)
    }

    private func rejection(_ bytes: ByteBuffer, _ rules: RecordBatchRules) throws -> RecordBatchRejection {
        try #require(throws: RecordBatchRejection.self) { try validate(bytes, rules) }
    }

    /// Records with these times, key and value, built and then changed by `change`, with a checksum that is right again.
    private func batch(
        times: [Int64] = [10, 30, 20], codec: CompressionCodec = .none, nullKeys: Set<Int> = [],
        _ change: (inout ByteBuffer) -> Void = { _ in }
    ) throws -> ByteBuffer {
        var builder = RecordBatchBuilder()
        for (index, time) in times.enumerated() {
            let key = nullKeys.contains(index) ? nil : ByteBuffer(string: "k")
            _ = try builder.append(key: key, value: ByteBuffer(string: "value"), timestamp: Timestamp(time))
        }
        var compressor = Compressor(codec: codec)
        var bytes = try builder.finish(with: &compressor, evenIfLarger: true)
        change(&bytes)
        try bytes.setRecordBatchCRC(at: 0)
        return bytes
    }

    private typealias Position = RecordBatchHeader.Position

    @Test(arguments: CompressionCodec.allCases)
    func `a good batch yields its facts`(codec: CompressionCodec) throws {
        let facts = try validate(batch(codec: codec, nullKeys: [1]), producer)
        #expect(facts.recordCount == 3)
        #expect(facts.maxTimestamp == 30)
        #expect(facts.offsetDeltaOfMaxTimestamp == 1)
        #expect(facts.firstNullKey == 1)
        #expect(facts.plainByteCount == 3 * 13 - 1)
        #expect(try !validate(batch(codec: codec), producer).hasNullKey)
    }

    @Test(arguments: GoldenRecords.current)
    func `batches of other implementations pass as a log's`(golden: GoldenRecords) throws {
        var validator = RecordBatchValidator()
        for (batch, expected) in zip(try RecordBatchSequence(golden.bytes, tail: .ignored).all(), golden.batches) {
            if expected.valid {
                let facts = try validator.validate(batch, log)
                #expect(facts.recordCount == expected.count)
                #expect(facts.maxTimestamp == Timestamp(expected.maxTimestamp))
                #expect(facts.hasNullKey == expected.records?.contains { $0.key == nil })
            } else {
                let rejection = #expect(throws: RecordBatchRejection.self) { try validator.validate(batch, log) }
                #expect(rejection?.errorCode == .corruptMessage)
            }
        }
    }

    @Test func `what clients of Kafka send passes as a producer's`() throws {
        var validator = RecordBatchValidator()
        let sent = GoldenRecords.current.filter { golden in
            ["single", "mixed", "idempotent", "large", "150records", "plain", "txn"].contains {
                golden.name.hasSuffix("-" + $0)
            } || golden.name.hasSuffix("-transactional")
        }
        #expect(sent.count > 40)
        for golden in sent {
            _ = try validator.validate(RecordBatchView(onlyBatchIn: golden.bytes), producer)
        }
    }

    @Test func `every flipped bit behind the leader epoch is damage`() throws {
        let good = try batch()
        for index in Position.magic..<good.readableBytes {
            for bit in UInt8(0)..<8 {
                var bytes = good
                let byte = try #require(bytes.getInteger(at: index, as: UInt8.self))
                bytes.setInteger(byte ^ 1 << bit, at: index)
                do {
                    _ = try validate(bytes, producer)
                    Issue.record("bit \(bit) of byte \(index) went unseen")
                } catch let rejection as RecordBatchRejection {
                    #expect(rejection.errorCode == .corruptMessage)
                } catch let error as RecordBatchError {
                    #expect(index == Position.magic)
                    #expect([.corruptMessage, .unsupportedForMessageFormat].contains(error.errorCode))
                }
            }
        }
    }

    /// The answer to a batch whose header has this number in that place.
    private func code(_ position: Int, _ value: some FixedWidthInteger) throws -> ErrorCode {
        try rejection(batch { $0.setInteger(value, at: position) }, producer).errorCode
    }

    @Test func `a producer's header must make sense`() throws {
        #expect(try code(Position.attributes, Int16(5)) == .unsupportedCompressionType)
        #expect(try code(Position.attributes, Int16(8)) == .invalidTimestamp)
        #expect(try code(Position.attributes, Int16(0x40)) == .invalidTimestamp)
        #expect(try code(Position.attributes, Int16(0x20)) == .invalidRecord)
        #expect(try code(Position.attributes, Int16(0x10)) == .invalidRecord)
        #expect(try code(Position.recordCount, Int32(2)) == .invalidRecord)
        #expect(try code(Position.recordCount, Int32(4)) == .invalidRecord)
        #expect(try code(Position.recordCount, Int32.max) == .invalidRecord)
        #expect(try code(Position.recordCount, Int32(-1)) == .invalidRecord)
        #expect(try code(Position.lastOffsetDelta, Int32(5)) == .invalidRecord)
        #expect(try code(Position.lastOffsetDelta, Int32(-1)) == .invalidRecord)
        #expect(try code(Position.producerID, Int64(1)) == .invalidRecord)
        #expect(try code(Position.baseOffset, Int64(-1)) == .invalidRecord)
        // An attribute bit that nobody has defined yet is none of our business.
        #expect(try validate(batch { $0.setInteger(Int16(0x80), at: Position.attributes) }, producer).recordCount == 3)
    }

    @Test func `a control batch is fine in a log and refused from a client`() throws {
        let marker = try EndTransactionMarker(isCommit: true, coordinatorEpoch: 1)
            .batch(producerID: 1, producerEpoch: 0, timestamp: 5)
        #expect(try validate(marker, log).recordCount == 1)
        #expect(try rejection(marker, producer).errorCode == .invalidRecord)
    }

    @Test func `gaps are fine in a log and refused from a client with the record`() throws {
        let golden = try #require(GoldenRecords.current.first { $0.name == "none-compacted-gaps" })
        var bytes = golden.bytes
        #expect(try validate(bytes, log).recordCount == 2)
        bytes.setInteger(Int32(1), at: Position.lastOffsetDelta)
        try bytes.setRecordBatchCRC(at: 0)
        let refused = try rejection(bytes, producer)
        #expect(refused.errorCode == .invalidRecord)
        #expect(refused.faults == [RecordFault(index: 0, reason: .malformed(.badOffsetDelta(record: 0)))])
        #expect(try rejection(bytes, log).faults.map(\.index) == [0])
    }

    @Test(arguments: CompressionCodec.allCases)
    func `records that break a topic's rules are named`(codec: CompressionCodec) throws {
        var rules = producer
        rules.walksCompressed = false
        rules.requiresKeys = true
        let keyless = try rejection(batch(codec: codec, nullKeys: [0, 2]), rules)
        #expect(keyless.errorCode == .invalidRecord)
        #expect(keyless.faults.map(\.index) == [0, 2])
        #expect(keyless.faults.allSatisfy { $0.reason == .missingKey })

        rules.requiresKeys = false
        rules.timestamps = 10...20
        let late = try rejection(batch(times: [10, 30, -1, 20, 9], codec: codec), rules)
        #expect(late.errorCode == .invalidTimestamp)
        #expect(late.faults.map(\.index) == [1, 4])
        #expect(try validate(batch(times: [10, -1, 20], codec: codec), rules).maxTimestamp == 20)
        #expect(try validate(batch(times: [-1], codec: codec), rules).maxTimestamp == -1)
    }

    @Test func `faults are listed up to a limit`() throws {
        var rules = producer
        rules.timestamps = 0...0
        #expect(try rejection(batch(times: [Int64](repeating: 5, count: 500)), rules).faults.count == 100)
    }

    @Test func `the header's claim of a maximum timestamp is not believed`() throws {
        let liar = try batch { $0.setInteger(Int64(999), at: Position.maxTimestamp) }
        #expect(try validate(liar, producer).maxTimestamp == 30)
    }

    @Test func `compressed records that are not walked are taken as the header says`() throws {
        var rules = producer
        rules.walksCompressed = false
        let facts = try validate(batch(codec: .lz4), rules)
        #expect(facts.recordCount == 3)
        #expect(facts.maxTimestamp == 30)
        #expect(facts.plainByteCount == nil)
    }

    @Test(arguments: DecompressorTests.codecs)
    func `damage and bombs under a right checksum are refused`(codec: CompressionCodec) throws {
        let damaged = try batch(codec: codec) { $0.setInteger(UInt8(0x55), at: Position.records) }
        #expect(try rejection(damaged, producer).errorCode == .invalidRecord)
        var builder = RecordBatchBuilder()
        _ = try builder.append(key: nil, value: ByteBuffer(repeating: 0, count: 3 << 20), timestamp: 0)
        var compressor = Compressor(codec: codec)
        #expect(try rejection(builder.finish(with: &compressor), producer).errorCode == .messageTooLarge)
    }

    @Test func `a compressed log batch without a block is empty`() throws {
        let golden = try #require(GoldenRecords.current.first { $0.name == "none-empty-batch" })
        var bytes = golden.bytes
        bytes.setInteger(Int16(0x13), at: Position.attributes)
        try bytes.setRecordBatchCRC(at: 0)
        #expect(try validate(bytes, log).recordCount == 0)
    }

    @Test func `messages say what is wrong`() throws {
        let rejection = try rejection(batch { $0.setInteger(Int32(4), at: Position.recordCount) }, producer)
        #expect(rejection.message == "The record count 4 does not agree with the batch.")
        #expect(rejection.faults.isEmpty)
    }
}
