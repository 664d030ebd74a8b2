package import NIOCore

/// One whole batch where it lies: its header as numbers and all its bytes as a slice, which shares the storage that it
/// was found in.
package struct RecordBatchView: Hashable, Sendable {
    package let header: RecordBatchHeader
    /// All bytes of the batch, the header included, and nothing else.
    package let bytes: ByteBuffer

    /// Takes the batch that begins at `index` of the readable bytes of `buffer`. Copies nothing, checks the length only.
    package init(_ buffer: ByteBuffer, at index: Int) throws(RecordBatchError) {
        let header = try RecordBatchHeader(from: buffer, at: index)
        guard let slice = buffer.getSlice(at: index, length: header.sizeInBytes) else {
            throw .tooShort(available: buffer.writerIndex - index, needed: header.sizeInBytes)
        }
        self.header = header
        self.bytes = slice
    }

    /// Takes the batch at the reader index of `buffer`.
    package init(_ buffer: ByteBuffer) throws(RecordBatchError) { try self.init(buffer, at: buffer.readerIndex) }

    /// Takes the batch that fills the readable bytes of `buffer`: since KIP-98 a producer sends one batch per partition.
    package init(onlyBatchIn buffer: ByteBuffer) throws(RecordBatchError) {
        guard buffer.readableBytes > 0 else { throw .notOneBatch }
        try self.init(buffer)
        guard header.sizeInBytes == buffer.readableBytes else { throw .notOneBatch }
    }

    /// The checksum of the bytes as they are. Reads all of them.
    package var computedCRC: UInt32 {
        unsafe bytes.withUnsafeReadableBytes { bytes in
            unsafe CRC32C.checksum(
                of: UnsafeRawBufferPointer(rebasing: bytes[RecordBatchHeader.Position.attributes...]))
        }
    }

    /// Whether the bytes are those that the header's checksum was made of. Reads all of them.
    package var crcIsValid: Bool { computedCRC == header.crc }

    /// Throws unless the checksum is right. Reads all bytes.
    package func checkCRC() throws(RecordBatchError) {
        let computed = computedCRC
        guard computed == header.crc else { throw .crcMismatch(stored: header.crc, computed: computed) }
    }

    /// The bytes behind the header: the records, or their compressed block.
    package var recordsSlice: ByteBuffer {
        var slice = bytes
        slice.moveReaderIndex(forwardBy: RecordBatchHeader.byteCount)
        return slice
    }
}
