/// EndTxn request, API key 26.
package struct EndTxnRequest: RequestMessage {
    package static let messageName = "EndTxnRequest"
    package static let versions: ClosedRange<Int16> = 0...5
    package static let firstFlexibleVersion: Int16? = 3
    package static let apiKey = ApiKey.endTxn
    package typealias Response = EndTxnResponse

    package var transactionalID = ""
    package var producerID: ProducerID = 0
    package var producerEpoch: ProducerEpoch = 0
    package var committed = false

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("TransactionalId", &transactionalID, 0...)
        try coder.field("ProducerId", &producerID, 0...)
        try coder.field("ProducerEpoch", &producerEpoch, 0...)
        try coder.field("Committed", &committed, 0...)
    }
}

/// EndTxn response, API key 26.
package struct EndTxnResponse: ResponseMessage {
    package static let messageName = "EndTxnResponse"
    package static let versions: ClosedRange<Int16> = 0...5
    package static let firstFlexibleVersion: Int16? = 3
    package static let apiKey = ApiKey.endTxn

    package var throttleTimeMs: Int32 = 0
    package var errorCode = ErrorCode.none
    package var producerID: ProducerID = -1
    package var producerEpoch: ProducerEpoch = -1

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 0...)
        try coder.field("ErrorCode", &errorCode, 0...)
        try coder.field("ProducerId", &producerID, 5..., default: -1, ignorable: true)
        try coder.field("ProducerEpoch", &producerEpoch, 5..., default: -1, ignorable: true)
    }
}
