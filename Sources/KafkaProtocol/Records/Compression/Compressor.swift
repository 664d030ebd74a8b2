package import NIOCore

/// Compresses the records of batches in one codec and at one level. Keeps its context from batch to batch; not
/// thread-safe.
package struct Compressor: ~Copyable {
    package let codec: CompressionCodec
    /// The level as it was asked for; nil for the codec's default. Levels beyond the codec's range mean its end.
    package let level: Int32?
    private var gzip: GzipCompressor
    private var lz4: LZ4Compressor
    private var zstd: ZstdCompressor

    package init(codec: CompressionCodec, level: Int32? = nil) {
        self.codec = codec
        self.level = level
        let range = codec.levels
        let clamped = level.map { max(range.lowerBound, min(range.upperBound, $0)) }
        gzip = GzipCompressor(level: clamped)
        lz4 = LZ4Compressor(level: clamped)
        zstd = ZstdCompressor(level: clamped)
    }

    /// Appends the compressed form of `input` to `output`.
    package mutating func compress(
        _ input: UnsafeRawBufferPointer, into output: inout ByteBuffer
    ) throws(RecordBatchError) {
        switch codec {
        case .none: unsafe output.writeBytes(input)
        case .gzip: unsafe try gzip.compress(input, into: &output)
        case .snappy: unsafe try SnappyCompressor.compress(input, into: &output)
        case .lz4: unsafe try lz4.compress(input, into: &output)
        case .zstd: unsafe try zstd.compress(input, into: &output)
        }
    }
}

extension CompressionCodec {
    /// The levels that Kafka's configuration allows (`compression.gzip.level` and so on, KIP-390).
    package var levels: ClosedRange<Int32> {
        switch self {
        case .none, .snappy: 0...0
        case .gzip: 1...9
        case .lz4: 1...17
        case .zstd: -131_072...22
        }
    }
}
