/// ShareGroupPartitionMetadataKey.
package struct ShareGroupPartitionMetadataKey: KafkaMessage {
    package static let messageName = "ShareGroupPartitionMetadataKey"
    package static let versions: ClosedRange<Int16> = 9...9
    package static let firstFlexibleVersion: Int16? = nil

    package var groupID = ""

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("GroupId", &groupID, 9)
    }
}

/// ShareGroupPartitionMetadataValue.
package struct ShareGroupPartitionMetadataValue: KafkaMessage {
    package static let messageName = "ShareGroupPartitionMetadataValue"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0

    package var topics: [TopicMetadata] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("Topics", &topics, 0...)
    }
}

extension ShareGroupPartitionMetadataValue {
    package struct TopicMetadata: WireStructure {
        package var topicID = TopicID.zero
        package var topicName = ""
        package var numPartitions: Int32 = 0
        package var partitionMetadata: [PartitionMetadata] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("TopicId", &topicID, 0...)
            try coder.field("TopicName", &topicName, 0...)
            try coder.field("NumPartitions", &numPartitions, 0...)
            try coder.field("PartitionMetadata", &partitionMetadata, 0...)
        }
    }

    package struct PartitionMetadata: WireStructure {
        package var partition: PartitionIndex = 0
        package var racks: [String] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Partition", &partition, 0...)
            try coder.field("Racks", &racks, 0...)
        }
    }
}

/// ShareGroupMemberMetadataKey.
package struct ShareGroupMemberMetadataKey: KafkaMessage {
    package static let messageName = "ShareGroupMemberMetadataKey"
    package static let versions: ClosedRange<Int16> = 10...10
    package static let firstFlexibleVersion: Int16? = nil

    package var groupID = ""
    package var memberID = ""

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("GroupId", &groupID, 10)
        try coder.field("MemberId", &memberID, 10)
    }
}

/// ShareGroupMemberMetadataValue.
package struct ShareGroupMemberMetadataValue: KafkaMessage {
    package static let messageName = "ShareGroupMemberMetadataValue"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0

    package var rackID: String? = ""
    package var clientID = ""
    package var clientHost = ""
    package var subscribedTopicNames: [String] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("RackId", &rackID, 0..., nullable: 0..., default: "")
        try coder.field("ClientId", &clientID, 0...)
        try coder.field("ClientHost", &clientHost, 0...)
        try coder.field("SubscribedTopicNames", &subscribedTopicNames, 0...)
    }
}

/// ShareGroupMetadataKey.
package struct ShareGroupMetadataKey: KafkaMessage {
    package static let messageName = "ShareGroupMetadataKey"
    package static let versions: ClosedRange<Int16> = 11...11
    package static let firstFlexibleVersion: Int16? = nil

    package var groupID = ""

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("GroupId", &groupID, 11)
    }
}

/// ShareGroupMetadataValue.
package struct ShareGroupMetadataValue: KafkaMessage {
    package static let messageName = "ShareGroupMetadataValue"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0

    package var epoch: Int32 = 0

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("Epoch", &epoch, 0...)
    }
}

/// ShareGroupTargetAssignmentMetadataKey.
package struct ShareGroupTargetAssignmentMetadataKey: KafkaMessage {
    package static let messageName = "ShareGroupTargetAssignmentMetadataKey"
    package static let versions: ClosedRange<Int16> = 12...12
    package static let firstFlexibleVersion: Int16? = nil

    package var groupID = ""

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("GroupId", &groupID, 12)
    }
}

/// ShareGroupTargetAssignmentMetadataValue.
package struct ShareGroupTargetAssignmentMetadataValue: KafkaMessage {
    package static let messageName = "ShareGroupTargetAssignmentMetadataValue"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0

    package var assignmentEpoch: Int32 = 0

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("AssignmentEpoch", &assignmentEpoch, 0...)
    }
}

/// ShareGroupTargetAssignmentMemberKey.
package struct ShareGroupTargetAssignmentMemberKey: KafkaMessage {
    package static let messageName = "ShareGroupTargetAssignmentMemberKey"
    package static let versions: ClosedRange<Int16> = 13...13
    package static let firstFlexibleVersion: Int16? = nil

    package var groupID = ""
    package var memberID = ""

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("GroupId", &groupID, 13)
        try coder.field("MemberId", &memberID, 13)
    }
}

/// ShareGroupTargetAssignmentMemberValue.
package struct ShareGroupTargetAssignmentMemberValue: KafkaMessage {
    package static let messageName = "ShareGroupTargetAssignmentMemberValue"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0

    package var topicPartitions: [TopicPartition] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("TopicPartitions", &topicPartitions, 0...)
    }
}

extension ShareGroupTargetAssignmentMemberValue {
    package struct TopicPartition: WireStructure {
        package var topicID = TopicID.zero
        package var partitions: [PartitionIndex] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("TopicId", &topicID, 0...)
            try coder.field("Partitions", &partitions, 0...)
        }
    }
}

/// ShareGroupCurrentMemberAssignmentKey.
package struct ShareGroupCurrentMemberAssignmentKey: KafkaMessage {
    package static let messageName = "ShareGroupCurrentMemberAssignmentKey"
    package static let versions: ClosedRange<Int16> = 14...14
    package static let firstFlexibleVersion: Int16? = nil

    package var groupID = ""
    package var memberID = ""

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("GroupId", &groupID, 14)
        try coder.field("MemberId", &memberID, 14)
    }
}

/// ShareGroupCurrentMemberAssignmentValue.
package struct ShareGroupCurrentMemberAssignmentValue: KafkaMessage {
    package static let messageName = "ShareGroupCurrentMemberAssignmentValue"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0

    package var memberEpoch: Int32 = 0
    package var previousMemberEpoch: Int32 = 0
    package var state: Int8 = 0
    package var assignedPartitions: [TopicPartitions] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("MemberEpoch", &memberEpoch, 0...)
        try coder.field("PreviousMemberEpoch", &previousMemberEpoch, 0...)
        try coder.field("State", &state, 0...)
        try coder.field("AssignedPartitions", &assignedPartitions, 0...)
    }
}

extension ShareGroupCurrentMemberAssignmentValue {
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

/// ShareGroupStatePartitionMetadataKey.
package struct ShareGroupStatePartitionMetadataKey: KafkaMessage {
    package static let messageName = "ShareGroupStatePartitionMetadataKey"
    package static let versions: ClosedRange<Int16> = 15...15
    package static let firstFlexibleVersion: Int16? = nil

    package var groupID = ""

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("GroupId", &groupID, 15)
    }
}

/// ShareGroupStatePartitionMetadataValue.
package struct ShareGroupStatePartitionMetadataValue: KafkaMessage {
    package static let messageName = "ShareGroupStatePartitionMetadataValue"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0

    package var initializedTopics: [TopicPartitionsInfo] = []
    package var deletingTopics: [TopicInfo] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("InitializedTopics", &initializedTopics, 0...)
        try coder.field("DeletingTopics", &deletingTopics, 0...)
    }
}

extension ShareGroupStatePartitionMetadataValue {
    package struct TopicPartitionsInfo: WireStructure {
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

    package struct TopicInfo: WireStructure {
        package var topicID = TopicID.zero
        package var topicName = ""

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("TopicId", &topicID, 0...)
            try coder.field("TopicName", &topicName, 0...)
        }
    }
}
