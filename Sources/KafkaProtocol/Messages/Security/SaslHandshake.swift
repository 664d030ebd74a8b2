/// SaslHandshake request, API key 17.
package struct SaslHandshakeRequest: RequestMessage {
    package static let messageName = "SaslHandshakeRequest"
    package static let versions: ClosedRange<Int16> = 0...1
    package static let firstFlexibleVersion: Int16? = nil
    package static let apiKey = ApiKey.saslHandshake
    package typealias Response = SaslHandshakeResponse

    package var mechanism = ""

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("Mechanism", &mechanism, 0...)
    }
}

/// SaslHandshake response, API key 17.
package struct SaslHandshakeResponse: ResponseMessage {
    package static let messageName = "SaslHandshakeResponse"
    package static let versions: ClosedRange<Int16> = 0...1
    package static let firstFlexibleVersion: Int16? = nil
    package static let apiKey = ApiKey.saslHandshake

    package var errorCode = ErrorCode.none
    package var mechanisms: [String] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ErrorCode", &errorCode, 0...)
        try coder.field("Mechanisms", &mechanisms, 0...)
    }
}
