/// DescribeClientQuotas request, API key 48.
package struct DescribeClientQuotasRequest: RequestMessage {
    package static let messageName = "DescribeClientQuotasRequest"
    package static let versions: ClosedRange<Int16> = 0...1
    package static let firstFlexibleVersion: Int16? = 1
    package static let apiKey = ApiKey.describeClientQuotas
    package typealias Response = DescribeClientQuotasResponse

    package var components: [ComponentData] = []
    package var strict = false

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("Components", &components, 0...)
        try coder.field("Strict", &strict, 0...)
    }
}

extension DescribeClientQuotasRequest {
    package struct ComponentData: WireStructure {
        package var entityType = ""
        package var matchType: Int8 = 0
        package var match: String? = ""

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("EntityType", &entityType, 0...)
            try coder.field("MatchType", &matchType, 0...)
            try coder.field("Match", &match, 0..., nullable: 0..., default: "")
        }
    }
}

/// DescribeClientQuotas response, API key 48.
package struct DescribeClientQuotasResponse: ResponseMessage {
    package static let messageName = "DescribeClientQuotasResponse"
    package static let versions: ClosedRange<Int16> = 0...1
    package static let firstFlexibleVersion: Int16? = 1
    package static let apiKey = ApiKey.describeClientQuotas

    package var throttleTimeMs: Int32 = 0
    package var errorCode = ErrorCode.none
    package var errorMessage: String? = ""
    package var entries: [EntryData]? = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 0...)
        try coder.field("ErrorCode", &errorCode, 0...)
        try coder.field("ErrorMessage", &errorMessage, 0..., nullable: 0..., default: "")
        try coder.field("Entries", &entries, 0..., nullable: 0..., default: [])
    }
}

extension DescribeClientQuotasResponse {
    package struct EntryData: WireStructure {
        package var entity: [EntityData] = []
        package var values: [ValueData] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Entity", &entity, 0...)
            try coder.field("Values", &values, 0...)
        }
    }

    package struct EntityData: WireStructure {
        package var entityType = ""
        package var entityName: String? = ""

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("EntityType", &entityType, 0...)
            try coder.field("EntityName", &entityName, 0..., nullable: 0..., default: "")
        }
    }

    package struct ValueData: WireStructure {
        package var key = ""
        package var value: Double = 0

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Key", &key, 0...)
            try coder.field("Value", &value, 0...)
        }
    }
}
