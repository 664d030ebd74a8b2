import CSnappy
import NIOCore

/// The frame that Java's snappy library puts around blocks, and with it every Kafka client: a magic number, two version
/// numbers, then blocks with their lengths before them.
private enum XerialFrame {
    static let magic: [UInt8] = [0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]
    static let headerByteCount = 16
    static let version: Int32 = 1
    /// How many plain bytes go into one block.
    static let blockByteCount = 32_768

    static func begins(_ bytes: UnsafeRawBufferPointer, at position: Int) -> Bool {
        guard bytes.count - position >= headerByteCount else { return false }
        return unsafe bytes[position..<position + magic.count].elementsEqual(magic)
    }
}

enum SnappyCompressor {
    static func compress(_ input: UnsafeRawBufferPointer, into output: inout ByteBuffer) throws(RecordBatchError) {
        output.writeBytes(XerialFrame.magic)
        output.writeInteger(XerialFrame.version)
        output.writeInteger(XerialFrame.version)
        var position = 0
        while position < input.count {
            let end = min(input.count, position + XerialFrame.blockByteCount)
            unsafe try block(UnsafeRawBufferPointer(rebasing: input[position..<end]), into: &output)
            position = end
        }
    }

    private static func block(
        _ input: UnsafeRawBufferPointer, into output: inout ByteBuffer
    ) throws(RecordBatchError) {
        let lengthIndex = output.writerIndex
        output.writeInteger(Int32(0))
        let bound = snappy_max_compressed_length(input.count)
        let written = unsafe try output.writeWithUnsafeMutableBytes(minimumWritableBytes: bound) {
            memory throws(RecordBatchError) in
            var length = memory.count
            let status = unsafe snappy_compress(
                input.baseAddress?.assumingMemoryBound(to: CChar.self), input.count,
                memory.baseAddress?.assumingMemoryBound(to: CChar.self), &length)
            guard status == SNAPPY_OK else { throw .compressionFailed(.snappy) }
            return length
        }
        output.setInteger(Int32(written), at: lengthIndex)
    }
}

/// Reads framed blocks, and a bare block, which some clients send.
enum SnappyDecompressor {
    static func decompress(
        _ input: UnsafeRawBufferPointer, limit: Int, into output: inout ByteBuffer
    ) throws(RecordBatchError) {
        var room = limit
        guard unsafe XerialFrame.begins(input, at: 0) else {
            return unsafe try block(input, limit: limit, room: &room, into: &output)
        }
        var position = XerialFrame.headerByteCount
        while position < input.count {
            if unsafe XerialFrame.begins(input, at: position) {
                position += XerialFrame.headerByteCount
                continue
            }
            guard input.count - position >= 4 else { throw .decompressionFailed(.snappy) }
            let length = unsafe Int(input.bigEndian(at: position, as: Int32.self))
            position += 4
            guard length >= 0, length <= input.count - position else { throw .decompressionFailed(.snappy) }
            let bytes = unsafe UnsafeRawBufferPointer(rebasing: input[position..<position + length])
            unsafe try block(bytes, limit: limit, room: &room, into: &output)
            position += length
        }
    }

    private static func block(
        _ input: UnsafeRawBufferPointer, limit: Int, room: inout Int, into output: inout ByteBuffer
    ) throws(RecordBatchError) {
        let source = unsafe input.baseAddress?.assumingMemoryBound(to: CChar.self)
        var announced = 0
        guard unsafe snappy_uncompressed_length(source, input.count, &announced) == SNAPPY_OK else {
            throw .decompressionFailed(.snappy)
        }
        guard announced <= room else { throw .decompressionLimitExceeded(limit: limit) }
        // Three bytes make at most 64 (a copy element), so no block can hold what this one announces.
        guard announced <= input.count * 22 else { throw .decompressionFailed(.snappy) }
        unsafe try output.writeWithUnsafeMutableBytes(minimumWritableBytes: announced) {
            memory throws(RecordBatchError) in
            var length = memory.count
            let status = unsafe snappy_uncompress(
                source, input.count, memory.baseAddress?.assumingMemoryBound(to: CChar.self), &length)
            guard status == SNAPPY_OK, length == announced else { throw .decompressionFailed(.snappy) }
            return length
        }
        room -= announced
    }
}
