package import NIOCore

/// RenewDelegationToken request, API key 39.
package struct RenewDelegationTokenRequest: RequestMessage {
    package static let messageName = "RenewDelegationTokenRequest"
    package static let versions: ClosedRange<Int16> = 1...2
    package static let firstFlexibleVersion: Int16? = 2
    package static let apiKey = ApiKey.renewDelegationToken
    package typealias Response = RenewDelegationTokenResponse

    package var hmac = ByteBuffer()
    package var renewPeriodMs: Int64 = 0

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("Hmac", &hmac, 0...)
        try coder.field("RenewPeriodMs", &renewPeriodMs, 0...)
    }
}

/// RenewDelegationToken response, API key 39.
package struct RenewDelegationTokenResponse: ResponseMessage {
    package static let messageName = "RenewDelegationTokenResponse"
    package static let versions: ClosedRange<Int16> = 1...2
    package static let firstFlexibleVersion: Int16? = 2
    package static let apiKey = ApiKey.renewDelegationToken

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
