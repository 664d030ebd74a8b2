import BrokerTesting
import KafkaProtocol
import LogStorage
import NIOCore
import Testing

@testable import Broker

/// The rounds of a broker whose clock a test moves.
@Suite(.timeLimit(.minutes(5)))
struct LogMaintenanceTests {
    /// Time until the next look of retention.
    private static let round = Duration.seconds(300)

    /// A topic of small segments: each batch but the last fills one.
    private static func fill(
        _ client: TestClient, batches: Int, configs: [String: String] = [:]
    ) async throws {
        try await client.createTopic("t", configs: configs.merging(["segment.bytes": "1048576"]) { $1 })
        for number in 0..<batches {
            let value = "\(number)" + String(repeating: "x", count: 600_000)
            #expect(try await client.produce(TestBatch.values([value]), to: "t").errorCode == .none)
        }
    }

    private static func files(_ disk: SimulatedFileSystem) -> [String] {
        disk.paths.filter { $0.hasPrefix("/data/t-0/") && $0.contains(".log") }.map { String($0.dropFirst(10)) }
    }

    private static func logStart(_ client: TestClient) async throws -> Offset {
        try await client.listOffset("t", at: -2).offset
    }

    @Test func `records older than retention.ms go, their files after file.delete.delay.ms`() async throws {
        let disk = SimulatedFileSystem(seed: 31)
        try await SimulatedBroker.run(on: disk) { broker, client in
            try await Self.fill(
                client, batches: 3, configs: ["retention.ms": "3600000", "file.delete.delay.ms": "60000"])
            broker.clock.advance(by: Self.round)
            await broker.tick()
            #expect(try await Self.logStart(client) == 0)
            broker.clock.advance(by: .seconds(3600))
            await broker.tick()
            #expect(try await Self.logStart(client) == 3)
            #expect(Self.files(disk).filter { $0.hasSuffix(".deleted") }.count == 3)
            #expect(disk.paths.contains("/data/t-0/00000000000000000003.log"))
            #expect(try await client.fetch("t", from: 0).errorCode == .offsetOutOfRange)
            #expect(try await client.produce(["new"], to: "t") == 3)
            #expect(try await client.fetch("t", from: 3).values == ["new"])
            broker.clock.advance(by: .milliseconds(59_999))
            await broker.tick()
            #expect(Self.files(disk).filter { $0.hasSuffix(".deleted") }.count == 3)
            broker.clock.advance(by: .milliseconds(1))
            await broker.tick()
            #expect(Self.files(disk) == ["00000000000000000003.log"])
        }
    }

    @Test func `a change of a topic's limits counts from the next round, and so does one of the broker's`() async throws
    {
        try await SimulatedBroker.run { broker, client in
            try await Self.fill(client, batches: 5)
            broker.clock.advance(by: Self.round)
            await broker.tick()
            #expect(try await Self.logStart(client) == 0)
            try await client.alter("t", ["retention.bytes": "1900000"])
            broker.clock.advance(by: Self.round)
            await broker.tick()
            #expect(try await Self.logStart(client) == 1)
            try await client.alter("t", ["retention.bytes": "-1"])
            try await client.alter("", type: 4, ["log.retention.bytes": "1000"])
            broker.clock.advance(by: Self.round)
            await broker.tick()
            #expect(try await Self.logStart(client) == 1)
        }
    }

    @Test func `a default of the broker is that of topics which say nothing`() async throws {
        try await SimulatedBroker.run { broker, client in
            try await Self.fill(client, batches: 5)
            try await client.alter("", type: 4, ["log.retention.bytes": "1900000"])
            broker.clock.advance(by: Self.round)
            await broker.tick()
            #expect(try await Self.logStart(client) == 1)
        }
    }

    @Test func `the log start is on disk before segments go, and never goes back`() async throws {
        let disk = SimulatedFileSystem(seed: 33)
        let call = try await SimulatedBroker.run(on: disk) { broker, client in
            try await Self.fill(client, batches: 5, configs: ["retention.bytes": "1300000"])
            broker.clock.advance(by: Self.round)
            disk.record()
            await broker.tick()
            #expect(try await Self.logStart(client) == 2)
            return disk.recordedCount
        }
        // At every call of the round the power goes: what was gone stays gone.
        for number in 0..<call {
            let cut = try #require(disk.copy(beforeRecordedCall: number, seed: UInt64(number)))
            let wereGone = Self.files(cut).contains { $0.hasSuffix(".deleted") }
            cut.powerCut()
            try await SimulatedBroker.run(on: cut) { _, client in
                let start = try await Self.logStart(client)
                #expect(start == 2 || (start == 0 && !wereGone), "call \(number)")
                #expect(try await client.fetch("t", from: 4).values.map { $0.prefix(1) } == ["4"])
            }
        }
    }

    @Test func `a disk without room for the checkpoint gets room by retention`() async throws {
        let disk = SimulatedFileSystem(seed: 34)
        try await SimulatedBroker.run(on: disk, settings: ["log.dir.reserve.bytes": "0"]) { broker, client in
            try await Self.fill(client, batches: 4, configs: ["retention.bytes": "1300000"])
            let room = disk.capacity
            disk.capacity = 2_000_000
            let refused = try await client.produce(TestBatch.sized(1000), to: "t")
            #expect(refused.errorCode == .kafkaStorageError)
            broker.clock.advance(by: Self.round)
            await broker.tick()
            #expect(try await Self.logStart(client) == 1)
            #expect(Self.files(disk).allSatisfy { !$0.hasSuffix(".deleted") })
            #expect(try await client.produce(["b"], to: "t") == 4)
            disk.capacity = room
        }
    }

    @Test func `a producer that was silent for producer.id.expiration.ms is forgotten`() async throws {
        try await SimulatedBroker.run(settings: ["producer.id.expiration.ms": "3600000"]) { broker, client in
            try await client.createTopic("t")
            func produce(_ sequence: Int32) async throws -> ErrorCode {
                let batch = try TestBatch.records([("a", TestBatch.recent)]) {
                    ($0.producerID, $0.producerEpoch, $0.baseSequence) = (5, 0, SequenceNumber(sequence))
                }
                return try await client.produce(batch, to: "t").errorCode
            }
            #expect(try await produce(0) == .none)
            #expect(try await produce(7) == .outOfOrderSequenceNumber)
            broker.clock.advance(by: .seconds(3599))
            await broker.tick()
            #expect(try await produce(7) == .outOfOrderSequenceNumber)
            broker.clock.advance(by: .seconds(601))
            await broker.tick()
            #expect(try await produce(7) == .none)
        }
    }

    @Test func `checkpoints are written at their intervals`() async throws {
        let disk = SimulatedFileSystem(seed: 35)
        func text(_ name: String) -> String? {
            disk.contents(ofFileAt: "/data/" + name).map { String(decoding: $0, as: UTF8.self) }
        }
        let settings = [
            "log.flush.offset.checkpoint.interval.ms": "20000",
            "log.flush.start.offset.checkpoint.interval.ms": "40000",
        ]
        try await SimulatedBroker.run(on: disk, settings: settings) { broker, client in
            try await client.createTopic("t")
            try await client.produce(["a", "b"], to: "t")
            broker.clock.advance(by: .seconds(19))
            await broker.tick()
            #expect(text("recovery-point-offset-checkpoint") == "0\n0\n")
            broker.clock.advance(by: .seconds(1))
            await broker.tick()
            // Inside the tail it is kept one lower, so that the tail is read again.
            #expect(text("recovery-point-offset-checkpoint") == "0\n1\nt 0 1\n")
            #expect(text("replication-offset-checkpoint") == "0\n1\nt 0 2\n")
            #expect(text("log-start-offset-checkpoint") == nil)
            broker.clock.advance(by: .seconds(20))
            await broker.tick()
            #expect(text("log-start-offset-checkpoint") == "0\n0\n")
        }
    }
}
