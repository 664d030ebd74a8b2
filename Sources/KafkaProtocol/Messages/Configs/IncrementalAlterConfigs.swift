/// IncrementalAlterConfigs request, API key 44.
package struct IncrementalAlterConfigsRequest: RequestMessage {
    package static let messageName = "IncrementalAlterConfigsRequest"
    package static let versions: ClosedRange<Int16> = 0...1
    package static let firstFlexibleVersion: Int16? = 1
    package static let apiKey = ApiKey.incrementalAlterConfigs
    package typealias Response = IncrementalAlterConfigsResponse

    package var resources: [AlterConfigsResource] = []
    package var validateOnly = false

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("Resources", &resources, 0...)
        try coder.field("ValidateOnly", &validateOnly, 0...)
    }
}

extension IncrementalAlterConfigsRequest {
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
        package var configOperation: Int8 = 0
        package var value: String? = ""

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Name", &name, 0...)
            try coder.field("ConfigOperation", &configOperation, 0...)
            try coder.field("Value", &value, 0..., nullable: 0..., default: "")
        }
    }
}

/// IncrementalAlterConfigs response, API key 44.
package struct IncrementalAlterConfigsResponse: ResponseMessage {
    package static let messageName = "IncrementalAlterConfigsResponse"
    package static let versions: ClosedRange<Int16> = 0...1
    package static let firstFlexibleVersion: Int16? = 1
    package static let apiKey = ApiKey.incrementalAlterConfigs

    package var throttleTimeMs: Int32 = 0
    package var responses: [AlterConfigsResourceResponse] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 0...)
        try coder.field("Responses", &responses, 0...)
    }
}

extension IncrementalAlterConfigsResponse {
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
