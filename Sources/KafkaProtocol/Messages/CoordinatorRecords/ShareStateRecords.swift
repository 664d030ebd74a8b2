/// ShareSnapshotKey.
package struct ShareSnapshotKey: KafkaMessage {
    package static let messageName = "ShareSnapshotKey"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = nil

    package var groupID = ""
    package var topicID = TopicID.zero
    package var partition: PartitionIndex = 0

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("GroupId", &groupID, 0)
        try coder.field("TopicId", &topicID, 0)
        try coder.field("Partition", &partition, 0)
    }
}

/// ShareSnapshotValue.
package struct ShareSnapshotValue: KafkaMessage {
    package static let messageName = "ShareSnapshotValue"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0

    package var snapshotEpoch: UInt16 = 0
    package var stateEpoch: Int32 = 0
    package var leaderEpoch: LeaderEpoch = 0
    package var startOffset: Offset = 0
    package var stateBatches: [StateBatch] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("SnapshotEpoch", &snapshotEpoch, 0)
        try coder.field("StateEpoch", &stateEpoch, 0...)
        try coder.field("LeaderEpoch", &leaderEpoch, 0...)
        try coder.field("StartOffset", &startOffset, 0)
        try coder.field("StateBatches", &stateBatches, 0)
    }
}

extension ShareSnapshotValue {
    package struct StateBatch: WireStructure {
        package var firstOffset: Offset = 0
        package var lastOffset: Offset = 0
        package var deliveryState: Int8 = 0
        package var deliveryCount: Int16 = 0

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("FirstOffset", &firstOffset, 0)
            try coder.field("LastOffset", &lastOffset, 0)
            try coder.field("DeliveryState", &deliveryState, 0)
            try coder.field("DeliveryCount", &deliveryCount, 0)
        }
    }
}

/// ShareUpdateKey.
package struct ShareUpdateKey: KafkaMessage {
    package static let messageName = "ShareUpdateKey"
    package static let versions: ClosedRange<Int16> = 1...1
    package static let firstFlexibleVersion: Int16? = nil

    package var groupID = ""
    package var topicID = TopicID.zero
    package var partition: PartitionIndex = 0

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("GroupId", &groupID, 1)
        try coder.field("TopicId", &topicID, 1)
        try coder.field("Partition", &partition, 1)
    }
}

/// ShareUpdateValue.
package struct ShareUpdateValue: KafkaMessage {
    package static let messageName = "ShareUpdateValue"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0

    package var snapshotEpoch: UInt16 = 0
    package var leaderEpoch: LeaderEpoch = 0
    package var startOffset: Offset = 0
    package var stateBatches: [StateBatch] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("SnapshotEpoch", &snapshotEpoch, 0)
        try coder.field("LeaderEpoch", &leaderEpoch, 0...)
        try coder.field("StartOffset", &startOffset, 0)
        try coder.field("StateBatches", &stateBatches, 0)
    }
}

extension ShareUpdateValue {
    package struct StateBatch: WireStructure {
        package var firstOffset: Offset = 0
        package var lastOffset: Offset = 0
        package var deliveryState: Int8 = 0
        package var deliveryCount: Int16 = 0

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("FirstOffset", &firstOffset, 0)
            try coder.field("LastOffset", &lastOffset, 0)
            try coder.field("DeliveryState", &deliveryState, 0)
            try coder.field("DeliveryCount", &deliveryCount, 0)
        }
    }
}
