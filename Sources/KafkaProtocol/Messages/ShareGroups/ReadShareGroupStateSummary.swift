/// ReadShareGroupStateSummary request, API key 87.
package struct ReadShareGroupStateSummaryRequest: RequestMessage {
    package static let messageName = "ReadShareGroupStateSummaryRequest"
    package static let versions: ClosedRange<Int16> = 0...1
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.readShareGroupStateSummary
    package typealias Response = ReadShareGroupStateSummaryResponse

    package var groupID = ""
    package var topics: [ReadStateSummaryData] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("GroupId", &groupID, 0...)
        try coder.field("Topics", &topics, 0...)
    }
}

extension ReadShareGroupStateSummaryRequest {
    package struct ReadStateSummaryData: WireStructure {
        package var topicID = TopicID.zero
        package var partitions: [PartitionData] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("TopicId", &topicID, 0...)
            try coder.field("Partitions", &partitions, 0...)
        }
    }

    package struct PartitionData: WireStructure {
        package var partition: PartitionIndex = 0
        package var leaderEpoch: LeaderEpoch = 0

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Partition", &partition, 0...)
            try coder.field("LeaderEpoch", &leaderEpoch, 0...)
        }
    }
}

/// ReadShareGroupStateSummary response, API key 87.
package struct ReadShareGroupStateSummaryResponse: ResponseMessage {
    package static let messageName = "ReadShareGroupStateSummaryResponse"
    package static let versions: ClosedRange<Int16> = 0...1
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.readShareGroupStateSummary

    package var results: [ReadStateSummaryResult] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("Results", &results, 0...)
    }
}

extension ReadShareGroupStateSummaryResponse {
    package struct ReadStateSummaryResult: WireStructure {
        package var topicID = TopicID.zero
        package var partitions: [PartitionResult] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("TopicId", &topicID, 0...)
            try coder.field("Partitions", &partitions, 0...)
        }
    }

    package struct PartitionResult: WireStructure {
        package var partition: PartitionIndex = 0
        package var errorCode = ErrorCode.none
        package var errorMessage: String?
        package var stateEpoch: Int32 = 0
        package var leaderEpoch: LeaderEpoch = 0
        package var startOffset: Offset = 0
        package var deliveryCompleteCount: Int32 = -1

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Partition", &partition, 0...)
            try coder.field("ErrorCode", &errorCode, 0...)
            try coder.field("ErrorMessage", &errorMessage, 0..., nullable: 0...)
            try coder.field("StateEpoch", &stateEpoch, 0...)
            try coder.field("LeaderEpoch", &leaderEpoch, 0...)
            try coder.field("StartOffset", &startOffset, 0...)
            try coder.field("DeliveryCompleteCount", &deliveryCompleteCount, 1..., default: -1, ignorable: true)
        }
    }
}
