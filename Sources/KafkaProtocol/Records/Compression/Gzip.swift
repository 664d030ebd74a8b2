import CZlib
import NIOCore

/// Writes gzip members (RFC 1952) without name and time.
@safe struct GzipCompressor: ~Copyable {
    private let level: Int32
    private var stream: UnsafeMutablePointer<z_stream>?

    init(level: Int32?) {
        self.level = level ?? Z_DEFAULT_COMPRESSION
        unsafe stream = nil
    }

    deinit {
        guard let stream = unsafe stream else { return }
        unsafe deflateEnd(stream)
        unsafe stream.deallocate()
    }

    mutating func compress(_ input: UnsafeRawBufferPointer, into output: inout ByteBuffer) throws(RecordBatchError) {
        let stream = unsafe try prepared()
        let bound = unsafe Int(deflateBound(stream, UInt(input.count)))
        unsafe try output.writeWithUnsafeMutableBytes(minimumWritableBytes: bound) { memory throws(RecordBatchError) in
            let room = min(memory.count, Int(UInt32.max))
            unsafe stream.pointee.setInput(input)
            unsafe stream.pointee.setOutput(memory, room: room)
            guard unsafe deflate(stream, Z_FINISH) == Z_STREAM_END else { throw .compressionFailed(.gzip) }
            return unsafe room - Int(stream.pointee.avail_out)
        }
    }

    private mutating func prepared() throws(RecordBatchError) -> UnsafeMutablePointer<z_stream> {
        if let stream = unsafe stream {
            guard unsafe deflateReset(stream) == Z_OK else { throw .compressionFailed(.gzip) }
            return unsafe stream
        }
        let fresh = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        unsafe fresh.initialize(to: z_stream())
        let made = unsafe deflateInit2_(
            fresh, level, Z_DEFLATED, gzipWindowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        guard made == Z_OK else {
            unsafe fresh.deallocate()
            throw .compressionFailed(.gzip)
        }
        unsafe stream = fresh
        return unsafe fresh
    }
}

/// Reads gzip members, one or several behind each other.
@safe struct GzipDecompressor: ~Copyable {
    private var stream: UnsafeMutablePointer<z_stream>?

    init() { unsafe stream = nil }

    deinit {
        guard let stream = unsafe stream else { return }
        unsafe inflateEnd(stream)
        unsafe stream.deallocate()
    }

    mutating func decompress(
        _ input: UnsafeRawBufferPointer, limit: Int, into output: inout ByteBuffer
    ) throws(RecordBatchError) {
        let stream = unsafe try prepared()
        guard input.count > 0, input.count <= Int(Int32.max) else { throw .decompressionFailed(.gzip) }
        unsafe stream.pointee.setInput(input)
        var growth = OutputGrowth(limit: limit)
        var isOpen = true
        while isOpen {
            unsafe try growth.step(into: &output) { memory throws(RecordBatchError) in
                let room = min(memory.count, Int(Int32.max))
                unsafe stream.pointee.setOutput(memory, room: room)
                let result = unsafe inflate(stream, Z_NO_FLUSH)
                let written = unsafe room - Int(stream.pointee.avail_out)
                switch result {
                case Z_STREAM_END:
                    isOpen = unsafe stream.pointee.avail_in > 0
                    if isOpen, unsafe inflateReset(stream) != Z_OK { throw .decompressionFailed(.gzip) }
                case Z_OK where unsafe stream.pointee.avail_in > 0 || stream.pointee.avail_out == 0: break
                default: throw .decompressionFailed(.gzip)
                }
                return written
            }
        }
    }

    private mutating func prepared() throws(RecordBatchError) -> UnsafeMutablePointer<z_stream> {
        if let stream = unsafe stream {
            guard unsafe inflateReset(stream) == Z_OK else { throw .decompressionFailed(.gzip) }
            return unsafe stream
        }
        let fresh = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        unsafe fresh.initialize(to: z_stream())
        let made = unsafe inflateInit2_(fresh, gzipWindowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard made == Z_OK else {
            unsafe fresh.deallocate()
            throw .decompressionFailed(.gzip)
        }
        unsafe stream = fresh
        return unsafe fresh
    }
}

/// The largest window, with gzip's own head and tail (zlib adds 16 for that).
private let gzipWindowBits: Int32 = 15 + 16

extension z_stream {
    fileprivate mutating func setInput(_ bytes: UnsafeRawBufferPointer) {
        // zlib never writes there; its header just does not say so.
        unsafe next_in = UnsafeMutablePointer(mutating: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
        unsafe avail_in = UInt32(bytes.count)
    }

    fileprivate mutating func setOutput(_ memory: UnsafeMutableRawBufferPointer, room: Int) {
        unsafe next_out = memory.baseAddress?.assumingMemoryBound(to: UInt8.self)
        unsafe avail_out = UInt32(room)
    }
}
