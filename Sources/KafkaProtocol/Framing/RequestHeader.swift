package import NIOCore

/// What stands before every request: which API, which version, and the number that its answer will carry.
package struct RequestHeader: KafkaMessage {
    package static let messageName = "RequestHeader"
    package static let versions: ClosedRange<Int16> = 1...2
    package static let firstFlexibleVersion: Int16? = 2

    package var apiKey = ApiKey(rawValue: 0)
    package var apiVersion: Int16 = 0
    package var correlationID: Int32 = 0
    package var clientID: String?

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("RequestApiKey", &apiKey, 0...)
        try coder.field("RequestApiVersion", &apiVersion, 0...)
        try coder.field("CorrelationId", &correlationID, 0...)
        try coder.legacyString("ClientId", &clientID, 1...)
    }

    // Every request has one: this type's own copy of the reader is called without a witness table.
    package static func decodePrefix(of buffer: inout ByteBuffer, version: Int16) throws(ProtocolError) -> Self {
        try MessageReader.decodePrefix(of: &buffer, version: version)
    }
}

/// What stands before every answer.
package struct ResponseHeader: KafkaMessage {
    package static let messageName = "ResponseHeader"
    package static let versions: ClosedRange<Int16> = 0...1
    package static let firstFlexibleVersion: Int16? = 1

    package var correlationID: Int32 = 0

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("CorrelationId", &correlationID, 0...)
    }

    @discardableResult
    package func encode(into buffer: inout ByteBuffer, version: Int16) throws(ProtocolError) -> [MessageWriter.Splice] {
        try MessageWriter.encode(self, into: &buffer, version: version)
    }
}
