/// RemoveRaftVoter request, API key 81.
package struct RemoveRaftVoterRequest: RequestMessage {
    package static let messageName = "RemoveRaftVoterRequest"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.removeRaftVoter
    package typealias Response = RemoveRaftVoterResponse

    package var clusterID: String? = ""
    package var voterID: Int32 = 0
    package var voterDirectoryID = KafkaUUID.zero

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ClusterId", &clusterID, 0..., nullable: 0..., default: "")
        try coder.field("VoterId", &voterID, 0...)
        try coder.field("VoterDirectoryId", &voterDirectoryID, 0...)
    }
}

/// RemoveRaftVoter response, API key 81.
package struct RemoveRaftVoterResponse: ResponseMessage {
    package static let messageName = "RemoveRaftVoterResponse"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.removeRaftVoter

    package var throttleTimeMs: Int32 = 0
    package var errorCode = ErrorCode.none
    package var errorMessage: String? = ""

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 0...)
        try coder.field("ErrorCode", &errorCode, 0...)
        try coder.field("ErrorMessage", &errorMessage, 0..., nullable: 0..., default: "", ignorable: true)
    }
}
