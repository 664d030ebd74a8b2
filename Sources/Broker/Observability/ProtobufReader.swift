import NIOCore

/// Bytes that are not what they should be.
struct MalformedMetrics: Error, Hashable, Sendable {}

/// The fields of a message in Protocol Buffers' wire format, one after another, as slices without copies.
struct ProtobufReader {
    enum Value {
        case varint(UInt64)
        case fixed64(UInt64)
        case bytes(ByteBuffer)
        case fixed32(UInt32)
    }

    private var rest: ByteBuffer

    init(_ message: ByteBuffer) { rest = message }

    /// nil at the end of the message.
    mutating func next() throws(MalformedMetrics) -> (number: UInt64, value: Value)? {
        guard rest.readableBytes > 0 else { return nil }
        let tag = try varint()
        let number = tag >> 3
        guard number > 0, number < 1 << 29 else { throw MalformedMetrics() }
        switch tag & 7 {
        case 0: return (number, .varint(try varint()))
        case 1:
            guard let word = rest.readInteger(endianness: .little, as: UInt64.self) else { throw MalformedMetrics() }
            return (number, .fixed64(word))
        case 2:
            guard let count = Int(exactly: try varint()), let bytes = rest.readSlice(length: count) else {
                throw MalformedMetrics()
            }
            return (number, .bytes(bytes))
        case 5:
            guard let word = rest.readInteger(endianness: .little, as: UInt32.self) else { throw MalformedMetrics() }
            return (number, .fixed32(word))
        default: throw MalformedMetrics()
        }
    }

    private mutating func varint() throws(MalformedMetrics) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard let byte = rest.readInteger(as: UInt8.self) else { throw MalformedMetrics() }
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
        }
        throw MalformedMetrics()
    }
}
