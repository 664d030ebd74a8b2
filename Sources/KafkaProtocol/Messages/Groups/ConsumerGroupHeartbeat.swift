/// ConsumerGroupHeartbeat request, API key 68.
package struct ConsumerGroupHeartbeatRequest: RequestMessage {
    package static let messageName = "ConsumerGroupHeartbeatRequest"
    package static let versions: ClosedRange<Int16> = 0...1
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.consumerGroupHeartbeat
    package typealias Response = ConsumerGroupHeartbeatResponse

    package var groupID = ""
    package var memberID = ""
    package var memberEpoch: Int32 = 0
    package var instanceID: String?
    package var rackID: String?
    package var rebalanceTimeoutMs: Int32 = -1
    package var subscribedTopicNames: [String]?
    package var subscribedTopicRegex: String?
    package var serverAssignor: String?
    package var topicPartitions: [TopicPartitions]?

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("GroupId", &groupID, 0...)
        try coder.field("MemberId", &memberID, 0...)
        try coder.field("MemberEpoch", &memberEpoch, 0...)
        try coder.field("InstanceId", &instanceID, 0..., nullable: 0...)
        try coder.field("RackId", &rackID, 0..., nullable: 0...)
        try coder.field("RebalanceTimeoutMs", &rebalanceTimeoutMs, 0..., default: -1)
        try coder.field("SubscribedTopicNames", &subscribedTopicNames, 0..., nullable: 0...)
        try coder.field("SubscribedTopicRegex", &subscribedTopicRegex, 1..., nullable: 1...)
        try coder.field("ServerAssignor", &serverAssignor, 0..., nullable: 0...)
        try coder.field("TopicPartitions", &topicPartitions, 0..., nullable: 0...)
    }
}

extension ConsumerGroupHeartbeatRequest {
    package struct TopicPartitions: WireStructure {
        package var topicID = TopicID.zero
        package var partitions: [PartitionIndex] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("TopicId", &topicID, 0...)
            try coder.field("Partitions", &partitions, 0...)
        }
    }
}

/// ConsumerGroupHeartbeat response, API key 68.
package struct ConsumerGroupHeartbeatResponse: ResponseMessage {
    package static let messageName = "ConsumerGroupHeartbeatResponse"
    package static let versions: ClosedRange<Int16> = 0...1
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.consumerGroupHeartbeat

    package var throttleTimeMs: Int32 = 0
    package var errorCode = ErrorCode.none
    package var errorMessage: String?
    package var memberID: String?
    package var memberEpoch: Int32 = 0
    package var heartbeatIntervalMs: Int32 = 0
    package var assignment: Assignment?

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 0...)
        try coder.field("ErrorCode", &errorCode, 0...)
        try coder.field("ErrorMessage", &errorMessage, 0..., nullable: 0...)
        try coder.field("MemberId", &memberID, 0..., nullable: 0...)
        try coder.field("MemberEpoch", &memberEpoch, 0...)
        try coder.field("HeartbeatIntervalMs", &heartbeatIntervalMs, 0...)
        try coder.field("Assignment", &assignment, 0..., nullable: 0...)
    }
}

extension ConsumerGroupHeartbeatResponse {
    package struct Assignment: WireStructure {
        package var topicPartitions: [TopicPartitions] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("TopicPartitions", &topicPartitions, 0...)
        }
    }

    package struct TopicPartitions: WireStructure {
        package var topicID = TopicID.zero
        package var partitions: [PartitionIndex] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("TopicId", &topicID, 0...)
            try coder.field("Partitions", &partitions, 0...)
        }
    }
}
