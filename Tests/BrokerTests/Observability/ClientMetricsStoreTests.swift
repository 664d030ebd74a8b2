import KafkaProtocol
import MetricsTestKit
import Testing

@testable import Broker

struct ClientMetricsStoreTests {
    private let factory = TestMetrics()

    private func client(_ number: UInt64) -> ClientAttributes {
        ClientAttributes(
            instanceID: KafkaUUID(high: 0, low: number), clientID: "app", softwareName: "s", softwareVersion: "1",
            sourceAddress: "h", sourcePort: 1)
    }

    private func point(
        _ name: String, _ value: Double, _ kind: MetricPoint.Kind = .level, key: String = "k"
    ) -> MetricPoint {
        MetricPoint(name: name, attributes: [.init(key: key, value: "v")], kind: kind, value: value)
    }

    private func dimensions(_ number: UInt64, key: String = "k") -> [(String, String)] {
        [
            ("client_instance_id", "\(KafkaUUID(high: 0, low: number))"), ("client_id", "app"),
            ("client_software_name", "s"), ("client_software_version", "1"), (key, "v"),
        ]
    }

    @Test func `levels are gauges, increases are counters, of one client and its attributes`() throws {
        let store = ClientMetricsStore(factory: factory)
        store.record([point("a", 1.5), point("b", 3, .increase)], of: client(1))
        store.record([point("a", 2.5), point("b", 4, .increase), point("b", -9, .increase)], of: client(1))
        store.record([point("a", 7)], of: client(2))
        #expect(try factory.expectGauge("a", dimensions(1)).values == [1.5, 2.5])
        #expect(try factory.expectGauge("a", dimensions(2)).values == [7])
        #expect(try factory.expectCounter("b", dimensions(1)).totalValue == 7)
        #expect(store.seriesCount == 3 && store.leftOut == 0)
    }

    @Test func `a client that is gone takes its metrics along`() {
        let store = ClientMetricsStore(factory: factory)
        store.record([point("a", 1), point("b", 3, .increase)], of: client(1))
        store.record([point("a", 1)], of: client(2))
        store.forget(client(1).instanceID)
        store.forget(client(1).instanceID)
        #expect(store.seriesCount == 1)
        #expect(throws: (any Error).self) { try factory.expectGauge("a", dimensions(1)) }
        #expect(throws: (any Error).self) { try factory.expectCounter("b", dimensions(1)) }
        #expect(throws: Never.self) { try factory.expectGauge("a", dimensions(2)) }
    }

    @Test func `series beyond a client's limit are counted, not kept`() {
        let store = ClientMetricsStore(limits: .init(clients: 5, seriesPerClient: 2, series: 100), factory: factory)
        store.record((0..<5).map { point("m\($0)", 1) }, of: client(1))
        #expect(store.seriesCount == 2 && store.leftOut == 3)
        store.record([point("m0", 2), point("m4", 2)], of: client(1))
        #expect(store.seriesCount == 2 && store.leftOut == 4)
    }

    @Test func `the client that was silent longest makes room for others`() {
        let store = ClientMetricsStore(limits: .init(clients: 2, seriesPerClient: 9, series: 100), factory: factory)
        for number in [1, 2, 1, 3] as [UInt64] { store.record([point("a", 1)], of: client(number)) }
        #expect(store.seriesCount == 2)
        #expect(throws: (any Error).self) { try factory.expectGauge("a", dimensions(2)) }
        #expect(throws: Never.self) { try factory.expectGauge("a", dimensions(1)) }
    }

    @Test func `the number of series of all clients is bounded`() {
        let store = ClientMetricsStore(limits: .init(clients: 50, seriesPerClient: 9, series: 10), factory: factory)
        for number in 1...20 as ClosedRange<UInt64> {
            store.record((0..<3).map { point("m\($0)", 1) }, of: client(number))
            #expect(store.seriesCount <= 10)
        }
        #expect(store.seriesCount == 9 && factory.recorders.count == 9)
    }
}
