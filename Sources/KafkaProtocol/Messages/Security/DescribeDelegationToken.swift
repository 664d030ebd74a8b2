package import NIOCore

/// DescribeDelegationToken request, API key 41.
package struct DescribeDelegationTokenRequest: RequestMessage {
    package static let messageName = "DescribeDelegationTokenRequest"
    package static let versions: ClosedRange<Int16> = 1...3
    package static let firstFlexibleVersion: Int16? = 2
    package static let apiKey = ApiKey.describeDelegationToken
    package typealias Response = DescribeDelegationTokenResponse

    package var owners: [DescribeDelegationTokenOwner]? = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("Owners", &owners, 0..., nullable: 0..., default: [])
    }
}

extension DescribeDelegationTokenRequest {
    package struct DescribeDelegationTokenOwner: WireStructure {
        package var principalType = ""
        package var principalName = ""

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("PrincipalType", &principalType, 0...)
            try coder.field("PrincipalName", &principalName, 0...)
        }
    }
}

/// DescribeDelegationToken response, API key 41.
package struct DescribeDelegationTokenResponse: ResponseMessage {
    package static let messageName = "DescribeDelegationTokenResponse"
    package static let versions: ClosedRange<Int16> = 1...3
    package static let firstFlexibleVersion: Int16? = 2
    package static let apiKey = ApiKey.describeDelegationToken

    package var errorCode = ErrorCode.none
    package var tokens: [DescribedDelegationToken] = []
    package var throttleTimeMs: Int32 = 0

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ErrorCode", &errorCode, 0...)
        try coder.field("Tokens", &tokens, 0...)
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 0...)
    }
}

extension DescribeDelegationTokenResponse {
    package struct DescribedDelegationToken: WireStructure {
        package var principalType = ""
        package var principalName = ""
        package var tokenRequesterPrincipalType = ""
        package var tokenRequesterPrincipalName = ""
        package var issueTimestamp: Int64 = 0
        package var expiryTimestamp: Int64 = 0
        package var maxTimestamp: Int64 = 0
        package var tokenID = ""
        package var hmac = ByteBuffer()
        package var renewers: [DescribedDelegationTokenRenewer] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("PrincipalType", &principalType, 0...)
            try coder.field("PrincipalName", &principalName, 0...)
            try coder.field("TokenRequesterPrincipalType", &tokenRequesterPrincipalType, 3...)
            try coder.field("TokenRequesterPrincipalName", &tokenRequesterPrincipalName, 3...)
            try coder.field("IssueTimestamp", &issueTimestamp, 0...)
            try coder.field("ExpiryTimestamp", &expiryTimestamp, 0...)
            try coder.field("MaxTimestamp", &maxTimestamp, 0...)
            try coder.field("TokenId", &tokenID, 0...)
            try coder.field("Hmac", &hmac, 0...)
            try coder.field("Renewers", &renewers, 0...)
        }
    }

    package struct DescribedDelegationTokenRenewer: WireStructure {
        package var principalType = ""
        package var principalName = ""

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("PrincipalType", &principalType, 0...)
            try coder.field("PrincipalName", &principalName, 0...)
        }
    }
}
