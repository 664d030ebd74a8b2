/// StickyAssignorUserData.
package struct StickyAssignorUserData: KafkaMessage {
    package static let messageName = "StickyAssignorUserData"
    package static let versions: ClosedRange<Int16> = 0...1
    package static let firstFlexibleVersion: Int16? = nil

    package var previousAssignment: [TopicPartition] = []
    package var generation: Int32 = -1

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("PreviousAssignment", &previousAssignment, 0...)
        try coder.field("Generation", &generation, 1..., default: -1)
    }
}

extension StickyAssignorUserData {
    package struct TopicPartition: WireStructure {
        package var topic = ""
        package var partitions: [PartitionIndex] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Topic", &topic, 0...)
            try coder.field("Partitions", &partitions, 0...)
        }
    }
}

/// CooperativeStickyAssignorUserData.
package struct CooperativeStickyAssignorUserData: KafkaMessage {
    package static let messageName = "CooperativeStickyAssignorUserData"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = nil

    package var generation: Int32 = 0

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("Generation", &generation, 0...)
    }
}
