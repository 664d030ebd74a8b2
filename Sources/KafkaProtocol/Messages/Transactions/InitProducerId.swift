/// InitProducerId request, API key 22.
package struct InitProducerIdRequest: RequestMessage {
    package static let messageName = "InitProducerIdRequest"
    package static let versions: ClosedRange<Int16> = 0...6
    package static let firstFlexibleVersion: Int16? = 2
    package static let apiKey = ApiKey.initProducerID
    package typealias Response = InitProducerIdResponse

    package var transactionalID: String? = ""
    package var transactionTimeoutMs: Int32 = 0
    package var producerID: ProducerID = -1
    package var producerEpoch: ProducerEpoch = -1
    package var enable2Pc = false
    package var keepPreparedTxn = false

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("TransactionalId", &transactionalID, 0..., nullable: 0..., default: "")
        try coder.field("TransactionTimeoutMs", &transactionTimeoutMs, 0...)
        try coder.field("ProducerId", &producerID, 3..., default: -1)
        try coder.field("ProducerEpoch", &producerEpoch, 3..., default: -1)
        try coder.field("Enable2Pc", &enable2Pc, 6...)
        try coder.field("KeepPreparedTxn", &keepPreparedTxn, 6...)
    }
}

/// InitProducerId response, API key 22.
package struct InitProducerIdResponse: ResponseMessage {
    package static let messageName = "InitProducerIdResponse"
    package static let versions: ClosedRange<Int16> = 0...6
    package static let firstFlexibleVersion: Int16? = 2
    package static let apiKey = ApiKey.initProducerID

    package var throttleTimeMs: Int32 = 0
    package var errorCode = ErrorCode.none
    package var producerID: ProducerID = -1
    package var producerEpoch: ProducerEpoch = 0
    package var ongoingTxnProducerID: ProducerID = -1
    package var ongoingTxnProducerEpoch: ProducerEpoch = -1

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 0..., ignorable: true)
        try coder.field("ErrorCode", &errorCode, 0...)
        try coder.field("ProducerId", &producerID, 0..., default: -1)
        try coder.field("ProducerEpoch", &producerEpoch, 0...)
        try coder.field("OngoingTxnProducerId", &ongoingTxnProducerID, 6..., default: -1)
        try coder.field("OngoingTxnProducerEpoch", &ongoingTxnProducerEpoch, 6..., default: -1)
    }
}
