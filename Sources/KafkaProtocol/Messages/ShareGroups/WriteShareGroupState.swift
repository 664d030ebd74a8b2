/// WriteShareGroupState request, API key 85.
package struct WriteShareGroupStateRequest: RequestMessage {
    package static let messageName = "WriteShareGroupStateRequest"
    package static let versions: ClosedRange<Int16> = 0...1
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.writeShareGroupState
    package typealias Response = WriteShareGroupStateResponse

    package var groupID = ""
    package var topics: [WriteStateData] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("GroupId", &groupID, 0...)
        try coder.field("Topics", &topics, 0...)
    }
}

extension WriteShareGroupStateRequest {
    package struct WriteStateData: WireStructure {
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
        package var stateEpoch: Int32 = 0
        package var leaderEpoch: LeaderEpoch = 0
        package var startOffset: Offset = 0
        package var deliveryCompleteCount: Int32 = -1
        package var stateBatches: [StateBatch] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Partition", &partition, 0...)
            try coder.field("StateEpoch", &stateEpoch, 0...)
            try coder.field("LeaderEpoch", &leaderEpoch, 0...)
            try coder.field("StartOffset", &startOffset, 0...)
            try coder.field("DeliveryCompleteCount", &deliveryCompleteCount, 1..., default: -1, ignorable: true)
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

/// WriteShareGroupState response, API key 85.
package struct WriteShareGroupStateResponse: ResponseMessage {
    package static let messageName = "WriteShareGroupStateResponse"
    package static let versions: ClosedRange<Int16> = 0...1
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.writeShareGroupState

    package var results: [WriteStateResult] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("Results", &results, 0...)
    }
}

extension WriteShareGroupStateResponse {
    package struct WriteStateResult: WireStructure {
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

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Partition", &partition, 0...)
            try coder.field("ErrorCode", &errorCode, 0...)
            try coder.field("ErrorMessage", &errorMessage, 0..., nullable: 0...)
        }
    }
}
