package import NIOCore

/// Decompresses the records of batches, within limits that no input can talk it out of.
///
/// It keeps the codecs' contexts from call to call, so that a long-lived one (one per event loop) decompresses without
/// setting anything up. Not thread-safe: put it where one thread at a time comes.
package struct Decompressor: ~Copyable {
    private var gzip = GzipDecompressor()
    private var lz4 = LZ4Decompressor()
    private var zstd = ZstdDecompressor()

    package init() {}

    /// Appends the plain bytes of `input` to `output`: at most `limit` of them, and never more than a batch can
    /// have. Memory grows with what really comes out, never with what the input announces.
    package mutating func decompress(
        _ input: UnsafeRawBufferPointer, codec: CompressionCodec, limit: Int, into output: inout ByteBuffer
    ) throws(RecordBatchError) {
        let limit = max(0, min(limit, RecordBatchBuilder.largestByteCount))
        switch codec {
        case .none:
            guard input.count <= limit else { throw .decompressionLimitExceeded(limit: limit) }
            unsafe output.writeBytes(input)
        case .gzip: unsafe try gzip.decompress(input, limit: limit, into: &output)
        case .snappy: unsafe try SnappyDecompressor.decompress(input, limit: limit, into: &output)
        case .lz4: unsafe try lz4.decompress(input, limit: limit, into: &output)
        case .zstd: unsafe try zstd.decompress(input, limit: limit, into: &output)
        }
    }

    /// The plain bytes of `block`, at most `limit` of them.
    package mutating func decompress(
        _ block: ByteBuffer, codec: CompressionCodec, limit: Int
    ) throws(RecordBatchError) -> ByteBuffer {
        if codec == .none && block.readableBytes <= limit { return block }
        var output = ByteBuffer()
        unsafe try block.withUnsafeReadableBytes { bytes throws(RecordBatchError) in
            unsafe try decompress(bytes, codec: codec, limit: limit, into: &output)
        }
        return output
    }
}

/// How output grows while nobody knows how long it will be: it doubles, and stops one byte behind the limit, so that
/// reaching the limit and passing it are told apart.
struct OutputGrowth {
    /// The least room that a step offers: one block of an lz4 frame, which then needs no copy.
    static let leastStep = 65_536

    let limit: Int
    private(set) var produced = 0

    init(limit: Int) { self.limit = limit }

    /// Lets `body` write into the next piece of `output`, which says how much it wrote.
    mutating func step(
        into output: inout ByteBuffer,
        _ body: (UnsafeMutableRawBufferPointer) throws(RecordBatchError) -> Int
    ) throws(RecordBatchError) {
        let room = max(limit - produced, 0) + 1
        let wanted = min(room, max(Self.leastStep, produced))
        produced += unsafe try output.writeWithUnsafeMutableBytes(minimumWritableBytes: wanted) {
            memory throws(RecordBatchError) in
            unsafe try body(UnsafeMutableRawBufferPointer(rebasing: memory[..<min(room, memory.count)]))
        }
        guard produced <= limit else { throw .decompressionLimitExceeded(limit: limit) }
    }
}
