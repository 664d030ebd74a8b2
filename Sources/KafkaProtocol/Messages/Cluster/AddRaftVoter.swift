/// AddRaftVoter request, API key 80.
package struct AddRaftVoterRequest: RequestMessage {
    package static let messageName = "AddRaftVoterRequest"
    package static let versions: ClosedRange<Int16> = 0...1
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.addRaftVoter
    package typealias Response = AddRaftVoterResponse

    package var clusterID: String? = ""
    package var timeoutMs: Int32 = 0
    package var voterID: Int32 = 0
    package var voterDirectoryID = KafkaUUID.zero
    package var listeners: [Listener] = []
    package var ackWhenCommitted = true

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ClusterId", &clusterID, 0..., nullable: 0..., default: "")
        try coder.field("TimeoutMs", &timeoutMs, 0...)
        try coder.field("VoterId", &voterID, 0...)
        try coder.field("VoterDirectoryId", &voterDirectoryID, 0...)
        try coder.field("Listeners", &listeners, 0...)
        try coder.field("AckWhenCommitted", &ackWhenCommitted, 1..., default: true)
    }
}

extension AddRaftVoterRequest {
    package struct Listener: WireStructure {
        package var name = ""
        package var host = ""
        package var port: UInt16 = 0

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Name", &name, 0...)
            try coder.field("Host", &host, 0...)
            try coder.field("Port", &port, 0...)
        }
    }
}

/// AddRaftVoter response, API key 80.
package struct AddRaftVoterResponse: ResponseMessage {
    package static let messageName = "AddRaftVoterResponse"
    package static let versions: ClosedRange<Int16> = 0...1
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.addRaftVoter

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
