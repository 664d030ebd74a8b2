package import NIOCore

/// A field of type `records`: batches in memory, or a promise of so many bytes that the sender will put there itself
/// (a range of a segment file, by sendfile).
package enum RecordsField: Hashable, Sendable {
    case null
    case bytes(ByteBuffer)
    case external(byteCount: Int)

    package var buffer: ByteBuffer? {
        if case .bytes(let buffer) = self { buffer } else { nil }
    }

    package var byteCount: Int {
        switch self {
        case .null: 0
        case .bytes(let buffer): buffer.readableBytes
        case .external(let count): count
        }
    }
}

extension RecordsField: WireValue {
    package static var wireDefault: RecordsField { .null }
    @inline(__always)
    package mutating func visit<Coder: FieldCoder>(_ coder: inout Coder, nullable: Bool) throws(ProtocolError) {
        try coder.records(&self, nullable: nullable)
    }
}
