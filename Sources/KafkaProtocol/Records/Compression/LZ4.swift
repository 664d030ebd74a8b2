import CLZ4
import NIOCore

/// Writes one lz4 frame as Kafka's clients want it: independent blocks of 64 KB, no checksum of the content.
@safe struct LZ4Compressor: ~Copyable {
    private var preferences: LZ4F_preferences_t
    private var context: OpaquePointer?

    init(level: Int32?) {
        preferences = LZ4F_preferences_t()
        preferences.frameInfo.blockSizeID = LZ4F_max64KB
        preferences.frameInfo.blockMode = LZ4F_blockIndependent
        // Kafka's default, 9, is the fast compressor; other levels from 3 on are the thorough one, which ends at 12.
        preferences.compressionLevel = level.map { $0 == 9 ? 0 : min($0, 12) } ?? 0
        preferences.autoFlush = 1
        unsafe context = nil
    }

    deinit { unsafe LZ4F_freeCompressionContext(context) }

    mutating func compress(_ input: UnsafeRawBufferPointer, into output: inout ByteBuffer) throws(RecordBatchError) {
        if unsafe context == nil {
            guard unsafe LZ4F_isError(LZ4F_createCompressionContext(&context, UInt32(LZ4F_VERSION))) == 0 else {
                throw .compressionFailed(.lz4)
            }
        }
        let bound = unsafe LZ4F_compressBound(input.count, &preferences) + Self.frameHeaderByteCount
        unsafe try output.writeWithUnsafeMutableBytes(minimumWritableBytes: bound) { memory throws(RecordBatchError) in
            var written = 0
            unsafe written += try Self.checked(
                LZ4F_compressBegin(context, memory.baseAddress, memory.count, &preferences))
            unsafe written += try Self.checked(
                LZ4F_compressUpdate(
                    context, memory.baseAddress.map { unsafe $0 + written }, memory.count - written, input.baseAddress,
                    input.count, nil))
            unsafe written += try Self.checked(
                LZ4F_compressEnd(
                    context, memory.baseAddress.map { unsafe $0 + written }, memory.count - written, nil))
            return written
        }
    }

    /// The longest head of a frame (`LZ4F_HEADER_SIZE_MAX`).
    private static let frameHeaderByteCount = 19

    private static func checked(_ result: Int) throws(RecordBatchError) -> Int {
        guard LZ4F_isError(result) == 0 else { throw .compressionFailed(.lz4) }
        return result
    }
}

/// Reads lz4 frames, one or several behind each other, with independent or linked blocks of any size.
@safe struct LZ4Decompressor: ~Copyable {
    private var context: OpaquePointer?

    init() { unsafe context = nil }

    deinit { unsafe LZ4F_freeDecompressionContext(context) }

    mutating func decompress(
        _ input: UnsafeRawBufferPointer, limit: Int, into output: inout ByteBuffer
    ) throws(RecordBatchError) {
        guard input.count > 0 else { throw .decompressionFailed(.lz4) }
        try prepare()
        var consumed = 0
        var growth = OutputGrowth(limit: limit)
        var hint = 1
        while hint != 0 || consumed < input.count {
            unsafe try growth.step(into: &output) { memory throws(RecordBatchError) in
                var written = memory.count
                var taken = input.count - consumed
                unsafe hint = LZ4F_decompress(
                    context, memory.baseAddress, &written, input.baseAddress.map { unsafe $0 + consumed }, &taken, nil)
                guard LZ4F_isError(hint) == 0, written > 0 || taken > 0 else { throw .decompressionFailed(.lz4) }
                consumed += taken
                return written
            }
        }
    }

    private mutating func prepare() throws(RecordBatchError) {
        if unsafe context != nil {
            unsafe LZ4F_resetDecompressionContext(context)
        } else if unsafe LZ4F_isError(LZ4F_createDecompressionContext(&context, UInt32(LZ4F_VERSION))) != 0 {
            throw .decompressionFailed(.lz4)
        }
    }
}
