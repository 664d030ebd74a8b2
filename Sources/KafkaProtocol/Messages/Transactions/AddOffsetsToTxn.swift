/// AddOffsetsToTxn request, API key 25.
package struct AddOffsetsToTxnRequest: RequestMessage {
    package static let messageName = "AddOffsetsToTxnRequest"
    package static let versions: ClosedRange<Int16> = 0...4
    package static let firstFlexibleVersion: Int16? = 3
    package static let apiKey = ApiKey.addOffsetsToTxn
    package typealias Response = AddOffsetsToTxnResponse

    package var transactionalID = ""
    package var producerID: ProducerID = 0
    package var producerEpoch: ProducerEpoch = 0
    package var groupID = ""

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("TransactionalId", &transactionalID, 0...)
        try coder.field("ProducerId", &producerID, 0...)
        try coder.field("ProducerEpoch", &producerEpoch, 0...)
        try coder.field("GroupId", &groupID, 0...)
    }
}

/// AddOffsetsToTxn response, API key 25.
package struct AddOffsetsToTxnResponse: ResponseMessage {
    package static let messageName = "AddOffsetsToTxnResponse"
    package static let versions: ClosedRange<Int16> = 0...4
    package static let firstFlexibleVersion: Int16? = 3
    package static let apiKey = ApiKey.addOffsetsToTxn

    package var throttleTimeMs: Int32 = 0
    package var errorCode = ErrorCode.none

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 0...)
        try coder.field("ErrorCode", &errorCode, 0...)
    }
}
