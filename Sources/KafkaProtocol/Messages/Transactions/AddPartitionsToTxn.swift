/// AddPartitionsToTxn request, API key 24.
package struct AddPartitionsToTxnRequest: RequestMessage {
    package static let messageName = "AddPartitionsToTxnRequest"
    package static let versions: ClosedRange<Int16> = 0...5
    package static let firstFlexibleVersion: Int16? = 3
    package static let apiKey = ApiKey.addPartitionsToTxn
    package typealias Response = AddPartitionsToTxnResponse

    package var transactions: [AddPartitionsToTxnTransaction] = []
    package var v3AndBelowTransactionalID = ""
    package var v3AndBelowProducerID: ProducerID = 0
    package var v3AndBelowProducerEpoch: ProducerEpoch = 0
    package var v3AndBelowTopics: [AddPartitionsToTxnTopic] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("Transactions", &transactions, 4...)
        try coder.field("V3AndBelowTransactionalId", &v3AndBelowTransactionalID, 0...3)
        try coder.field("V3AndBelowProducerId", &v3AndBelowProducerID, 0...3)
        try coder.field("V3AndBelowProducerEpoch", &v3AndBelowProducerEpoch, 0...3)
        try coder.field("V3AndBelowTopics", &v3AndBelowTopics, 0...3)
    }
}

extension AddPartitionsToTxnRequest {
    package struct AddPartitionsToTxnTransaction: WireStructure {
        package var transactionalID = ""
        package var producerID: ProducerID = 0
        package var producerEpoch: ProducerEpoch = 0
        package var verifyOnly = false
        package var topics: [AddPartitionsToTxnTopic] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("TransactionalId", &transactionalID, 4...)
            try coder.field("ProducerId", &producerID, 4...)
            try coder.field("ProducerEpoch", &producerEpoch, 4...)
            try coder.field("VerifyOnly", &verifyOnly, 4...)
            try coder.field("Topics", &topics, 4...)
        }
    }

    package struct AddPartitionsToTxnTopic: WireStructure {
        package var name = ""
        package var partitions: [PartitionIndex] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Name", &name, 0...)
            try coder.field("Partitions", &partitions, 0...)
        }
    }
}

/// AddPartitionsToTxn response, API key 24.
package struct AddPartitionsToTxnResponse: ResponseMessage {
    package static let messageName = "AddPartitionsToTxnResponse"
    package static let versions: ClosedRange<Int16> = 0...5
    package static let firstFlexibleVersion: Int16? = 3
    package static let apiKey = ApiKey.addPartitionsToTxn

    package var throttleTimeMs: Int32 = 0
    package var errorCode = ErrorCode.none
    package var resultsByTransaction: [AddPartitionsToTxnResult] = []
    package var resultsByTopicV3AndBelow: [AddPartitionsToTxnTopicResult] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 0...)
        try coder.field("ErrorCode", &errorCode, 4..., ignorable: true)
        try coder.field("ResultsByTransaction", &resultsByTransaction, 4...)
        try coder.field("ResultsByTopicV3AndBelow", &resultsByTopicV3AndBelow, 0...3)
    }
}

extension AddPartitionsToTxnResponse {
    package struct AddPartitionsToTxnResult: WireStructure {
        package var transactionalID = ""
        package var topicResults: [AddPartitionsToTxnTopicResult] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("TransactionalId", &transactionalID, 4...)
            try coder.field("TopicResults", &topicResults, 4...)
        }
    }

    package struct AddPartitionsToTxnTopicResult: WireStructure {
        package var name = ""
        package var resultsByPartition: [AddPartitionsToTxnPartitionResult] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Name", &name, 0...)
            try coder.field("ResultsByPartition", &resultsByPartition, 0...)
        }
    }

    package struct AddPartitionsToTxnPartitionResult: WireStructure {
        package var partitionIndex: PartitionIndex = 0
        package var partitionErrorCode = ErrorCode.none

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("PartitionIndex", &partitionIndex, 0...)
            try coder.field("PartitionErrorCode", &partitionErrorCode, 0...)
        }
    }
}
