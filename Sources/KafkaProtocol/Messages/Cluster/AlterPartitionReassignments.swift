/// AlterPartitionReassignments request, API key 45.
package struct AlterPartitionReassignmentsRequest: RequestMessage {
    package static let messageName = "AlterPartitionReassignmentsRequest"
    package static let versions: ClosedRange<Int16> = 0...1
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.alterPartitionReassignments
    package typealias Response = AlterPartitionReassignmentsResponse

    package var timeoutMs: Int32 = 60000
    package var allowReplicationFactorChange = true
    package var topics: [ReassignableTopic] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("TimeoutMs", &timeoutMs, 0..., default: 60000)
        try coder.field("AllowReplicationFactorChange", &allowReplicationFactorChange, 1..., default: true)
        try coder.field("Topics", &topics, 0...)
    }
}

extension AlterPartitionReassignmentsRequest {
    package struct ReassignableTopic: WireStructure {
        package var name = ""
        package var partitions: [ReassignablePartition] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Name", &name, 0...)
            try coder.field("Partitions", &partitions, 0...)
        }
    }

    package struct ReassignablePartition: WireStructure {
        package var partitionIndex: PartitionIndex = 0
        package var replicas: [BrokerID]?

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("PartitionIndex", &partitionIndex, 0...)
            try coder.field("Replicas", &replicas, 0..., nullable: 0...)
        }
    }
}

/// AlterPartitionReassignments response, API key 45.
package struct AlterPartitionReassignmentsResponse: ResponseMessage {
    package static let messageName = "AlterPartitionReassignmentsResponse"
    package static let versions: ClosedRange<Int16> = 0...1
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.alterPartitionReassignments

    package var throttleTimeMs: Int32 = 0
    package var allowReplicationFactorChange = true
    package var errorCode = ErrorCode.none
    package var errorMessage: String? = ""
    package var responses: [ReassignableTopicResponse] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 0...)
        try coder.field(
            "AllowReplicationFactorChange", &allowReplicationFactorChange, 1..., default: true, ignorable: true)
        try coder.field("ErrorCode", &errorCode, 0...)
        try coder.field("ErrorMessage", &errorMessage, 0..., nullable: 0..., default: "")
        try coder.field("Responses", &responses, 0...)
    }
}

extension AlterPartitionReassignmentsResponse {
    package struct ReassignableTopicResponse: WireStructure {
        package var name = ""
        package var partitions: [ReassignablePartitionResponse] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Name", &name, 0...)
            try coder.field("Partitions", &partitions, 0...)
        }
    }

    package struct ReassignablePartitionResponse: WireStructure {
        package var partitionIndex: PartitionIndex = 0
        package var errorCode = ErrorCode.none
        package var errorMessage: String? = ""

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("PartitionIndex", &partitionIndex, 0...)
            try coder.field("ErrorCode", &errorCode, 0...)
            try coder.field("ErrorMessage", &errorMessage, 0..., nullable: 0..., default: "")
        }
    }
}
