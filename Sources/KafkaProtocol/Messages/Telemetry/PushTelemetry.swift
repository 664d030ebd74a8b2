package import NIOCore

/// PushTelemetry request, API key 72.
package struct PushTelemetryRequest: RequestMessage {
    package static let messageName = "PushTelemetryRequest"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.pushTelemetry
    package typealias Response = PushTelemetryResponse

    package var clientInstanceID = KafkaUUID.zero
    package var subscriptionID: Int32 = 0
    package var terminating = false
    package var compressionType: Int8 = 0
    package var metrics = ByteBuffer()

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ClientInstanceId", &clientInstanceID, 0...)
        try coder.field("SubscriptionId", &subscriptionID, 0...)
        try coder.field("Terminating", &terminating, 0...)
        try coder.field("CompressionType", &compressionType, 0...)
        try coder.field("Metrics", &metrics, 0...)
    }
}

/// PushTelemetry response, API key 72.
package struct PushTelemetryResponse: ResponseMessage {
    package static let messageName = "PushTelemetryResponse"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.pushTelemetry

    package var throttleTimeMs: Int32 = 0
    package var errorCode = ErrorCode.none

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 0...)
        try coder.field("ErrorCode", &errorCode, 0...)
    }
}
