package import NIOCore

/// DescribeGroups request, API key 15.
package struct DescribeGroupsRequest: RequestMessage {
    package static let messageName = "DescribeGroupsRequest"
    package static let versions: ClosedRange<Int16> = 0...6
    package static let firstFlexibleVersion: Int16? = 5
    package static let apiKey = ApiKey.describeGroups
    package typealias Response = DescribeGroupsResponse

    package var groups: [String] = []
    package var includeAuthorizedOperations = false

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("Groups", &groups, 0...)
        try coder.field("IncludeAuthorizedOperations", &includeAuthorizedOperations, 3...)
    }
}

/// DescribeGroups response, API key 15.
package struct DescribeGroupsResponse: ResponseMessage {
    package static let messageName = "DescribeGroupsResponse"
    package static let versions: ClosedRange<Int16> = 0...6
    package static let firstFlexibleVersion: Int16? = 5
    package static let apiKey = ApiKey.describeGroups

    package var throttleTimeMs: Int32 = 0
    package var groups: [DescribedGroup] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 1..., ignorable: true)
        try coder.field("Groups", &groups, 0...)
    }
}

extension DescribeGroupsResponse {
    package struct DescribedGroup: WireStructure {
        package var errorCode = ErrorCode.none
        package var errorMessage: String?
        package var groupID = ""
        package var groupState = ""
        package var protocolType = ""
        package var protocolData = ""
        package var members: [DescribedGroupMember] = []
        package var authorizedOperations: Int32 = .min

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("ErrorCode", &errorCode, 0...)
            try coder.field("ErrorMessage", &errorMessage, 6..., nullable: 6...)
            try coder.field("GroupId", &groupID, 0...)
            try coder.field("GroupState", &groupState, 0...)
            try coder.field("ProtocolType", &protocolType, 0...)
            try coder.field("ProtocolData", &protocolData, 0...)
            try coder.field("Members", &members, 0...)
            try coder.field("AuthorizedOperations", &authorizedOperations, 3..., default: .min)
        }
    }

    package struct DescribedGroupMember: WireStructure {
        package var memberID = ""
        package var groupInstanceID: String?
        package var clientID = ""
        package var clientHost = ""
        package var memberMetadata = ByteBuffer()
        package var memberAssignment = ByteBuffer()

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("MemberId", &memberID, 0...)
            try coder.field("GroupInstanceId", &groupInstanceID, 4..., nullable: 4..., ignorable: true)
            try coder.field("ClientId", &clientID, 0...)
            try coder.field("ClientHost", &clientHost, 0...)
            try coder.field("MemberMetadata", &memberMetadata, 0...)
            try coder.field("MemberAssignment", &memberAssignment, 0...)
        }
    }
}
