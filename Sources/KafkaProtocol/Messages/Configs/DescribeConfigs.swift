/// DescribeConfigs request, API key 32.
package struct DescribeConfigsRequest: RequestMessage {
    package static let messageName = "DescribeConfigsRequest"
    package static let versions: ClosedRange<Int16> = 1...4
    package static let firstFlexibleVersion: Int16? = 4
    package static let apiKey = ApiKey.describeConfigs
    package typealias Response = DescribeConfigsResponse

    package var resources: [DescribeConfigsResource] = []
    package var includeSynonyms = false
    package var includeDocumentation = false

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("Resources", &resources, 0...)
        try coder.field("IncludeSynonyms", &includeSynonyms, 1...)
        try coder.field("IncludeDocumentation", &includeDocumentation, 3...)
    }
}

extension DescribeConfigsRequest {
    package struct DescribeConfigsResource: WireStructure {
        package var resourceType: Int8 = 0
        package var resourceName = ""
        package var configurationKeys: [String]? = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("ResourceType", &resourceType, 0...)
            try coder.field("ResourceName", &resourceName, 0...)
            try coder.field("ConfigurationKeys", &configurationKeys, 0..., nullable: 0..., default: [])
        }
    }
}

/// DescribeConfigs response, API key 32.
package struct DescribeConfigsResponse: ResponseMessage {
    package static let messageName = "DescribeConfigsResponse"
    package static let versions: ClosedRange<Int16> = 1...4
    package static let firstFlexibleVersion: Int16? = 4
    package static let apiKey = ApiKey.describeConfigs

    package var throttleTimeMs: Int32 = 0
    package var results: [DescribeConfigsResult] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 0...)
        try coder.field("Results", &results, 0...)
    }
}

extension DescribeConfigsResponse {
    package struct DescribeConfigsResult: WireStructure {
        package var errorCode = ErrorCode.none
        package var errorMessage: String? = ""
        package var resourceType: Int8 = 0
        package var resourceName = ""
        package var configs: [DescribeConfigsResourceResult] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("ErrorCode", &errorCode, 0...)
            try coder.field("ErrorMessage", &errorMessage, 0..., nullable: 0..., default: "")
            try coder.field("ResourceType", &resourceType, 0...)
            try coder.field("ResourceName", &resourceName, 0...)
            try coder.field("Configs", &configs, 0...)
        }
    }

    package struct DescribeConfigsResourceResult: WireStructure {
        package var name = ""
        package var value: String? = ""
        package var readOnly = false
        package var configSource: Int8 = -1
        package var isSensitive = false
        package var synonyms: [DescribeConfigsSynonym] = []
        package var configType: Int8 = 0
        package var documentation: String? = ""

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Name", &name, 0...)
            try coder.field("Value", &value, 0..., nullable: 0..., default: "")
            try coder.field("ReadOnly", &readOnly, 0...)
            try coder.field("ConfigSource", &configSource, 1..., default: -1, ignorable: true)
            try coder.field("IsSensitive", &isSensitive, 0...)
            try coder.field("Synonyms", &synonyms, 1..., ignorable: true)
            try coder.field("ConfigType", &configType, 3..., ignorable: true)
            try coder.field("Documentation", &documentation, 3..., nullable: 0..., default: "", ignorable: true)
        }
    }

    package struct DescribeConfigsSynonym: WireStructure {
        package var name = ""
        package var value: String? = ""
        package var source: Int8 = 0

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Name", &name, 1...)
            try coder.field("Value", &value, 1..., nullable: 0..., default: "")
            try coder.field("Source", &source, 1...)
        }
    }
}
