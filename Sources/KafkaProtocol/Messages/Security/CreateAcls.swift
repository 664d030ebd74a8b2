/// CreateAcls request, API key 30.
package struct CreateAclsRequest: RequestMessage {
    package static let messageName = "CreateAclsRequest"
    package static let versions: ClosedRange<Int16> = 1...3
    package static let firstFlexibleVersion: Int16? = 2
    package static let apiKey = ApiKey.createAcls
    package typealias Response = CreateAclsResponse

    package var creations: [AclCreation] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("Creations", &creations, 0...)
    }
}

extension CreateAclsRequest {
    package struct AclCreation: WireStructure {
        package var resourceType: Int8 = 0
        package var resourceName = ""
        package var resourcePatternType: Int8 = 3
        package var principal = ""
        package var host = ""
        package var operation: Int8 = 0
        package var permissionType: Int8 = 0

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("ResourceType", &resourceType, 0...)
            try coder.field("ResourceName", &resourceName, 0...)
            try coder.field("ResourcePatternType", &resourcePatternType, 1..., default: 3)
            try coder.field("Principal", &principal, 0...)
            try coder.field("Host", &host, 0...)
            try coder.field("Operation", &operation, 0...)
            try coder.field("PermissionType", &permissionType, 0...)
        }
    }
}

/// CreateAcls response, API key 30.
package struct CreateAclsResponse: ResponseMessage {
    package static let messageName = "CreateAclsResponse"
    package static let versions: ClosedRange<Int16> = 1...3
    package static let firstFlexibleVersion: Int16? = 2
    package static let apiKey = ApiKey.createAcls

    package var throttleTimeMs: Int32 = 0
    package var results: [AclCreationResult] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 0...)
        try coder.field("Results", &results, 0...)
    }
}

extension CreateAclsResponse {
    package struct AclCreationResult: WireStructure {
        package var errorCode = ErrorCode.none
        package var errorMessage: String? = ""

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("ErrorCode", &errorCode, 0...)
            try coder.field("ErrorMessage", &errorMessage, 0..., nullable: 0..., default: "")
        }
    }
}
