package import NIOCore

/// A record of the cluster metadata log: a frame version, the record's type and version as variable-length integers,
/// then the body (KIP-631).
package protocol MetadataRecord: KafkaMessage {
    static var recordType: UInt32 { get }
}

extension MetadataRecord {
    /// The value of the log's record.
    package func recordValue(version: Int16) throws(ProtocolError) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.writeUnsignedVarint(1)
        buffer.writeUnsignedVarint(Self.recordType)
        buffer.writeUnsignedVarint(UInt32(version))
        try encode(into: &buffer, version: version)
        return buffer
    }
}

/// The head of a metadata record, read before its body's type is known.
package struct MetadataRecordFrame: Hashable, Sendable {
    package var recordType: UInt32
    package var version: Int16
    package var body: ByteBuffer

    package init(_ value: ByteBuffer) throws(ProtocolError) {
        var buffer = value
        guard try buffer.readUnsignedVarint() == 1 else { throw .malformedTags }
        recordType = try buffer.readUnsignedVarint()
        guard let version = Int16(exactly: try buffer.readUnsignedVarint()) else { throw .overlongVarint }
        self.version = version
        body = buffer
    }
}
