import BrokerTesting
import KafkaProtocol
import LogStorage
import NIOCore
import Testing

@testable import Broker

/// Compaction as the broker does it: when, with which settings, and what clients see of it.
@Suite(.timeLimit(.minutes(5)))
struct LogCleanerTests {
    private static let day = Timestamp(1_700_000_000_000)

    private static func batch(_ records: [(key: String, value: String?)], at time: Timestamp = day) throws -> ByteBuffer
    {
        var builder = RecordBatchBuilder()
        for record in records {
            _ = try builder.append(
                key: ByteBuffer(string: record.key), value: record.value.map { ByteBuffer(string: $0) }, timestamp: time
            )
        }
        return try builder.finish()
    }

    /// Records of about 100 KB, ten of which fill a segment of 1 MiB.
    private static func fill(
        _ client: TestClient, _ topic: String, keys: Int = 3, rounds: Int = 12, at time: Timestamp = day
    ) async throws {
        for round in 0..<rounds {
            let value = String(repeating: "\(round % 10)", count: 300_000)
            for key in 0..<keys {
                let answer = try await client.produce(batch([("k\(key)", value)], at: time), to: topic)
                #expect(answer.errorCode == .none, "\(answer.errorMessage ?? "")")
            }
        }
    }

    private static let compacted = ["cleanup.policy": "compact", "segment.bytes": "1048576"]

    /// Where batches with records begin. An answer ends where a segment does.
    private static func offsets(_ client: TestClient, _ topic: String) async throws -> [Offset] {
        var offsets: [Offset] = []
        var next = try await client.listOffset(topic, at: -2).offset
        while true {
            let batches = try await client.fetch(topic, from: next, maxBytes: 100 << 20).batches
            guard let last = batches.last else { return offsets }
            offsets += batches.filter { $0.header.recordCount > 0 }.map(\.header.baseOffset)
            next = last.header.nextOffset
        }
    }

    @Test func `a compacted topic keeps the last record of each key, also through a restart`() async throws {
        let disk = SimulatedFileSystem(seed: 1)
        let clock = ManualClock()
        try await SimulatedBroker.run(on: disk, clock: clock) { broker, client in
            try await client.createTopic("table", configs: Self.compacted)
            try await client.createTopic("events", configs: ["segment.bytes": "1048576"])
            try await Self.fill(client, "table")
            try await Self.fill(client, "events", rounds: 4)
            #expect(try broker.clean() >= 1)
            let left = try await Self.offsets(client, "table")
            #expect(left == [30, 31, 32, 33, 34, 35])
            #expect(try await Self.offsets(client, "events").count == 12)
            #expect(try await client.listOffset("table", at: -1).offset == 36)
            #expect(try await client.listOffset("table", at: -2).offset == 0)
            let checkpoint = disk.contents(ofFileAt: "/data/cleaner-offset-checkpoint").map {
                String(decoding: $0, as: UTF8.self)
            }
            #expect(checkpoint?.contains("table 0 ") == true)
            #expect(try broker.clean() == 0)
        }
        disk.powerCut()
        try await SimulatedBroker.run(on: disk, clock: clock) { broker, client in
            let last = try await Self.offsets(client, "table").last
            #expect(last == 35)
            #expect(try broker.clean() == 0)
        }
    }

    @Test func `the seconds that pass set threads to work, as often as log.cleaner.backoff.ms says`() async throws {
        let clock = ManualClock()
        try await SimulatedBroker.run(clock: clock, settings: ["log.cleaner.backoff.ms": "5000"]) { broker, client in
            try await client.createTopic("table", configs: Self.compacted)
            await broker.tick()
            try await Self.fill(client, "table")
            let before = try broker.sizeInBytes("table")
            await broker.tick()
            clock.advance(by: .seconds(5))
            await broker.tick()
            try await until { try broker.sizeInBytes("table") < before }
            let last = try await Self.offsets(client, "table").last
            #expect(last == 35)
        }
    }

    @Test func `a topic that is not compacted any more, not dirty enough, or too young is left alone`() async throws {
        let clock = ManualClock()
        try await SimulatedBroker.run(clock: clock) { broker, client in
            try await client.createTopic("table", configs: Self.compacted)
            try await Self.fill(client, "table")
            try await client.alter("table", ["cleanup.policy": "delete"])
            #expect(try broker.clean() == 0)
            try await client.alter("table", ["cleanup.policy": "compact", "min.cleanable.dirty.ratio": "1"])
            #expect(try broker.clean() == 0)
            try await client.alter(
                "table", ["min.cleanable.dirty.ratio": "0.9", "min.compaction.lag.ms": "10000000000000"])
            #expect(try broker.clean() == 0)
            try await client.alter("table", ["min.compaction.lag.ms": "0"])
            #expect(try broker.clean() == 1)
        }
    }

    @Test func `a tombstone is gone after delete.retention.ms, which is read anew each time`() async throws {
        let clock = ManualClock()
        try await SimulatedBroker.run(clock: clock) { broker, client in
            try await client.createTopic(
                "table", configs: Self.compacted.merging(["delete.retention.ms": "60000"]) { $1 })
            _ = try await client.produce(Self.batch([("gone", "1")]), to: "table")
            _ = try await client.produce(Self.batch([("gone", nil)]), to: "table")
            try await Self.fill(client, "table", rounds: 2)
            #expect(try broker.clean() == 1)
            #expect(try await Self.offsets(client, "table").first == 1)
            clock.advance(by: .seconds(61))
            try await Self.fill(client, "table", rounds: 4)
            #expect(try broker.clean() == 1)
            let first = try #require(try await Self.offsets(client, "table").first)
            #expect(first > 1)
        }
    }

    @Test func `a record without a key is refused, with the record to blame`() async throws {
        try await withClient { client in
            try await client.createTopic("table", configs: ["cleanup.policy": "compact,delete"])
            let answer = try await client.produce(TestBatch.values(["a", "b"]), to: "table")
            #expect(answer.errorCode == .invalidRecord)
            #expect(answer.recordErrors.map(\.batchIndex) == [0, 1])
            try await client.createTopic("packed", configs: ["cleanup.policy": "compact", "compression.type": "zstd"])
            let packed = try await client.produce(TestBatch.values(["a"]), to: "packed")
            #expect(packed.errorCode == .invalidRecord)
        }
    }

    @Test func `a topic that is deleted while it is compacted is gone, and its successor is not touched`() async throws
    {
        let clock = ManualClock()
        let disk = SimulatedFileSystem(seed: 4)
        try await SimulatedBroker.run(on: disk, clock: clock) { broker, client in
            try await client.createTopic("table", configs: Self.compacted)
            try await Self.fill(client, "table")
            let cleaning = try #require(try broker.beginCleaning("table", now: clock.now))
            #expect(try await client.deleteTopic("table") == .none)
            try await client.createTopic("table", configs: Self.compacted)
            #expect(throws: LogError.offline) { try cleaning.run(CleaningLimits(), now: clock.now) }
            #expect(disk.paths.allSatisfy { !$0.hasSuffix(".cleaned") && !$0.hasSuffix(".swap") })
            #expect(try await Self.offsets(client, "table") == [])
        }
    }

    @Test func `settings become limits of one thread`() {
        var settings = CleanerSettings(
            ConfigurationResolver(fixed: [
                "log.cleaner.threads": "4", "log.cleaner.dedupe.buffer.size": "8000000", "log.cleaner.enable": "false",
                "log.cleaner.io.max.bytes.per.second": "1000000", "log.cleaner.backoff.ms": "10",
                "log.cleaner.io.buffer.size": "800000", "log.cleaner.io.buffer.load.factor": "0.5",
            ]))
        #expect(!settings.isEnabled && settings.threadCount == 4 && settings.backoff == .milliseconds(10))
        #expect(settings.bytesPerSecond == 1_000_000)
        #expect(settings.limits.mapBytes == 2_000_000)
        #expect(settings.limits.bufferBytes == 100_000)
        #expect(settings.limits.loadFactor == 0.5)
        settings = CleanerSettings(ConfigurationResolver(fixed: [:]))
        #expect(settings.isEnabled && settings.threadCount == 1 && settings.bytesPerSecond == nil)
        #expect(settings.limits.mapBytes == 128 << 20 && settings.limits.bufferBytes == 256 << 10)
    }
}

extension SimulatedBroker {
    /// Cleans what is due on the calling thread; returns how many cleanings that were.
    fileprivate func clean() throws -> Int {
        let cleaner = try #require(core?.cleaner)
        return cleaner.clean()
    }

    fileprivate func sizeInBytes(_ topic: String) throws -> Int {
        try #require(try core?.topics.table[topic]?.partition(0)).sizeInBytes
    }

    fileprivate func beginCleaning(_ topic: String, now: Timestamp) throws -> LogCleaning? {
        let partition = try #require(try core?.topics.table[topic]?.partition(0))
        return try partition.cleanableRange(now: now).flatMap { partition.beginCleaning($0) }
    }
}
