/// DescribeUserScramCredentials request, API key 50.
package struct DescribeUserScramCredentialsRequest: RequestMessage {
    package static let messageName = "DescribeUserScramCredentialsRequest"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.describeUserScramCredentials
    package typealias Response = DescribeUserScramCredentialsResponse

    package var users: [UserName]? = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("Users", &users, 0..., nullable: 0..., default: [])
    }
}

extension DescribeUserScramCredentialsRequest {
    package struct UserName: WireStructure {
        package var name = ""

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Name", &name, 0...)
        }
    }
}

/// DescribeUserScramCredentials response, API key 50.
package struct DescribeUserScramCredentialsResponse: ResponseMessage {
    package static let messageName = "DescribeUserScramCredentialsResponse"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.describeUserScramCredentials

    package var throttleTimeMs: Int32 = 0
    package var errorCode = ErrorCode.none
    package var errorMessage: String? = ""
    package var results: [DescribeUserScramCredentialsResult] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 0...)
        try coder.field("ErrorCode", &errorCode, 0...)
        try coder.field("ErrorMessage", &errorMessage, 0..., nullable: 0..., default: "")
        try coder.field("Results", &results, 0...)
    }
}

extension DescribeUserScramCredentialsResponse {
    package struct DescribeUserScramCredentialsResult: WireStructure {
        package var user = ""
        package var errorCode = ErrorCode.none
        package var errorMessage: String? = ""
        package var credentialInfos: [CredentialInfo] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("User", &user, 0...)
            try coder.field("ErrorCode", &errorCode, 0...)
            try coder.field("ErrorMessage", &errorMessage, 0..., nullable: 0..., default: "")
            try coder.field("CredentialInfos", &credentialInfos, 0...)
        }
    }

    package struct CredentialInfo: WireStructure {
        package var mechanism: Int8 = 0
        package var iterations: Int32 = 0

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Mechanism", &mechanism, 0...)
            try coder.field("Iterations", &iterations, 0...)
        }
    }
}
