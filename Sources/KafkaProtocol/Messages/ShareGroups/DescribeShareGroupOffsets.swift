/// DescribeShareGroupOffsets request, API key 90.
package struct DescribeShareGroupOffsetsRequest: RequestMessage {
    package static let messageName = "DescribeShareGroupOffsetsRequest"
    package static let versions: ClosedRange<Int16> = 0...1
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.describeShareGroupOffsets
    package typealias Response = DescribeShareGroupOffsetsResponse

    package var groups: [DescribeShareGroupOffsetsRequestGroup] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("Groups", &groups, 0...)
    }
}

extension DescribeShareGroupOffsetsRequest {
    package struct DescribeShareGroupOffsetsRequestGroup: WireStructure {
        package var groupID = ""
        package var topics: [DescribeShareGroupOffsetsRequestTopic]? = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("GroupId", &groupID, 0...)
            try coder.field("Topics", &topics, 0..., nullable: 0..., default: [])
        }
    }

    package struct DescribeShareGroupOffsetsRequestTopic: WireStructure {
        package var topicName = ""
        package var partitions: [PartitionIndex] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("TopicName", &topicName, 0...)
            try coder.field("Partitions", &partitions, 0...)
        }
    }
}

/// DescribeShareGroupOffsets response, API key 90.
package struct DescribeShareGroupOffsetsResponse: ResponseMessage {
    package static let messageName = "DescribeShareGroupOffsetsResponse"
    package static let versions: ClosedRange<Int16> = 0...1
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.describeShareGroupOffsets

    package var throttleTimeMs: Int32 = 0
    package var groups: [DescribeShareGroupOffsetsResponseGroup] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 0...)
        try coder.field("Groups", &groups, 0...)
    }
}

extension DescribeShareGroupOffsetsResponse {
    package struct DescribeShareGroupOffsetsResponseGroup: WireStructure {
        package var groupID = ""
        package var topics: [DescribeShareGroupOffsetsResponseTopic] = []
        package var errorCode = ErrorCode.none
        package var errorMessage: String?

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("GroupId", &groupID, 0...)
            try coder.field("Topics", &topics, 0...)
            try coder.field("ErrorCode", &errorCode, 0...)
            try coder.field("ErrorMessage", &errorMessage, 0..., nullable: 0...)
        }
    }

    package struct DescribeShareGroupOffsetsResponseTopic: WireStructure {
        package var topicName = ""
        package var topicID = TopicID.zero
        package var partitions: [DescribeShareGroupOffsetsResponsePartition] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("TopicName", &topicName, 0...)
            try coder.field("TopicId", &topicID, 0...)
            try coder.field("Partitions", &partitions, 0...)
        }
    }

    package struct DescribeShareGroupOffsetsResponsePartition: WireStructure {
        package var partitionIndex: PartitionIndex = 0
        package var startOffset: Offset = 0
        package var leaderEpoch: LeaderEpoch = 0
        package var lag: Int64 = -1
        package var errorCode = ErrorCode.none
        package var errorMessage: String?

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("PartitionIndex", &partitionIndex, 0...)
            try coder.field("StartOffset", &startOffset, 0...)
            try coder.field("LeaderEpoch", &leaderEpoch, 0...)
            try coder.field("Lag", &lag, 1..., default: -1, ignorable: true)
            try coder.field("ErrorCode", &errorCode, 0...)
            try coder.field("ErrorMessage", &errorMessage, 0..., nullable: 0...)
        }
    }
}
