/// OffsetForLeaderEpoch request, API key 23.
package struct OffsetForLeaderEpochRequest: RequestMessage {
    package static let messageName = "OffsetForLeaderEpochRequest"
    package static let versions: ClosedRange<Int16> = 2...4
    package static let firstFlexibleVersion: Int16? = 4
    package static let apiKey = ApiKey.offsetForLeaderEpoch
    package typealias Response = OffsetForLeaderEpochResponse

    package var replicaID: BrokerID = -2
    package var topics: [OffsetForLeaderTopic] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ReplicaId", &replicaID, 3..., default: -2, ignorable: true)
        try coder.field("Topics", &topics, 0...)
    }
}

extension OffsetForLeaderEpochRequest {
    package struct OffsetForLeaderTopic: WireStructure {
        package var topic = ""
        package var partitions: [OffsetForLeaderPartition] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Topic", &topic, 0...)
            try coder.field("Partitions", &partitions, 0...)
        }
    }

    package struct OffsetForLeaderPartition: WireStructure {
        package var partition: PartitionIndex = 0
        package var currentLeaderEpoch: LeaderEpoch = -1
        package var leaderEpoch: LeaderEpoch = 0

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Partition", &partition, 0...)
            try coder.field("CurrentLeaderEpoch", &currentLeaderEpoch, 2..., default: -1, ignorable: true)
            try coder.field("LeaderEpoch", &leaderEpoch, 0...)
        }
    }
}

/// OffsetForLeaderEpoch response, API key 23.
package struct OffsetForLeaderEpochResponse: ResponseMessage {
    package static let messageName = "OffsetForLeaderEpochResponse"
    package static let versions: ClosedRange<Int16> = 2...4
    package static let firstFlexibleVersion: Int16? = 4
    package static let apiKey = ApiKey.offsetForLeaderEpoch

    package var throttleTimeMs: Int32 = 0
    package var topics: [OffsetForLeaderTopicResult] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 2..., ignorable: true)
        try coder.field("Topics", &topics, 0...)
    }
}

extension OffsetForLeaderEpochResponse {
    package struct OffsetForLeaderTopicResult: WireStructure {
        package var topic = ""
        package var partitions: [EpochEndOffset] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Topic", &topic, 0...)
            try coder.field("Partitions", &partitions, 0...)
        }
    }

    package struct EpochEndOffset: WireStructure {
        package var errorCode = ErrorCode.none
        package var partition: PartitionIndex = 0
        package var leaderEpoch: LeaderEpoch = -1
        package var endOffset: Offset = -1

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("ErrorCode", &errorCode, 0...)
            try coder.field("Partition", &partition, 0...)
            try coder.field("LeaderEpoch", &leaderEpoch, 1..., default: -1, ignorable: true)
            try coder.field("EndOffset", &endOffset, 0..., default: -1)
        }
    }
}
