// GetTelemetrySubscriptions: v0
// Authorization: none
// Behaviour: tells a client which of its metrics to push and how often (KIP-714), after the CLIENT_METRICS configurations
//   that match it; a client without an instance id gets one. Who asks again before its interval has passed gets
//   THROTTLING_QUOTA_EXCEEDED, unless the subscription has changed.
// Version notes: none
import KafkaProtocol
import LogStorage
import NIOCore

struct GetTelemetrySubscriptionsHandler: RequestHandler {
    static let versions: ClosedRange<Int16> = 0...0

    let telemetry: ClientTelemetry
    let clock: any WallClock

    /// The best first.
    private static let codecs: [CompressionCodec] = [.zstd, .lz4, .gzip, .snappy]

    func handle(
        _ request: GetTelemetrySubscriptionsRequest, _ context: RequestContext
    ) -> Handling<GetTelemetrySubscriptionsResponse> {
        let id = request.clientInstanceID == .zero ? KafkaUUID.random() : request.clientInstanceID
        let client = ClientAttributes(id, context)
        let (subscription, code) = telemetry.subscription(of: client, now: clock.now)
        guard code == .none else { return .answer(.with { $0.errorCode = code }) }
        return .answer(
            .with {
                $0.clientInstanceID = id
                $0.subscriptionID = subscription.terms.id
                $0.acceptedCompressionTypes = Self.codecs.map(\.rawValue)
                $0.pushIntervalMs = subscription.terms.intervalMs
                $0.telemetryMaxBytes = Int32(clamping: telemetry.maximumBytes)
                $0.deltaTemporality = true
                $0.requestedMetrics = subscription.metrics
            })
    }
}

extension ClientAttributes {
    init(_ instanceID: KafkaUUID, _ context: RequestContext) {
        self.init(
            instanceID: instanceID, clientID: context.clientID, softwareName: context.connection.software.name,
            softwareVersion: context.connection.software.version, sourceAddress: context.connection.host,
            sourcePort: context.connection.port)
    }
}
