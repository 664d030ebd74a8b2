import BrokerTesting
import KafkaProtocol
import NIOCore
import Testing

@testable import Broker

/// Clients' metrics from the subscription to the broker's own metrics, over the wire.
@Suite(.timeLimit(.minutes(5)))
struct PushTelemetryHandlerTests {
    private typealias Message = TestMetricsMessage

    private static let id = KafkaUUID(high: 3, low: 4)

    private static func get(
        _ client: TestClient, _ id: KafkaUUID = id
    ) async throws -> GetTelemetrySubscriptionsResponse {
        try await client.exchange(GetTelemetrySubscriptionsRequest.with { $0.clientInstanceID = id })
    }

    private static func push(
        _ client: TestClient, _ subscription: Int32, _ metrics: ByteBuffer, id: KafkaUUID = id,
        compression: Int8 = 0, isTerminating: Bool = false
    ) async throws -> ErrorCode {
        try await client.exchange(
            PushTelemetryRequest.with {
                $0.clientInstanceID = id
                $0.subscriptionID = subscription
                $0.terminating = isTerminating
                $0.compressionType = compression
                $0.metrics = metrics
            }
        ).errorCode
    }

    private static func withSubscription(
        _ values: [String: String] = ["metrics": "org.apache.,other", "interval.ms": "1000"],
        settings: [String: String] = [:], _ body: (SimulatedBroker, TestClient) async throws -> Void
    ) async throws {
        try await SimulatedBroker.run(settings: settings) { broker, client in
            try await client.alter("m", type: 16, values)
            try await body(broker, client)
        }
    }

    private static let payload = Message.payload([Message.gauge("org.apache.a", 1), Message.sum("org.apache.b", 2)])

    @Test func `a client learns what to push and how, and gets an id if it has none`() async throws {
        try await Self.withSubscription { (broker, client) async throws in
            let answer = try await Self.get(client, .zero)
            #expect(answer.errorCode == .none && answer.clientInstanceID != .zero)
            #expect(answer.requestedMetrics == ["org.apache.", "other"] && answer.pushIntervalMs == 1000)
            #expect(answer.acceptedCompressionTypes == [4, 3, 1, 2] && answer.telemetryMaxBytes == 1_048_576)
            #expect(answer.deltaTemporality)
            let other = try await Self.get(client, .zero)
            #expect(other.clientInstanceID != answer.clientInstanceID && other.subscriptionID != answer.subscriptionID)
            #expect(broker.core?.telemetry.instanceCount == 2)
        }
    }

    @Test func `a subscription is for those whom it matches`() async throws {
        try await Self.withSubscription(["metrics": "*", "match": "client_id=somebody"]) { (_, client) async throws in
            let answer = try await Self.get(client)
            #expect(answer.errorCode == .none && answer.requestedMetrics.isEmpty && answer.pushIntervalMs == 300_000)
            try await client.alter("m", type: 16, ["match": "client_id=te.t,client_source_address=127\\..*"])
            let matched = try await Self.get(client)
            #expect(matched.requestedMetrics == ["*"] && matched.subscriptionID != answer.subscriptionID)
        }
    }

    @Test(arguments: CompressionCodec.allCases)
    func `what was asked for is taken in, in every codec`(codec: CompressionCodec) async throws {
        try await Self.withSubscription { (broker, client) async throws in
            let subscription = try await Self.get(client).subscriptionID
            var bytes = ByteBuffer()
            var compressor = Compressor(codec: codec)
            let payload = Self.payload
            unsafe try payload.withUnsafeReadableBytes { unsafe try compressor.compress($0, into: &bytes) }
            #expect(try await Self.push(client, subscription, bytes, compression: codec.rawValue) == .none)
            #expect(broker.core?.telemetry.metrics.seriesCount == 2)
        }
    }

    @Test func `the interval is kept, by questions and by pushes`() async throws {
        try await Self.withSubscription { (broker, client) async throws in
            let subscription = try await Self.get(client).subscriptionID
            #expect(try await Self.get(client).errorCode == .throttlingQuotaExceeded)
            #expect(try await Self.push(client, subscription, Self.payload) == .none)
            #expect(try await Self.push(client, subscription, Self.payload) == .throttlingQuotaExceeded)
            broker.clock.advance(by: .seconds(1))
            #expect(try await Self.push(client, subscription, Self.payload) == .none)
            #expect(try await Self.push(client, subscription, Self.payload, isTerminating: true) == .none)
            broker.clock.advance(by: .seconds(1))
            #expect(try await Self.push(client, subscription, Self.payload) == .invalidRequest)
        }
    }

    @Test func `what cannot be taken says why`() async throws {
        let settings = ["telemetry.max.bytes": "1000"]
        try await Self.withSubscription(settings: settings) { (broker, client) async throws in
            let subscription = try await Self.get(client).subscriptionID
            func push(_ bytes: ByteBuffer, _ id: Int32 = subscription, compression: Int8 = 0) async throws -> ErrorCode
            {
                broker.clock.advance(by: .seconds(1))
                return try await Self.push(client, id, bytes, compression: compression)
            }
            #expect(try await push(Self.payload, subscription &+ 1) == .unknownSubscriptionID)
            #expect(try await push(Self.payload, compression: 5) == .unsupportedCompressionType)
            #expect(try await push(ByteBuffer(repeating: 0, count: 1001)) == .telemetryTooLarge)
            #expect(try await push(ByteBuffer(string: "no metrics")) == .invalidRecord)
            #expect(try await push(Self.payload, compression: 4) == .invalidRecord)
            #expect(try await push(ByteBuffer()) == .none)
            for reserved in [KafkaUUID.zero, KafkaUUID(high: 0, low: 1)] {
                #expect(try await Self.push(client, subscription, Self.payload, id: reserved) == .invalidRequest)
            }
            #expect(broker.core?.telemetry.metrics.seriesCount == 0)
        }
    }

    @Test func `a push that unfolds without end is refused`() async throws {
        try await Self.withSubscription { (_, client) async throws in
            let subscription = try await Self.get(client).subscriptionID
            var bytes = ByteBuffer()
            var compressor = Compressor(codec: .zstd)
            let zeros = ByteBuffer(repeating: 0, count: 20 << 20)
            unsafe try zeros.withUnsafeReadableBytes { unsafe try compressor.compress($0, into: &bytes) }
            #expect(bytes.readableBytes < 100_000)
            #expect(try await Self.push(client, subscription, bytes, compression: 4) == .invalidRecord)
        }
    }

    @Test func `a changed subscription makes the client ask again, at once`() async throws {
        try await Self.withSubscription { (_, client) async throws in
            let first = try await Self.get(client).subscriptionID
            try await client.createTopic("has-nothing-to-do-with-it")
            #expect(try await Self.get(client).errorCode == .throttlingQuotaExceeded)
            try await client.alter("m", type: 16, ["metrics": "*"])
            #expect(try await Self.push(client, first, Self.payload) == .unknownSubscriptionID)
            let second = try await Self.get(client)
            #expect(second.errorCode == .none && second.requestedMetrics == ["*"] && second.subscriptionID != first)
            #expect(try await Self.push(client, second.subscriptionID, Self.payload) == .none)
        }
    }

    @Test func `a client that has gone is forgotten with its metrics`() async throws {
        try await Self.withSubscription { (broker, client) async throws in
            let subscription = try await Self.get(client).subscriptionID
            #expect(try await Self.push(client, subscription, Self.payload) == .none)
            let telemetry = try #require(broker.core).telemetry
            telemetry.tick(now: broker.clock.now)
            #expect(telemetry.instanceCount == 1 && telemetry.metrics.seriesCount == 2)
            broker.clock.advance(by: .seconds(61))
            telemetry.tick(now: broker.clock.now)
            #expect(telemetry.instanceCount == 0 && telemetry.metrics.seriesCount == 0)
        }
    }
}
