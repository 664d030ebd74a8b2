/// DeleteGroups request, API key 42.
package struct DeleteGroupsRequest: RequestMessage {
    package static let messageName = "DeleteGroupsRequest"
    package static let versions: ClosedRange<Int16> = 0...2
    package static let firstFlexibleVersion: Int16? = 2
    package static let apiKey = ApiKey.deleteGroups
    package typealias Response = DeleteGroupsResponse

    package var groupsNames: [String] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("GroupsNames", &groupsNames, 0...)
    }
}

/// DeleteGroups response, API key 42.
package struct DeleteGroupsResponse: ResponseMessage {
    package static let messageName = "DeleteGroupsResponse"
    package static let versions: ClosedRange<Int16> = 0...2
    package static let firstFlexibleVersion: Int16? = 2
    package static let apiKey = ApiKey.deleteGroups

    package var throttleTimeMs: Int32 = 0
    package var results: [DeletableGroupResult] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 0...)
        try coder.field("Results", &results, 0...)
    }
}

extension DeleteGroupsResponse {
    package struct DeletableGroupResult: WireStructure {
        package var groupID = ""
        package var errorCode = ErrorCode.none

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("GroupId", &groupID, 0...)
            try coder.field("ErrorCode", &errorCode, 0...)
        }
    }
}
