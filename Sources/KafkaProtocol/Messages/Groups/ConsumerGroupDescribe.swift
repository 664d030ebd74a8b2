/// ConsumerGroupDescribe request, API key 69.
package struct ConsumerGroupDescribeRequest: RequestMessage {
    package static let messageName = "ConsumerGroupDescribeRequest"
    package static let versions: ClosedRange<Int16> = 0...1
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.consumerGroupDescribe
    package typealias Response = ConsumerGroupDescribeResponse

    package var groupIDs: [String] = []
    package var includeAuthorizedOperations = false

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("GroupIds", &groupIDs, 0...)
        try coder.field("IncludeAuthorizedOperations", &includeAuthorizedOperations, 0...)
    }
}

/// ConsumerGroupDescribe response, API key 69.
package struct ConsumerGroupDescribeResponse: ResponseMessage {
    package static let messageName = "ConsumerGroupDescribeResponse"
    package static let versions: ClosedRange<Int16> = 0...1
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.consumerGroupDescribe

    package var throttleTimeMs: Int32 = 0
    package var groups: [DescribedGroup] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 0...)
        try coder.field("Groups", &groups, 0...)
    }
}

extension ConsumerGroupDescribeResponse {
    package struct DescribedGroup: WireStructure {
        package var errorCode = ErrorCode.none
        package var errorMessage: String?
        package var groupID = ""
        package var groupState = ""
        package var groupEpoch: Int32 = 0
        package var assignmentEpoch: Int32 = 0
        package var assignorName = ""
        package var members: [Member] = []
        package var authorizedOperations: Int32 = .min

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("ErrorCode", &errorCode, 0...)
            try coder.field("ErrorMessage", &errorMessage, 0..., nullable: 0...)
            try coder.field("GroupId", &groupID, 0...)
            try coder.field("GroupState", &groupState, 0...)
            try coder.field("GroupEpoch", &groupEpoch, 0...)
            try coder.field("AssignmentEpoch", &assignmentEpoch, 0...)
            try coder.field("AssignorName", &assignorName, 0...)
            try coder.field("Members", &members, 0...)
            try coder.field("AuthorizedOperations", &authorizedOperations, 0..., default: .min)
        }
    }

    package struct Member: WireStructure {
        package var memberID = ""
        package var instanceID: String?
        package var rackID: String?
        package var memberEpoch: Int32 = 0
        package var clientID = ""
        package var clientHost = ""
        package var subscribedTopicNames: [String] = []
        package var subscribedTopicRegex: String?
        package var assignment = Assignment()
        package var targetAssignment = Assignment()
        package var memberType: Int8 = -1

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("MemberId", &memberID, 0...)
            try coder.field("InstanceId", &instanceID, 0..., nullable: 0...)
            try coder.field("RackId", &rackID, 0..., nullable: 0...)
            try coder.field("MemberEpoch", &memberEpoch, 0...)
            try coder.field("ClientId", &clientID, 0...)
            try coder.field("ClientHost", &clientHost, 0...)
            try coder.field("SubscribedTopicNames", &subscribedTopicNames, 0...)
            try coder.field("SubscribedTopicRegex", &subscribedTopicRegex, 0..., nullable: 0...)
            try coder.field("Assignment", &assignment, 0...)
            try coder.field("TargetAssignment", &targetAssignment, 0...)
            try coder.field("MemberType", &memberType, 1..., default: -1, ignorable: true)
        }
    }

    package struct Assignment: WireStructure {
        package var topicPartitions: [TopicPartitions] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("TopicPartitions", &topicPartitions, 0...)
        }
    }

    package struct TopicPartitions: WireStructure {
        package var topicID = TopicID.zero
        package var topicName = ""
        package var partitions: [PartitionIndex] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("TopicId", &topicID, 0...)
            try coder.field("TopicName", &topicName, 0...)
            try coder.field("Partitions", &partitions, 0...)
        }
    }
}
