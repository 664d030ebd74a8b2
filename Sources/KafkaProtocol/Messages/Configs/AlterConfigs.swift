/// AlterConfigs request, API key 33.
package struct AlterConfigsRequest: RequestMessage {
    package static let messageName = "AlterConfigsRequest"
    package static let versions: ClosedRange<Int16> = 0...2
    package static let firstFlexibleVersion: Int16? = 2
    package static let apiKey = ApiKey.alterConfigs
    package typealias Response = AlterConfigsResponse

    package var resources: [AlterConfigsResource] = []
    package var validateOnly = false

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("Resources", &resources, 0...)
        try coder.field("ValidateOnly", &validateOnly, 0...)
    }
}

extension AlterConfigsRequest {
    package struct AlterConfigsResource: WireStructure {
        package var resourceType: Int8 = 0
        package var resourceName = ""
        package var configs: [AlterableConfig] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("ResourceType", &resourceType, 0...)
            try coder.field("ResourceName", &resourceName, 0...)
            try coder.field("Configs", &configs, 0...)
        }
    }

    package struct AlterableConfig: WireStructure {
        package var name = ""
        package var value: String? = ""

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Name", &name, 0...)
            try coder.field("Value", &value, 0..., nullable: 0..., default: "")
        }
    }
}

/// AlterConfigs response, API key 33.
package struct AlterConfigsResponse: ResponseMessage {
    package static let messageName = "AlterConfigsResponse"
    package static let versions: ClosedRange<Int16> = 0...2
    package static let firstFlexibleVersion: Int16? = 2
    package static let apiKey = ApiKey.alterConfigs

    package var throttleTimeMs: Int32 = 0
    package var responses: [AlterConfigsResourceResponse] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 0...)
        try coder.field("Responses", &responses, 0...)
    }
}

extension AlterConfigsResponse {
    package struct AlterConfigsResourceResponse: WireStructure {
        package var errorCode = ErrorCode.none
        package var errorMessage: String? = ""
        package var resourceType: Int8 = 0
        package var resourceName = ""

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("ErrorCode", &errorCode, 0...)
            try coder.field("ErrorMessage", &errorMessage, 0..., nullable: 0..., default: "")
            try coder.field("ResourceType", &resourceType, 0...)
            try coder.field("ResourceName", &resourceName, 0...)
        }
    }
}
