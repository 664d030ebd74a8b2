/// GetTelemetrySubscriptions request, API key 71.
package struct GetTelemetrySubscriptionsRequest: RequestMessage {
    package static let messageName = "GetTelemetrySubscriptionsRequest"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.getTelemetrySubscriptions
    package typealias Response = GetTelemetrySubscriptionsResponse

    package var clientInstanceID = KafkaUUID.zero

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ClientInstanceId", &clientInstanceID, 0...)
    }
}

/// GetTelemetrySubscriptions response, API key 71.
package struct GetTelemetrySubscriptionsResponse: ResponseMessage {
    package static let messageName = "GetTelemetrySubscriptionsResponse"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.getTelemetrySubscriptions

    package var throttleTimeMs: Int32 = 0
    package var errorCode = ErrorCode.none
    package var clientInstanceID = KafkaUUID.zero
    package var subscriptionID: Int32 = 0
    package var acceptedCompressionTypes: [Int8] = []
    package var pushIntervalMs: Int32 = 0
    package var telemetryMaxBytes: Int32 = 0
    package var deltaTemporality = false
    package var requestedMetrics: [String] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 0...)
        try coder.field("ErrorCode", &errorCode, 0...)
        try coder.field("ClientInstanceId", &clientInstanceID, 0...)
        try coder.field("SubscriptionId", &subscriptionID, 0...)
        try coder.field("AcceptedCompressionTypes", &acceptedCompressionTypes, 0...)
        try coder.field("PushIntervalMs", &pushIntervalMs, 0...)
        try coder.field("TelemetryMaxBytes", &telemetryMaxBytes, 0...)
        try coder.field("DeltaTemporality", &deltaTemporality, 0...)
        try coder.field("RequestedMetrics", &requestedMetrics, 0...)
    }
}
