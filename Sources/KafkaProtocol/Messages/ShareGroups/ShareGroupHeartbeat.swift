/// ShareGroupHeartbeat request, API key 76.
package struct ShareGroupHeartbeatRequest: RequestMessage {
    package static let messageName = "ShareGroupHeartbeatRequest"
    package static let versions: ClosedRange<Int16> = 1...1
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.shareGroupHeartbeat
    package typealias Response = ShareGroupHeartbeatResponse

    package var groupID = ""
    package var memberID = ""
    package var memberEpoch: Int32 = 0
    package var rackID: String?
    package var subscribedTopicNames: [String]?

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("GroupId", &groupID, 0...)
        try coder.field("MemberId", &memberID, 0...)
        try coder.field("MemberEpoch", &memberEpoch, 0...)
        try coder.field("RackId", &rackID, 0..., nullable: 0...)
        try coder.field("SubscribedTopicNames", &subscribedTopicNames, 0..., nullable: 0...)
    }
}

/// ShareGroupHeartbeat response, API key 76.
package struct ShareGroupHeartbeatResponse: ResponseMessage {
    package static let messageName = "ShareGroupHeartbeatResponse"
    package static let versions: ClosedRange<Int16> = 1...1
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.shareGroupHeartbeat

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

extension ShareGroupHeartbeatResponse {
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
