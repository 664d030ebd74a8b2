import KafkaProtocol
import NIOCore
import Testing

@Suite struct DecompressorTests {
    static let codecs = CompressionCodec.allCases.filter { $0 != .none }

    private func compressed(_ codec: CompressionCodec, _ plain: ByteBuffer, level: Int32? = nil) throws -> ByteBuffer {
        var compressor = Compressor(codec: codec, level: level)
        var output = ByteBuffer()
        try unsafe plain.withUnsafeReadableBytes { bytes in unsafe try compressor.compress(bytes, into: &output) }
        return output
    }

    private func plain(_ codec: CompressionCodec, _ block: ByteBuffer, limit: Int = 1 << 24) throws -> ByteBuffer {
        var decompressor = Decompressor()
        return try decompressor.decompress(block, codec: codec, limit: limit)
    }

    /// Half text, half noise.
    private func sample(_ count: Int) -> ByteBuffer {
        var random = SplitMix64(seed: UInt64(count))
        return ByteBuffer(
            bytes: (0..<count).map { index in
                index / 64 % 2 == 0 ? UInt8(index % 23) : UInt8(truncatingIfNeeded: random.next())
            })
    }

    @Test(arguments: codecs, [0, 1, 100, 32_767, 32_768, 32_769, 65_536, 65_537, 1_000_000])
    func `blocks of every size come back`(codec: CompressionCodec, count: Int) throws {
        let original = sample(count)
        let block = try compressed(codec, original)
        #expect(try plain(codec, block) == original)
        #expect(try plain(codec, block, limit: count) == original)
        if count > 0 {
            #expect(throws: RecordBatchError.decompressionLimitExceeded(limit: count - 1)) {
                try plain(codec, block, limit: count - 1)
            }
        }
    }

    @Test(arguments: codecs)
    func `every level comes back, also those beyond the codec's range`(codec: CompressionCodec) throws {
        let original = sample(20_000)
        for level in [Int32.min, codec.levels.lowerBound, 1, 2, 9, codec.levels.upperBound, .max] {
            #expect(try plain(codec, compressed(codec, original, level: level)) == original)
        }
    }

    @Test func `one compressor and one decompressor serve many batches`() throws {
        for codec in Self.codecs {
            var compressor = Compressor(codec: codec)
            var decompressor = Decompressor()
            for count in [5000, 10, 70_000] {
                let original = sample(count)
                var block = ByteBuffer()
                unsafe try original.withUnsafeReadableBytes { unsafe try compressor.compress($0, into: &block) }
                #expect(try decompressor.decompress(block, codec: codec, limit: 1 << 20) == original)
                let damaged = try #require(block.getSlice(at: 0, length: block.readableBytes - 3))
                #expect(throws: RecordBatchError.decompressionFailed(codec)) {
                    try decompressor.decompress(damaged, codec: codec, limit: 1 << 20)
                }
            }
        }
    }

    @Test(arguments: codecs)
    func `a bomb is stopped at the limit, and memory stays near it`(codec: CompressionCodec) throws {
        let limit = 1 << 20
        let bomb = try compressed(codec, ByteBuffer(repeating: 0, count: 1 << 26))
        var decompressor = Decompressor()
        var output = ByteBuffer()
        #expect(throws: RecordBatchError.decompressionLimitExceeded(limit: limit)) {
            unsafe try bomb.withUnsafeReadableBytes { bytes throws(RecordBatchError) in
                unsafe try decompressor.decompress(bytes, codec: codec, limit: limit, into: &output)
            }
        }
        #expect(output.capacity <= 4 * limit)
    }

    @Test(arguments: codecs)
    func `every cut of a block fails, and none gives more than the whole`(codec: CompressionCodec) throws {
        let original = sample(300)
        let block = try compressed(codec, original)
        for length in 0..<block.readableBytes {
            let cut = try #require(block.getSlice(at: 0, length: length))
            // A snappy frame without blocks is the frame of nothing.
            if codec == .snappy && length == 16 {
                #expect(try plain(codec, cut) == ByteBuffer())
            } else {
                #expect(throws: RecordBatchError.decompressionFailed(codec)) { try plain(codec, cut) }
            }
        }
    }

    @Test(arguments: codecs)
    func `frames behind each other are read as one`(codec: CompressionCodec) throws {
        var two = try compressed(codec, sample(100_000))
        two.writeImmutableBuffer(try compressed(codec, sample(7)))
        var expected = sample(100_000)
        expected.writeImmutableBuffer(sample(7))
        #expect(try plain(codec, two) == expected)
    }

    @Test(arguments: codecs)
    func `garbage behind a frame is an error`(codec: CompressionCodec) throws {
        var block = try compressed(codec, sample(100))
        block.writeBytes([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
        #expect(throws: RecordBatchError.decompressionFailed(codec)) { try plain(codec, block) }
    }

    @Test func `snappy without a frame is read too`() throws {
        let original = sample(20_000)
        let framed = try compressed(.snappy, original)
        let bare = try #require(framed.getSlice(at: 20, length: framed.readableBytes - 20))
        #expect(try plain(.snappy, bare) == original)
    }

    @Test func `snappy that announces what it cannot hold reserves nothing`() {
        // 0x7fffffff bytes announced by five; a limit above that does not help.
        let liar = ByteBuffer(bytes: [0xff, 0xff, 0xff, 0xff, 0x07, 0, 0])
        #expect(throws: RecordBatchError.decompressionFailed(.snappy)) { try plain(.snappy, liar, limit: .max) }
        #expect(throws: RecordBatchError.decompressionLimitExceeded(limit: 100)) {
            try plain(.snappy, liar, limit: 100)
        }
    }

    @Test func `lz4 frames are written as Kafka's clients need them`() throws {
        let frame = try compressed(.lz4, sample(100_000))
        // Version 1, independent blocks, no checksums, no size; blocks of 64 KB.
        #expect(frame.getInteger(at: 0, endianness: .little) == UInt32(0x184d_2204))
        #expect(frame.getInteger(at: 4) == UInt8(0x60))
        #expect(frame.getInteger(at: 5) == UInt8(0x40))
    }

    @Test func `lz4 with linked blocks is read`() throws {
        let expected = ByteBuffer(
            bytes: (0..<140_000).map { UInt8(truncatingIfNeeded: (($0 % 601) * ($0 % 601)) >> 3) })
        let frame = try #require(ByteBuffer(base64: Self.linkedFrame))
        #expect(frame.getInteger(at: 4, as: UInt8.self).map { $0 & 0x20 } == 0)
        #expect(try plain(.lz4, frame) == expected)
    }

    @Test(arguments: codecs)
    func `a limit may be anything`(codec: CompressionCodec) throws {
        let block = try compressed(codec, sample(100))
        #expect(try plain(codec, block, limit: .max) == sample(100))
        for limit in [0, -1, Int.min] {
            #expect(throws: RecordBatchError.decompressionLimitExceeded(limit: 0)) {
                try plain(codec, block, limit: limit)
            }
        }
    }

    @Test func `what is not compressed passes through`() throws {
        let block = sample(100)
        #expect(try plain(.none, block) == block)
        #expect(throws: RecordBatchError.decompressionLimitExceeded(limit: 99)) { try plain(.none, block, limit: 99) }
    }

    /// 140,000 bytes with a period of 601 from the lz4 library's defaults, in which blocks refer to those before.
    private static let linkedFrame = """
        BCJNGEBAwGQDAAD///9MAAAAAQIDBAYICgwPEhUYHCAkKC0yNzxCSE5UW2JpcHiAiJCZoqu0vsjS3Ofy/QgUICw4RVJfbHqIlqSzwtHg8AAQ
        IDFCU2R2iJqsv9Ll+AwgNEhdcoecssje9AsiOVBogJiwyeL7FC5IYnyXss3oBCA8WHWSr8zqCCZEY4KhwOAAIEBhgqPE5ggqTG+Stdj8IERo
        jbLX/CJIbpS74gkwWICo0PkiS3SeyPIcR3KdyPQgTHil0v8sWoi25BNCcaDQADBgkcLzJFaIuuwfUoW47CBUiL3yJ1ySyP40a6LZEEiAuPAp
        YpvUDkiCvPcybajkIFyY1RJPjMoIRoTDAkGAwABAgMECQ4TGCEqMzxJVmNwgZKjtMne8AkiO1BtiqfA4gMgQWaLrNH7IElyn8j2I1CBsuAVS
        n+w6iNYkc8IRYLAAUKDxQpPkNojaLH/SJXjMIHTIHXLHHHLIHnTLInnQKIDYMIniO5TuSKL8V7INaMQgfNg1ku9MqghmxCOC4UCgAGDAIYLj
        RKYIaswvkvVYvCCE6E2yF3ziSK4Ue+JJsBiA6FC5Iov0XsgynAdy3Ui0IIz4ZdI/rBqI9mTTQrEgkABw4FHCM6QWiPps31LFOKwglAh98mfc
        Usg+tCuiGZAIgPhw6WLbVM5Iwjy3Mq0opCCcGJUSjwyKCIYEgwKBAIAAgACBAoMEhgiKDI8SlRicIKQorTK3PMJIzlTbYulw+IAIkBmiK7Q+
        yFLcZ/J9CJQgrDjFUt9s+ogWpDPCUeBwAJAgsULTZPaIGqw/0mX4jCC0SN1yB5wyyFkC////////////////////////////////////////
        ////////////////////////////////////////////////////////////////////////////////////////////////////////////
        ////////////////////////////////////////////////////////////////////////////////////////////////////////////
        //////////////////////////////////////////////////////////////////////////////////+NUDxCSE5UCgEAAA/l////////
        ////////////////////////////////////////////////////////////////////////////////////////////////////////////
        ////////////////////////////////////////////////////////////////////////////////////////////////////////////
        ////////////////////////////////////////////////////////////////////////////////////////////////////////////
        ///////////oUCw4RVJfLAAAAA9ZAv/////////////////////////////////////////////qUMVS32z6AAAAAA==
        """.split(separator: "\n").joined()
}
