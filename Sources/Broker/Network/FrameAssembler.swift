package import KafkaProtocol
package import NIOCore

/// Cuts a stream of bytes into frames: a 4-byte size, then so many bytes.
///
/// A frame that lies within one chunk is a slice of it. Memory for a larger one grows with the bytes that have really
/// come, never with what its size promises.
package struct FrameAssembler {
    private let maxFrameSize: Int32
    private let allocator: ByteBufferAllocator
    private var chunk = ByteBuffer()
    private var sizeBytes = ByteBuffer()
    private var frame: ByteBuffer?
    private var missing = 0

    /// What is reserved for a frame before its bytes have come.
    private static let firstReservation = 1 << 20

    package init(maxFrameSize: Int32, allocator: ByteBufferAllocator = ByteBufferAllocator()) {
        self.maxFrameSize = maxFrameSize
        self.allocator = allocator
    }

    /// Whether bytes are waiting that ``next()`` has not looked at.
    var hasInput: Bool { chunk.readableBytes > 0 }

    /// What is held for a frame that has not come as a whole.
    package var reservedBytes: Int { frame?.capacity ?? 0 }

    /// Adds what was read from the socket.
    package mutating func receive(_ bytes: ByteBuffer) {
        if chunk.readableBytes == 0 { chunk = bytes } else { chunk.writeImmutableBuffer(bytes) }
    }

    /// The next whole frame without its size, or nil if more bytes are needed.
    package mutating func next() throws(ProtocolError) -> ByteBuffer? {
        if frame == nil {
            guard let size = try readSize() else { return nil }
            if let whole = chunk.readSlice(length: size) { return whole }
            frame = allocator.buffer(capacity: min(size, Self.firstReservation))
            missing = size
        }
        let count = min(missing, chunk.readableBytes)
        if count > 0, let part = chunk.readSlice(length: count) {
            frame?.writeImmutableBuffer(part)
            missing -= count
        }
        guard missing == 0 else { return nil }
        defer { frame = nil }
        return frame
    }

    private mutating func readSize() throws(ProtocolError) -> Int? {
        if sizeBytes.readableBytes == 0, let size = chunk.readInteger(as: Int32.self) { return try check(size) }
        if let part = chunk.readSlice(length: min(4 - sizeBytes.readableBytes, chunk.readableBytes)) {
            sizeBytes.writeImmutableBuffer(part)
        }
        guard let size = sizeBytes.readInteger(as: Int32.self) else { return nil }
        sizeBytes.clear()
        return try check(size)
    }

    private func check(_ size: Int32) throws(ProtocolError) -> Int {
        guard size >= ProtocolLimits.minFrameSize, size <= maxFrameSize else { throw .frameSizeOutOfBounds(size) }
        return Int(size)
    }
}
