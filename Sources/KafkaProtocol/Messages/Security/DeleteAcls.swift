/// DeleteAcls request, API key 31.
package struct DeleteAclsRequest: RequestMessage {
    package static let messageName = "DeleteAclsRequest"
    package static let versions: ClosedRange<Int16> = 1...3
    package static let firstFlexibleVersion: Int16? = 2
    package static let apiKey = ApiKey.deleteAcls
    package typealias Response = DeleteAclsResponse

    package var filters: [DeleteAclsFilter] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("Filters", &filters, 0...)
    }
}

extension DeleteAclsRequest {
    package struct DeleteAclsFilter: WireStructure {
        package var resourceTypeFilter: Int8 = 0
        package var resourceNameFilter: String? = ""
        package var patternTypeFilter: Int8 = 3
        package var principalFilter: String? = ""
        package var hostFilter: String? = ""
        package var operation: Int8 = 0
        package var permissionType: Int8 = 0

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("ResourceTypeFilter", &resourceTypeFilter, 0...)
            try coder.field("ResourceNameFilter", &resourceNameFilter, 0..., nullable: 0..., default: "")
            try coder.field("PatternTypeFilter", &patternTypeFilter, 1..., default: 3)
            try coder.field("PrincipalFilter", &principalFilter, 0..., nullable: 0..., default: "")
            try coder.field("HostFilter", &hostFilter, 0..., nullable: 0..., default: "")
            try coder.field("Operation", &operation, 0...)
            try coder.field("PermissionType", &permissionType, 0...)
        }
    }
}

/// DeleteAcls response, API key 31.
package struct DeleteAclsResponse: ResponseMessage {
    package static let messageName = "DeleteAclsResponse"
    package static let versions: ClosedRange<Int16> = 1...3
    package static let firstFlexibleVersion: Int16? = 2
    package static let apiKey = ApiKey.deleteAcls

    package var throttleTimeMs: Int32 = 0
    package var filterResults: [DeleteAclsFilterResult] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 0...)
        try coder.field("FilterResults", &filterResults, 0...)
    }
}

extension DeleteAclsResponse {
    package struct DeleteAclsFilterResult: WireStructure {
        package var errorCode = ErrorCode.none
        package var errorMessage: String? = ""
        package var matchingAcls: [DeleteAclsMatchingAcl] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("ErrorCode", &errorCode, 0...)
            try coder.field("ErrorMessage", &errorMessage, 0..., nullable: 0..., default: "")
            try coder.field("MatchingAcls", &matchingAcls, 0...)
        }
    }

    package struct DeleteAclsMatchingAcl: WireStructure {
        package var errorCode = ErrorCode.none
        package var errorMessage: String? = ""
        package var resourceType: Int8 = 0
        package var resourceName = ""
        package var patternType: Int8 = 3
        package var principal = ""
        package var host = ""
        package var operation: Int8 = 0
        package var permissionType: Int8 = 0

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("ErrorCode", &errorCode, 0...)
            try coder.field("ErrorMessage", &errorMessage, 0..., nullable: 0..., default: "")
            try coder.field("ResourceType", &resourceType, 0...)
            try coder.field("ResourceName", &resourceName, 0...)
            try coder.field("PatternType", &patternType, 1..., default: 3)
            try coder.field("Principal", &principal, 0...)
            try coder.field("Host", &host, 0...)
            try coder.field("Operation", &operation, 0...)
            try coder.field("PermissionType", &permissionType, 0...)
        }
    }
}
