import BrokerTesting
import KafkaProtocol
import LogStorage
import NIOCore
import SystemPackage
import Testing

/// Retention of one log, step by step as the broker takes them.
struct PartitionLogRetentionTests {
    private static let day: Int64 = 86_400_000

    private static func later(_ milliseconds: Int64) -> Timestamp {
        TestLog.timestamp.advanced(byMilliseconds: milliseconds)
    }

    /// A log of segments of two batches, the batches a day apart.
    private static func filled(
        _ test: inout TestLog, batches: Int, _ adjust: (inout LogConfiguration) -> Void = { _ in }
    ) throws -> PartitionLog {
        test.configuration.segmentBytes = try 2 * TestLog.batch().readableBytes
        adjust(&test.configuration)
        let log = try test.open()
        for number in 0..<batches {
            let time = later(Int64(number) * day)
            try log.append(TestLog.batch(mark: UInt8(number), timestamp: time), now: time)
        }
        try log.flush()
        return log
    }

    /// One round; the log start that it makes durable goes to `durable` before anything else sees it.
    @discardableResult
    private static func retain(
        _ log: PartitionLog, now: Timestamp, durable: (Offset) -> Void = { _ in }
    ) throws -> [FilePath] {
        try log.sealIdleTail(now: now)
        let decision = try log.reader.expired(RetentionLimits(log.configuration), now: now)
        guard let wanted = decision.logStart else { return [] }
        if decision.includesTail { try log.sealTail(at: wanted, now: now) }
        try log.flush()
        let start = min(wanted, log.removableEnd)
        durable(max(start, log.offsets.logStart))
        _ = try log.advanceLogStart(to: start)
        return try log.removeSegments()?.retire() ?? []
    }

    private static func files(_ test: TestLog) -> Set<String> {
        Set(test.disk.paths.map { String($0.dropFirst(TestLog.directory.string.utf8.count + 1)) })
    }

    @Test func `segments that are too old go with all their files, and the rest can be read`() throws {
        var test = try TestLog()
        let log = try Self.filled(&test, batches: 7) { $0.retentionTime = .seconds(3 * 24 * 3600) }
        // The segments end on days 1, 3, 5 and 6.
        let gone = try Self.retain(log, now: Self.later(6 * Self.day))
        #expect(log.offsets.logStart == 2 && log.segmentCount == 3)
        let names = Set(gone.compactMap { $0.lastComponent?.string })
        #expect(
            names == [
                "00000000000000000000.log.deleted", "00000000000000000000.index.deleted",
                "00000000000000000000.timeindex.deleted",
            ])
        #expect(names.isSubset(of: Self.files(test)))
        try Self.retain(log, now: Self.later(6 * Self.day))
        #expect(log.offsets.logStart == 2)
        #expect(try log.batches(from: 2).map(\.header.baseOffset) == [2, 3, 4, 5, 6])
        let outside = LogError.offsetOutOfRange(requested: 1, valid: 2...7)
        #expect(throws: outside) { try log.bytes(from: 1) }
        try Self.retain(log, now: Self.later(6 * Self.day + 1))
        #expect(log.offsets.logStart == 4)
        // The snapshot of the first segment that is left stays, older ones went.
        #expect(test.bytes(.snapshot, 4) != nil && test.bytes(.snapshot, 2) == nil)
    }

    @Test func `the log keeps at least as many bytes as it may`() throws {
        var test = try TestLog()
        let size = try TestLog.batch().readableBytes
        let log = try Self.filled(&test, batches: 7) { $0.retentionBytes = 3 * size }
        try Self.retain(log, now: TestLog.timestamp)
        #expect(log.sizeInBytes == 3 * size && log.offsets.logStart == 4)
    }

    @Test func `where all is too old, a new segment begins at the log end and the producers stay known`() throws {
        var test = try TestLog()
        test.configuration.retentionTime = .seconds(60)
        let log = try test.open()
        for number in 0..<3 {
            let producer = TestLog.Producer(id: 7, sequence: SequenceNumber(Int32(number)))
            try log.append(TestLog.batch(producer: producer))
        }
        try log.flush()
        var durable: Offset = 0
        try Self.retain(log, now: Self.later(60_001)) { durable = $0 }
        #expect(durable == 3)
        #expect(log.offsets == PartitionOffsets(logStart: 3, logEnd: 3))
        #expect(log.segmentCount == 1 && log.sizeInBytes == 0)
        test.disk.powerCut()
        let again = try test.open(.unclean(recoveryPoint: 0), logStart: durable)
        #expect(again.offsets == PartitionOffsets(logStart: 3, logEnd: 3))
        let repeated = try again.append(TestLog.batch(producer: .init(id: 7, sequence: 2)))
        #expect(repeated == AppendResult(baseOffset: 2, lastOffset: 2, isDuplicate: true))
        #expect(throws: LogError.self) { try again.append(TestLog.batch(producer: .init(id: 7, sequence: 5))) }
        #expect(try again.append(TestLog.batch(producer: .init(id: 7, sequence: 3))).baseOffset == 3)
    }

    @Test func `what is not committed stays, however old`() throws {
        var test = try TestLog()
        let log = try Self.filled(&test, batches: 0) { $0.retentionTime = .zero }
        for _ in 0..<4 { try log.append(TestLog.batch()) }
        let decision = try log.reader.expired(RetentionLimits(log.configuration), now: Self.later(1000))
        #expect(decision.removals.isEmpty)
        try log.flush()
        try Self.retain(log, now: Self.later(1000))
        #expect(log.offsets.logStart == 4)
    }

    @Test func `a segment whose successor is not on disk is not removed`() throws {
        var test = try TestLog()
        let log = try Self.filled(&test, batches: 2)
        try log.append(TestLog.batch())
        _ = try log.advanceLogStart(to: 2)
        #expect(log.removeSegments() == nil)
        try log.flush()
        #expect(log.removeSegments()?.count == 1)
    }

    @Test(
        arguments: [
            // The records' time, what is believed of the future, whether they go a day after the file was written.
            (later(0), .seconds(3600), true), (later(365 * day), .seconds(3600), true), (later(365 * day), nil, false),
            (.none, .seconds(3600), true),
        ] as [(Timestamp, Duration?, Bool)])
    func `a time that no batch could have now does not keep a segment for ever`(
        timestamp: Timestamp, believed: Duration?, goes: Bool
    ) throws {
        var test = try TestLog()
        test.configuration.messageTimestampAfterMax = nil
        test.configuration.retentionTime = .milliseconds(Self.day)
        let log = try test.open()
        test.disk.milliseconds = TestLog.timestamp.rawValue
        try log.append(TestLog.batch(timestamp: timestamp))
        try log.flush()
        test.configuration.messageTimestampAfterMax = believed
        _ = log.update(test.configuration)
        if timestamp != TestLog.timestamp {
            try Self.retain(log, now: Self.later(Self.day))
            #expect(log.offsets.logStart == 0)
        }
        try Self.retain(log, now: Self.later(Self.day + 1))
        #expect(log.offsets.logStart == (goes ? 1 : 0))
        // In time every segment goes.
        try Self.retain(log, now: Self.later(367 * Self.day))
        #expect(log.offsets.logStart == 1)
    }

    @Test func `records below the log start go with their segments, whatever the policy`() throws {
        var test = try TestLog()
        let log = try Self.filled(&test, batches: 7) { $0.cleanupPolicy = .compact }
        try Self.retain(log, now: Self.later(1000 * Self.day))
        #expect(log.segmentCount == 5 && log.offsets.logStart == 0)
        _ = try log.advanceLogStart(to: 5)
        try Self.retain(log, now: TestLog.timestamp)
        #expect(log.offsets.logStart == 5)
        #expect(test.bytes(.log, 2) == nil && test.bytes(.log, 4) != nil)
        _ = try log.advanceLogStart(to: 7)
        try Self.retain(log, now: TestLog.timestamp)
        #expect(log.sizeInBytes == 0 && log.segmentCount == 1)
    }

    @Test func `a tail that nobody appends to is sealed when its time is over`() throws {
        var test = try TestLog()
        test.configuration.segmentAge = .seconds(60)
        let log = try test.open()
        test.clock.advance(by: .seconds(1000))
        try log.append(TestLog.batch(), now: test.clock.now)
        try log.sealIdleTail(now: test.clock.now.advanced(byMilliseconds: 60_000))
        #expect(log.segmentCount == 1)
        try log.sealIdleTail(now: test.clock.now.advanced(byMilliseconds: 60_001))
        #expect(log.segmentCount == 2 && log.needsFlush)
        try log.sealIdleTail(now: test.clock.now.advanced(byMilliseconds: 200_000))
        #expect(log.segmentCount == 2)
    }

    @Test func `who is reading a segment goes on after its removal`() throws {
        var test = try TestLog()
        test.maxOpenFiles = 1
        let log = try Self.filled(&test, batches: 6)
        let before = try log.bytes(from: 0, upTo: 2)
        let slice = try #require(
            try log.reader.read(from: 0, maxBytes: 1 << 20, minOneBatch: true, upTo: 2).slices.first)
        _ = try log.advanceLogStart(to: 6)
        for path in try Self.retain(log, now: TestLog.timestamp) { try test.disk.remove(path) }
        #expect(test.bytes(.log, 0) == nil)
        #expect(Array(try slice.readBytes().readableBytesView) == before)
        #expect(test.environment.openFiles.counts.files == 0)
    }

    @Test func `an abort is known whose transaction began in a segment that is gone`() throws {
        var test = try TestLog()
        let producer = TestLog.Producer(id: 8)
        let batch = try TestLog.batch(producer: producer, isTransactional: true)
        test.configuration.segmentBytes = 2 * batch.readableBytes
        var log = try test.open()
        for number in 0..<5 {
            let next = TestLog.Producer(id: 8, sequence: SequenceNumber(Int32(number)))
            try log.append(TestLog.batch(producer: next, isTransactional: true))
        }
        try log.flush()
        // Recovery reads everything again and has to leave what a removal relies on.
        test.disk.powerCut()
        log = try test.open(.unclean(recoveryPoint: 0))
        #expect(test.bytes(.snapshot, 2) != nil && test.bytes(.snapshot, 4) != nil)
        _ = try log.advanceLogStart(to: 3)
        try Self.retain(log, now: TestLog.timestamp)
        #expect(test.bytes(.log, 0) == nil && log.offsets.lastStable == 3)
        try log.append(TestLog.marker(producer, isCommit: false), origin: .coordinator)
        try log.flush()
        test.disk.powerCut()
        log = try test.open(.unclean(recoveryPoint: 0), logStart: 3)
        #expect(log.offsets == PartitionOffsets(logStart: 3, logEnd: 6))
        #expect(
            try log.reader.abortedTransactions(in: 3..<6)
                == [AbortedTransaction(producerID: 8, firstOffset: 0, lastOffset: 5, lastStableOffset: 6)])
    }

    @Test func `epochs that ended below the log start are forgotten, also after a restart`() throws {
        var test = try TestLog()
        test.configuration.segmentBytes = try TestLog.batch().readableBytes
        let log = try test.open()
        for epoch in 1...4 as ClosedRange<Int32> {
            try log.raiseLeaderEpoch(to: LeaderEpoch(epoch))
            try log.append(TestLog.batch())
        }
        try log.flush()
        _ = try log.advanceLogStart(to: 2)
        #expect(log.reader.endOffset(forLeaderEpoch: 1)?.endOffset == 2)
        try Self.retain(log, now: TestLog.timestamp)
        try log.close()
        let text = test.disk.contents(ofFileAt: "/data/orders-0/leader-epoch-checkpoint")
        #expect(text.map { String(decoding: $0, as: UTF8.self) } == "0\n2\n3 2\n4 3\n")
        let again = try test.open(logStart: 2)
        #expect(again.reader.endOffset(forLeaderEpoch: 3)?.endOffset == 3)
        #expect(again.reader.endOffset(forLeaderEpoch: 2)?.endOffset == 2)
        #expect(again.reader.leaderEpoch(at: 2) == 3)
    }

    @Test func `a power cut at any call of a removal shows no older log start and loses nothing above it`() throws {
        for seed in 1...8 as ClosedRange<UInt64> {
            var test = try TestLog(seed: seed)
            let log = try Self.filled(&test, batches: 9) { $0.retentionTime = .milliseconds(3 * Self.day) }
            let kept = try log.bytes(from: 6)
            var starts: [(call: Int, start: Offset)] = []
            test.disk.record()
            let gone = try Self.retain(log, now: Self.later(8 * Self.day + 1)) {
                starts.append((test.disk.recordedCount, $0))
            }
            for path in gone { try test.disk.remove(path) }
            #expect(log.offsets.logStart == 6)
            for call in 0..<test.disk.recordedCount {
                var cut = test
                cut.disk = try #require(test.disk.copy(beforeRecordedCall: call, seed: seed &* 1000 &+ UInt64(call)))
                cut.disk.powerCut()
                let durable = starts.last { $0.call <= call }?.start ?? 0
                // The recovery point may be as old as the last checkpoint.
                let again = try cut.open(.unclean(recoveryPoint: 0), logStart: durable)
                #expect(again.offsets.logStart == durable && again.offsets.logEnd == 9, "seed \(seed), call \(call)")
                #expect(try again.bytes(from: 6) == kept)
                #expect(!cut.disk.paths.contains { $0.hasSuffix(".deleted") })
                try again.append(TestLog.batch())
            }
        }
    }
}
