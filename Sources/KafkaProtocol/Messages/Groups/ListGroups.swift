/// ListGroups request, API key 16.
package struct ListGroupsRequest: RequestMessage {
    package static let messageName = "ListGroupsRequest"
    package static let versions: ClosedRange<Int16> = 0...5
    package static let firstFlexibleVersion: Int16? = 3
    package static let apiKey = ApiKey.listGroups
    package typealias Response = ListGroupsResponse

    package var statesFilter: [String] = []
    package var typesFilter: [String] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("StatesFilter", &statesFilter, 4...)
        try coder.field("TypesFilter", &typesFilter, 5...)
    }
}

/// ListGroups response, API key 16.
package struct ListGroupsResponse: ResponseMessage {
    package static let messageName = "ListGroupsResponse"
    package static let versions: ClosedRange<Int16> = 0...5
    package static let firstFlexibleVersion: Int16? = 3
    package static let apiKey = ApiKey.listGroups

    package var throttleTimeMs: Int32 = 0
    package var errorCode = ErrorCode.none
    package var groups: [ListedGroup] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 1..., ignorable: true)
        try coder.field("ErrorCode", &errorCode, 0...)
        try coder.field("Groups", &groups, 0...)
    }
}

extension ListGroupsResponse {
    package struct ListedGroup: WireStructure {
        package var groupID = ""
        package var protocolType = ""
        package var groupState = ""
        package var groupType = ""

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("GroupId", &groupID, 0...)
            try coder.field("ProtocolType", &protocolType, 0...)
            try coder.field("GroupState", &groupState, 4..., ignorable: true)
            try coder.field("GroupType", &groupType, 5..., ignorable: true)
        }
    }
}
