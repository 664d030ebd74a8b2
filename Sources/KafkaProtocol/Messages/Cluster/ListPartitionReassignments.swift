/// ListPartitionReassignments request, API key 46.
package struct ListPartitionReassignmentsRequest: RequestMessage {
    package static let messageName = "ListPartitionReassignmentsRequest"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.listPartitionReassignments
    package typealias Response = ListPartitionReassignmentsResponse

    package var timeoutMs: Int32 = 60000
    package var topics: [ListPartitionReassignmentsTopics]?

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("TimeoutMs", &timeoutMs, 0..., default: 60000)
        try coder.field("Topics", &topics, 0..., nullable: 0...)
    }
}

extension ListPartitionReassignmentsRequest {
    package struct ListPartitionReassignmentsTopics: WireStructure {
        package var name = ""
        package var partitionIndexes: [PartitionIndex] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Name", &name, 0...)
            try coder.field("PartitionIndexes", &partitionIndexes, 0...)
        }
    }
}

/// ListPartitionReassignments response, API key 46.
package struct ListPartitionReassignmentsResponse: ResponseMessage {
    package static let messageName = "ListPartitionReassignmentsResponse"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.listPartitionReassignments

    package var throttleTimeMs: Int32 = 0
    package var errorCode = ErrorCode.none
    package var errorMessage: String? = ""
    package var topics: [OngoingTopicReassignment] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 0...)
        try coder.field("ErrorCode", &errorCode, 0...)
        try coder.field("ErrorMessage", &errorMessage, 0..., nullable: 0..., default: "")
        try coder.field("Topics", &topics, 0...)
    }
}

extension ListPartitionReassignmentsResponse {
    package struct OngoingTopicReassignment: WireStructure {
        package var name = ""
        package var partitions: [OngoingPartitionReassignment] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Name", &name, 0...)
            try coder.field("Partitions", &partitions, 0...)
        }
    }

    package struct OngoingPartitionReassignment: WireStructure {
        package var partitionIndex: PartitionIndex = 0
        package var replicas: [BrokerID] = []
        package var addingReplicas: [BrokerID] = []
        package var removingReplicas: [BrokerID] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("PartitionIndex", &partitionIndex, 0...)
            try coder.field("Replicas", &replicas, 0...)
            try coder.field("AddingReplicas", &addingReplicas, 0...)
            try coder.field("RemovingReplicas", &removingReplicas, 0...)
        }
    }
}
