import BrokerTesting
import KafkaProtocol
import LogStorage
import SystemPackage
import Testing

@testable import Broker

/// Several log directories, each on a disk of its own, one of which fails.
@Suite(.timeLimit(.minutes(5)))
struct LogDirectoriesTests {
    /// Disks at /a and /b; /a holds the metadata.
    struct Disks {
        let a = SimulatedFileSystem(seed: 41)
        let b = SimulatedFileSystem(seed: 42)
        let gatedB: GatedFileSystem
        let mounts: SimulatedMounts

        init() {
            gatedB = GatedFileSystem(b)
            mounts = SimulatedMounts(["/a": a, "/b": gatedB])
        }

        func run(
            directories: String = "/a,/b", _ body: (SimulatedBroker, TestClient) async throws -> Void
        ) async throws {
            let settings = ["log.dirs": directories]
            try await SimulatedBroker.run(on: a, through: mounts, settings: settings, body)
        }

        /// The process ends; what was written is there.
        func processEnd() {
            a.processEnd()
            b.processEnd()
        }
    }

    private static func logDirs(_ client: TestClient) async throws -> [String] {
        let response = try await client.exchange(DescribeLogDirsRequest.with { $0.topics = nil })
        return response.results.map { result in
            let partitions = result.topics.flatMap { topic in
                topic.partitions.map { "\(topic.name)-\($0.partitionIndex)" }
            }
            return "\(result.logDir) \(result.errorCode.rawValue) \(partitions.joined(separator: " "))"
        }
    }

    /// The partition takes and gives nothing, and says so in every way.
    private static func expectOffline(_ client: TestClient, _ topic: String, _ partition: PartitionIndex) async throws {
        #expect(try await client.produce(TestBatch.values(["x"]), to: topic, partition).errorCode == .kafkaStorageError)
        #expect(try await client.fetch(topic, partition, from: 0).errorCode == .kafkaStorageError)
        #expect(try await client.listOffset(topic, partition, at: -1).errorCode == .kafkaStorageError)
        let described = try await client.describe(topic).partitions[Int(partition.rawValue)]
        #expect(described.errorCode == .leaderNotAvailable && described.leaderID == -1)
        #expect(described.offlineReplicas == [1] && described.inSyncReplicaNodes == [])
    }

    // MARK: - Placement

    @Test func `a new partition goes to the directory with the fewest, and each directory keeps its own books`()
        async throws
    {
        let disks = Disks()
        try await disks.run { (broker, client) async throws in
            try await client.createTopic("t", partitions: 3)
            try await client.createTopic("u", partitions: 3)
            #expect(try await Self.logDirs(client) == ["/a 0 t-0 t-2 u-1", "/b 0 t-1 u-0 u-2"])
            try await client.deleteTopic("u")
            try await client.createTopic("v", partitions: 2)
            #expect(try await Self.logDirs(client) == ["/a 0 t-0 t-2 v-1", "/b 0 t-1 v-0"])
            for partition in Int32(0)..<3 {
                try await client.produce(["\(partition)"], to: "t", PartitionIndex(partition))
            }
            broker.clock.advance(by: .seconds(60))
            await broker.tick()
        }
        func text(_ disk: SimulatedFileSystem, _ path: String) throws -> [String] {
            String(decoding: try #require(disk.contents(ofFileAt: path)), as: UTF8.self).split(separator: "\n")
                .map(String.init)
        }
        #expect(try text(disks.a, "/a/recovery-point-offset-checkpoint") == ["0", "3", "t 0 0", "t 2 0", "v 1 0"])
        #expect(try text(disks.b, "/b/recovery-point-offset-checkpoint") == ["0", "2", "t 1 0", "v 0 0"])
        let (one, other) = (try text(disks.a, "/a/meta.properties"), try text(disks.b, "/b/meta.properties"))
        #expect(one[1].hasPrefix("cluster.id=") && one[1] == other[1])
        #expect(one[3].hasPrefix("directory.id=") && one[3] != other[3])
        #expect(disks.a.paths.contains("/a/.lock") && disks.b.paths.contains("/b/.lock"))
        #expect(disks.a.paths.contains("/a/.kafka_cleanshutdown") && disks.b.paths.contains("/b/.kafka_cleanshutdown"))
        try await disks.run { (broker, client) async throws in
            #expect(broker.ready.wasClean)
            for partition in Int32(0)..<3 {
                #expect(try await client.fetch("t", PartitionIndex(partition), from: 0).values == ["\(partition)"])
            }
        }
    }

    // MARK: - One fails

    @Test(arguments: [Errno.ioError, .readOnlyFileSystem, .noSuchAddressOrDevice])
    func `a directory that cannot be written goes offline with all of its partitions, and the others serve`(
        errno: Errno
    ) async throws {
        let disks = Disks()
        try await disks.run { (broker, client) async throws in
            try await client.createTopic("t", partitions: 4)
            for partition in Int32(0)..<4 { try await client.produce(["a"], to: "t", PartitionIndex(partition)) }
            // Somebody waits at another partition of that directory.
            let fetch = FetchRequest.with {
                $0 = .of("t", [(3, 1)])
                $0.minBytes = 1
                $0.maxWaitMs = 600_000
            }
            let waiting = try await TestClient.connect(to: broker.bootstrap)
            try waiting.send(fetch, version: 12)
            disks.mounts.fail("/b", with: errno)
            let refused = try await client.produce(TestBatch.values(["b"]), to: "t", 1)
            #expect(refused.errorCode == .kafkaStorageError && refused.baseOffset == -1)
            let released = try await waiting.receive(FetchRequest.self, version: 12)
            #expect(released.responses.first?.partitions.first?.errorCode == .kafkaStorageError)
            await waiting.close()
            for partition in [PartitionIndex(1), 3] { try await Self.expectOffline(client, "t", partition) }
            for partition in [PartitionIndex(0), 2] {
                #expect(try await client.produce(["b"], to: "t", partition) == 1)
                #expect(try await client.fetch("t", partition, from: 0).values == ["a", "b"])
            }
            #expect(try await Self.logDirs(client) == ["/a 0 t-0 t-2", "/b 56 "])
            #expect(broker.failure == nil)
            // New partitions go where there is a disk.
            try await client.createTopic("u", partitions: 2)
            #expect(try await Self.logDirs(client) == ["/a 0 t-0 t-2 u-0 u-1", "/b 56 "])
            try await client.produce(["u"], to: "u", 1)
        }
        disks.mounts.fail("/b", with: nil)
        disks.processEnd()
        try await disks.run { (broker, client) async throws in
            #expect(!broker.ready.wasClean)
            for partition in Int32(0)..<4 {
                let values = try await client.fetch("t", PartitionIndex(partition), from: 0).values
                #expect(values.first == "a")
            }
            #expect(try await Self.logDirs(client) == ["/a 0 t-0 t-2 u-0 u-1", "/b 0 t-1 t-3"])
        }
    }

    @Test func `a failed flush takes its directory, and nothing that was waiting for it is acknowledged or shown`()
        async throws
    {
        let disks = Disks()
        try await disks.run { (_, client) async throws in
            try await client.createTopic("t", partitions: 4)
            for partition in Int32(0)..<4 { try await client.produce(["a"], to: "t", PartitionIndex(partition)) }
            disks.gatedB.gate.close(for: "/b/t-1/")
            defer { disks.gatedB.gate.open() }
            try client.send(ProduceRequest.of(TestBatch.values(["b"]), to: "t", 1), version: 12, correlationID: 1)
            await disks.gatedB.gate.someoneWaits()
            disks.b.failFlush()
            try client.send(ProduceRequest.of(TestBatch.values(["b"]), to: "t", 3), version: 12, correlationID: 2)
            for number in [Int32(1), 2] {
                let answer = try await client.receive(ProduceRequest.self, version: 12, correlationID: number)
                #expect(answer.responses.first?.partitionResponses.first?.errorCode == .kafkaStorageError)
            }
            for partition in [PartitionIndex(1), 3] { try await Self.expectOffline(client, "t", partition) }
            try await client.produce(["b"], to: "t", 0)
        }
    }

    @Test func `a checkpoint that cannot be written takes the directory offline, a full disk does not`() async throws {
        let disks = Disks()
        try await disks.run { (broker, client) async throws in
            try await client.createTopic("t", partitions: 2)
            disks.mounts.fail("/b", with: .noSpace)
            broker.clock.advance(by: .seconds(60))
            await broker.tick()
            disks.mounts.fail("/b", with: nil)
            try await client.produce(["a"], to: "t", 1)
            disks.mounts.fail("/b", with: .notDirectory)
            broker.clock.advance(by: .seconds(60))
            await broker.tick()
            try await Self.expectOffline(client, "t", 1)
            try await client.produce(["a"], to: "t", 0)
        }
    }

    @Test func `without the metadata's directory, or any, the broker ends`() async throws {
        let disks = Disks()
        try await disks.run { (broker, client) async throws in
            try await client.createTopic("t", partitions: 2)
            disks.mounts.fail("/a", with: .ioError)
            _ = try await client.produce(TestBatch.values(["a"]), to: "t", 0)
            let reason = "\(try #require(broker.failure))"
            #expect(reason.hasPrefix("The directory of the cluster's metadata, /a, has failed: open /a/t-0/"))
            #expect(!reason.contains("\n"))
        }
        let others = Disks()
        let apart = SimulatedMounts(["/a": others.a, "/b": others.b])
        let settings = ["log.dirs": "/b", "metadata.log.dir": "/a"]
        try await SimulatedBroker.run(on: others.a, through: apart, settings: settings) {
            (broker, client) async throws in
            try await client.createTopic("t")
            #expect(try await Self.logDirs(client) == ["/b 0 t-0"])
            apart.fail("/b", with: .ioError)
            _ = try await client.produce(TestBatch.values(["a"]), to: "t", 0)
            #expect("\(try #require(broker.failure))".hasPrefix("No log directory is left: /b: open /b/t-0/"))
        }
    }

    @Test func `a topic that is deleted while its directory is offline does not come back with it`() async throws {
        let disks = Disks()
        try await disks.run { (_, client) async throws in
            try await client.createTopic("t", partitions: 2)
            try await client.produce(["old"], to: "t", 1)
            disks.mounts.fail("/b", with: .ioError)
            _ = try await client.produce(TestBatch.values(["x"]), to: "t", 1)
            #expect(try await client.deleteTopic("t") == .none)
            try await client.createTopic("t", partitions: 2)
            try await client.produce(["new"], to: "t", 1)
        }
        disks.mounts.fail("/b", with: nil)
        disks.processEnd()
        try await disks.run { (broker, client) async throws in
            #expect(try await Self.logDirs(client) == ["/a 0 t-0 t-1", "/b 0 "])
            #expect(try await client.fetch("t", 1, from: 0).values == ["new"])
            await broker.tick()
            #expect(!disks.b.paths.contains { $0.hasPrefix("/b/t-1") })
        }
    }

    // MARK: - Start

    @Test func `a directory that cannot be opened at the start is offline, and nothing of it is made anew elsewhere`()
        async throws
    {
        let disks = Disks()
        try await disks.run { (_, client) async throws in
            try await client.createTopic("t", partitions: 2)
            for partition in Int32(0)..<2 { try await client.produce(["a"], to: "t", PartitionIndex(partition)) }
        }
        disks.mounts.fail("/b", with: .ioError)
        try await disks.run { (broker, client) async throws in
            try await Self.expectOffline(client, "t", 1)
            #expect(try await client.produce(["b"], to: "t", 0) == 1)
            #expect(try await Self.logDirs(client) == ["/a 0 t-0", "/b 56 "])
            try await client.createTopic("u", partitions: 2)
        }
        disks.mounts.fail("/b", with: nil)
        // Not named, it is missing, too.
        try await disks.run(directories: "/a") { _, client in try await Self.expectOffline(client, "t", 1) }
        try await disks.run { (_, client) async throws in
            #expect(try await client.fetch("t", 1, from: 0).values == ["a"])
            #expect(try await client.fetch("t", 0, from: 0).values == ["a", "b"])
            #expect(try await Self.logDirs(client) == ["/a 0 t-0 u-0 u-1", "/b 0 t-1"])
        }
    }

    @Test func `an empty disk in the place of another does not pass for it`() async throws {
        let disks = Disks()
        try await disks.run { (_, client) async throws in
            try await client.createTopic("t", partitions: 2)
            try await client.produce(["a"], to: "t", 1)
        }
        let empty = SimulatedMounts(["/a": disks.a, "/b": SimulatedFileSystem(seed: 43)])
        let settings = ["log.dirs": "/a,/b"]
        try await SimulatedBroker.run(on: disks.a, through: empty, settings: settings) { (_, client) async throws in
            try await Self.expectOffline(client, "t", 1)
            try await client.createTopic("u", partitions: 1)
            #expect(try await Self.logDirs(client) == ["/a 0 t-0", "/b 0 u-0"])
        }
    }

    private static func refusal(
        _ disks: Disks, _ directories: String = "/a,/b", metadata: String? = nil
    ) async -> String {
        var settings = ["log.dirs": directories]
        if let metadata { settings["metadata.log.dir"] = metadata }
        do {
            let broker = try await SimulatedBroker.start(on: disks.a, through: disks.mounts, settings: settings)
            await broker.stop()
            return "started"
        } catch {
            return "\(error)"
        }
    }

    @Test func `directories that contradict each other stop the start with a sentence`() async throws {
        let disks = Disks()
        try await disks.run { _, client in try await client.createTopic("t", partitions: 2) }
        #expect(
            await Self.refusal(disks, "/b,/a")
                == "The cluster's metadata lies in /a, not in /b. Set metadata.log.dir=/a, "
                + "or name that directory first in log.dirs.")
        #expect(await Self.refusal(disks, "/b,/a", metadata: "/a") == "started")
        #expect(
            await Self.refusal(disks, "/b", metadata: "/a/meta")
                == "/b holds logs, but /a/meta, the directory of the metadata, knows nothing of them. "
                + "Set metadata.log.dir to the directory that has __cluster_metadata-0.")
        // The same partition, twice.
        let metadata = try #require(disks.b.contents(ofFileAt: "/b/t-1/partition.metadata"))
        try disks.a.createDirectory("/a/t-1")
        try disks.a.replace("/a/t-1/partition.metadata", with: metadata)
        #expect(
            await Self.refusal(disks)
                == "Partition t-1 lies in two directories, /a and /b. Move the older of the two folders away.")
        try disks.a.replace(
            "/a/t-1/partition.metadata", with: Array("version: 0\ntopic_id: AAAAAAAAAAAAAAAAAAAAZw\n".utf8))
        #expect(await Self.refusal(disks) == "started")
        // Another cluster's directory.
        let other = Disks()
        try await other.run(directories: "/b") { _, _ in }
        let mixed = SimulatedMounts(["/a": disks.a, "/b": other.b])
        await #expect(throws: DataDirectoryError.self) {
            let broker = try await SimulatedBroker.start(
                on: disks.a, through: mixed, settings: ["log.dirs": "/a,/b", "metadata.log.dir": "/a"])
            await broker.stop()
        }
    }

    // MARK: - A slow disk

    @Test func `a disk that does not answer holds up no log of another`() async throws {
        let disks = Disks()
        try await disks.run { (broker, client) async throws in
            try await client.createTopic("t", partitions: 40)
            disks.gatedB.gate.close(for: "/b/")
            defer { disks.gatedB.gate.open() }
            // More logs than there are threads for a disk's flushes.
            let stuck = try await TestClient.connect(to: broker.bootstrap)
            for partition in stride(from: Int32(1), to: 40, by: 2) {
                try stuck.send(
                    ProduceRequest.of(TestBatch.values(["b"]), to: "t", PartitionIndex(partition)), version: 12,
                    correlationID: partition)
            }
            await disks.gatedB.gate.someoneWaits()
            for partition in stride(from: Int32(0), to: 40, by: 2) {
                #expect(try await client.produce(["a"], to: "t", PartitionIndex(partition)) == 0)
                #expect(try await client.fetch("t", PartitionIndex(partition), from: 0).values == ["a"])
            }
            #expect(try await client.fetch("t", 1, from: 0).highWatermark == 0)
            disks.gatedB.gate.open()
            for partition in stride(from: Int32(1), to: 40, by: 2) {
                let answer = try await stuck.receive(ProduceRequest.self, version: 12, correlationID: partition)
                #expect(answer.responses.first?.partitionResponses.first?.errorCode == ErrorCode.none)
            }
            await stuck.close()
        }
    }

    /// One event loop serves both disks.
    @Test func `a disk that makes the write itself wait holds up no client of another, nor who reads of it`()
        async throws
    {
        let disks = Disks()
        try await disks.run { (broker, client) async throws in
            try await client.createTopic("t", partitions: 4)
            disks.gatedB.gate.close(for: "/b/")
            defer { disks.gatedB.gate.open() }
            let (first, second) = (
                try await TestClient.connect(to: broker.bootstrap), try await TestClient.connect(to: broker.bootstrap)
            )
            let produce = try ProduceRequest.of(TestBatch.values(["b"]), to: "t", 1)
            try first.send(produce, version: 12, correlationID: 1)
            await disks.gatedB.gate.someoneWaits()
            let partition = try #require(try broker.core?.topics.table["t"]?.partition(1))
            try await until { partition.appendsWait }
            disks.gatedB.gate.close(for: "/b/", includingWrites: true)
            try second.send(produce, version: 12, correlationID: 1)
            try await until { disks.gatedB.gate.waitingCount == 2 }
            // The log of partition 1 is being written to all the time.
            for round in 0..<5 {
                #expect(try await client.produce(["a"], to: "t", 0) == Offset(Int64(round)))
                #expect(try await client.fetch("t", 0, from: Offset(Int64(round))).values == ["a"])
                #expect(try await client.fetch("t", 1, from: 0).highWatermark == 0)
                #expect(try await client.describe("t").partitions.count == 4)
                #expect(try await client.listOffset("t", at: -2).offset == 0)
                await broker.tick()
            }
            disks.gatedB.gate.open()
            for stuck in [first, second] {
                let answer = try await stuck.receive(ProduceRequest.self, version: 12, correlationID: 1)
                #expect(answer.responses.first?.partitionResponses.first?.errorCode == ErrorCode.none)
                await stuck.close()
            }
            #expect(try await client.fetch("t", 1, from: 0).values == ["b", "b"])
            try await until { !partition.appendsWait }
        }
    }
}
