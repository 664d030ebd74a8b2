/// DescribeProducers request, API key 61.
package struct DescribeProducersRequest: RequestMessage {
    package static let messageName = "DescribeProducersRequest"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.describeProducers
    package typealias Response = DescribeProducersResponse

    package var topics: [TopicRequest] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("Topics", &topics, 0...)
    }
}

extension DescribeProducersRequest {
    package struct TopicRequest: WireStructure {
        package var name = ""
        package var partitionIndexes: [PartitionIndex] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Name", &name, 0...)
            try coder.field("PartitionIndexes", &partitionIndexes, 0...)
        }
    }
}

/// DescribeProducers response, API key 61.
package struct DescribeProducersResponse: ResponseMessage {
    package static let messageName = "DescribeProducersResponse"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.describeProducers

    package var throttleTimeMs: Int32 = 0
    package var topics: [TopicResponse] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 0...)
        try coder.field("Topics", &topics, 0...)
    }
}

extension DescribeProducersResponse {
    package struct TopicResponse: WireStructure {
        package var name = ""
        package var partitions: [PartitionResponse] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Name", &name, 0...)
            try coder.field("Partitions", &partitions, 0...)
        }
    }

    package struct PartitionResponse: WireStructure {
        package var partitionIndex: PartitionIndex = 0
        package var errorCode = ErrorCode.none
        package var errorMessage: String?
        package var activeProducers: [ProducerState] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("PartitionIndex", &partitionIndex, 0...)
            try coder.field("ErrorCode", &errorCode, 0...)
            try coder.field("ErrorMessage", &errorMessage, 0..., nullable: 0...)
            try coder.field("ActiveProducers", &activeProducers, 0...)
        }
    }

    package struct ProducerState: WireStructure {
        package var producerID: ProducerID = 0
        package var producerEpoch: Int32 = 0
        package var lastSequence: Int32 = -1
        package var lastTimestamp: Int64 = -1
        package var coordinatorEpoch: Int32 = 0
        package var currentTxnStartOffset: Offset = -1

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("ProducerId", &producerID, 0...)
            try coder.field("ProducerEpoch", &producerEpoch, 0...)
            try coder.field("LastSequence", &lastSequence, 0..., default: -1)
            try coder.field("LastTimestamp", &lastTimestamp, 0..., default: -1)
            try coder.field("CoordinatorEpoch", &coordinatorEpoch, 0...)
            try coder.field("CurrentTxnStartOffset", &currentTxnStartOffset, 0..., default: -1)
        }
    }
}
