import BrokerTesting
import KafkaProtocol
import LogStorage
import SystemPackage
import Testing

@Suite struct DirectorySurveyTests {
    private static let path: FilePath = "/data"

    /// A data directory with one log of three records.
    private static func written(isClean: Bool) throws -> SimulatedFileSystem {
        let disk = SimulatedFileSystem(seed: 1)
        let environment = LogEnvironment(fileSystem: disk, clock: ManualClock())
        let directory = try DataDirectory.open(path, environment: environment, nodeID: 1)
        let partition = TopicPartition(topic: "orders-eu", partition: 2)
        let topicID = TopicID.random()
        let log = try directory.openLog(
            partition, topicID: topicID, configuration: LogConfiguration(), environment: environment)
        try log.append(try TestLog.batch(count: 3))
        try log.flush()
        try directory.writeCheckpoints([
            LogCheckpoint(
                partition: partition, topicID: topicID, recoveryPoint: log.recoveryPoint, logStart: 0, highWatermark: 3)
        ])
        if isClean { try log.close() }
        try directory.close(clean: isClean)
        return disk
    }

    @Test func `the logs are judged as the last stop left them`() throws {
        for isClean in [true, false] {
            let disk = try Self.written(isClean: isClean)
            let survey = try DirectorySurvey(Self.path, fileSystem: disk)
            #expect(survey.findings == [])
            #expect(survey.wasClosed == isClean)
            #expect(!survey.isInUse)
            let log = try #require(survey.logs.first)
            #expect(survey.logs.count == 1)
            #expect(log.partition == TopicPartition(topic: "orders-eu", partition: 2))
            #expect(log.rules.start == (isClean ? .clean : .unclean(recoveryPoint: 2)))
            #expect(log.rules.highWatermark == 3)
            let report = PartitionVerifier(directory: log.directory, fileSystem: disk, rules: log.rules).run()
            #expect(report.isSound)
            #expect(report.logEnd == 3)
        }
    }

    @Test func `a log that ends below its recovery point has lost records`() throws {
        let disk = try Self.written(isClean: false)
        let log = try #require(try DirectorySurvey(Self.path, fileSystem: disk).logs.first)
        disk.overwrite(fileAt: SegmentFile.log.path(0, in: log.directory).string, with: [])
        let report = PartitionVerifier(directory: log.directory, fileSystem: disk, rules: log.rules).run()
        #expect(report.damages.map(\.kind) == [.offsets])
    }

    @Test func `a broker that runs is noticed, and is not disturbed`() throws {
        let disk = SimulatedFileSystem(seed: 1)
        let environment = LogEnvironment(fileSystem: disk, clock: ManualClock())
        let directory = try DataDirectory.open(Self.path, environment: environment, nodeID: 1)
        #expect(try DirectorySurvey(Self.path, fileSystem: disk).isInUse)
        try directory.close(clean: true)
        #expect(try !DirectorySurvey(Self.path, fileSystem: disk).isInUse)
        _ = try DataDirectory.open(Self.path, environment: environment, nodeID: 1)
    }

    @Test(arguments: ["meta.properties", "recovery-point-offset-checkpoint", "replication-offset-checkpoint"])
    func `a damaged file of the directory is named`(name: String) throws {
        let disk = try Self.written(isClean: true)
        disk.overwrite(fileAt: Self.path.appending(name).string, with: Array("0\n7\n".utf8))
        let survey = try DirectorySurvey(Self.path, fileSystem: disk)
        #expect(!survey.isSound)
        #expect(survey.findings.map { $0.file.lastComponent?.string } == [name])
    }

    @Test func `checkpoints without a byte, as Apache Kafka makes them, are no damage`() throws {
        let disk = try Self.written(isClean: true)
        for name in ["cleaner-offset-checkpoint", "log-start-offset-checkpoint"] {
            _ = try disk.open(Self.path.appending(name), .createEmpty)
        }
        #expect(try DirectorySurvey(Self.path, fileSystem: disk).findings == [])
    }

    @Test func `folders that are no partition's are told`() throws {
        let disk = try Self.written(isClean: true)
        for name in ["lost+found", "orders-0.0123-delete", "a-1.0123-future"] {
            try disk.createDirectory(Self.path.appending(name))
        }
        let survey = try DirectorySurvey(Self.path, fileSystem: disk)
        #expect(survey.isSound)
        #expect(survey.findings.map(\.kind) == [.leftover, .leftover, .leftover])
        #expect(survey.logs.count == 1)
    }
}
