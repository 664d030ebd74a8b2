package import NIOCore

/// ControlRecordTypeSchema.
package struct ControlRecordTypeSchema: KafkaMessage {
    package static let messageName = "ControlRecordTypeSchema"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = nil

    package var type: Int16 = 0

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("Type", &type, 0...)
    }
}

/// OffsetCommitKey.
package struct OffsetCommitKey: KafkaMessage {
    package static let messageName = "OffsetCommitKey"
    package static let versions: ClosedRange<Int16> = 0...1
    package static let firstFlexibleVersion: Int16? = nil

    package var group = ""
    package var topic = ""
    package var partition: PartitionIndex = 0

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("group", &group, 0...1)
        try coder.field("topic", &topic, 0...1)
        try coder.field("partition", &partition, 0...1)
    }
}

/// OffsetCommitValue.
package struct OffsetCommitValue: KafkaMessage {
    package static let messageName = "OffsetCommitValue"
    package static let versions: ClosedRange<Int16> = 0...4
    package static let firstFlexibleVersion: Int16? = 4

    package var offset: Offset = 0
    package var leaderEpoch: LeaderEpoch = -1
    package var metadata = ""
    package var commitTimestamp: Int64 = 0
    package var expireTimestamp: Int64 = -1
    package var topicID = TopicID.zero

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("offset", &offset, 0...)
        try coder.field("leaderEpoch", &leaderEpoch, 3..., default: -1, ignorable: true)
        try coder.field("metadata", &metadata, 0...)
        try coder.field("commitTimestamp", &commitTimestamp, 0...)
        try coder.field("expireTimestamp", &expireTimestamp, 1, default: -1, ignorable: true)
        try coder.field("topicId", &topicID, 4..., tag: 0, ignorable: true)
    }
}

/// GroupMetadataKey.
package struct GroupMetadataKey: KafkaMessage {
    package static let messageName = "GroupMetadataKey"
    package static let versions: ClosedRange<Int16> = 2...2
    package static let firstFlexibleVersion: Int16? = nil

    package var group = ""

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("group", &group, 2)
    }
}

/// GroupMetadataValue.
package struct GroupMetadataValue: KafkaMessage {
    package static let messageName = "GroupMetadataValue"
    package static let versions: ClosedRange<Int16> = 0...4
    package static let firstFlexibleVersion: Int16? = 4

    package var protocolType = ""
    package var generation: Int32 = 0
    package var `protocol`: String? = ""
    package var leader: String? = ""
    package var currentStateTimestamp: Int64 = -1
    package var members: [MemberMetadata] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("protocolType", &protocolType, 0...)
        try coder.field("generation", &generation, 0...)
        try coder.field("protocol", &`protocol`, 0..., nullable: 0..., default: "")
        try coder.field("leader", &leader, 0..., nullable: 0..., default: "")
        try coder.field("currentStateTimestamp", &currentStateTimestamp, 2..., default: -1, ignorable: true)
        try coder.field("members", &members, 0...)
    }
}

extension GroupMetadataValue {
    package struct MemberMetadata: WireStructure {
        package var memberID = ""
        package var groupInstanceID: String?
        package var clientID = ""
        package var clientHost = ""
        package var rebalanceTimeout: Int32 = -1
        package var sessionTimeout: Int32 = 0
        package var subscription = ByteBuffer()
        package var assignment = ByteBuffer()

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("memberId", &memberID, 0...)
            try coder.field("groupInstanceId", &groupInstanceID, 3..., nullable: 3..., ignorable: true)
            try coder.field("clientId", &clientID, 0...)
            try coder.field("clientHost", &clientHost, 0...)
            try coder.field("rebalanceTimeout", &rebalanceTimeout, 1..., default: -1, ignorable: true)
            try coder.field("sessionTimeout", &sessionTimeout, 0...)
            try coder.field("subscription", &subscription, 0...)
            try coder.field("assignment", &assignment, 0...)
        }
    }
}
