package import NIOCore

/// JoinGroup request, API key 11.
package struct JoinGroupRequest: RequestMessage {
    package static let messageName = "JoinGroupRequest"
    package static let versions: ClosedRange<Int16> = 0...9
    package static let firstFlexibleVersion: Int16? = 6
    package static let apiKey = ApiKey.joinGroup
    package typealias Response = JoinGroupResponse

    package var groupID = ""
    package var sessionTimeoutMs: Int32 = 0
    package var rebalanceTimeoutMs: Int32 = -1
    package var memberID = ""
    package var groupInstanceID: String?
    package var protocolType = ""
    package var protocols: [JoinGroupRequestProtocol] = []
    package var reason: String?

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("GroupId", &groupID, 0...)
        try coder.field("SessionTimeoutMs", &sessionTimeoutMs, 0...)
        try coder.field("RebalanceTimeoutMs", &rebalanceTimeoutMs, 1..., default: -1, ignorable: true)
        try coder.field("MemberId", &memberID, 0...)
        try coder.field("GroupInstanceId", &groupInstanceID, 5..., nullable: 5...)
        try coder.field("ProtocolType", &protocolType, 0...)
        try coder.field("Protocols", &protocols, 0...)
        try coder.field("Reason", &reason, 8..., nullable: 8..., ignorable: true)
    }
}

extension JoinGroupRequest {
    package struct JoinGroupRequestProtocol: WireStructure {
        package var name = ""
        package var metadata = ByteBuffer()

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Name", &name, 0...)
            try coder.field("Metadata", &metadata, 0...)
        }
    }
}

/// JoinGroup response, API key 11.
package struct JoinGroupResponse: ResponseMessage {
    package static let messageName = "JoinGroupResponse"
    package static let versions: ClosedRange<Int16> = 0...9
    package static let firstFlexibleVersion: Int16? = 6
    package static let apiKey = ApiKey.joinGroup

    package var throttleTimeMs: Int32 = 0
    package var errorCode = ErrorCode.none
    package var generationID: Int32 = -1
    package var protocolType: String?
    package var protocolName: String? = ""
    package var leader = ""
    package var skipAssignment = false
    package var memberID = ""
    package var members: [JoinGroupResponseMember] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 2..., ignorable: true)
        try coder.field("ErrorCode", &errorCode, 0...)
        try coder.field("GenerationId", &generationID, 0..., default: -1)
        try coder.field("ProtocolType", &protocolType, 7..., nullable: 7..., ignorable: true)
        try coder.field("ProtocolName", &protocolName, 0..., nullable: 7..., default: "")
        try coder.field("Leader", &leader, 0...)
        try coder.field("SkipAssignment", &skipAssignment, 9...)
        try coder.field("MemberId", &memberID, 0...)
        try coder.field("Members", &members, 0...)
    }
}

extension JoinGroupResponse {
    package struct JoinGroupResponseMember: WireStructure {
        package var memberID = ""
        package var groupInstanceID: String?
        package var metadata = ByteBuffer()

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("MemberId", &memberID, 0...)
            try coder.field("GroupInstanceId", &groupInstanceID, 5..., nullable: 5..., ignorable: true)
            try coder.field("Metadata", &metadata, 0...)
        }
    }
}
