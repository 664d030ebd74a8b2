package import NIOCore

/// Cuts a stream of bytes into frames: a size of four bytes, then so many bytes.
package struct FrameAccumulator {
    private var pending: ByteBuffer?
    private let limit: Int

    /// - Parameter limit: the largest size that is accepted, in bytes.
    package init(limit: Int) { self.limit = limit }

    package mutating func append(_ bytes: ByteBuffer) {
        guard var pending, pending.readableBytes > 0 else { return self.pending = bytes }
        self.pending = nil
        pending.writeImmutableBuffer(bytes)
        self.pending = pending
    }

    /// The next whole frame, without its size; nil until more bytes have come.
    package mutating func next() throws(KafkaError) -> ByteBuffer? {
        guard let size = pending?.getInteger(at: pending?.readerIndex ?? 0, as: Int32.self) else { return nil }
        guard size >= 4, size <= limit else {
            throw KafkaError(
                .protocolViolation,
                "the peer sent a frame of \(size) bytes (at most \(limit) are accepted); is it a Kafka broker?")
        }
        let needed = 4 + Int(size)
        guard let available = pending?.readableBytes, available >= needed else {
            makeRoom(for: needed)
            return nil
        }
        pending?.moveReaderIndex(forwardBy: 4)
        return pending?.readSlice(length: Int(size))
    }

    /// Frames given out share the storage; what is left of it moves to storage of its own, so that appending does not
    /// copy the frames too.
    private mutating func makeRoom(for needed: Int) {
        guard var rest = pending, rest.readerIndex > 0 || rest.capacity < needed else { return }
        pending = nil
        // A peer's word is not worth a reservation of any size: beyond a few megabytes the buffer grows as bytes come.
        var fresh = ByteBuffer()
        fresh.reserveCapacity(min(needed, max(4 << 20, 2 * rest.readableBytes)))
        fresh.writeBuffer(&rest)
        pending = fresh
    }
}
