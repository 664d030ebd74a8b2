package import NIOCore

/// ConsumerGroupMetadataKey.
package struct ConsumerGroupMetadataKey: KafkaMessage {
    package static let messageName = "ConsumerGroupMetadataKey"
    package static let versions: ClosedRange<Int16> = 3...3
    package static let firstFlexibleVersion: Int16? = nil

    package var groupID = ""

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("GroupId", &groupID, 3)
    }
}

/// ConsumerGroupMetadataValue.
package struct ConsumerGroupMetadataValue: KafkaMessage {
    package static let messageName = "ConsumerGroupMetadataValue"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0

    package var epoch: Int32 = 0

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("Epoch", &epoch, 0...)
    }
}

/// ConsumerGroupPartitionMetadataKey.
package struct ConsumerGroupPartitionMetadataKey: KafkaMessage {
    package static let messageName = "ConsumerGroupPartitionMetadataKey"
    package static let versions: ClosedRange<Int16> = 4...4
    package static let firstFlexibleVersion: Int16? = nil

    package var groupID = ""

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("GroupId", &groupID, 4)
    }
}

/// ConsumerGroupPartitionMetadataValue.
package struct ConsumerGroupPartitionMetadataValue: KafkaMessage {
    package static let messageName = "ConsumerGroupPartitionMetadataValue"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0

    package var topics: [TopicMetadata] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("Topics", &topics, 0...)
    }
}

extension ConsumerGroupPartitionMetadataValue {
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

/// ConsumerGroupMemberMetadataKey.
package struct ConsumerGroupMemberMetadataKey: KafkaMessage {
    package static let messageName = "ConsumerGroupMemberMetadataKey"
    package static let versions: ClosedRange<Int16> = 5...5
    package static let firstFlexibleVersion: Int16? = nil

    package var groupID = ""
    package var memberID = ""

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("GroupId", &groupID, 5)
        try coder.field("MemberId", &memberID, 5)
    }
}

/// ConsumerGroupMemberMetadataValue.
package struct ConsumerGroupMemberMetadataValue: KafkaMessage {
    package static let messageName = "ConsumerGroupMemberMetadataValue"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0

    package var instanceID: String? = ""
    package var rackID: String? = ""
    package var clientID = ""
    package var clientHost = ""
    package var subscribedTopicNames: [String] = []
    package var subscribedTopicRegex: String? = ""
    package var rebalanceTimeoutMs: Int32 = -1
    package var serverAssignor: String? = ""
    package var classicMemberMetadata: ClassicMemberMetadata? = ClassicMemberMetadata()

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("InstanceId", &instanceID, 0..., nullable: 0..., default: "")
        try coder.field("RackId", &rackID, 0..., nullable: 0..., default: "")
        try coder.field("ClientId", &clientID, 0...)
        try coder.field("ClientHost", &clientHost, 0...)
        try coder.field("SubscribedTopicNames", &subscribedTopicNames, 0...)
        try coder.field("SubscribedTopicRegex", &subscribedTopicRegex, 0..., nullable: 0..., default: "")
        try coder.field("RebalanceTimeoutMs", &rebalanceTimeoutMs, 0..., default: -1)
        try coder.field("ServerAssignor", &serverAssignor, 0..., nullable: 0..., default: "")
        try coder.field(
            "ClassicMemberMetadata", &classicMemberMetadata, 0..., tag: 0, nullable: 0...,
            default: ClassicMemberMetadata())
    }
}

extension ConsumerGroupMemberMetadataValue {
    package struct ClassicMemberMetadata: WireStructure {
        package var sessionTimeoutMs: Int32 = 0
        package var supportedProtocols: [ClassicProtocol] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("SessionTimeoutMs", &sessionTimeoutMs, 0...)
            try coder.field("SupportedProtocols", &supportedProtocols, 0...)
        }
    }

    package struct ClassicProtocol: WireStructure {
        package var name = ""
        package var metadata = ByteBuffer()

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Name", &name, 0...)
            try coder.field("Metadata", &metadata, 0...)
        }
    }
}

/// ConsumerGroupTargetAssignmentMetadataKey.
package struct ConsumerGroupTargetAssignmentMetadataKey: KafkaMessage {
    package static let messageName = "ConsumerGroupTargetAssignmentMetadataKey"
    package static let versions: ClosedRange<Int16> = 6...6
    package static let firstFlexibleVersion: Int16? = nil

    package var groupID = ""

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("GroupId", &groupID, 6)
    }
}

/// ConsumerGroupTargetAssignmentMetadataValue.
package struct ConsumerGroupTargetAssignmentMetadataValue: KafkaMessage {
    package static let messageName = "ConsumerGroupTargetAssignmentMetadataValue"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0

    package var assignmentEpoch: Int32 = 0

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("AssignmentEpoch", &assignmentEpoch, 0...)
    }
}

/// ConsumerGroupTargetAssignmentMemberKey.
package struct ConsumerGroupTargetAssignmentMemberKey: KafkaMessage {
    package static let messageName = "ConsumerGroupTargetAssignmentMemberKey"
    package static let versions: ClosedRange<Int16> = 7...7
    package static let firstFlexibleVersion: Int16? = nil

    package var groupID = ""
    package var memberID = ""

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("GroupId", &groupID, 7)
        try coder.field("MemberId", &memberID, 7)
    }
}

/// ConsumerGroupTargetAssignmentMemberValue.
package struct ConsumerGroupTargetAssignmentMemberValue: KafkaMessage {
    package static let messageName = "ConsumerGroupTargetAssignmentMemberValue"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0

    package var topicPartitions: [TopicPartition] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("TopicPartitions", &topicPartitions, 0...)
    }
}

extension ConsumerGroupTargetAssignmentMemberValue {
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

/// ConsumerGroupCurrentMemberAssignmentKey.
package struct ConsumerGroupCurrentMemberAssignmentKey: KafkaMessage {
    package static let messageName = "ConsumerGroupCurrentMemberAssignmentKey"
    package static let versions: ClosedRange<Int16> = 8...8
    package static let firstFlexibleVersion: Int16? = nil

    package var groupID = ""
    package var memberID = ""

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("GroupId", &groupID, 8)
        try coder.field("MemberId", &memberID, 8)
    }
}

/// ConsumerGroupCurrentMemberAssignmentValue.
package struct ConsumerGroupCurrentMemberAssignmentValue: KafkaMessage {
    package static let messageName = "ConsumerGroupCurrentMemberAssignmentValue"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0

    package var memberEpoch: Int32 = 0
    package var previousMemberEpoch: Int32 = 0
    package var state: Int8 = 0
    package var assignedPartitions: [TopicPartitions] = []
    package var partitionsPendingRevocation: [TopicPartitions] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("MemberEpoch", &memberEpoch, 0...)
        try coder.field("PreviousMemberEpoch", &previousMemberEpoch, 0...)
        try coder.field("State", &state, 0...)
        try coder.field("AssignedPartitions", &assignedPartitions, 0...)
        try coder.field("PartitionsPendingRevocation", &partitionsPendingRevocation, 0...)
    }
}

extension ConsumerGroupCurrentMemberAssignmentValue {
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

/// ConsumerGroupRegularExpressionKey: Kafka 4's record type 16.
package struct ConsumerGroupRegularExpressionKey: KafkaMessage {
    package static let messageName = "ConsumerGroupRegularExpressionKey"
    package static let versions: ClosedRange<Int16> = 16...16
    package static let firstFlexibleVersion: Int16? = nil

    package var groupID = ""
    package var regularExpression = ""

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("GroupId", &groupID, 16)
        try coder.field("RegularExpression", &regularExpression, 16)
    }
}

/// ConsumerGroupRegularExpressionValue.
package struct ConsumerGroupRegularExpressionValue: KafkaMessage {
    package static let messageName = "ConsumerGroupRegularExpressionValue"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0

    /// The names of the topics that match.
    package var topics: [String] = []
    /// The version of the topics that were looked at.
    package var version: Int64 = 0
    /// When they were, in milliseconds since 1970.
    package var timestamp: Int64 = 0

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("Topics", &topics, 0...)
        try coder.field("Version", &version, 0...)
        try coder.field("Timestamp", &timestamp, 0...)
    }
}
