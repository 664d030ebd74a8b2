/// Heartbeat request, API key 12.
package struct HeartbeatRequest: RequestMessage {
    package static let messageName = "HeartbeatRequest"
    package static let versions: ClosedRange<Int16> = 0...4
    package static let firstFlexibleVersion: Int16? = 4
    package static let apiKey = ApiKey.heartbeat
    package typealias Response = HeartbeatResponse

    package var groupID = ""
    package var generationID: Int32 = 0
    package var memberID = ""
    package var groupInstanceID: String?

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("GroupId", &groupID, 0...)
        try coder.field("GenerationId", &generationID, 0...)
        try coder.field("MemberId", &memberID, 0...)
        try coder.field("GroupInstanceId", &groupInstanceID, 3..., nullable: 3...)
    }
}

/// Heartbeat response, API key 12.
package struct HeartbeatResponse: ResponseMessage {
    package static let messageName = "HeartbeatResponse"
    package static let versions: ClosedRange<Int16> = 0...4
    package static let firstFlexibleVersion: Int16? = 4
    package static let apiKey = ApiKey.heartbeat

    package var throttleTimeMs: Int32 = 0
    package var errorCode = ErrorCode.none

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 1..., ignorable: true)
        try coder.field("ErrorCode", &errorCode, 0...)
    }
}
