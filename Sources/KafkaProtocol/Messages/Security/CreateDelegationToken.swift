package import NIOCore

/// CreateDelegationToken request, API key 38.
package struct CreateDelegationTokenRequest: RequestMessage {
    package static let messageName = "CreateDelegationTokenRequest"
    package static let versions: ClosedRange<Int16> = 1...3
    package static let firstFlexibleVersion: Int16? = 2
    package static let apiKey = ApiKey.createDelegationToken
    package typealias Response = CreateDelegationTokenResponse

    package var ownerPrincipalType: String? = ""
    package var ownerPrincipalName: String? = ""
    package var renewers: [CreatableRenewers] = []
    package var maxLifetimeMs: Int64 = 0

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("OwnerPrincipalType", &ownerPrincipalType, 3..., nullable: 3..., default: "")
        try coder.field("OwnerPrincipalName", &ownerPrincipalName, 3..., nullable: 3..., default: "")
        try coder.field("Renewers", &renewers, 0...)
        try coder.field("MaxLifetimeMs", &maxLifetimeMs, 0...)
    }
}

extension CreateDelegationTokenRequest {
    package struct CreatableRenewers: WireStructure {
        package var principalType = ""
        package var principalName = ""

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("PrincipalType", &principalType, 0...)
            try coder.field("PrincipalName", &principalName, 0...)
        }
    }
}

/// CreateDelegationToken response, API key 38.
package struct CreateDelegationTokenResponse: ResponseMessage {
    package static let messageName = "CreateDelegationTokenResponse"
    package static let versions: ClosedRange<Int16> = 1...3
    package static let firstFlexibleVersion: Int16? = 2
    package static let apiKey = ApiKey.createDelegationToken

    package var errorCode = ErrorCode.none
    package var principalType = ""
    package var principalName = ""
    package var tokenRequesterPrincipalType = ""
    package var tokenRequesterPrincipalName = ""
    package var issueTimestampMs: Int64 = 0
    package var expiryTimestampMs: Int64 = 0
    package var maxTimestampMs: Int64 = 0
    package var tokenID = ""
    package var hmac = ByteBuffer()
    package var throttleTimeMs: Int32 = 0

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ErrorCode", &errorCode, 0...)
        try coder.field("PrincipalType", &principalType, 0...)
        try coder.field("PrincipalName", &principalName, 0...)
        try coder.field("TokenRequesterPrincipalType", &tokenRequesterPrincipalType, 3...)
        try coder.field("TokenRequesterPrincipalName", &tokenRequesterPrincipalName, 3...)
        try coder.field("IssueTimestampMs", &issueTimestampMs, 0...)
        try coder.field("ExpiryTimestampMs", &expiryTimestampMs, 0...)
        try coder.field("MaxTimestampMs", &maxTimestampMs, 0...)
        try coder.field("TokenId", &tokenID, 0...)
        try coder.field("Hmac", &hmac, 0...)
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 0...)
    }
}
