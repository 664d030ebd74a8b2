// PushTelemetry: v0
// Authorization: none
// Behaviour: takes in the metrics that a client was asked for (KIP-714), in OpenTelemetry's format, as metrics of the
//   broker. Too early: THROTTLING_QUOTA_EXCEEDED; for another subscription than the client's: UNKNOWN_SUBSCRIPTION_ID;
//   larger than telemetry.max.bytes: TELEMETRY_TOO_LARGE; what cannot be read: INVALID_RECORD. Behind a terminating push
//   nothing more is taken: INVALID_REQUEST.
// Version notes: none
import KafkaProtocol
import LogStorage
import NIOCore

struct PushTelemetryHandler: RequestHandler {
    static let versions: ClosedRange<Int16> = 0...0

    let telemetry: ClientTelemetry
    let reads: ReaderPool
    let clock: any WallClock

    /// What a compressed push may unfold into.
    private static let decompressionLimit = 16 << 20

    func handle(_ request: PushTelemetryRequest, _ context: RequestContext) -> Handling<PushTelemetryResponse> {
        let id = request.clientInstanceID
        // Kafka keeps these two for itself.
        if id.high == 0, id.low <= 1 { return .answer(.with { $0.errorCode = .invalidRequest }) }
        let client = ClientAttributes(id, context)
        let push = ClientInstance.Push(
            subscriptionID: request.subscriptionID, isTerminating: request.terminating,
            compression: request.compressionType, byteCount: request.metrics.readableBytes)
        let code = telemetry.admit(push, of: client, now: clock.now)
        guard code == .none, request.metrics.readableBytes > 0,
            let codec = CompressionCodec(rawValue: request.compressionType)
        else { return .answer(.with { $0.errorCode = code }) }
        return .eventually(
            reads.run(on: context.eventLoop) { [telemetry] in
                do {
                    var decompressor = Decompressor()
                    let plain = try decompressor.decompress(
                        request.metrics, codec: codec, limit: Self.decompressionLimit)
                    telemetry.metrics.record(try MetricsPayload(plain).points, of: client)
                    return Answer(PushTelemetryResponse())
                } catch {
                    return Answer(.with { $0.errorCode = .invalidRecord })
                }
            })
    }
}
