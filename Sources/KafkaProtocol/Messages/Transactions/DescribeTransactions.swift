/// DescribeTransactions request, API key 65.
package struct DescribeTransactionsRequest: RequestMessage {
    package static let messageName = "DescribeTransactionsRequest"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.describeTransactions
    package typealias Response = DescribeTransactionsResponse

    package var transactionalIDs: [String] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("TransactionalIds", &transactionalIDs, 0...)
    }
}

/// DescribeTransactions response, API key 65.
package struct DescribeTransactionsResponse: ResponseMessage {
    package static let messageName = "DescribeTransactionsResponse"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.describeTransactions

    package var throttleTimeMs: Int32 = 0
    package var transactionStates: [TransactionState] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 0...)
        try coder.field("TransactionStates", &transactionStates, 0...)
    }
}

extension DescribeTransactionsResponse {
    package struct TransactionState: WireStructure {
        package var errorCode = ErrorCode.none
        package var transactionalID = ""
        package var transactionState = ""
        package var transactionTimeoutMs: Int32 = 0
        package var transactionStartTimeMs: Int64 = 0
        package var producerID: ProducerID = 0
        package var producerEpoch: ProducerEpoch = 0
        package var topics: [TopicData] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("ErrorCode", &errorCode, 0...)
            try coder.field("TransactionalId", &transactionalID, 0...)
            try coder.field("TransactionState", &transactionState, 0...)
            try coder.field("TransactionTimeoutMs", &transactionTimeoutMs, 0...)
            try coder.field("TransactionStartTimeMs", &transactionStartTimeMs, 0...)
            try coder.field("ProducerId", &producerID, 0...)
            try coder.field("ProducerEpoch", &producerEpoch, 0...)
            try coder.field("Topics", &topics, 0...)
        }
    }

    package struct TopicData: WireStructure {
        package var topic = ""
        package var partitions: [PartitionIndex] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Topic", &topic, 0...)
            try coder.field("Partitions", &partitions, 0...)
        }
    }
}
