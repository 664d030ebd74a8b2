import BrokerTesting
import KafkaProtocol
import LogStorage
import NIOCore
import SystemPackage
import Testing

struct PartitionLogTests {
    @Test func `what is appended is read with its offsets and epoch, byte by byte`() throws {
        let test = try TestLog()
        let log = try test.open()
        let (one, two) = (try TestLog.batch(count: 3), try TestLog.batch(count: 2, mark: 9))
        #expect(try log.append(one) == AppendResult(baseOffset: 0, lastOffset: 2))
        #expect(try log.append(two) == AppendResult(baseOffset: 3, lastOffset: 4))
        #expect(try log.bytes(from: 0) == stored(one, at: 0) + stored(two, at: 3))
        #expect(try log.batches(from: 0).allSatisfy(\.crcIsValid))
        #expect(log.offsets.logEnd == 5)
    }

    @Test func `the buffer that is appended stays as it was`() throws {
        let test = try TestLog()
        let log = try test.open()
        try log.append(TestLog.batch())
        let batch = try TestLog.batch(count: 2)
        let before = Array(batch.readableBytesView)
        try log.append(batch)
        #expect(Array(batch.readableBytesView) == before)
    }

    @Test func `several batches are appended by one call`() throws {
        let test = try TestLog()
        let log = try test.open()
        var both = try TestLog.batch(count: 3)
        both.writeImmutableBuffer(try TestLog.batch(count: 2, mark: 5))
        let calls = test.disk.callCount
        #expect(try log.append(both) == AppendResult(baseOffset: 0, lastOffset: 4))
        // The file of the first epoch is made and written, and then the records by one call.
        #expect(test.disk.callCount == calls + 3)
        #expect(try log.batches(from: 0).map(\.header.baseOffset) == [0, 3])
        let next = test.disk.callCount
        try log.append(both)
        #expect(test.disk.callCount == next + 1)
    }

    @Test func `the high watermark waits for the flush`() throws {
        let test = try TestLog()
        let log = try test.open()
        try log.append(TestLog.batch(count: 3))
        #expect(log.offsets.highWatermark == 0)
        #expect(log.needsFlush)
        let flush = try #require(log.prepareFlush())
        try log.append(TestLog.batch(count: 2))
        try flush.run()
        #expect(log.completeFlush(flush).highWatermark == 3)
        #expect(log.offsets.logEnd == 5)
        #expect(log.recoveryPoint == 2)
        #expect(log.needsFlush)
    }

    @Test func `where flushing is left to the system the high watermark is the log end`() throws {
        var test = try TestLog()
        test.configuration.flushMessages = 3
        let log = try test.open()
        try log.append(TestLog.batch(count: 2))
        #expect(log.offsets.highWatermark == 2)
        #expect(!log.needsFlush)
        try log.append(TestLog.batch(count: 1))
        #expect(log.needsFlush)
        try log.flush()
        #expect(!log.needsFlush)
        #expect(log.recoveryPoint == 2)
    }

    @Test func `the high watermark never goes down when the policy changes`() throws {
        var test = try TestLog()
        test.configuration.flushMessages = .max
        let log = try test.open()
        try log.append(TestLog.batch(count: 2))
        test.configuration.flushMessages = 1
        #expect(log.update(test.configuration).highWatermark == 2)
        try log.append(TestLog.batch())
        #expect(log.offsets.highWatermark == 2)
        test.configuration.flushMessages = .max
        #expect(log.update(test.configuration).highWatermark == 3)
    }

    @Test func `flush ms asks for a flush when its time has come`() throws {
        var test = try TestLog()
        test.configuration.flushMessages = .max
        test.configuration.flushInterval = .milliseconds(100)
        let log = try test.open()
        try log.append(TestLog.batch())
        #expect(!log.isFlushOverdue(now: TestLog.timestamp.advanced(byMilliseconds: 99)))
        #expect(log.isFlushOverdue(now: TestLog.timestamp.advanced(byMilliseconds: 100)))
    }

    @Test func `a failed flush takes the log offline and never acknowledges again`() throws {
        let test = try TestLog()
        let log = try test.open()
        try log.append(TestLog.batch(count: 2))
        try log.flush()
        try log.append(TestLog.batch(count: 3))
        let flush = try #require(log.prepareFlush())
        test.disk.failFlush()
        #expect(throws: FileSystemError.self) { try flush.run() }
        log.failFlush(flush)
        #expect(throws: LogError.offline) { try log.append(TestLog.batch()) }
        #expect(log.prepareFlush() == nil)
        #expect(log.completeFlush(flush).highWatermark == 2)
        #expect(try log.batches(from: 0, upTo: log.offsets.highWatermark).count == 1)
    }

    @Test func `a full disk refuses the append and leaves no trace of it`() throws {
        let test = try TestLog()
        let log = try test.open()
        try log.append(TestLog.batch(count: 2, size: 100))
        let before = test.bytes(.log)
        test.disk.failCall(1, with: .outOfSpace)
        #expect(throws: LogError.self) { try log.append(TestLog.batch(count: 5, size: 2000)) }
        #expect(test.bytes(.log) == before)
        #expect(!log.isOffline)
        #expect(try log.append(TestLog.batch()).baseOffset == 2)
    }

    @Test func `a write error takes the log offline`() throws {
        let test = try TestLog()
        let log = try test.open()
        try log.append(TestLog.batch())
        test.disk.failCall(1, with: .inputOutput)
        #expect(throws: LogError.self) { try log.append(TestLog.batch(size: 5000)) }
        #expect(log.isOffline)
        #expect(try log.batches(from: 0).count == 1)
    }

    @Test func `sizes, times and damaged bytes are refused`() throws {
        var test = try TestLog()
        test.configuration.maxMessageBytes = 500
        test.configuration.segmentBytes = 600
        test.configuration.messageTimestampBeforeMax = .seconds(60)
        let log = try test.open()
        let big = try TestLog.batch(size: 600)
        #expect(throws: LogError.recordTooLarge(size: big.readableBytes, limit: 500)) { try log.append(big) }
        var two = try TestLog.batch(size: 300)
        two.writeImmutableBuffer(try TestLog.batch(size: 300))
        #expect(throws: LogError.recordBatchTooLarge(size: two.readableBytes, limit: 600)) { try log.append(two) }
        for distance: Int64 in [3_600_001, -60_001] {
            let time = TestLog.timestamp.advanced(byMilliseconds: distance)
            #expect(throws: LogError.invalidTimestamp(time, now: TestLog.timestamp)) {
                try log.append(TestLog.batch(timestamp: time))
            }
        }
        let whole = try TestLog.batch()
        for count in [0, 10, 60, whole.readableBytes - 1] {
            let part = try #require(whole.getSlice(at: whole.readerIndex, length: count))
            #expect(throws: LogError.self) { try log.append(part) }
        }
        #expect(log.offsets.logEnd == 0)
        #expect(test.bytes(.log) == [])
    }

    @Test func `log append time is stored with a right checksum`() throws {
        var test = try TestLog()
        test.configuration.timestampType = .logAppendTime
        let log = try test.open()
        let now = TestLog.timestamp.advanced(byMilliseconds: 12345)
        let result = try log.append(TestLog.batch(count: 2), now: now)
        #expect(result.logAppendTime == now)
        let batch = try #require(try log.batches(from: 0).first)
        #expect(batch.crcIsValid)
        #expect(batch.header.timestampType == .logAppendTime)
        #expect(batch.header.maxTimestamp == now)
    }

    @Test func `an older leader's append is refused, a newer one's is written down first`() throws {
        let test = try TestLog()
        let log = try test.open()
        try log.append(TestLog.batch())
        _ = try log.append(TestLog.batch(), leaderEpoch: 4, origin: .client, now: TestLog.timestamp)
        #expect(throws: LogError.staleLeaderEpoch(current: 4, received: 3)) {
            _ = try log.append(TestLog.batch(), leaderEpoch: 3, origin: .client, now: TestLog.timestamp)
        }
        let second = try log.batches(from: 1).first
        #expect(second?.header.partitionLeaderEpoch == 4)
        let text = test.disk.contents(ofFileAt: "/data/orders-0/leader-epoch-checkpoint")
        #expect(String(decoding: text ?? [], as: UTF8.self) == "0\n2\n0 0\n4 1\n")
        #expect(log.reader.endOffset(forLeaderEpoch: 0)?.endOffset == 1)
    }

    @Test func `a log that was closed opens where it was, and flushes nothing again`() throws {
        var test = try TestLog()
        test.configuration.segmentBytes = 400
        let log = try test.open()
        for mark in 0..<10 { try log.append(TestLog.batch(count: 2, mark: UInt8(mark))) }
        let bytes = try log.bytes(from: 0)
        try log.close()
        #expect(throws: LogError.offline) { try log.append(TestLog.batch()) }
        #expect(throws: LogError.offline) { _ = try log.bytes(from: 0) }
        let again = try test.open()
        #expect(again.offsets == PartitionOffsets(logStart: 0, logEnd: 20))
        #expect(again.recovery == RecoveryReport())
        #expect(try again.bytes(from: 0) == bytes)
        #expect(try again.append(TestLog.batch()).baseOffset == 20)
        #expect(again.leaderEpoch == 0)
    }

    @Test func `the log start moves up to the high watermark and not beyond`() throws {
        let test = try TestLog()
        let log = try test.open()
        try log.append(TestLog.batch(count: 4))
        #expect(throws: LogError.self) { _ = try log.advanceLogStart(to: 1) }
        try log.flush()
        #expect(try log.advanceLogStart(to: 3).logStart == 3)
        #expect(throws: LogError.offsetOutOfRange(requested: 2, valid: 3...4)) { _ = try log.bytes(from: 2) }
        #expect(try log.batches(from: 3).first?.header.baseOffset == 0)
        try log.close()
        #expect(try test.open(logStart: 3).offsets.logStart == 3)
    }

    @Test func `a deleted log leaves its name at once, and a slice that was read stays readable`() throws {
        let test = try TestLog()
        let log = try test.open()
        try log.append(TestLog.batch(count: 3))
        let slice = try #require(
            try log.reader.read(from: 0, maxBytes: 1000, minOneBatch: true, upTo: 3).slices.first)
        let folder = try log.markDeleted(uuid: KafkaUUID(high: 1, low: 2))
        #expect(folder == "/data/orders-0.00000000000000010000000000000002-delete")
        #expect(throws: LogError.offline) { _ = try log.bytes(from: 0) }
        try PartitionLog.removeDeleted(folder, fileSystem: test.disk)
        #expect(test.disk.paths.isEmpty)
        #expect(try slice.readBytes().readableBytes == slice.count)
        try PartitionLog.removeDeleted(folder, fileSystem: test.disk)
    }
}
