package import NIOCore

/// ExpireDelegationToken request, API key 40.
package struct ExpireDelegationTokenRequest: RequestMessage {
    package static let messageName = "ExpireDelegationTokenRequest"
    package static let versions: ClosedRange<Int16> = 1...2
    package static let firstFlexibleVersion: Int16? = 2
    package static let apiKey = ApiKey.expireDelegationToken
    package typealias Response = ExpireDelegationTokenResponse

    package var hmac = ByteBuffer()
    package var expiryTimePeriodMs: Int64 = 0

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("Hmac", &hmac, 0...)
        try coder.field("ExpiryTimePeriodMs", &expiryTimePeriodMs, 0...)
    }
}

/// ExpireDelegationToken response, API key 40.
package struct ExpireDelegationTokenResponse: ResponseMessage {
    package static let messageName = "ExpireDelegationTokenResponse"
    package static let versions: ClosedRange<Int16> = 1...2
    package static let firstFlexibleVersion: Int16? = 2
    package static let apiKey = ApiKey.expireDelegationToken

    package var errorCode = ErrorCode.none
    package var expiryTimestampMs: Int64 = 0
    package var throttleTimeMs: Int32 = 0

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ErrorCode", &errorCode, 0...)
        try coder.field("ExpiryTimestampMs", &expiryTimestampMs, 0...)
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 0...)
    }
}
