import ArgumentParser
import BrokerTesting
import KafkaClient
import KafkaProtocol
import LogStorage
import NIOCore
import SystemPackage
import Testing

@testable import CommandLineTool

/// A directory in Kafka's format becomes topics that a broker serves.
@Suite(.timeLimit(.minutes(5))) struct LogImportCommandTests {
    private let directory: TemporaryDirectory
    private let fileSystem = PosixFileSystem()
    private var source: String { directory.path + "/kafka" }
    private var target: String { directory.path + "/data" }

    init() throws { directory = try TemporaryDirectory() }

    /// Two topics with records and settings, written by a broker and left behind.
    private func write() async throws -> String {
        let broker = try await InProcessBroker.start(
            directory: source, settings: ["log.segment.bytes": "1048576", "num.partitions": "1"])
        let admin = try Admin(ClientConfiguration(bootstrapServers: broker.bootstrap))
        let configuration = ["retention.ms": "86400000"]
        _ = try await admin.createTopic(NewTopic(name: "orders", partitionCount: 2, configuration: configuration))
        let id = try await Self.id(of: "orders", admin)
        let producer = try Producer(ProducerConfiguration(bootstrapServers: broker.bootstrap))
        for value in 0..<200 {
            let record = ProducerRecord(
                topic: "orders", partition: PartitionIndex(Int32(value % 2)), key: ByteBuffer(string: "\(value)"),
                value: ByteBuffer(repeating: 7, count: 16384))
            _ = try await producer.send(record)
        }
        _ = try await producer.send(ProducerRecord(topic: "other", value: ByteBuffer(string: "x")))
        try await producer.close()
        admin.close()
        await broker.stop()
        return id
    }

    private static func id(of topic: String, _ admin: Admin) async throws -> String {
        let outcome = try #require(try await admin.describeTopics([topic])[topic])
        return "\(try outcome.get().id)"
    }

    private func importTopics(_ options: String...) async throws {
        try await LogImportCommand.parse([source, "--data-dir", target] + options).run()
    }

    private static func values(_ bootstrap: String, of partition: TopicPartition) async throws -> [String] {
        let consumer = Consumer(try ConsumerConfiguration(bootstrapServers: bootstrap))
        defer { consumer.close() }
        try await consumer.assign([partition: .earliest])
        var values: [String] = []
        while true {
            let records = try await consumer.nextBatch(timeout: .seconds(20), stopsAtEnd: true)
            if records.isEmpty { return values }
            values += records.map { $0.key.map { String(buffer: $0) } ?? "" }
        }
    }

    @Test(arguments: [false, true]) func `topics keep their records, names, ids and settings`(links: Bool) async throws
    {
        defer { directory.remove() }
        let id = try await write()
        let log = FilePath(source).appending("orders-0/00000000000000000000.log")
        let before = try fileSystem.contents(of: log)
        if links { try await importTopics("--link") } else { try await importTopics() }
        #expect(try fileSystem.contents(of: log) == before)
        let verified = try await DirectoryVerification(FilePath(target), fileSystem: fileSystem, walksRecords: true)
            .run { _ in }
        #expect(verified.isSound, "\(verified.text)")
        let broker = try await InProcessBroker.start(directory: target)
        for number in 0..<2 {
            let partition = TopicPartition(topic: "orders", partition: PartitionIndex(Int32(number)))
            let values = try await Self.values(broker.bootstrap, of: partition)
            #expect(values == stride(from: number, to: 200, by: 2).map { "\($0)" })
        }
        let admin = try Admin(ClientConfiguration(bootstrapServers: broker.bootstrap))
        #expect(try await Self.id(of: "orders", admin) == id)
        let entries = try #require(try await admin.describeConfigs([.topic("orders")])[.topic("orders")]).get()
        #expect(entries.first { $0.name == "retention.ms" }?.value == "86400000")
        admin.close()
        await broker.stop()
    }

    @Test func `a topic that exists is refused, and only wanted ones are taken`() async throws {
        defer { directory.remove() }
        _ = try await write()
        try await importTopics("--topic", "oth.*")
        #expect(try fileSystem.list(FilePath(target)).contains("other-0"))
        #expect(try !fileSystem.list(FilePath(target)).contains("orders-0"))
        let failure = await #expect(throws: CommandFailure.self) { try await importTopics() }
        #expect(failure?.message.contains("other") == true)
        #expect(try !fileSystem.list(FilePath(target)).contains("orders-0"))
        try await importTopics("--topic", "orders")
        #expect(try fileSystem.list(FilePath(target)).contains("orders-1"))
    }

    @Test func `a dry run changes nothing`() async throws {
        defer { directory.remove() }
        _ = try await write()
        try await importTopics("--dry-run")
        #expect(try !fileSystem.isDirectory(FilePath(target)))
    }

    @Test func `a partition that is not there is refused, unless it may begin empty`() async throws {
        defer { directory.remove() }
        _ = try await write()
        try fileSystem.rename(FilePath(source + "/orders-0"), to: FilePath(directory.path + "/elsewhere"))
        let failure = await #expect(throws: CommandFailure.self) { try await importTopics() }
        #expect(failure?.message.contains("--allow-missing") == true)
        try await importTopics("--allow-missing")
        #expect(try fileSystem.list(FilePath(target)).contains("orders-1"))
    }

    @Test func `records from before Kafka 0-11 and damaged ones are refused before anything is changed`() async throws {
        defer { directory.remove() }
        _ = try await write()
        let log = FilePath(source).appending("orders-1/00000000000000000000.log")
        let good = try #require(try fileSystem.contents(of: log))
        for (index, byte, words) in [(16, UInt8(1), "format is version 1"), (100, good[100] ^ 1, "checksum")] {
            var bytes = good
            bytes[index] = byte
            try fileSystem.open(log, .createEmpty).write(bytes, at: 0)
            let failure = await #expect(throws: CommandFailure.self) { try await importTopics() }
            #expect(failure?.message.contains(words) == true)
            #expect(try !fileSystem.isDirectory(FilePath(target)))
        }
    }

    @Test func `a tail that a killed broker left torn is cut off, and the original is as it was`() async throws {
        defer { directory.remove() }
        _ = try await write()
        for name in [".kafka_cleanshutdown", "recovery-point-offset-checkpoint"] {
            try fileSystem.remove(FilePath(source).appending(name))
        }
        let folder = FilePath(source).appending("orders-0")
        let last = try #require(try fileSystem.list(folder).last { $0.hasSuffix(".log") })
        let bytes = try #require(try fileSystem.contents(of: folder.appending(last)))
        try fileSystem.open(folder.appending(last), .readWrite).truncate(to: bytes.count - 3)
        try await importTopics("--link")
        #expect(try fileSystem.contents(of: folder.appending(last))?.count == bytes.count - 3)
        let broker = try await InProcessBroker.start(directory: target)
        let values = try await Self.values(broker.bootstrap, of: TopicPartition(topic: "orders", partition: 0))
        await broker.stop()
        #expect(values == stride(from: 0, to: 198, by: 2).map { "\($0)" })
    }
}
