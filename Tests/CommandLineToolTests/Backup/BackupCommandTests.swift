import ArgumentParser
import BrokerTesting
import KafkaClient
import KafkaProtocol
import LogStorage
import NIOCore
import SystemPackage
import Testing

@testable import CommandLineTool

@Suite(.timeLimit(.minutes(5))) struct BackupCommandTests {
    /// Enough of them make several segments.
    private let padding = ByteBuffer(repeating: 7, count: 8192)

    /// The keys of all records of a topic.
    private static func values(_ bootstrap: String, from topic: String) async throws -> [String] {
        let consumer = Consumer(try ConsumerConfiguration(bootstrapServers: bootstrap))
        defer { consumer.close() }
        try await consumer.assign(topic: topic, from: .earliest)
        var values: [String] = []
        while true {
            let records = try await consumer.nextBatch(timeout: .seconds(20), stopsAtEnd: true)
            if records.isEmpty { return values }
            values += records.map { $0.key.map { String(buffer: $0) } ?? "" }
        }
    }

    @Test func `a backup that is made under load has all that was acknowledged before, and can be served`()
        async throws
    {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let (data, saved, restored) = (directory.path + "/data", directory.path + "/saved", directory.path + "/new")
        let broker = try await InProcessBroker.start(
            directory: data, settings: ["log.segment.bytes": "1048576", "num.partitions": "1"])
        let producer = try Producer(ProducerConfiguration(bootstrapServers: broker.bootstrap))
        for value in 0..<300 {
            _ = try await producer.send(
                ProducerRecord(topic: "events", key: ByteBuffer(string: "\(value)"), value: padding))
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for value in 300..<600 {
                    _ = try await producer.send(
                        ProducerRecord(topic: "events", key: ByteBuffer(string: "\(value)"), value: padding))
                }
            }
            try await BackupCommand.parse([saved, "--data-dir", data]).run()
            try await group.waitForAll()
        }
        try await producer.close()
        await broker.stop()
        let segments = try PosixFileSystem().list(FilePath(saved).appending("events-0")).filter { $0.hasSuffix(".log") }
        #expect(segments.count > 1)
        try await RestoreCommand.parse([saved, "--data-dir", restored]).run()
        let again = try await InProcessBroker.start(directory: restored)
        let values = try await Self.values(again.bootstrap, from: "events")
        await again.stop()
        #expect(values.count >= 300)
        #expect(values == (0..<values.count).map { "\($0)" })
    }
}
