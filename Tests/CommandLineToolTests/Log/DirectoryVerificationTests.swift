import BrokerTesting
import KafkaClient
import KafkaProtocol
import LogStorage
import NIOCore
import SystemPackage
import Testing

@testable import CommandLineTool

@Suite(.timeLimit(.minutes(5))) struct DirectoryVerificationTests {
    @Test func `a broker's directory is sound while it runs, when it was stopped, and not when a byte is wrong`()
        async throws
    {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let path = FilePath(directory.path).appending("data")
        let fileSystem = PosixFileSystem()
        let broker = try await InProcessBroker.start(directory: path.string)
        let producer = try Producer(ProducerConfiguration(bootstrapServers: broker.bootstrap))
        for value in 0..<50 {
            _ = try await producer.send(ProducerRecord(topic: "events", value: ByteBuffer(string: "\(value)")))
        }
        try await producer.close()
        let running = try await DirectoryVerification(path, fileSystem: fileSystem, walksRecords: true).run { _ in }
        #expect(running.isSound, "\(running.text)")
        #expect(running.survey?.isInUse == true)
        #expect(running.reports.reduce(0) { $0 + $1.records } >= 50)
        await broker.stop()
        let verification = try DirectoryVerification(path, fileSystem: fileSystem, walksRecords: true)
        let stopped = await verification.run(jobs: 2) { _ in }
        #expect(stopped.isSound, "\(stopped.text)")
        #expect(stopped.survey?.wasClosed == true)
        #expect(stopped.text.contains("data is sound: 2 logs"))
        #expect(stopped.json.text.hasPrefix(#"{"directory":""#))

        let log = path.appending("events-0/00000000000000000000.log")
        var bytes = try #require(try fileSystem.contents(of: log))
        bytes[100] ^= 4
        try fileSystem.open(log, .readWrite).write(bytes, at: 0)
        for target in [path, log.removingLastComponent()] {
            let damaged = try await DirectoryVerification(target, fileSystem: fileSystem, walksRecords: false)
                .run { _ in }
            #expect(!damaged.isSound)
            #expect(damaged.damageCount == 1, "\(damaged.text)")
            #expect(damaged.text.contains("events-0/00000000000000000000.log byte "))
        }
    }

    @Test func `a directory that is not there is wrong usage`() throws {
        #expect(throws: CommandFailure.self) {
            try DirectoryVerification("/nowhere/at/all", fileSystem: PosixFileSystem(), walksRecords: false)
        }
    }
}
