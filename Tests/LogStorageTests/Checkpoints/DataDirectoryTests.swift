import BrokerTesting
import KafkaProtocol
import LogStorage
import SystemPackage
import Testing

struct DataDirectoryTests {
    private let disk = SimulatedFileSystem(seed: 3)
    private var environment: LogEnvironment { LogEnvironment(fileSystem: disk, clock: ManualClock()) }
    private let orders = TopicPartition(topic: "orders", partition: 0)
    private let topicID = TopicID(KafkaUUID(high: 1, low: 2))

    private func open() throws -> DataDirectory {
        try DataDirectory.open("/var/data", environment: environment, nodeID: 4, clusterID: "AAAAAAAAAAAAAAAAAAAAAA")
    }

    private func text(_ path: String) -> String? {
        disk.contents(ofFileAt: path).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func `a new directory gets its properties and keeps them`() throws {
        let first = try open()
        #expect(first.wasClean)
        let id = first.directoryID
        #expect(
            text("/var/data/meta.properties")
                == """
                version=1
                cluster.id=AAAAAAAAAAAAAAAAAAAAAA
                node.id=4
                directory.id=\(id)
                martlet.format.version=1

                """)
        try first.close(clean: true)
        let again = try open()
        #expect(again.directoryID == id && again.wasClean && again.clusterID == first.clusterID)
        disk.powerCut()
        #expect(try !open().wasClean)
    }

    @Test func `recovery points that were lost stay lost until every log has one again`() throws {
        let other = TopicPartition(topic: "other", partition: 0)
        let first = try open()
        for partition in [orders, other] {
            _ = try first.openLog(
                partition, topicID: topicID, configuration: LogConfiguration(), environment: environment)
        }
        let name = "/var/data/recovery-point-offset-checkpoint"
        try disk.remove(FilePath(name))
        disk.processEnd()
        let second = try open()
        var compacted = LogConfiguration()
        compacted.cleanupPolicy = .compact
        _ = try second.openLog(orders, topicID: topicID, configuration: compacted, environment: environment)
        #expect(text(name) == nil)
        let log = try second.openLog(
            other, topicID: topicID, configuration: LogConfiguration(), environment: environment)
        let checkpoint = LogCheckpoint(
            partition: other, topicID: topicID, recoveryPoint: log.recoveryPoint, logStart: 0, highWatermark: 0)
        try second.writeCheckpoints([checkpoint])
        #expect(text(name) == "0\n2\norders 0 0\nother 0 0\n")
    }

    @Test func `a directory with logs that has lost its properties is not taken for a new one`() throws {
        let first = try open()
        _ = try first.openLog(orders, topicID: topicID, configuration: LogConfiguration(), environment: environment)
        let checkpoint = LogCheckpoint(
            partition: orders, topicID: topicID, recoveryPoint: 7, logStart: 0, highWatermark: 0)
        try first.writeCheckpoints([checkpoint])
        try disk.remove("/var/data/meta.properties")
        disk.processEnd()
        #expect(try !open().wasClean)
        #expect(text("/var/data/recovery-point-offset-checkpoint") == "0\n1\norders 0 7\n")
    }

    @Test func `a directory that another process has locked is refused`() throws {
        let first = try open()
        #expect(throws: DataDirectoryError.lockedByAnotherProcess("/var/data")) { _ = try open() }
        try first.close(clean: false)
        _ = try open()
    }

    @Test(arguments: [
        ("version=2\ncluster.id=a\nnode.id=4\n", DataDirectoryError.newerFormat("/var/data", found: "version=2")),
        (
            "version=1\ncluster.id=a\nnode.id=4\nmartlet.format.version=2\n",
            .newerFormat("/var/data", found: "martlet.format.version=2")
        ),
        ("version=1\ncluster.id=a\nnode.id=5\n", .wrongNode("/var/data", found: "5", configured: "4")),
        (
            "version=1\nnode.id=4\n",
            .damagedProperties("/var/data/meta.properties", reason: "cluster.id is missing")
        ),
        (
            "version=1\ncluster.id=a\nnode.id=x\n",
            .damagedProperties("/var/data/meta.properties", reason: "node.id cannot be x")
        ),
    ])
    func `properties of a newer format, another node or nobody are refused`(
        properties: String, error: DataDirectoryError
    ) throws {
        try open().close(clean: true)
        disk.overwrite(fileAt: "/var/data/meta.properties", with: Array(properties.utf8))
        #expect(throws: error) { _ = try open() }
        #expect(text("/var/data/.kafka_cleanshutdown") != nil)
    }

    @Test func `checkpoints have Kafka's text form, and the next start uses them`() throws {
        let directory = try open()
        let log = try directory.openLog(
            orders, topicID: topicID, configuration: LogConfiguration(), environment: environment)
        try log.append(TestLog.batch(count: 6))
        try log.flush()
        _ = try log.advanceLogStart(to: 2)
        let dotted = TopicPartition(topic: "a.b", partition: 10)
        _ = try directory.openLog(
            dotted, topicID: topicID, configuration: LogConfiguration(), environment: environment)
        try directory.writeCheckpoints([
            LogCheckpoint(partition: orders, topicID: topicID, recoveryPoint: 6, logStart: 2, highWatermark: 6),
            LogCheckpoint(partition: dotted, topicID: topicID, recoveryPoint: 1, logStart: 0, highWatermark: 1),
        ])
        #expect(text("/var/data/recovery-point-offset-checkpoint") == "0\n2\na.b 10 1\norders 0 6\n")
        #expect(text("/var/data/log-start-offset-checkpoint") == "0\n1\norders 0 2\n")
        #expect(text("/var/data/replication-offset-checkpoint") == "0\n2\na.b 10 1\norders 0 6\n")
        #expect(text("/var/data/orders-0/partition.metadata") == "version: 0\ntopic_id: \(topicID)\n")
        disk.powerCut()
        let again = try open().openLog(
            orders, topicID: topicID, configuration: LogConfiguration(), environment: environment)
        #expect(again.offsets == PartitionOffsets(logStart: 2, logEnd: 6))
        #expect(again.recovery.bytesVerified == 0)
    }

    @Test func `a log start on disk never goes back, whichever checkpoint is written last`() throws {
        let directory = try open()
        let log = try directory.openLog(
            orders, topicID: topicID, configuration: LogConfiguration(), environment: environment)
        try log.append(TestLog.batch(count: 6))
        try log.flush()
        let before = LogCheckpoint(partition: orders, topicID: topicID, recoveryPoint: 6, logStart: 0, highWatermark: 6)
        var raised = before
        raised.logStart = 4
        try directory.raiseLogStarts([raised])
        #expect(text("/var/data/recovery-point-offset-checkpoint") == "0\n0\n")
        try directory.writeCheckpoints([before])
        #expect(text("/var/data/log-start-offset-checkpoint") == "0\n1\norders 0 4\n")
        disk.powerCut()
        let again = try open().openLog(
            orders, topicID: topicID, configuration: LogConfiguration(), environment: environment)
        #expect(again.offsets == PartitionOffsets(logStart: 4, logEnd: 6))
    }

    @Test func `what a checkpoint does not name stays known, but for logs that are no more`() throws {
        let directory = try open()
        let other = TopicPartition(topic: "other", partition: 0)
        for partition in [orders, other] {
            _ = try directory.openLog(
                partition, topicID: topicID, configuration: LogConfiguration(), environment: environment)
        }
        func checkpoint(_ partition: TopicPartition, _ id: TopicID, _ offset: Offset) -> LogCheckpoint {
            LogCheckpoint(
                partition: partition, topicID: id, recoveryPoint: offset, logStart: 0, highWatermark: offset)
        }
        try directory.writeCheckpoints([checkpoint(orders, topicID, 5), checkpoint(other, topicID, 7)])
        try directory.writeCheckpoints([checkpoint(other, topicID, 8)])
        #expect(text("/var/data/recovery-point-offset-checkpoint") == "0\n2\norders 0 5\nother 0 8\n")
        directory.forgetLog(of: orders)
        // A checkpoint that was taken before the end comes late, and so does one of an earlier topic of that name.
        try directory.writeCheckpoints([
            checkpoint(orders, topicID, 6), checkpoint(other, TopicID(KafkaUUID(high: 3, low: 4)), 99),
        ])
        #expect(text("/var/data/recovery-point-offset-checkpoint") == "0\n1\nother 0 8\n")
    }

    @Test func `a topic of the same name gets no old records and no old checkpoint`() throws {
        let directory = try open()
        let log = try directory.openLog(
            orders, topicID: topicID, configuration: LogConfiguration(), environment: environment)
        try log.append(TestLog.batch(count: 6))
        try log.flush()
        try directory.writeCheckpoints([
            LogCheckpoint(partition: orders, topicID: topicID, recoveryPoint: 6, logStart: 0, highWatermark: 6)
        ])
        disk.powerCut()
        let other = TopicID(KafkaUUID(high: 3, low: 4))
        let second = try open()
        let fresh = try second.openLog(
            orders, topicID: other, configuration: LogConfiguration(), environment: environment)
        #expect(fresh.offsets.logEnd == 0 && fresh.leaderEpoch == 0)
        try fresh.append(TestLog.batch())
        #expect(try second.deletedFolders().count == 1)
        #expect(try second.partitions() == [orders])
        disk.processEnd()
        let third = try open().openLog(
            orders, topicID: other, configuration: LogConfiguration(), environment: environment)
        #expect(third.offsets.logEnd == 1)
        #expect(third.recovery.endsBelowRecoveryPoint == nil)
    }
}
