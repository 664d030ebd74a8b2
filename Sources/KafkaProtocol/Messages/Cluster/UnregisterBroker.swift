/// UnregisterBroker request, API key 64.
package struct UnregisterBrokerRequest: RequestMessage {
    package static let messageName = "UnregisterBrokerRequest"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.unregisterBroker
    package typealias Response = UnregisterBrokerResponse

    package var brokerID: BrokerID = 0

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("BrokerId", &brokerID, 0...)
    }
}

/// UnregisterBroker response, API key 64.
package struct UnregisterBrokerResponse: ResponseMessage {
    package static let messageName = "UnregisterBrokerResponse"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.unregisterBroker

    package var throttleTimeMs: Int32 = 0
    package var errorCode = ErrorCode.none
    package var errorMessage: String? = ""

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 0...)
        try coder.field("ErrorCode", &errorCode, 0...)
        try coder.field("ErrorMessage", &errorMessage, 0..., nullable: 0..., default: "")
    }
}
