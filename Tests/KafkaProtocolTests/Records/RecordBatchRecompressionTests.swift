import KafkaProtocol
import NIOCore
import Testing

@Suite struct RecordBatchRecompressionTests {
    private func batch(_ codec: CompressionCodec) throws -> RecordBatchView {
        var builder = RecordBatchBuilder(baseOffset: 40)
        builder.producerID = 7
        builder.producerEpoch = 1
        builder.baseSequence = 12
        for number in 0..<20 {
            _ = try builder.append(
                key: ByteBuffer(string: "k\(number)"), value: ByteBuffer(repeating: 65, count: 100),
                headers: [RecordHeader(key: "h", value: nil)], timestamp: Timestamp(1000 + Int64(number)))
        }
        var compressor = Compressor(codec: codec)
        return try RecordBatchView(builder.finish(with: &compressor))
    }

    @Test(arguments: CompressionCodec.allCases, CompressionCodec.allCases)
    func `the records are the same in any other codec, and so is the header but for codec and length`(
        from: CompressionCodec, to: CompressionCodec
    ) throws {
        let before = try batch(from)
        var compressor = Compressor(codec: to)
        var decompressor = Decompressor()
        let after = try before.recompressed(with: &compressor, using: &decompressor, limit: 1 << 20)
        #expect(after.crcIsValid)
        var expected = before.header
        expected.attributes = expected.attributes.with(codec: to)
        expected.batchLength = after.header.batchLength
        expected.crc = after.header.crc
        #expect(after.header == expected)
        #expect(after.header.sizeInBytes == after.bytes.readableBytes)
        let found = try after.records(using: &decompressor, limit: 1 << 20).all()
        let written = try before.records(using: &decompressor, limit: 1 << 20).all()
        #expect(found == written)
    }

    @Test func `no more is unfolded than is allowed`() throws {
        let before = try batch(.zstd)
        var compressor = Compressor(codec: .gzip)
        var decompressor = Decompressor()
        #expect(throws: RecordBatchError.self) {
            _ = try before.recompressed(with: &compressor, using: &decompressor, limit: 100)
        }
    }
}
