import KafkaProtocol
import NIOCore
import Testing

/// Whatever stands in the bytes, reading ends in values or in a typed error: a trap would end the test process.
@Suite struct HostileRecordsTests {
    private static let small = GoldenRecords.current.filter { $0.hex.utf8.count <= 800 }

    /// Everything that anybody does with bytes that came from outside.
    private func read(_ bytes: ByteBuffer, _ decompressor: inout Decompressor, _ validator: inout RecordBatchValidator)
    {
        var batches = RecordBatchSequence(bytes, tail: .ignored).makeIterator()
        while let batch = try? batches.next() {
            _ = try? batch.records(using: &decompressor, limit: 1 << 16).all().compactMap {
                try EndTransactionMarker($0)
            }
            _ = try? validator.validate(batch, RecordBatchRules(origin: .log, decompressionLimit: 1 << 16))
            var repaired = batch.bytes
            try? repaired.setRecordBatchCRC(at: repaired.readerIndex)
            guard let whole = try? RecordBatchView(repaired) else { continue }
            var rules = RecordBatchRules(origin: .producer, decompressionLimit: 1 << 16)
            rules.requiresKeys = true
            rules.timestamps = 0...1_800_000_000_000
            _ = try? validator.validate(whole, rules)
        }
    }

    @Test(arguments: small)
    func `every changed byte is survived`(golden: GoldenRecords) {
        var decompressor = Decompressor()
        var validator = RecordBatchValidator()
        let good = golden.bytes
        for index in 0..<good.readableBytes {
            for mask: UInt8 in [0x01, 0x80, 0xff, 0x7f] {
                var bytes = good
                bytes.setInteger((good.getInteger(at: index) ?? 0) ^ mask, at: index)
                read(bytes, &decompressor, &validator)
            }
        }
    }

    @Test(arguments: small)
    func `every cut is survived`(golden: GoldenRecords) {
        var decompressor = Decompressor()
        var validator = RecordBatchValidator()
        for length in 0..<golden.bytes.readableBytes {
            var bytes = golden.bytes
            bytes.moveWriterIndex(to: length)
            read(bytes, &decompressor, &validator)
            // Cut with a length that says so: the damage lies in the records.
            guard length >= RecordBatchHeader.byteCount else { continue }
            bytes.setInteger(Int32(length - RecordBatchHeader.lengthOverhead), at: 8)
            read(bytes, &decompressor, &validator)
        }
    }

    @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
    func `random records under a good header are survived`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var decompressor = Decompressor()
        var validator = RecordBatchValidator()
        for _ in 0..<2000 {
            var bytes = ByteBuffer(repeating: 0, count: RecordBatchHeader.byteCount)
            let length = Int(random.next() % 100)
            bytes.writeBytes((0..<length).map { _ in UInt8(truncatingIfNeeded: random.next() & random.next()) })
            let count = Int32(random.next() % 8)
            RecordBatchHeader(
                baseOffset: 0, batchLength: Int32(bytes.readableBytes - RecordBatchHeader.lengthOverhead),
                attributes: RecordBatchAttributes(rawValue: Int16(random.next() % 128)),
                lastOffsetDelta: count - 1, baseTimestamp: .max, maxTimestamp: .max, recordCount: count
            ).write(to: &bytes, at: 0)
            try bytes.setRecordBatchCRC(at: 0)
            read(bytes, &decompressor, &validator)
        }
    }
}
