import KafkaProtocol
import NIOCore
import Testing

@Suite struct RecordBatchBuilderTests {
    @Test(arguments: GoldenRecords.current)
    func `plain batches are built to the bytes of other implementations`(golden: GoldenRecords) throws {
        for batch in try RecordBatchSequence(golden.bytes, tail: .ignored).all()
        where batch.header.attributes.codec == CompressionCodec.none && batch.crcIsValid {
            var builder = RecordBatchBuilder(retaining: batch.header)
            for record in try batch.allRecords() {
                var written = record
                // With an append time, what the producer wrote is beyond what a record says.
                if record.timestampType == .logAppendTime {
                    written.timestamp = record.offset == 10 ? 1_700_000_000_123 : 1_700_000_000_173
                }
                #expect(try builder.append(written))
            }
            #expect(try builder.finish() == batch.bytes)
        }
    }

    @Test(arguments: GoldenRecords.current)
    func `records copied part by part make the same batch`(golden: GoldenRecords) throws {
        var decompressor = Decompressor()
        for batch in try RecordBatchSequence(golden.bytes, tail: .ignored).all() where batch.crcIsValid {
            let records = try batch.records(using: &decompressor, limit: 1 << 24)
            var builder = RecordBatchBuilder(retaining: batch.header)
            var iterator = records.makeIterator()
            while let layout = try iterator.nextLayout() {
                #expect(try builder.append(copying: layout, of: records))
            }
            let copy = try RecordBatchView(onlyBatchIn: builder.finish())
            #expect(copy.recordsSlice == records.bytes)
            #expect(copy.header.lastOffset == batch.header.lastOffset)
            #expect(copy.header.maxTimestamp == batch.header.maxTimestamp)
        }
    }

    @Test(arguments: CompressionCodec.allCases)
    func `what is built reads back in every codec`(codec: CompressionCodec) throws {
        var random = SplitMix64(seed: 11)
        var compressor = Compressor(codec: codec)
        var builder = RecordBatchBuilder(baseOffset: 1000)
        for round in 0..<3 {
            builder.producerID = 5
            builder.producerEpoch = 6
            builder.baseSequence = 7
            builder.isTransactional = round == 1
            let written = (0..<Int64(200)).map { index in
                Record(
                    offset: Offset(1000 + index), timestamp: Timestamp(5_000 - index),
                    key: index % 3 == 0 ? nil : ByteBuffer(string: "key \(index % 7)"),
                    value: index % 5 == 0 ? nil : ByteBuffer(repeating: UInt8(index), count: Int(random.next() % 400)),
                    headers: index % 4 == 0
                        ? [
                            RecordHeader(key: "häder", value: nil),
                            RecordHeader(key: "", value: ByteBuffer(string: "x")),
                        ]
                        : [])
            }
            for record in written { #expect(try builder.append(record)) }
            let batch = try RecordBatchView(onlyBatchIn: builder.finish(with: &compressor))
            #expect(batch.crcIsValid)
            #expect(batch.header.attributes.codec == codec)
            #expect(batch.header.isTransactional == (round == 1))
            #expect(batch.header.maxTimestamp == 5_000)
            #expect(batch.header.baseTimestamp == 5_000)
            #expect(batch.header.lastSequence == 206)
            #expect(try batch.allRecords() == written)
            #expect(builder.isEmpty)
        }
    }

    @Test func `a batch ends before its limit, but takes a first record of any size`() throws {
        var builder = RecordBatchBuilder(sizeLimit: 200)
        let large = ByteBuffer(repeating: 1, count: 500)
        #expect(try builder.append(key: nil, value: large, timestamp: 0))
        #expect(try !builder.append(key: nil as ByteBuffer?, value: nil, timestamp: 0))
        #expect(try RecordBatchView(builder.finish()).header.recordCount == 1)

        var count = 0
        while try builder.append(key: nil, value: ByteBuffer(repeating: 2, count: 10), timestamp: 0) { count += 1 }
        // 61 bytes of header, 17 a record.
        #expect(count == (200 - 61) / 17)
        #expect(builder.sizeInBytes == 61 + count * 17)
        #expect(try builder.finish().readableBytes == 61 + count * 17)
    }

    @Test func `what compression would make larger stays plain unless it must not`() throws {
        var compressor = Compressor(codec: .gzip)
        var builder = RecordBatchBuilder()
        _ = try builder.append(key: nil, value: ByteBuffer(string: "v"), timestamp: 0)
        #expect(try RecordBatchView(builder.finish(with: &compressor)).header.attributes.codec == CompressionCodec.none)
        _ = try builder.append(key: nil, value: ByteBuffer(string: "v"), timestamp: 0)
        let forced = try RecordBatchView(builder.finish(with: &compressor, evenIfLarger: true))
        #expect(forced.header.attributes.codec == .gzip)
        #expect(try forced.allRecords().count == 1)
    }

    @Test func `offsets may leave gaps but never go back`() throws {
        var builder = RecordBatchBuilder(baseOffset: 10)
        let nothing: ByteBuffer? = nil
        _ = try builder.append(key: nothing, value: nil, timestamp: 0, offset: 13)
        _ = try builder.append(key: nothing, value: nil, timestamp: 0)
        for offset in [Offset(9), 13, 14, Offset(10 + Int64(Int32.max) + 1), Offset.max] {
            #expect(throws: RecordBatchError.badOffsetDelta(record: 2)) {
                try builder.append(key: nothing, value: nil, timestamp: 0, offset: offset)
            }
        }
        #expect(try RecordBatchView(builder.finish()).allRecords().map(\.offset) == [13, 14])
    }

    @Test func `a batch that lost all its records keeps producer state and offsets`() throws {
        let golden = try #require(GoldenRecords.current.first { $0.name == "none-idempotent" })
        let header = try RecordBatchView(golden.bytes).header
        var builder = RecordBatchBuilder(retaining: header)
        let empty = try RecordBatchView(onlyBatchIn: builder.finish())
        #expect(empty.crcIsValid)
        #expect(empty.header.recordCount == 0)
        #expect(empty.header.lastOffset == header.lastOffset)
        #expect(empty.header.lastSequence == header.lastSequence)
        #expect(empty.header.maxTimestamp == header.maxTimestamp)
        #expect(try empty.allRecords() == [])
    }

    @Test func `a new delete horizon leaves every record's time as it was`() throws {
        let golden = try #require(GoldenRecords.current.first { $0.name == "none-mixed" })
        let batch = try RecordBatchView(golden.bytes)
        var decompressor = Decompressor()
        let records = try batch.records(using: &decompressor, limit: 1 << 20)
        var builder = RecordBatchBuilder(retaining: batch.header, deleteHorizon: 1_800_000_000_000)
        var iterator = records.makeIterator()
        while let layout = try iterator.nextLayout() { _ = try builder.append(copying: layout, of: records) }
        let rebuilt = try RecordBatchView(onlyBatchIn: builder.finish())
        #expect(rebuilt.header.deleteHorizon == 1_800_000_000_000)
        #expect(try rebuilt.allRecords() == batch.allRecords())
    }
}
