import KafkaProtocol
import NIOCore
import Testing

@Suite struct RecordBatchPatchesTests {
    /// A batch behind three other bytes, as in a frame.
    private func framed() throws -> ByteBuffer {
        var buffer = ByteBuffer(bytes: [1, 2, 3])
        buffer.writeImmutableBuffer(try #require(GoldenRecords.current.first { $0.name == "none-mixed" }).bytes)
        return buffer
    }

    @Test func `offset and leader epoch are set without touching the checksum`() throws {
        var buffer = try framed()
        let before = try RecordBatchView(buffer, at: 3)
        try buffer.setRecordBatch(baseOffset: 77, leaderEpoch: 5, at: 3)
        let after = try RecordBatchView(buffer, at: 3)
        var expected = before.header
        expected.baseOffset = 77
        expected.partitionLeaderEpoch = 5
        #expect(after.header == expected)
        #expect(after.crcIsValid)
        #expect(after.recordsSlice == before.recordsSlice)
    }

    @Test func `leading bytes and the rest make the same batch without a copy`() throws {
        var patched = try framed()
        let batch = try RecordBatchView(patched, at: 3)
        try patched.setRecordBatch(baseOffset: 77, leaderEpoch: 5, at: 3)
        let (first, second) = batch.header.leadingBytes(baseOffset: 77, leaderEpoch: 5)
        var gathered = ByteBuffer()
        gathered.writeInteger(first, endianness: .host)
        gathered.writeInteger(second, endianness: .host)
        gathered.writeBytes(batch.bytes.readableBytesView.dropFirst(RecordBatchHeader.leadingByteCount))
        #expect(gathered == (try RecordBatchView(patched, at: 3).bytes))
    }

    @Test func `an append time becomes the time of every record`() throws {
        var buffer = try framed()
        try buffer.setRecordBatch(logAppendTime: 1_800_000_000_000, at: 3)
        let batch = try RecordBatchView(buffer, at: 3)
        #expect(batch.crcIsValid)
        #expect(batch.header.timestampType == .logAppendTime)
        let records = try batch.allRecords()
        #expect(records.count == 8)
        #expect(records.allSatisfy { $0.timestamp == 1_800_000_000_000 && $0.timestampType == .logAppendTime })
    }

    @Test func `maximum timestamp and producer state come with a new checksum`() throws {
        var buffer = try framed()
        try buffer.setRecordBatch(maxTimestamp: 42, at: 3)
        try buffer.setRecordBatch(producerID: 9, producerEpoch: 8, baseSequence: 7, at: 3)
        let batch = try RecordBatchView(buffer, at: 3)
        #expect(batch.crcIsValid)
        #expect(batch.header.maxTimestamp == 42)
        #expect(batch.header.producerID == 9)
        #expect(batch.header.producerEpoch == 8)
        #expect(batch.header.baseSequence == 7)
    }

    @Test func `bytes outside of the batch stay as they are`() throws {
        var buffer = try framed()
        let length = buffer.readableBytes
        buffer.writeBytes([9, 9])
        try buffer.setRecordBatch(baseOffset: -1, leaderEpoch: -1, at: 3)
        try buffer.setRecordBatch(logAppendTime: -1, at: 3)
        #expect(Array(buffer.readableBytesView.prefix(3)) == [1, 2, 3])
        #expect(Array(buffer.readableBytesView.dropFirst(length)) == [9, 9])
    }

    @Test func `what is no batch is refused, not patched`() throws {
        var buffer = ByteBuffer(repeating: 0, count: 60)
        let before = buffer
        #expect(throws: RecordBatchError.self) { try buffer.setRecordBatch(baseOffset: 1, leaderEpoch: 1, at: 0) }
        #expect(throws: RecordBatchError.self) { try buffer.setRecordBatch(logAppendTime: 1, at: 0) }
        #expect(throws: RecordBatchError.self) { try buffer.setRecordBatchCRC(at: 59) }
        #expect(buffer == before)
    }
}
