import KafkaProtocol
import Testing

@testable import Broker

struct TelemetrySubscriptionTests {
    private static func client(_ id: String = "app", _ instance: UInt64 = 5) -> ClientAttributes {
        ClientAttributes(
            instanceID: KafkaUUID(high: 9, low: instance), clientID: id, softwareName: "s", softwareVersion: "1",
            sourceAddress: "127.0.0.1", sourcePort: 1)
    }

    private static func subscription(
        _ values: [[String: String]], of client: ClientAttributes = client()
    ) throws -> ClientSubscription {
        ClientSubscription(of: client, from: try values.map { try #require(TelemetrySubscription($0)) })
    }

    @Test func `what several operators want of a client is put together, as often as the keenest wants it`() throws {
        let both = try Self.subscription([
            ["metrics": "b,a", "interval.ms": "1000"], ["metrics": "c,a", "interval.ms": "500"],
            ["metrics": "never", "interval.ms": "100", "match": "client_id=other"],
        ])
        #expect(both.metrics == ["a", "b", "c"] && both.terms.intervalMs == 500)
    }

    @Test func `who wants everything wants everything else, too`() throws {
        let all = try Self.subscription([["metrics": "a"], ["metrics": "*,b"]])
        #expect(all.metrics == ["*"] && all.terms.intervalMs == 300_000)
    }

    @Test func `without a wish there is the longest interval and no metric`() throws {
        let none = try Self.subscription([])
        #expect(none.metrics.isEmpty && none.terms.intervalMs == 300_000)
        let late = try Self.subscription([["metrics": "a", "interval.ms": "3600000"]])
        #expect(late.terms.intervalMs == 300_000)
    }

    @Test func `the same wishes to the same client have the same id, other ones another`() throws {
        let values = [["metrics": "a,b", "interval.ms": "1000"]]
        let first = try Self.subscription(values)
        #expect(try Self.subscription([["interval.ms": "1000", "metrics": "b,a"]]).terms == first.terms)
        #expect(try Self.subscription([["metrics": "a", "interval.ms": "1000"]]).terms.id != first.terms.id)
        #expect(try Self.subscription([["metrics": "a,b", "interval.ms": "2000"]]).terms.id != first.terms.id)
        #expect(try Self.subscription(values, of: Self.client("app", 6)).terms.id != first.terms.id)
        #expect(try Self.subscription(values, of: Self.client("other")).terms == first.terms)
    }

    @Test func `values that cannot be make no subscription`() {
        #expect(TelemetrySubscription(["match": "("]) == nil)
    }
}
