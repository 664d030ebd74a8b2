/// CreatePartitions request, API key 37.
package struct CreatePartitionsRequest: RequestMessage {
    package static let messageName = "CreatePartitionsRequest"
    package static let versions: ClosedRange<Int16> = 0...3
    package static let firstFlexibleVersion: Int16? = 2
    package static let apiKey = ApiKey.createPartitions
    package typealias Response = CreatePartitionsResponse

    package var topics: [CreatePartitionsTopic] = []
    package var timeoutMs: Int32 = 0
    package var validateOnly = false

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("Topics", &topics, 0...)
        try coder.field("TimeoutMs", &timeoutMs, 0...)
        try coder.field("ValidateOnly", &validateOnly, 0...)
    }
}

extension CreatePartitionsRequest {
    package struct CreatePartitionsTopic: WireStructure {
        package var name = ""
        package var count: Int32 = 0
        package var assignments: [CreatePartitionsAssignment]? = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Name", &name, 0...)
            try coder.field("Count", &count, 0...)
            try coder.field("Assignments", &assignments, 0..., nullable: 0..., default: [])
        }
    }

    package struct CreatePartitionsAssignment: WireStructure {
        package var brokerIDs: [BrokerID] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("BrokerIds", &brokerIDs, 0...)
        }
    }
}

/// CreatePartitions response, API key 37.
package struct CreatePartitionsResponse: ResponseMessage {
    package static let messageName = "CreatePartitionsResponse"
    package static let versions: ClosedRange<Int16> = 0...3
    package static let firstFlexibleVersion: Int16? = 2
    package static let apiKey = ApiKey.createPartitions

    package var throttleTimeMs: Int32 = 0
    package var results: [CreatePartitionsTopicResult] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 0...)
        try coder.field("Results", &results, 0...)
    }
}

extension CreatePartitionsResponse {
    package struct CreatePartitionsTopicResult: WireStructure {
        package var name = ""
        package var errorCode = ErrorCode.none
        package var errorMessage: String?

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Name", &name, 0...)
            try coder.field("ErrorCode", &errorCode, 0...)
            try coder.field("ErrorMessage", &errorMessage, 0..., nullable: 0...)
        }
    }
}
