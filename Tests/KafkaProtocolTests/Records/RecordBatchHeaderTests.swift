import KafkaProtocol
import NIOCore
import Testing

@Suite struct RecordBatchHeaderTests {
    @Test func `the fixtures are there`() throws {
        _ = try GoldenRecords.load()
        #expect(GoldenRecords.current.count > 60)
        #expect(GoldenRecords.legacy.count == 8)
    }

    @Test(arguments: GoldenRecords.current)
    func `headers read as other implementations read them`(golden: GoldenRecords) throws {
        let batches = try RecordBatchSequence(golden.bytes, tail: .ignored).all()
        try #require(batches.count == golden.batches.count)
        for (batch, expected) in zip(batches, golden.batches) {
            let header = batch.header
            #expect(header.baseOffset == Offset(expected.baseOffset))
            #expect(header.lastOffset == Offset(expected.lastOffset))
            #expect(header.nextOffset == Offset(expected.lastOffset + 1))
            #expect(header.magic == expected.magic)
            #expect(header.sizeInBytes == expected.sizeInBytes)
            #expect(batch.bytes.readableBytes == expected.sizeInBytes)
            #expect(header.crc == expected.crc)
            #expect(batch.crcIsValid == expected.valid)
            #expect(header.attributes.codec?.description == expected.compression)
            #expect(header.timestampType.description == expected.timestampType)
            #expect(header.maxTimestamp == Timestamp(expected.maxTimestamp))
            #expect(expected.baseTimestamp == header.baseTimestamp.rawValue || header.deleteHorizon != nil)
            #expect(header.deleteHorizon?.rawValue == expected.deleteHorizonMs)
            #expect(header.producerID.rawValue == expected.producerId)
            #expect(header.producerEpoch.rawValue == expected.producerEpoch)
            #expect(header.baseSequence.rawValue == expected.baseSequence)
            #expect(header.lastSequence.rawValue == expected.lastSequence)
            #expect(header.partitionLeaderEpoch.rawValue == expected.partitionLeaderEpoch)
            #expect(header.isTransactional == expected.transactional)
            #expect(header.isControl == expected.control)
            #expect(header.recordCount == expected.count)
            try header.checkStructure()
        }
    }

    @Test(arguments: GoldenRecords.current)
    func `a header writes back to its own bytes`(golden: GoldenRecords) throws {
        for batch in try RecordBatchSequence(golden.bytes, tail: .ignored).all() {
            var rewritten = batch.bytes
            rewritten.setRepeatingByte(0, count: RecordBatchHeader.byteCount, at: rewritten.readerIndex)
            batch.header.write(to: &rewritten, at: rewritten.readerIndex)
            #expect(rewritten == batch.bytes)
        }
    }

    @Test(arguments: GoldenRecords.legacy)
    func `message sets of formats 0 and 1 are told apart from damage`(golden: GoldenRecords) throws {
        let magic = try #require(golden.batches.first).magic
        #expect(throws: RecordBatchError.wrongMagic(magic)) { try RecordBatchHeader(from: golden.bytes, at: 0) }
        #expect(RecordBatchError.wrongMagic(magic).errorCode == .unsupportedForMessageFormat)
    }

    @Test func `every prefix of a batch is too short`() throws {
        let whole = try #require(GoldenRecords.current.first).bytes
        for length in 0..<whole.readableBytes {
            let prefix = try #require(whole.getSlice(at: 0, length: length))
            #expect(throws: RecordBatchError.self) { try RecordBatchView(prefix) }
            if length < RecordBatchHeader.byteCount {
                #expect(throws: RecordBatchError.tooShort(available: length, needed: 61)) {
                    try RecordBatchHeader(prefix.readableBytesSpan)
                }
            } else {
                #expect(try RecordBatchHeader(prefix.readableBytesSpan) == RecordBatchHeader(from: whole, at: 0))
            }
        }
    }

    @Test(arguments: [Int32.min, -1, 0, 48, Int32.max, Int32.max - 11])
    func `a length that no batch can have is refused`(length: Int32) throws {
        var bytes = try #require(GoldenRecords.current.first).bytes
        bytes.setInteger(length, at: RecordBatchHeader.Position.batchLength)
        #expect(throws: RecordBatchError.lengthOutOfBounds(length)) { try RecordBatchHeader(from: bytes, at: 0) }
    }

    @Test func `an index outside of the readable bytes is no trap`() throws {
        var bytes = try #require(GoldenRecords.current.first).bytes
        bytes.moveReaderIndex(to: 1)
        for index in [-1, 0, bytes.writerIndex, bytes.writerIndex + 1, Int.max] {
            #expect(throws: RecordBatchError.self) { try RecordBatchHeader(from: bytes, at: index) }
            #expect(throws: RecordBatchError.self) { try RecordBatchView(bytes, at: index) }
        }
    }

    @Test func `numbers of a header that contradict each other are found`() throws {
        let good = try RecordBatchHeader(from: #require(GoldenRecords.current.first).bytes, at: 0)
        func error(_ change: (inout RecordBatchHeader) -> Void) -> RecordBatchError? {
            var header = good
            change(&header)
            return #expect(throws: RecordBatchError.self) { try header.checkStructure() }
        }
        #expect(error { $0.attributes.rawValue = 5 } == .unknownCodec(5))
        #expect(error { $0.lastOffsetDelta = -1 } == .badOffsetRange)
        #expect(error { $0.baseOffset = -1 } == .badOffsetRange)
        #expect(error { $0.baseOffset = .max } == .badOffsetRange)
        #expect(error { $0.recordCount = -1 } == .badRecordCount(-1))
        #expect(error { $0.recordCount = 2 } == .badRecordCount(2))
    }

    @Test func `attributes keep their bits apart`() {
        for raw in Int16.min...Int16.max {
            var attributes = RecordBatchAttributes(rawValue: raw)
            attributes.isControl.toggle()
            attributes.isControl.toggle()
            attributes.hasDeleteHorizon = attributes.hasDeleteHorizon
            attributes.timestampType = attributes.timestampType
            attributes.isTransactional = attributes.isTransactional
            guard attributes.rawValue == raw else {
                Issue.record("\(raw) became \(attributes.rawValue)")
                return
            }
        }
        let all = RecordBatchAttributes(
            codec: .zstd, timestampType: .logAppendTime, isTransactional: true, isControl: true, hasDeleteHorizon: true)
        #expect(all.rawValue == 0b111_1100)
        #expect(all.with(codec: .gzip).rawValue == 0b111_1001)
    }
}
