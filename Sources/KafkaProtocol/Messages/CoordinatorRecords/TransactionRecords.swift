/// TransactionLogKey.
package struct TransactionLogKey: KafkaMessage {
    package static let messageName = "TransactionLogKey"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = nil

    package var transactionalID = ""

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("TransactionalId", &transactionalID, 0)
    }
}

/// TransactionLogValue.
package struct TransactionLogValue: KafkaMessage {
    package static let messageName = "TransactionLogValue"
    package static let versions: ClosedRange<Int16> = 0...1
    package static let firstFlexibleVersion: Int16? = 1

    package var producerID: ProducerID = 0
    package var previousProducerID: ProducerID = -1
    package var nextProducerID: ProducerID = -1
    package var producerEpoch: ProducerEpoch = 0
    package var transactionTimeoutMs: Int32 = 0
    package var transactionStatus: Int8 = 0
    package var transactionPartitions: [PartitionsSchema]? = []
    package var transactionLastUpdateTimestampMs: Int64 = 0
    package var transactionStartTimestampMs: Int64 = 0
    package var clientTransactionVersion: Int16 = 0
    package var nextProducerEpoch: ProducerEpoch = -1

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ProducerId", &producerID, 0...)
        try coder.field("ProducerEpoch", &producerEpoch, 0...)
        try coder.field("TransactionTimeoutMs", &transactionTimeoutMs, 0...)
        try coder.field("TransactionStatus", &transactionStatus, 0...)
        try coder.field("TransactionPartitions", &transactionPartitions, 0..., nullable: 0..., default: [])
        try coder.field("TransactionLastUpdateTimestampMs", &transactionLastUpdateTimestampMs, 0...)
        try coder.field("TransactionStartTimestampMs", &transactionStartTimestampMs, 0...)
        try coder.field("PreviousProducerId", &previousProducerID, 1..., tag: 0, default: -1)
        try coder.field("NextProducerId", &nextProducerID, 1..., tag: 1, default: -1)
        try coder.field("ClientTransactionVersion", &clientTransactionVersion, 1..., tag: 2)
        try coder.field("NextProducerEpoch", &nextProducerEpoch, 1..., tag: 3, default: -1)
    }
}

extension TransactionLogValue {
    package struct PartitionsSchema: WireStructure {
        package var topic = ""
        package var partitionIDs: [PartitionIndex] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Topic", &topic, 0...)
            try coder.field("PartitionIds", &partitionIDs, 0...)
        }
    }
}
