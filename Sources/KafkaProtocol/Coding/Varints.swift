package import NIOCore

extension ByteBuffer {
    /// Reads an unsigned variable-length integer of at most 32 bits.
    package mutating func readUnsignedVarint() throws(ProtocolError) -> UInt32 {
        var result: UInt64 = 0
        for shift in stride(from: UInt64(0), through: 28, by: 7) {
            guard let byte = readInteger(as: UInt8.self) else { throw .truncated }
            result |= UInt64(byte & 0x7f) << shift
            if byte & 0x80 == 0 {
                guard let value = UInt32(exactly: result) else { throw .overlongVarint }
                return value
            }
        }
        throw .overlongVarint
    }

    /// Writes an unsigned variable-length integer.
    package mutating func writeUnsignedVarint(_ value: UInt32) {
        var rest = value
        while rest >= 0x80 {
            writeInteger(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        writeInteger(UInt8(truncatingIfNeeded: rest))
    }
}
