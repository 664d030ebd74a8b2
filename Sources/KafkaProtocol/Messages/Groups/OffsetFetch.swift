/// OffsetFetch request, API key 9.
package struct OffsetFetchRequest: RequestMessage {
    package static let messageName = "OffsetFetchRequest"
    package static let versions: ClosedRange<Int16> = 1...10
    package static let firstFlexibleVersion: Int16? = 6
    package static let apiKey = ApiKey.offsetFetch
    package typealias Response = OffsetFetchResponse

    package var groupID = ""
    package var topics: [OffsetFetchRequestTopic]? = []
    package var groups: [OffsetFetchRequestGroup] = []
    package var requireStable = false

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("GroupId", &groupID, 0...7)
        try coder.field("Topics", &topics, 0...7, nullable: 2...7, default: [])
        try coder.field("Groups", &groups, 8...)
        try coder.field("RequireStable", &requireStable, 7...)
    }
}

extension OffsetFetchRequest {
    package struct OffsetFetchRequestTopic: WireStructure {
        package var name = ""
        package var partitionIndexes: [PartitionIndex] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Name", &name, 0...7)
            try coder.field("PartitionIndexes", &partitionIndexes, 0...7)
        }
    }

    package struct OffsetFetchRequestGroup: WireStructure {
        package var groupID = ""
        package var memberID: String?
        package var memberEpoch: Int32 = -1
        package var topics: [OffsetFetchRequestTopics]? = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("GroupId", &groupID, 8...)
            try coder.field("MemberId", &memberID, 9..., nullable: 9..., ignorable: true)
            try coder.field("MemberEpoch", &memberEpoch, 9..., default: -1, ignorable: true)
            try coder.field("Topics", &topics, 8..., nullable: 8..., default: [])
        }
    }

    package struct OffsetFetchRequestTopics: WireStructure {
        package var name = ""
        package var topicID = TopicID.zero
        package var partitionIndexes: [PartitionIndex] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Name", &name, 8...9, ignorable: true)
            try coder.field("TopicId", &topicID, 10..., ignorable: true)
            try coder.field("PartitionIndexes", &partitionIndexes, 8...)
        }
    }
}

/// OffsetFetch response, API key 9.
package struct OffsetFetchResponse: ResponseMessage {
    package static let messageName = "OffsetFetchResponse"
    package static let versions: ClosedRange<Int16> = 1...10
    package static let firstFlexibleVersion: Int16? = 6
    package static let apiKey = ApiKey.offsetFetch

    package var throttleTimeMs: Int32 = 0
    package var topics: [OffsetFetchResponseTopic] = []
    package var errorCode = ErrorCode.none
    package var groups: [OffsetFetchResponseGroup] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 3..., ignorable: true)
        try coder.field("Topics", &topics, 0...7)
        try coder.field("ErrorCode", &errorCode, 2...7, ignorable: true)
        try coder.field("Groups", &groups, 8...)
    }
}

extension OffsetFetchResponse {
    package struct OffsetFetchResponseTopic: WireStructure {
        package var name = ""
        package var partitions: [OffsetFetchResponsePartition] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Name", &name, 0...7)
            try coder.field("Partitions", &partitions, 0...7)
        }
    }

    package struct OffsetFetchResponsePartition: WireStructure {
        package var partitionIndex: PartitionIndex = 0
        package var committedOffset: Offset = 0
        package var committedLeaderEpoch: LeaderEpoch = -1
        package var metadata: String? = ""
        package var errorCode = ErrorCode.none

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("PartitionIndex", &partitionIndex, 0...7)
            try coder.field("CommittedOffset", &committedOffset, 0...7)
            try coder.field("CommittedLeaderEpoch", &committedLeaderEpoch, 5...7, default: -1, ignorable: true)
            try coder.field("Metadata", &metadata, 0...7, nullable: 0...7, default: "")
            try coder.field("ErrorCode", &errorCode, 0...7)
        }
    }

    package struct OffsetFetchResponseGroup: WireStructure {
        package var groupID = ""
        package var topics: [OffsetFetchResponseTopics] = []
        package var errorCode = ErrorCode.none

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("GroupId", &groupID, 8...)
            try coder.field("Topics", &topics, 8...)
            try coder.field("ErrorCode", &errorCode, 8...)
        }
    }

    package struct OffsetFetchResponseTopics: WireStructure {
        package var name = ""
        package var topicID = TopicID.zero
        package var partitions: [OffsetFetchResponsePartitions] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Name", &name, 8...9, ignorable: true)
            try coder.field("TopicId", &topicID, 10..., ignorable: true)
            try coder.field("Partitions", &partitions, 8...)
        }
    }

    package struct OffsetFetchResponsePartitions: WireStructure {
        package var partitionIndex: PartitionIndex = 0
        package var committedOffset: Offset = 0
        package var committedLeaderEpoch: LeaderEpoch = -1
        package var metadata: String? = ""
        package var errorCode = ErrorCode.none

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("PartitionIndex", &partitionIndex, 8...)
            try coder.field("CommittedOffset", &committedOffset, 8...)
            try coder.field("CommittedLeaderEpoch", &committedLeaderEpoch, 8..., default: -1, ignorable: true)
            try coder.field("Metadata", &metadata, 8..., nullable: 8..., default: "")
            try coder.field("ErrorCode", &errorCode, 8...)
        }
    }
}
