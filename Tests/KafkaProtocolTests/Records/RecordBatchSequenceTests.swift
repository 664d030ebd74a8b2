import KafkaProtocol
import NIOCore
import Testing

@Suite struct RecordBatchSequenceTests {
    private func golden(_ name: String) throws -> ByteBuffer {
        try #require(GoldenRecords.current.first { $0.name == name }).bytes
    }

    @Test func `batches follow each other without copies`() throws {
        let bytes = try golden("multi-3-batches")
        let batches = try RecordBatchSequence(bytes, tail: .rejected).all()
        #expect(batches.map(\.header.attributes.codec) == [CompressionCodec.none, .lz4, CompressionCodec.none])
        #expect(batches.map(\.bytes.readableBytes).reduce(0, +) == bytes.readableBytes)
    }

    @Test func `a cut last batch is ignored where that is asked, else an error`() throws {
        let bytes = try golden("multi-truncated-tail")
        #expect(try RecordBatchSequence(bytes, tail: .ignored).all().count == 3)
        #expect(throws: RecordBatchError.self) { try RecordBatchSequence(bytes, tail: .rejected).all() }
    }

    @Test func `every cut of three batches gives the whole ones before it`() throws {
        let bytes = try golden("multi-3-batches")
        let ends = try RecordBatchSequence(bytes, tail: .rejected).all().reduce(into: [0]) { ends, batch in
            ends.append((ends.last ?? 0) + batch.header.sizeInBytes)
        }
        for length in 0...bytes.readableBytes {
            let cut = try #require(bytes.getSlice(at: 0, length: length))
            let whole = ends.count { $0 <= length } - 1
            #expect(try RecordBatchSequence(cut, tail: .ignored).all().count == whole)
            if ends.contains(length) {
                #expect(try RecordBatchSequence(cut, tail: .rejected).all().count == whole)
            } else {
                #expect(throws: RecordBatchError.self) { try RecordBatchSequence(cut, tail: .rejected).all() }
            }
        }
    }

    @Test func `damage in the middle is an error even where a cut is not`() throws {
        var bytes = try golden("multi-3-batches")
        let first = try RecordBatchView(bytes).header.sizeInBytes
        bytes.setInteger(Int8(3), at: first + RecordBatchHeader.Position.magic)
        var batches = RecordBatchSequence(bytes, tail: .ignored).makeIterator()
        #expect(try batches.next() != nil)
        #expect(throws: RecordBatchError.wrongMagic(3)) { try batches.next() }
        #expect(throws: RecordBatchError.wrongMagic(3)) { try batches.next() }
    }

    @Test func `a producer's field holds one batch`() throws {
        let one = try golden("none-single")
        #expect(try RecordBatchView(onlyBatchIn: one).bytes == one)
        let three = try golden("multi-3-batches")
        #expect(throws: RecordBatchError.notOneBatch) { try RecordBatchView(onlyBatchIn: three) }
        #expect(throws: RecordBatchError.notOneBatch) { try RecordBatchView(onlyBatchIn: ByteBuffer()) }
    }
}
