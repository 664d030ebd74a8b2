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
