import CZstd
import NIOCore

/// Writes one zstd frame, which states its content's size.
@safe struct ZstdCompressor: ~Copyable {
    private let level: Int32
    private var context: OpaquePointer?

    init(level: Int32?) {
        self.level = level ?? 3
        unsafe context = nil
    }

    deinit { unsafe ZSTD_freeCCtx(context) }

    mutating func compress(_ input: UnsafeRawBufferPointer, into output: inout ByteBuffer) throws(RecordBatchError) {
        if unsafe context == nil { unsafe context = ZSTD_createCCtx() }
        guard let context = unsafe context,
            unsafe ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level)) == 0
        else { throw .compressionFailed(.zstd) }
        let bound = ZSTD_compressBound(input.count)
        unsafe try output.writeWithUnsafeMutableBytes(minimumWritableBytes: bound) { memory throws(RecordBatchError) in
            let written = unsafe ZSTD_compress2(
                context, memory.baseAddress, memory.count, input.baseAddress, input.count)
            guard ZSTD_isError(written) == 0 else { throw .compressionFailed(.zstd) }
            return written
        }
    }
}

/// Reads zstd frames, one or several behind each other.
///
/// It decodes straight into the output, so that the window which a frame asks for (up to 128 MB) is never allocated.
/// Where the output is too small it grows and decoding starts again; a reused output is rarely too small.
@safe struct ZstdDecompressor: ~Copyable {
    private var context: OpaquePointer?

    init() { unsafe context = nil }

    deinit { unsafe ZSTD_freeDCtx(context) }

    mutating func decompress(
        _ input: UnsafeRawBufferPointer, limit: Int, into output: inout ByteBuffer
    ) throws(RecordBatchError) {
        guard input.count > 0 else { throw .decompressionFailed(.zstd) }
        if unsafe context == nil { unsafe context = ZSTD_createDCtx() }
        guard let context = unsafe context else { throw .decompressionFailed(.zstd) }
        var capacity = min(limit, max(OutputGrowth.leastStep, input.count * 4, output.writableBytes))
        var isDone = false
        while !isDone {
            unsafe try output.writeWithUnsafeMutableBytes(minimumWritableBytes: capacity) {
                memory throws(RecordBatchError) in
                let result = unsafe ZSTD_decompressDCtx(
                    context, memory.baseAddress, capacity, input.baseAddress, input.count)
                isDone = ZSTD_isError(result) == 0
                if isDone { return result }
                guard ZSTD_getErrorCode(result) == ZSTD_error_dstSize_tooSmall else {
                    throw .decompressionFailed(.zstd)
                }
                guard capacity < limit else { throw .decompressionLimitExceeded(limit: limit) }
                capacity = min(limit, capacity * 4)
                return 0
            }
        }
    }
}
