import KafkaProtocol
import Testing

@testable import Broker

/// When a client may ask, and when it may push.
struct ClientInstanceTests {
    private static let terms = ClientSubscription.Terms(id: 4, intervalMs: 1000)
    private static let start: Int64 = 1_000_000

    private static func instance() -> ClientInstance {
        ClientInstance(terms, generation: 1, now: Timestamp(start))
    }

    private static func get(_ instance: inout ClientInstance, at time: Int64) -> ErrorCode {
        instance.get(now: Timestamp(start + time))
    }

    private static func push(
        _ instance: inout ClientInstance, at time: Int64, id: Int32 = 4, isTerminating: Bool = false,
        compression: Int8 = 0, byteCount: Int = 10
    ) -> ErrorCode {
        let code = instance.push(
            .init(subscriptionID: id, isTerminating: isTerminating, compression: compression, byteCount: byteCount),
            limit: 100, now: Timestamp(start + time))
        instance.note(code)
        return code
    }

    @Test func `a client asks once in an interval`() {
        var instance = Self.instance()
        #expect(Self.get(&instance, at: 0) == .none)
        #expect(Self.get(&instance, at: 999) == .throttlingQuotaExceeded)
        #expect(Self.get(&instance, at: 1000) == .none)
    }

    @Test func `the first push after the question comes when it wants, the next an interval later`() {
        var instance = Self.instance()
        #expect(Self.get(&instance, at: 0) == .none)
        #expect(Self.push(&instance, at: 500) == .none)
        #expect(Self.push(&instance, at: 1499) == .throttlingQuotaExceeded)
        #expect(Self.push(&instance, at: 1500) == .none)
        #expect(Self.get(&instance, at: 1600) == .throttlingQuotaExceeded)
        #expect(Self.get(&instance, at: 2500) == .none)
        #expect(Self.push(&instance, at: 2600) == .none)
    }

    @Test func `a client that has not asked may push, if it knows its subscription`() {
        var instance = Self.instance()
        #expect(Self.push(&instance, at: 0) == .none)
        #expect(Self.push(&instance, at: 10) == .throttlingQuotaExceeded)
    }

    @Test func `behind the last push nothing comes, and the last may come at any time`() {
        var instance = Self.instance()
        #expect(Self.push(&instance, at: 0) == .none)
        #expect(Self.push(&instance, at: 10, isTerminating: true) == .none)
        #expect(Self.push(&instance, at: 20, isTerminating: true) == .invalidRequest)
        #expect(Self.push(&instance, at: 5000) == .invalidRequest)
    }

    @Test(arguments: [
        (Int32(5), Int8(0), 10, ErrorCode.unknownSubscriptionID, true), (4, 9, 10, .unsupportedCompressionType, true),
        (4, -1, 10, .unsupportedCompressionType, true), (4, 4, 101, .telemetryTooLarge, false),
    ])
    func `a bad push is refused, and who has to ask again may at once`(
        id: Int32, compression: Int8, byteCount: Int, code: ErrorCode, mayAsk: Bool
    ) {
        var instance = Self.instance()
        #expect(Self.get(&instance, at: 0) == .none)
        #expect(Self.push(&instance, at: 10, id: id, compression: compression, byteCount: byteCount) == code)
        #expect(Self.get(&instance, at: 20) == (mayAsk ? .none : .throttlingQuotaExceeded))
    }

    @Test func `a new wish may be asked for at once, the same one not`() {
        var instance = Self.instance()
        #expect(Self.get(&instance, at: 0) == .none)
        instance.update(Self.terms, generation: 2)
        #expect(instance.generation == 2)
        #expect(Self.get(&instance, at: 10) == .throttlingQuotaExceeded)
        instance.update(.init(id: 6, intervalMs: 1000), generation: 3)
        #expect(Self.push(&instance, at: 20) == .unknownSubscriptionID)
        #expect(Self.get(&instance, at: 30) == .none)
        #expect(Self.push(&instance, at: 40, id: 6) == .none)
    }

    @Test func `a clock that goes back silences nobody`() {
        var instance = Self.instance()
        #expect(Self.get(&instance, at: 0) == .none)
        #expect(Self.get(&instance, at: -500_000) == .none)
    }

    @Test func `a client is gone after three intervals, a minute at least`() {
        var instance = Self.instance()
        #expect(!instance.isIdle(now: Timestamp(Self.start + 60_000)))
        #expect(instance.isIdle(now: Timestamp(Self.start + 60_001)))
        instance.update(.init(id: 1, intervalMs: 100_000), generation: 2)
        #expect(!instance.isIdle(now: Timestamp(Self.start + 300_000)))
        instance.use(now: Timestamp(Self.start + 300_000))
        #expect(!instance.isIdle(now: Timestamp(Self.start + 600_000)))
        #expect(instance.isIdle(now: Timestamp(Self.start + 600_001)))
    }
}
