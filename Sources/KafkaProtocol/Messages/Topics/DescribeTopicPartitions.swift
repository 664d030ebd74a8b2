/// DescribeTopicPartitions request, API key 75.
package struct DescribeTopicPartitionsRequest: RequestMessage {
    package static let messageName = "DescribeTopicPartitionsRequest"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.describeTopicPartitions
    package typealias Response = DescribeTopicPartitionsResponse

    package var topics: [TopicRequest] = []
    package var responsePartitionLimit: Int32 = 2000
    package var cursor: Cursor?

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("Topics", &topics, 0...)
        try coder.field("ResponsePartitionLimit", &responsePartitionLimit, 0..., default: 2000)
        try coder.field("Cursor", &cursor, 0..., nullable: 0...)
    }
}

extension DescribeTopicPartitionsRequest {
    package struct TopicRequest: WireStructure {
        package var name = ""

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Name", &name, 0...)
        }
    }

    package struct Cursor: WireStructure {
        package var topicName = ""
        package var partitionIndex: PartitionIndex = 0

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("TopicName", &topicName, 0...)
            try coder.field("PartitionIndex", &partitionIndex, 0...)
        }
    }
}

/// DescribeTopicPartitions response, API key 75.
package struct DescribeTopicPartitionsResponse: ResponseMessage {
    package static let messageName = "DescribeTopicPartitionsResponse"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.describeTopicPartitions

    package var throttleTimeMs: Int32 = 0
    package var topics: [DescribeTopicPartitionsResponseTopic] = []
    package var nextCursor: Cursor?

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 0..., ignorable: true)
        try coder.field("Topics", &topics, 0...)
        try coder.field("NextCursor", &nextCursor, 0..., nullable: 0...)
    }
}

extension DescribeTopicPartitionsResponse {
    package struct DescribeTopicPartitionsResponseTopic: WireStructure {
        package var errorCode = ErrorCode.none
        package var name: String? = ""
        package var topicID = TopicID.zero
        package var isInternal = false
        package var partitions: [DescribeTopicPartitionsResponsePartition] = []
        package var topicAuthorizedOperations: Int32 = .min

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("ErrorCode", &errorCode, 0...)
            try coder.field("Name", &name, 0..., nullable: 0..., default: "")
            try coder.field("TopicId", &topicID, 0..., ignorable: true)
            try coder.field("IsInternal", &isInternal, 0..., ignorable: true)
            try coder.field("Partitions", &partitions, 0...)
            try coder.field("TopicAuthorizedOperations", &topicAuthorizedOperations, 0..., default: .min)
        }
    }

    package struct DescribeTopicPartitionsResponsePartition: WireStructure {
        package var errorCode = ErrorCode.none
        package var partitionIndex: PartitionIndex = 0
        package var leaderID: BrokerID = 0
        package var leaderEpoch: LeaderEpoch = -1
        package var replicaNodes: [BrokerID] = []
        package var inSyncReplicaNodes: [BrokerID] = []
        package var eligibleLeaderReplicas: [BrokerID]?
        package var lastKnownEligibleLeaderReplicas: [BrokerID]?
        package var offlineReplicas: [BrokerID] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("ErrorCode", &errorCode, 0...)
            try coder.field("PartitionIndex", &partitionIndex, 0...)
            try coder.field("LeaderId", &leaderID, 0...)
            try coder.field("LeaderEpoch", &leaderEpoch, 0..., default: -1, ignorable: true)
            try coder.field("ReplicaNodes", &replicaNodes, 0...)
            try coder.field("IsrNodes", &inSyncReplicaNodes, 0...)
            try coder.field("EligibleLeaderReplicas", &eligibleLeaderReplicas, 0..., nullable: 0...)
            try coder.field("LastKnownElr", &lastKnownEligibleLeaderReplicas, 0..., nullable: 0...)
            try coder.field("OfflineReplicas", &offlineReplicas, 0..., ignorable: true)
        }
    }

    package struct Cursor: WireStructure {
        package var topicName = ""
        package var partitionIndex: PartitionIndex = 0

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("TopicName", &topicName, 0...)
            try coder.field("PartitionIndex", &partitionIndex, 0...)
        }
    }
}
