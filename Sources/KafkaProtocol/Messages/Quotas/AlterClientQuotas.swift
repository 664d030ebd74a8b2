/// AlterClientQuotas request, API key 49.
package struct AlterClientQuotasRequest: RequestMessage {
    package static let messageName = "AlterClientQuotasRequest"
    package static let versions: ClosedRange<Int16> = 0...1
    package static let firstFlexibleVersion: Int16? = 1
    package static let apiKey = ApiKey.alterClientQuotas
    package typealias Response = AlterClientQuotasResponse

    package var entries: [EntryData] = []
    package var validateOnly = false

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("Entries", &entries, 0...)
        try coder.field("ValidateOnly", &validateOnly, 0...)
    }
}

extension AlterClientQuotasRequest {
    package struct EntryData: WireStructure {
        package var entity: [EntityData] = []
        package var ops: [OpData] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Entity", &entity, 0...)
            try coder.field("Ops", &ops, 0...)
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

    package struct OpData: WireStructure {
        package var key = ""
        package var value: Double = 0
        package var remove = false

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Key", &key, 0...)
            try coder.field("Value", &value, 0...)
            try coder.field("Remove", &remove, 0...)
        }
    }
}

/// AlterClientQuotas response, API key 49.
package struct AlterClientQuotasResponse: ResponseMessage {
    package static let messageName = "AlterClientQuotasResponse"
    package static let versions: ClosedRange<Int16> = 0...1
    package static let firstFlexibleVersion: Int16? = 1
    package static let apiKey = ApiKey.alterClientQuotas

    package var throttleTimeMs: Int32 = 0
    package var entries: [EntryData] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 0...)
        try coder.field("Entries", &entries, 0...)
    }
}

extension AlterClientQuotasResponse {
    package struct EntryData: WireStructure {
        package var errorCode = ErrorCode.none
        package var errorMessage: String? = ""
        package var entity: [EntityData] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("ErrorCode", &errorCode, 0...)
            try coder.field("ErrorMessage", &errorMessage, 0..., nullable: 0..., default: "")
            try coder.field("Entity", &entity, 0...)
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
}
