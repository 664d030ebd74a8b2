/// ElectLeaders request, API key 43.
package struct ElectLeadersRequest: RequestMessage {
    package static let messageName = "ElectLeadersRequest"
    package static let versions: ClosedRange<Int16> = 0...2
    package static let firstFlexibleVersion: Int16? = 2
    package static let apiKey = ApiKey.electLeaders
    package typealias Response = ElectLeadersResponse

    package var electionType: Int8 = 0
    package var topicPartitions: [TopicPartitions]? = []
    package var timeoutMs: Int32 = 60000

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ElectionType", &electionType, 1...)
        try coder.field("TopicPartitions", &topicPartitions, 0..., nullable: 0..., default: [])
        try coder.field("TimeoutMs", &timeoutMs, 0..., default: 60000)
    }
}

extension ElectLeadersRequest {
    package struct TopicPartitions: WireStructure {
        package var topic = ""
        package var partitions: [PartitionIndex] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Topic", &topic, 0...)
            try coder.field("Partitions", &partitions, 0...)
        }
    }
}

/// ElectLeaders response, API key 43.
package struct ElectLeadersResponse: ResponseMessage {
    package static let messageName = "ElectLeadersResponse"
    package static let versions: ClosedRange<Int16> = 0...2
    package static let firstFlexibleVersion: Int16? = 2
    package static let apiKey = ApiKey.electLeaders

    package var throttleTimeMs: Int32 = 0
    package var errorCode = ErrorCode.none
    package var replicaElectionResults: [ReplicaElectionResult] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 0...)
        try coder.field("ErrorCode", &errorCode, 1...)
        try coder.field("ReplicaElectionResults", &replicaElectionResults, 0...)
    }
}

extension ElectLeadersResponse {
    package struct ReplicaElectionResult: WireStructure {
        package var topic = ""
        package var partitionResult: [PartitionResult] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Topic", &topic, 0...)
            try coder.field("PartitionResult", &partitionResult, 0...)
        }
    }

    package struct PartitionResult: WireStructure {
        package var partitionID: Int32 = 0
        package var errorCode = ErrorCode.none
        package var errorMessage: String? = ""

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("PartitionId", &partitionID, 0...)
            try coder.field("ErrorCode", &errorCode, 0...)
            try coder.field("ErrorMessage", &errorMessage, 0..., nullable: 0..., default: "")
        }
    }
}
