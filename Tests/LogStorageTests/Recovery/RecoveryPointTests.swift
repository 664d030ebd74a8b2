import BrokerTesting
import KafkaProtocol
import LogStorage
import SystemPackage
import Testing

/// What was found by simulation, each with a test of its own.
struct RecoveryPointTests {
    /// The segment was flushed, its end became the recovery point, and only then it was rolled: its indexes are lost.
    @Test(arguments: 1...60) func `a segment that is rolled at the recovery point loses no index`(seed: UInt64) throws {
        var test = try TestLog(seed: seed)
        test.configuration.segmentBytes = 700
        test.configuration.indexIntervalBytes = 0
        let log = try test.open()
        let producer = TestLog.Producer(id: 9)
        try log.append(TestLog.batch(count: 2, size: 100, producer: producer, isTransactional: true))
        try log.append(TestLog.marker(producer, isCommit: false), origin: .coordinator)
        let late = TestLog.timestamp.advanced(byMilliseconds: 5000)
        try log.append(TestLog.batch(timestamp: late))
        try log.flush()
        let point = log.recoveryPoint
        try log.append(TestLog.batch(size: 500))
        try #require(log.segmentCount == 2)
        test.disk.powerCut()
        let again = try test.open(.unclean(recoveryPoint: point))
        #expect(again.offsets.highWatermark >= 4)
        #expect(try again.reader.abortedTransactions(in: 0..<4).map(\.firstOffset) == [0])
        #expect(try again.reader.offset(forTimestamp: late, upTo: 4)?.offset == 3)
    }

    @Test func `a segment whose space cannot be reserved leaves no name behind`() throws {
        var test = try TestLog()
        test.configuration.segmentBytes = 1000
        test.configuration.preallocate = true
        let log = try test.open()
        try log.append(TestLog.batch(size: 600))
        try log.flush()
        let used = try test.disk.space(at: "/")
        test.disk.capacity = Int(used.totalBytes - used.usableBytes) + 500
        #expect(throws: LogError.self) { try log.append(TestLog.batch(size: 600)) }
        // The tail grows on, past the name that the next segment would have had.
        try log.append(TestLog.batch(count: 3))
        test.disk.capacity = .max
        try log.append(TestLog.batch(size: 600))
        try log.flush()
        let bytes = try log.bytes(from: 0)
        try log.close()
        let again = try test.open()
        #expect(again.offsets.logEnd == 5)
        #expect(try again.bytes(from: 0) == bytes)
    }

    /// The first segment's records were lost, the second one's were not: what compaction leaves looks the same.
    @Test func `a new compacted log is cut at a hole, and one that has lost its checkpoint is not`() throws {
        for losesCheckpoint in [false, true] {
            let disk = SimulatedFileSystem(seed: 1)
            let environment = LogEnvironment(fileSystem: disk, clock: ManualClock())
            let partition = TopicPartition(topic: "orders", partition: 0)
            var configuration = LogConfiguration()
            configuration.cleanupPolicy = .compact
            configuration.segmentBytes = 400
            func open() throws -> PartitionLog {
                let directory = try DataDirectory.open("/data", environment: environment, nodeID: 1)
                return try directory.openLog(
                    partition, topicID: TopicID(KafkaUUID(high: 1, low: 2)), configuration: configuration,
                    environment: environment)
            }
            let log = try open()
            for number in 0..<2 { try log.append(TestLog.batch(size: 250, mark: UInt8(number))) }
            try log.flush()
            disk.processEnd()
            try disk.open("/data/orders-0/00000000000000000000.log", .readWrite).truncate(to: 0)
            if losesCheckpoint { try disk.remove("/data/recovery-point-offset-checkpoint") }
            let again = try open()
            #expect(again.offsets.logEnd == (losesCheckpoint ? 2 : 0))
        }
    }

    /// The new checkpoint had its name, and the flush of the name failed for want of room.
    @Test func `an epoch that may be on disk or not takes the log offline`() throws {
        for call in 1...8 {
            let test = try TestLog()
            let log = try test.open()
            try log.append(TestLog.batch())
            try log.flush()
            test.disk.failCall(call, with: .outOfSpace)
            guard (try? log.raiseLeaderEpoch(to: 5)) == nil else { continue }
            test.disk.mend()
            guard !log.isOffline else { continue }
            try log.append(TestLog.batch())
            try log.flush()
            test.disk.processEnd()
            #expect(try test.open(.unclean(recoveryPoint: 0)).offsets.logEnd == 2, "call \(call)")
        }
    }

    /// What the file says may be more than what is still known in memory: that is no change of it.
    @Test func `a full disk takes no log offline whose first epochs have gone with their segments`() throws {
        var test = try TestLog()
        test.configuration.segmentBytes = 230
        let log = try test.open()
        for epoch in 1...4 as ClosedRange<Int32> {
            try log.raiseLeaderEpoch(to: LeaderEpoch(epoch))
            try log.append(TestLog.batch(size: 150))
            try log.flush()
        }
        _ = try log.advanceLogStart(to: 2)
        _ = try log.removeSegments()?.retire()
        test.disk.processEnd()
        test.disk.capacity = 0
        let again = try test.open(.unclean(recoveryPoint: 0), logStart: 2)
        #expect(!again.isOffline)
        test.disk.capacity = .max
        try again.append(TestLog.batch())
        #expect(again.offsets.logEnd == 5)
    }

    /// The indexes of the tail were written in part by a roll that found no room, and a clean stop wrote none.
    @Test func `a roll that fails leaves nothing half written in a log that is closed cleanly`() throws {
        for call in 1...12 {
            var test = try TestLog()
            test.configuration.segmentBytes = 700
            test.configuration.indexIntervalBytes = 0
            let first = try test.open()
            for _ in 0..<3 { try first.append(TestLog.batch(size: 100)) }
            try first.close()
            let log = try test.open()
            test.disk.failCall(call, with: .outOfSpace)
            _ = try? log.append(TestLog.batch(size: 500))
            test.disk.mend()
            try log.close()
            let report = PartitionVerifier(directory: TestLog.directory, fileSystem: test.disk, rules: .init()).run()
            #expect(report.isSound, "call \(call): \(report.damages.map(\.text))")
        }
    }

    /// A first removal's renames were not flushed, a second one's were: the oldest segments can come back alone.
    @Test func `segments that come back below the log start cost nothing above it`() throws {
        var test = try TestLog()
        test.configuration.segmentBytes = 230
        let log = try test.open()
        for number in 0..<5 {
            try log.append(TestLog.batch(size: 150, mark: UInt8(number)))
            try log.flush()
        }
        let bytes = try log.bytes(from: 3)
        test.disk.processEnd()
        try test.disk.remove(SegmentFile.log.path(1, in: TestLog.directory))
        let again = try test.open(.unclean(recoveryPoint: 0), logStart: 3)
        #expect(again.offsets.logStart == 3 && again.offsets.logEnd == 5)
        #expect(try again.bytes(from: 3) == bytes)
    }

    @Test func `a transaction index that an earlier log has left tells nothing of the next`() throws {
        let test = try TestLog()
        let producer = TestLog.Producer(id: 9)
        let log = try test.open()
        try log.append(TestLog.batch(producer: producer, isTransactional: true))
        try log.append(TestLog.marker(producer, isCommit: false), origin: .coordinator)
        try log.close()
        #expect(try test.open().reader.abortedTransactions(in: 0..<2).count == 1)
        test.disk.processEnd()
        try test.disk.remove(SegmentFile.log.path(0, in: TestLog.directory))
        let next = try test.open(.unclean(recoveryPoint: 0))
        try next.append(TestLog.batch(count: 2))
        try next.close()
        #expect(try test.open().reader.abortedTransactions(in: 0..<2).isEmpty)
        #expect(test.bytes(.txnindex) == nil)
    }
}
