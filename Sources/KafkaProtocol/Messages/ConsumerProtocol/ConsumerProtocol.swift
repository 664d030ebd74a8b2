package import NIOCore

/// ConsumerProtocolSubscription.
package struct ConsumerProtocolSubscription: KafkaMessage {
    package static let messageName = "ConsumerProtocolSubscription"
    package static let versions: ClosedRange<Int16> = 0...3
    package static let firstFlexibleVersion: Int16? = nil

    package var topics: [String] = []
    package var userData: ByteBuffer?
    package var ownedPartitions: [TopicPartition] = []
    package var generationID: Int32 = -1
    package var rackID: String?

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("Topics", &topics, 0...)
        try coder.field("UserData", &userData, 0..., nullable: 0...)
        try coder.field("OwnedPartitions", &ownedPartitions, 1..., ignorable: true)
        try coder.field("GenerationId", &generationID, 2..., default: -1, ignorable: true)
        try coder.field("RackId", &rackID, 3..., nullable: 3..., ignorable: true)
    }
}

extension ConsumerProtocolSubscription {
    package struct TopicPartition: WireStructure {
        package var topic = ""
        package var partitions: [PartitionIndex] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Topic", &topic, 1...)
            try coder.field("Partitions", &partitions, 1...)
        }
    }
}

/// ConsumerProtocolAssignment.
package struct ConsumerProtocolAssignment: KafkaMessage {
    package static let messageName = "ConsumerProtocolAssignment"
    package static let versions: ClosedRange<Int16> = 0...3
    package static let firstFlexibleVersion: Int16? = nil

    package var assignedPartitions: [TopicPartition] = []
    package var userData: ByteBuffer?

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("AssignedPartitions", &assignedPartitions, 0...)
        try coder.field("UserData", &userData, 0..., nullable: 0...)
    }
}

extension ConsumerProtocolAssignment {
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
