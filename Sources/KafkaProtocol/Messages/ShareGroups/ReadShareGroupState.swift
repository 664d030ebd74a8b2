/// ReadShareGroupState request, API key 84.
package struct ReadShareGroupStateRequest: RequestMessage {
    package static let messageName = "ReadShareGroupStateRequest"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.readShareGroupState
    package typealias Response = ReadShareGroupStateResponse

    package var groupID = ""
    package var topics: [ReadStateData] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("GroupId", &groupID, 0...)
        try coder.field("Topics", &topics, 0...)
    }
}

extension ReadShareGroupStateRequest {
    package struct ReadStateData: WireStructure {
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

/// ReadShareGroupState response, API key 84.
package struct ReadShareGroupStateResponse: ResponseMessage {
    package static let messageName = "ReadShareGroupStateResponse"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.readShareGroupState

    package var results: [ReadStateResult] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("Results", &results, 0...)
    }
}

extension ReadShareGroupStateResponse {
    package struct ReadStateResult: WireStructure {
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
        package var startOffset: Offset = 0
        package var stateBatches: [StateBatch] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Partition", &partition, 0...)
            try coder.field("ErrorCode", &errorCode, 0...)
            try coder.field("ErrorMessage", &errorMessage, 0..., nullable: 0...)
            try coder.field("StateEpoch", &stateEpoch, 0...)
            try coder.field("StartOffset", &startOffset, 0...)
            try coder.field("StateBatches", &stateBatches, 0...)
        }
    }

    package struct StateBatch: WireStructure {
        package var firstOffset: Offset = 0
        package var lastOffset: Offset = 0
        package var deliveryState: Int8 = 0
        package var deliveryCount: Int16 = 0

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("FirstOffset", &firstOffset, 0...)
            try coder.field("LastOffset", &lastOffset, 0...)
            try coder.field("DeliveryState", &deliveryState, 0...)
            try coder.field("DeliveryCount", &deliveryCount, 0...)
        }
    }
}
