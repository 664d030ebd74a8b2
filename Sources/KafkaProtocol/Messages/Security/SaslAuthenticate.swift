package import NIOCore

/// SaslAuthenticate request, API key 36.
package struct SaslAuthenticateRequest: RequestMessage {
    package static let messageName = "SaslAuthenticateRequest"
    package static let versions: ClosedRange<Int16> = 0...2
    package static let firstFlexibleVersion: Int16? = 2
    package static let apiKey = ApiKey.saslAuthenticate
    package typealias Response = SaslAuthenticateResponse

    package var authBytes = ByteBuffer()

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("AuthBytes", &authBytes, 0...)
    }
}

/// SaslAuthenticate response, API key 36.
package struct SaslAuthenticateResponse: ResponseMessage {
    package static let messageName = "SaslAuthenticateResponse"
    package static let versions: ClosedRange<Int16> = 0...2
    package static let firstFlexibleVersion: Int16? = 2
    package static let apiKey = ApiKey.saslAuthenticate

    package var errorCode = ErrorCode.none
    package var errorMessage: String? = ""
    package var authBytes = ByteBuffer()
    package var sessionLifetimeMs: Int64 = 0

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ErrorCode", &errorCode, 0...)
        try coder.field("ErrorMessage", &errorMessage, 0..., nullable: 0..., default: "")
        try coder.field("AuthBytes", &authBytes, 0...)
        try coder.field("SessionLifetimeMs", &sessionLifetimeMs, 1..., ignorable: true)
    }
}
