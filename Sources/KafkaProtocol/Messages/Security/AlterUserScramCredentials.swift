package import NIOCore

/// AlterUserScramCredentials request, API key 51.
package struct AlterUserScramCredentialsRequest: RequestMessage {
    package static let messageName = "AlterUserScramCredentialsRequest"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.alterUserScramCredentials
    package typealias Response = AlterUserScramCredentialsResponse

    package var deletions: [ScramCredentialDeletion] = []
    package var upsertions: [ScramCredentialUpsertion] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("Deletions", &deletions, 0...)
        try coder.field("Upsertions", &upsertions, 0...)
    }
}

extension AlterUserScramCredentialsRequest {
    package struct ScramCredentialDeletion: WireStructure {
        package var name = ""
        package var mechanism: Int8 = 0

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Name", &name, 0...)
            try coder.field("Mechanism", &mechanism, 0...)
        }
    }

    package struct ScramCredentialUpsertion: WireStructure {
        package var name = ""
        package var mechanism: Int8 = 0
        package var iterations: Int32 = 0
        package var salt = ByteBuffer()
        package var saltedPassword = ByteBuffer()

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Name", &name, 0...)
            try coder.field("Mechanism", &mechanism, 0...)
            try coder.field("Iterations", &iterations, 0...)
            try coder.field("Salt", &salt, 0...)
            try coder.field("SaltedPassword", &saltedPassword, 0...)
        }
    }
}

/// AlterUserScramCredentials response, API key 51.
package struct AlterUserScramCredentialsResponse: ResponseMessage {
    package static let messageName = "AlterUserScramCredentialsResponse"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.alterUserScramCredentials

    package var throttleTimeMs: Int32 = 0
    package var results: [AlterUserScramCredentialsResult] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 0...)
        try coder.field("Results", &results, 0...)
    }
}

extension AlterUserScramCredentialsResponse {
    package struct AlterUserScramCredentialsResult: WireStructure {
        package var user = ""
        package var errorCode = ErrorCode.none
        package var errorMessage: String? = ""

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("User", &user, 0...)
            try coder.field("ErrorCode", &errorCode, 0...)
            try coder.field("ErrorMessage", &errorMessage, 0..., nullable: 0..., default: "")
        }
    }
}
