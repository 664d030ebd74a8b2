/// OffsetCommit request, API key 8.
package struct OffsetCommitRequest: RequestMessage {
    package static let messageName = "OffsetCommitRequest"
    package static let versions: ClosedRange<Int16> = 2...10
    package static let firstFlexibleVersion: Int16? = 8
    package static let apiKey = ApiKey.offsetCommit
    package typealias Response = OffsetCommitResponse

    package var groupID = ""
    package var generationIDOrMemberEpoch: Int32 = -1
    package var memberID = ""
    package var groupInstanceID: String?
    package var retentionTimeMs: Int64 = -1
    package var topics: [OffsetCommitRequestTopic] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("GroupId", &groupID, 0...)
        try coder.field("GenerationIdOrMemberEpoch", &generationIDOrMemberEpoch, 1..., default: -1, ignorable: true)
        try coder.field("MemberId", &memberID, 1..., ignorable: true)
        try coder.field("GroupInstanceId", &groupInstanceID, 7..., nullable: 7...)
        try coder.field("RetentionTimeMs", &retentionTimeMs, 2...4, default: -1, ignorable: true)
        try coder.field("Topics", &topics, 0...)
    }
}

extension OffsetCommitRequest {
    package struct OffsetCommitRequestTopic: WireStructure {
        package var name = ""
        package var topicID = TopicID.zero
        package var partitions: [OffsetCommitRequestPartition] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Name", &name, 0...9, ignorable: true)
            try coder.field("TopicId", &topicID, 10..., ignorable: true)
            try coder.field("Partitions", &partitions, 0...)
        }
    }

    package struct OffsetCommitRequestPartition: WireStructure {
        package var partitionIndex: PartitionIndex = 0
        package var committedOffset: Offset = 0
        package var committedLeaderEpoch: LeaderEpoch = -1
        package var committedMetadata: String? = ""

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("PartitionIndex", &partitionIndex, 0...)
            try coder.field("CommittedOffset", &committedOffset, 0...)
            try coder.field("CommittedLeaderEpoch", &committedLeaderEpoch, 6..., default: -1, ignorable: true)
            try coder.field("CommittedMetadata", &committedMetadata, 0..., nullable: 0..., default: "")
        }
    }
}

/// OffsetCommit response, API key 8.
package struct OffsetCommitResponse: ResponseMessage {
    package static let messageName = "OffsetCommitResponse"
    package static let versions: ClosedRange<Int16> = 2...10
    package static let firstFlexibleVersion: Int16? = 8
    package static let apiKey = ApiKey.offsetCommit

    package var throttleTimeMs: Int32 = 0
    package var topics: [OffsetCommitResponseTopic] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 3..., ignorable: true)
        try coder.field("Topics", &topics, 0...)
    }
}

extension OffsetCommitResponse {
    package struct OffsetCommitResponseTopic: WireStructure {
        package var name = ""
        package var topicID = TopicID.zero
        package var partitions: [OffsetCommitResponsePartition] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Name", &name, 0...9, ignorable: true)
            try coder.field("TopicId", &topicID, 10..., ignorable: true)
            try coder.field("Partitions", &partitions, 0...)
        }
    }

    package struct OffsetCommitResponsePartition: WireStructure {
        package var partitionIndex: PartitionIndex = 0
        package var errorCode = ErrorCode.none

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("PartitionIndex", &partitionIndex, 0...)
            try coder.field("ErrorCode", &errorCode, 0...)
        }
    }
}
