import KafkaProtocol
import NIOCore
import Testing

@Suite struct RecordSequenceTests {
    @Test(arguments: GoldenRecords.current)
    func `records read as other implementations read them`(golden: GoldenRecords) throws {
        let batches = try RecordBatchSequence(golden.bytes, tail: .ignored).all()
        for (batch, expected) in zip(batches, golden.batches) {
            guard let lines = expected.records else { continue }
            let records = try batch.allRecords()
            try #require(records.count == lines.count)
            for (record, line) in zip(records, lines) {
                #expect(line.matches(record))
                #expect(record.timestampType == batch.header.timestampType)
                #expect(batch.header.sequence(at: record.offset).rawValue == line.sequence ?? -1)
            }
        }
    }

    @Test func `keys and values share the memory of their batch`() throws {
        let bytes = try #require(GoldenRecords.current.first { $0.name == "none-large" }).bytes
        let record = try #require(try RecordBatchView(bytes).allRecords().first)
        let value = try #require(record.value)
        let whole = unsafe bytes.withUnsafeReadableBytes { UInt(bitPattern: $0.baseAddress) }
        let part = unsafe value.withUnsafeReadableBytes { UInt(bitPattern: $0.baseAddress) }
        #expect(part > whole && part < whole + UInt(bytes.readableBytes))
    }

    /// Plain records as given, under a header that claims `count`.
    private func read(_ bytes: [UInt8], count: Int32) throws -> [Record] {
        let header = RecordBatchHeader(
            baseOffset: 0, batchLength: 0, attributes: RecordBatchAttributes(), lastOffsetDelta: max(count - 1, 0),
            baseTimestamp: 0, maxTimestamp: 0, recordCount: count)
        return try RecordSequence(header: header, bytes: ByteBuffer(bytes: bytes)).all()
    }

    @Test func `a count beyond what the bytes can hold is refused before anything is reserved`() {
        #expect(throws: RecordBatchError.badRecordCount(.max)) { try read([12, 0, 0, 0, 1, 1, 0], count: .max) }
        #expect(throws: RecordBatchError.badRecordCount(-1)) { try read([12, 0, 0, 0, 1, 1, 0], count: -1) }
    }

    @Test func `damage inside a record is named with the record`() throws {
        let good: [UInt8] = [12, 0, 0, 0, 1, 1, 0]
        #expect(try read(good, count: 1).count == 1)
        #expect(throws: RecordBatchError.trailingBytes(7)) { try read(good + good, count: 1) }
        #expect(throws: RecordBatchError.trailingBytes(7)) { try read(good, count: 0) }
        // Length beyond the batch, negative length, length too small for the parts, length too large for them.
        #expect(throws: RecordBatchError.malformedRecord(record: 0)) { try read([14, 0, 0, 0, 1, 1, 0], count: 1) }
        #expect(throws: RecordBatchError.malformedRecord(record: 0)) { try read([1, 0, 0, 0, 1, 1, 0], count: 1) }
        #expect(throws: RecordBatchError.badVarint(record: 0)) { try read([10, 0, 0, 0, 1, 1, 0], count: 1) }
        #expect(throws: RecordBatchError.malformedRecord(record: 0)) { try read([14, 0, 0, 0, 1, 1, 0, 0], count: 1) }
        // A key of -2 bytes, a key beyond the record, headers beyond the record, a header without a key.
        #expect(throws: RecordBatchError.malformedRecord(record: 0)) { try read([12, 0, 0, 0, 3, 1, 0], count: 1) }
        #expect(throws: RecordBatchError.malformedRecord(record: 0)) { try read([12, 0, 0, 0, 8, 1, 0], count: 1) }
        #expect(throws: RecordBatchError.malformedRecord(record: 0)) { try read([12, 0, 0, 0, 1, 1, 2], count: 1) }
        #expect(throws: RecordBatchError.malformedRecord(record: 0)) {
            try read([16, 0, 0, 0, 1, 1, 2, 1, 1], count: 1)
        }
        #expect(throws: RecordBatchError.malformedRecord(record: 1)) {
            try read(good + [12, 0, 0, 0, 8, 1, 0], count: 2)
        }
    }

    @Test func `numbers longer than their type are refused`() {
        // A length of six bytes, one of five with bits beyond 32, a timestamp of eleven bytes.
        #expect(throws: RecordBatchError.badVarint(record: 0)) {
            try read([0x8c, 0x80, 0x80, 0x80, 0x80, 0x00, 0, 0, 0, 1, 1, 0], count: 1)
        }
        #expect(throws: RecordBatchError.badVarint(record: 0)) {
            try read([0x8c, 0x80, 0x80, 0x80, 0x10, 0, 0, 0, 1, 1, 0], count: 1)
        }
        #expect(throws: RecordBatchError.badVarint(record: 0)) {
            try read([32, 0] + [UInt8](repeating: 0x80, count: 10) + [0, 0, 1, 1, 0], count: 1)
        }
        #expect(throws: RecordBatchError.badVarint(record: 0)) {
            try read([30, 0] + [UInt8](repeating: 0xff, count: 9) + [2, 0, 1, 1, 0], count: 1)
        }
    }

    @Test func `a number with needless bytes reads as Kafka reads it`() throws {
        #expect(try read([0x8c, 0x00, 0, 0, 0, 1, 1, 0], count: 1).count == 1)
    }
}
