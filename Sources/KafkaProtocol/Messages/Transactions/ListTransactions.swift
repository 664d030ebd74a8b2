/// ListTransactions request, API key 66.
package struct ListTransactionsRequest: RequestMessage {
    package static let messageName = "ListTransactionsRequest"
    package static let versions: ClosedRange<Int16> = 0...2
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.listTransactions
    package typealias Response = ListTransactionsResponse

    package var stateFilters: [String] = []
    package var producerIDFilters: [ProducerID] = []
    package var durationFilter: Int64 = -1
    package var transactionalIDPattern: String?

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("StateFilters", &stateFilters, 0...)
        try coder.field("ProducerIdFilters", &producerIDFilters, 0...)
        try coder.field("DurationFilter", &durationFilter, 1..., default: -1)
        try coder.field("TransactionalIdPattern", &transactionalIDPattern, 2..., nullable: 2...)
    }
}

/// ListTransactions response, API key 66.
package struct ListTransactionsResponse: ResponseMessage {
    package static let messageName = "ListTransactionsResponse"
    package static let versions: ClosedRange<Int16> = 0...2
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.listTransactions

    package var throttleTimeMs: Int32 = 0
    package var errorCode = ErrorCode.none
    package var unknownStateFilters: [String] = []
    package var transactionStates: [TransactionState] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 0...)
        try coder.field("ErrorCode", &errorCode, 0...)
        try coder.field("UnknownStateFilters", &unknownStateFilters, 0...)
        try coder.field("TransactionStates", &transactionStates, 0...)
    }
}

extension ListTransactionsResponse {
    package struct TransactionState: WireStructure {
        package var transactionalID = ""
        package var producerID: ProducerID = 0
        package var transactionState = ""

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("TransactionalId", &transactionalID, 0...)
            try coder.field("ProducerId", &producerID, 0...)
            try coder.field("TransactionState", &transactionState, 0...)
        }
    }
}
