package import NIOCore

/// SyncGroup request, API key 14.
package struct SyncGroupRequest: RequestMessage {
    package static let messageName = "SyncGroupRequest"
    package static let versions: ClosedRange<Int16> = 0...5
    package static let firstFlexibleVersion: Int16? = 4
    package static let apiKey = ApiKey.syncGroup
    package typealias Response = SyncGroupResponse

    package var groupID = ""
    package var generationID: Int32 = 0
    package var memberID = ""
    package var groupInstanceID: String?
    package var protocolType: String?
    package var protocolName: String?
    package var assignments: [SyncGroupRequestAssignment] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("GroupId", &groupID, 0...)
        try coder.field("GenerationId", &generationID, 0...)
        try coder.field("MemberId", &memberID, 0...)
        try coder.field("GroupInstanceId", &groupInstanceID, 3..., nullable: 3...)
        try coder.field("ProtocolType", &protocolType, 5..., nullable: 5..., ignorable: true)
        try coder.field("ProtocolName", &protocolName, 5..., nullable: 5..., ignorable: true)
        try coder.field("Assignments", &assignments, 0...)
    }
}

extension SyncGroupRequest {
    package struct SyncGroupRequestAssignment: WireStructure {
        package var memberID = ""
        package var assignment = ByteBuffer()

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("MemberId", &memberID, 0...)
            try coder.field("Assignment", &assignment, 0...)
        }
    }
}

/// SyncGroup response, API key 14.
package struct SyncGroupResponse: ResponseMessage {
    package static let messageName = "SyncGroupResponse"
    package static let versions: ClosedRange<Int16> = 0...5
    package static let firstFlexibleVersion: Int16? = 4
    package static let apiKey = ApiKey.syncGroup

    package var throttleTimeMs: Int32 = 0
    package var errorCode = ErrorCode.none
    package var protocolType: String?
    package var protocolName: String?
    package var assignment = ByteBuffer()

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 1..., ignorable: true)
        try coder.field("ErrorCode", &errorCode, 0...)
        try coder.field("ProtocolType", &protocolType, 5..., nullable: 5..., ignorable: true)
        try coder.field("ProtocolName", &protocolName, 5..., nullable: 5..., ignorable: true)
        try coder.field("Assignment", &assignment, 0...)
    }
}
