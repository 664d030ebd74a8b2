/// LeaveGroup request, API key 13.
package struct LeaveGroupRequest: RequestMessage {
    package static let messageName = "LeaveGroupRequest"
    package static let versions: ClosedRange<Int16> = 0...5
    package static let firstFlexibleVersion: Int16? = 4
    package static let apiKey = ApiKey.leaveGroup
    package typealias Response = LeaveGroupResponse

    package var groupID = ""
    package var memberID = ""
    package var members: [MemberIdentity] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("GroupId", &groupID, 0...)
        try coder.field("MemberId", &memberID, 0...2)
        try coder.field("Members", &members, 3...)
    }
}

extension LeaveGroupRequest {
    package struct MemberIdentity: WireStructure {
        package var memberID = ""
        package var groupInstanceID: String?
        package var reason: String?

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("MemberId", &memberID, 3...)
            try coder.field("GroupInstanceId", &groupInstanceID, 3..., nullable: 3...)
            try coder.field("Reason", &reason, 5..., nullable: 5..., ignorable: true)
        }
    }
}

/// LeaveGroup response, API key 13.
package struct LeaveGroupResponse: ResponseMessage {
    package static let messageName = "LeaveGroupResponse"
    package static let versions: ClosedRange<Int16> = 0...5
    package static let firstFlexibleVersion: Int16? = 4
    package static let apiKey = ApiKey.leaveGroup

    package var throttleTimeMs: Int32 = 0
    package var errorCode = ErrorCode.none
    package var members: [MemberResponse] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 1..., ignorable: true)
        try coder.field("ErrorCode", &errorCode, 0...)
        try coder.field("Members", &members, 3...)
    }
}

extension LeaveGroupResponse {
    package struct MemberResponse: WireStructure {
        package var memberID = ""
        package var groupInstanceID: String? = ""
        package var errorCode = ErrorCode.none

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("MemberId", &memberID, 3...)
            try coder.field("GroupInstanceId", &groupInstanceID, 3..., nullable: 3..., default: "")
            try coder.field("ErrorCode", &errorCode, 3...)
        }
    }
}
