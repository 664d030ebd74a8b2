import BrokerTesting
import KafkaProtocol
import LogStorage
import Synchronization
import SystemPackage
import Testing

@testable import Broker

/// What an acknowledgement is worth: promises 1 and 2 of the broker, over the wire.
@Suite(.timeLimit(.minutes(5)))
struct PartitionTests {
    // MARK: - Acknowledged means on disk

    /// Every stop that the disk could suffer while three batches are written and the broker then stops cleanly.
    @Test(arguments: [Int16(1), -1]) func `a power cut at any call keeps every acknowledged record`(
        acks: Int16
    ) async throws {
        let disk = SimulatedFileSystem(seed: 11)
        // How many calls had been recorded when each batch was acknowledged.
        var acknowledged: [Int] = []
        try await SimulatedBroker.run(on: disk) { _, client in
            try await client.createTopic("t")
            disk.record()
            for number in 0..<3 {
                let result = try await client.produce(TestBatch.values(["\(number)"]), to: "t", acks: acks)
                #expect(result.errorCode == .none && result.baseOffset == Offset(Int64(number)))
                acknowledged.append(disk.recordedCount)
            }
        }
        for call in 0..<disk.recordedCount {
            let crashed = try #require(disk.copy(beforeRecordedCall: call, seed: UInt64(call)))
            crashed.powerCut()
            let least = acknowledged.count { $0 <= call }
            try await SimulatedBroker.run(on: crashed) { _, client in
                let data = try await client.fetch("t", from: 0)
                let values = try data.values
                #expect(values.count >= least, "before call \(call)")
                #expect(values == (0..<values.count).map { "\($0)" }, "before call \(call)")
                #expect(data.highWatermark == Offset(Int64(values.count)))
                // The next record takes the next offset: none is used twice for what a reader has seen.
                #expect(try await client.produce(["next"], to: "t") == data.highWatermark)
            }
        }
    }

    @Test func `nobody sees a record before it is on disk, and nobody is answered`() async throws {
        let disk = SimulatedFileSystem(seed: 12)
        let gated = GatedFileSystem(disk)
        try await SimulatedBroker.run(on: disk, through: gated) { broker, writer in
            let reader = try await TestClient.connect(to: broker.bootstrap)
            try await writer.createTopic("t")
            try await writer.produce(["a"], to: "t")
            gated.gate.close(for: "/data/t-0/")
            defer { gated.gate.open() }
            try writer.send(ProduceRequest.of(TestBatch.values(["b"]), to: "t"), version: 12)
            await gated.gate.someoneWaits()
            let isAnswered = Mutex(false)
            async let answer = {
                defer { isAnswered.withLock { $0 = true } }
                return try await writer.receive(ProduceRequest.self, version: 12)
            }()
            // Written, and not flushed: not there for any reader.
            let early = try await reader.fetch("t", from: 0)
            #expect(try early.values == ["a"])
            #expect(early.highWatermark == 1 && early.lastStableOffset == 1)
            #expect(try await reader.listOffset("t", at: -1).offset == 1)
            #expect(try await reader.listOffset("t", at: -3).offset == 0)
            // A reader that waits for it is released by the flush.
            let waiting = FetchRequest.with {
                $0 = .of("t", [(0, 1)])
                $0.minBytes = 1
                $0.maxWaitMs = 600_000
            }
            try reader.send(waiting, version: 12)
            // The broker has one loop, and it has answered four requests since: an answer would have come by now.
            #expect(!isAnswered.withLock { $0 })
            gated.gate.open()
            let woken = try await reader.receive(FetchRequest.self, version: 12)
            #expect(try woken.responses.first?.partitions.first?.values == ["b"])
            let produced = try await answer
            #expect(produced.responses.first?.partitionResponses.first?.baseOffset == 1)
            await reader.close()
        }
    }

    @Test func `an acknowledged record is visible to whoever asks next, on any connection`() async throws {
        try await SimulatedBroker.run { broker, writer in
            let reader = try await TestClient.connect(to: broker.bootstrap)
            try await writer.createTopic("t")
            for number in 0..<200 {
                let offset = try await writer.produce(["\(number)"], to: "t")
                let data = try await reader.fetch("t", from: offset)
                #expect(try data.values == ["\(number)"])
            }
            await reader.close()
        }
    }

    @Test func `where the topic leaves flushing to the system, a killed process loses nothing`() async throws {
        let disk = SimulatedFileSystem(seed: 13)
        let killed = try await SimulatedBroker.run(on: disk) { _, client in
            try await client.createTopic("t", configs: ["flush.messages": "1000000"])
            for number in 0..<10 { try await client.produce(["\(number)"], to: "t") }
            return disk.copy(seed: 14)
        }
        killed.processEnd()
        try await SimulatedBroker.run(on: killed) { broker, client in
            #expect(!broker.ready.wasClean)
            let data = try await client.fetch("t", from: 0)
            #expect(try data.values == (0..<10).map { "\($0)" })
        }
    }

    @Test func `a topic that is made durable later still shows what it had shown`() async throws {
        let disk = SimulatedFileSystem(seed: 15)
        let crashed = try await SimulatedBroker.run(on: disk) { _, client in
            try await client.createTopic("t", configs: ["flush.messages": "1000000"])
            try await client.produce(["a", "b"], to: "t")
            try await client.alter("t", ["flush.messages": "1"])
            #expect(try await client.fetch("t", from: 0).highWatermark == 2)
            try await client.produce(["c"], to: "t")
            return disk.copy(seed: 16)
        }
        crashed.powerCut()
        try await SimulatedBroker.run(on: crashed) { _, client in
            let data = try await client.fetch("t", from: 0)
            #expect(try data.values == ["a", "b", "c"])
        }
    }

    @Test func `flush.ms starts a flush of what has waited for so long`() async throws {
        let disk = SimulatedFileSystem(seed: 17)
        let gated = GatedFileSystem(disk)
        try await SimulatedBroker.run(on: disk, through: gated) { broker, client in
            try await client.createTopic("t", configs: ["flush.messages": "1000000", "flush.ms": "5000"])
            try await client.produce(["a"], to: "t")
            broker.clock.advance(by: .milliseconds(4_999))
            await broker.tick()
            gated.gate.close(for: "/data/t-0/")
            defer { gated.gate.open() }
            broker.clock.advance(by: .milliseconds(1))
            await broker.tick()
            await gated.gate.someoneWaits()
        }
    }

    // MARK: - A disk that fails

    @Test func `after a failed flush the partition and its directory are offline, and nothing is acknowledged`()
        async throws
    {
        let disk = SimulatedFileSystem(seed: 18)
        let crashed = try await SimulatedBroker.run(on: disk) { broker, client in
            try await client.createTopic("t", partitions: 2)
            try await client.produce(["a"], to: "t", 0)
            let fetch = FetchRequest.with {
                $0 = .of("t", [(0, 1)])
                $0.minBytes = 1
                $0.maxWaitMs = 600_000
            }
            try client.send(fetch, version: 12, correlationID: 1)
            disk.failFlush()
            try client.send(ProduceRequest.of(TestBatch.values(["b"]), to: "t"), version: 12, correlationID: 2)
            let released = try await client.receive(FetchRequest.self, version: 12, correlationID: 1)
            #expect(released.responses.first?.partitions.first?.errorCode == .kafkaStorageError)
            let refused = try await client.receive(ProduceRequest.self, version: 12, correlationID: 2)
            let part = try #require(refused.responses.first?.partitionResponses.first)
            #expect(part.errorCode == .kafkaStorageError)
            #expect(part.baseOffset == -1 && part.logStartOffset == -1)
            try await Self.expectOffline(client)
            // It is the only directory: the broker ends.
            #expect(broker.failure != nil)
            return disk.copy(seed: 19)
        }
        crashed.powerCut()
        try await SimulatedBroker.run(on: crashed) { _, client in
            // Whether "b" is there is the disk's affair; what was acknowledged is.
            let first = try await client.fetch("t", 0, from: 0)
            #expect(try first.values.first == "a")
            #expect(try await client.describe("t").partitions.map(\.errorCode) == [.none, .none])
        }
    }

    /// Partition 0 of `t` takes and gives nothing, and says so in every way; nor does what lies beside it.
    private static func expectOffline(_ client: TestClient) async throws {
        let again = try await client.produce(TestBatch.values(["c"]), to: "t", 0)
        #expect(again.errorCode == .kafkaStorageError)
        let read = try await client.fetch("t", 0, from: 0)
        #expect(read.errorCode == .kafkaStorageError)
        let listed = try await client.listOffset("t", 0, at: -1)
        #expect(listed.errorCode == .kafkaStorageError)
        let partitions = try await client.describe("t").partitions
        #expect(partitions.map(\.errorCode) == [.leaderNotAvailable, .leaderNotAvailable])
        #expect(partitions.map(\.leaderID) == [-1, -1])
        #expect(partitions.map(\.offlineReplicas) == [[1], [1]])
    }

    @Test func `after a failed write nobody waits for a flush that will not come`() async throws {
        let disk = SimulatedFileSystem(seed: 22)
        let gated = GatedFileSystem(disk)
        try await SimulatedBroker.run(on: disk, through: gated) { _, client in
            try await client.createTopic("t", partitions: 2)
            try await client.produce(["a"], to: "t", 0)
            gated.gate.close(for: "/data/t-0/")
            defer { gated.gate.open() }
            try client.send(ProduceRequest.of(TestBatch.values(["b"]), to: "t"), version: 12, correlationID: 1)
            await gated.gate.someoneWaits()
            disk.failCall(1, with: .inputOutput)
            try client.send(ProduceRequest.of(TestBatch.values(["c"]), to: "t"), version: 12, correlationID: 2)
            for number in [Int32(1), 2] {
                let answer = try await client.receive(ProduceRequest.self, version: 12, correlationID: number)
                #expect(answer.responses.first?.partitionResponses.first?.errorCode == .kafkaStorageError)
            }
            try await Self.expectOffline(client)
        }
    }

    @Test func `metadata that cannot be written refuses the change, and the stop does not count as clean`() async throws
    {
        let disk = SimulatedFileSystem(seed: 21)
        try await SimulatedBroker.run(on: disk) { broker, client in
            try await client.createTopic("t")
            let other = try await TestClient.connect(to: broker.bootstrap)
            disk.failFlush()
            await #expect(throws: RawConnection.Closed.self) { try await other.createTopic("lost") }
            await other.close()
            // What needs no metadata is served until the broker ends.
            try await client.produce(["a"], to: "t")
        }
        disk.powerCut()
        try await SimulatedBroker.run(on: disk) { broker, client in
            #expect(!broker.ready.wasClean)
            let data = try await client.fetch("t", from: 0)
            #expect(try data.values == ["a"])
        }
    }

    @Test func `a full disk refuses the write, keeps what was there, and takes writes again later`() async throws {
        let disk = SimulatedFileSystem(seed: 20)
        try await SimulatedBroker.run(on: disk) { _, client in
            try await client.createTopic("t")
            try await client.produce(["a"], to: "t")
            let room = disk.capacity
            disk.capacity = 1_000
            let refused = try await client.produce(TestBatch.sized(5_000), to: "t")
            #expect(refused.errorCode == .kafkaStorageError)
            #expect(try await client.fetch("t", from: 0).values == ["a"])
            disk.capacity = room
            #expect(try await client.produce(["b"], to: "t") == 1)
            #expect(try await client.fetch("t", from: 0).values == ["a", "b"])
        }
    }

    // MARK: - A disk that is nearly full

    @Test func `below the reserve records and topics are refused, and everything else goes on`() async throws {
        let disk = SimulatedFileSystem(seed: 23, capacity: 400_000)
        let settings = ["log.dir.reserve.bytes": "100000", "log.dir.reserve.internal.bytes": "10000"]
        try await SimulatedBroker.run(on: disk, settings: settings) { (broker, client) async throws in
            try await client.createTopic("t")
            try await client.createTopic("old", configs: ["file.delete.delay.ms": "0"])
            _ = try await client.produce(TestBatch.sized(150_000), to: "old")
            let first = try await client.produce(["a"], to: "t")
            var refused = TestClient.Produced()
            while refused.errorCode == .none {
                refused = try await client.produce(TestBatch.sized(5_000), to: "t")
            }
            #expect(refused.errorCode == .kafkaStorageError && refused.baseOffset == -1)
            #expect(refused.errorMessage?.contains("are left, and 100000 are kept in reserve") == true)
            #expect(try disk.space(at: "/").usableBytes >= 100_000)
            #expect(try await client.fetch("t", from: first, maxBytes: 1).values == ["a"])
            #expect(try await client.listOffset("t", at: -1).offset > 1)
            await broker.tick()
            try await Self.expectNoNewTopics(client)
            try await client.alter("t", ["retention.ms": "1"])
            #expect(try await client.deleteTopic("old") == .none)
            // The files of a deleted topic go, and the next look finds their room.
            await broker.tick()
            await broker.tick()
            try await client.produce(["b"], to: "t")
            try await client.createTopic("new")
        }
        try await SimulatedBroker.run(on: disk, settings: settings) { (broker, client) async throws in
            #expect(broker.ready.wasClean)
            #expect(try await client.fetch("t", from: 0, maxBytes: 1).values == ["a"])
        }
    }

    private static func expectNoNewTopics(_ client: TestClient) async throws {
        let creation = CreateTopicsRequest.with {
            $0.topics = [
                .with {
                    ($0.name, $0.numPartitions, $0.replicationFactor) = ("new", 1, 1)
                }
            ]
        }
        let topic = try #require(try await client.exchange(creation).topics.first)
        #expect(topic.errorCode == .kafkaStorageError && topic.errorMessage?.contains("nearly full") == true)
        let increase = CreatePartitionsRequest.with {
            $0.topics = [
                .with {
                    ($0.name, $0.count) = ("t", 2)
                    $0.assignments = nil
                }
            ]
        }
        let result = try #require(try await client.exchange(increase).results.first)
        #expect(result.errorCode == .kafkaStorageError && result.errorMessage?.contains("nearly full") == true)
        let asked = MetadataRequest.with {
            $0.topics = [.with { $0.name = "on-demand" }]
            $0.allowAutoTopicCreation = true
        }
        #expect(try await client.exchange(asked).topics.map(\.errorCode) == [.kafkaStorageError])
    }

    @Test func `a broker starts on a disk without a free byte, and reads go on`() async throws {
        let disk = SimulatedFileSystem(seed: 24)
        try await SimulatedBroker.run(on: disk) { (_, client) async throws in
            try await client.createTopic("t")
            try await client.produce(["a"], to: "t")
        }
        for isClean in [true, false] {
            disk.capacity = 0
            try await SimulatedBroker.run(on: disk) { (broker, client) async throws in
                #expect(broker.ready.wasClean == isClean)
                #expect(try await client.fetch("t", from: 0).values == ["a"])
                #expect(try await client.produce(TestBatch.values(["x"]), to: "t").errorCode == .kafkaStorageError)
                #expect(broker.failure == nil)
            }
            disk.processEnd()
        }
        disk.capacity = .max
        try await SimulatedBroker.run(on: disk) { (_, client) async throws in
            #expect(try await client.produce(["b"], to: "t") == 1)
        }
    }
}
