/// ListOffsets request, API key 2.
package struct ListOffsetsRequest: RequestMessage {
    package static let messageName = "ListOffsetsRequest"
    package static let versions: ClosedRange<Int16> = 1...11
    package static let firstFlexibleVersion: Int16? = 6
    package static let apiKey = ApiKey.listOffsets
    package typealias Response = ListOffsetsResponse

    package var replicaID: BrokerID = 0
    package var isolationLevel: Int8 = 0
    package var topics: [ListOffsetsTopic] = []
    package var timeoutMs: Int32 = 0

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ReplicaId", &replicaID, 0...)
        try coder.field("IsolationLevel", &isolationLevel, 2...)
        try coder.field("Topics", &topics, 0...)
        try coder.field("TimeoutMs", &timeoutMs, 10..., ignorable: true)
    }
}

extension ListOffsetsRequest {
    package struct ListOffsetsTopic: WireStructure {
        package var name = ""
        package var partitions: [ListOffsetsPartition] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Name", &name, 0...)
            try coder.field("Partitions", &partitions, 0...)
        }
    }

    package struct ListOffsetsPartition: WireStructure {
        package var partitionIndex: PartitionIndex = 0
        package var currentLeaderEpoch: LeaderEpoch = -1
        package var timestamp: Int64 = 0

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("PartitionIndex", &partitionIndex, 0...)
            try coder.field("CurrentLeaderEpoch", &currentLeaderEpoch, 4..., default: -1, ignorable: true)
            try coder.field("Timestamp", &timestamp, 0...)
        }
    }
}

/// ListOffsets response, API key 2.
package struct ListOffsetsResponse: ResponseMessage {
    package static let messageName = "ListOffsetsResponse"
    package static let versions: ClosedRange<Int16> = 1...11
    package static let firstFlexibleVersion: Int16? = 6
    package static let apiKey = ApiKey.listOffsets

    package var throttleTimeMs: Int32 = 0
    package var topics: [ListOffsetsTopicResponse] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 2..., ignorable: true)
        try coder.field("Topics", &topics, 0...)
    }
}

extension ListOffsetsResponse {
    package struct ListOffsetsTopicResponse: WireStructure {
        package var name = ""
        package var partitions: [ListOffsetsPartitionResponse] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Name", &name, 0...)
            try coder.field("Partitions", &partitions, 0...)
        }
    }

    package struct ListOffsetsPartitionResponse: WireStructure {
        package var partitionIndex: PartitionIndex = 0
        package var errorCode = ErrorCode.none
        package var timestamp: Int64 = -1
        package var offset: Offset = -1
        package var leaderEpoch: LeaderEpoch = -1

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("PartitionIndex", &partitionIndex, 0...)
            try coder.field("ErrorCode", &errorCode, 0...)
            try coder.field("Timestamp", &timestamp, 1..., default: -1)
            try coder.field("Offset", &offset, 1..., default: -1)
            try coder.field("LeaderEpoch", &leaderEpoch, 4..., default: -1)
        }
    }
}
