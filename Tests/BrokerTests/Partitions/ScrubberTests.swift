import BrokerTesting
import KafkaProtocol
import SystemPackage
import Testing

@testable import Broker

@Suite(.timeLimit(.minutes(5)))
struct ScrubberTests {
    private static func settings(rate: Int) -> [String: String] {
        ["log.scrub.interval.ms": "5000", "log.scrub.io.max.bytes.per.second": "\(rate)"]
    }

    /// A topic whose first segments are sealed.
    private static func fill(_ client: TestClient) async throws {
        try await client.createTopic("t", configs: ["segment.bytes": "1048576"])
        for number in 0..<12 {
            _ = try await client.produce(TestBatch.sized(300_000, mark: Character("\(number % 10)")), to: "t")
        }
    }

    private static func second(_ broker: SimulatedBroker) async throws -> Scrubber {
        broker.clock.advance(by: .seconds(1))
        await broker.tick()
        let scrubber = try #require(broker.scrubber)
        try await until { scrubber.isResting }
        return scrubber
    }

    @Test func `damage is found once, the rest stays readable, and an index is mended`() async throws {
        let disk = SimulatedFileSystem(seed: 61)
        try await SimulatedBroker.run(on: disk, settings: Self.settings(rate: 1 << 30)) {
            (broker, client) async throws in
            try await Self.fill(client)
            let log = "/data/t-0/00000000000000000003.log"
            var bytes = try #require(disk.contents(ofFileAt: log))
            bytes[100] ^= 1
            disk.overwrite(fileAt: log, with: bytes)
            let index = "/data/t-0/00000000000000000006.timeindex"
            let sound = try #require(disk.contents(ofFileAt: index))
            disk.overwrite(fileAt: index, with: [UInt8](repeating: 7, count: sound.count))
            for _ in 0..<4 { #expect(try await Self.second(broker).findings.isEmpty) }
            let scrubber = try await Self.second(broker)
            #expect(scrubber.isIdle)
            #expect(Set(scrubber.findings.map(\.file.string)) == [log, index])
            #expect(disk.contents(ofFileAt: index) == sound)
            // The next round says nothing new.
            for _ in 0..<6 { #expect(try await Self.second(broker).findings.count == 2) }
            #expect(try await client.fetch("t", from: 4).batches.first?.header.baseOffset == 4)
            #expect(try await client.produce(["more"], to: "t") == 12)
        }
    }

    @Test func `no second reads more than it may`() async throws {
        let disk = SimulatedFileSystem(seed: 62)
        try await SimulatedBroker.run(on: disk, settings: Self.settings(rate: 400_000)) {
            (broker, client) async throws in
            try await Self.fill(client)
            for _ in 0..<4 { #expect(try await Self.second(broker).isIdle) }
            // Three sealed segments of 900,000 bytes, batches of 300,000 each: two batches a second.
            for _ in 0..<4 { #expect(try await !Self.second(broker).isIdle) }
            for _ in 0..<1 { #expect(try await Self.second(broker).isIdle) }
            try await client.alter("", type: 4, ["log.scrub.io.max.bytes.per.second": "100000000"])
            for _ in 0..<4 { _ = try await Self.second(broker) }
            #expect(try await Self.second(broker).isIdle)
        }
    }
}
