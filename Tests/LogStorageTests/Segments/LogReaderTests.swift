import BrokerTesting
import KafkaProtocol
import LogStorage
import NIOCore
import Testing

struct LogReaderTests {
    /// A log of `count` batches of three records each, in small segments; every batch has the same size.
    private func makeLog(
        _ count: Int, segmentBytes: Int = 2000, indexInterval: Int = 200, flush: Bool = true
    ) throws -> (TestLog, PartitionLog, batchSize: Int) {
        var test = try TestLog()
        test.configuration.segmentBytes = segmentBytes
        test.configuration.indexIntervalBytes = indexInterval
        let log = try test.open()
        for mark in 0..<count {
            try log.append(TestLog.batch(count: 3, size: 20, mark: UInt8(truncatingIfNeeded: mark)))
        }
        if flush { try log.flush() }
        return (test, log, try TestLog.batch(count: 3, size: 20).readableBytes)
    }

    @Test(arguments: [1, 7], [60, 150])
    func `every offset leads to the batch that contains it`(segments: Int, interval: Int) throws {
        let (_, log, _) = try makeLog(200, segmentBytes: 200_000 / segments / 3, indexInterval: interval)
        for offset in 0..<600 {
            let read = try log.reader.read(
                from: Offset(Int64(offset)), maxBytes: 1, minOneBatch: true, upTo: log.offsets.highWatermark)
            #expect(read.firstBatchBaseOffset == Offset(Int64(offset / 3 * 3)))
            #expect(
                try RecordBatchView(try #require(read.slices.first).readBytes()).header.baseOffset
                    == read.firstBatchBaseOffset)
        }
    }

    @Test func `an offset in a large sealed segment is found with one read of the log`() throws {
        var (test, log, size) = try makeLog(6000, segmentBytes: 768 << 10, indexInterval: 4096)
        let count = try #require(test.bytes(.log)).count / size
        #expect(log.segmentCount == 2 && count > 5000)
        test.maxOpenFiles = 10
        // The whole segment is asked for, so that its end needs no search; the first read opens and maps.
        for offset in [0] + (0..<count).map({ $0 * 7919 % count * 3 }) {
            let before = test.disk.readCount
            let read = try log.reader.read(
                from: Offset(Int64(offset)), maxBytes: .max, minOneBatch: true, upTo: log.offsets.highWatermark)
            #expect(read.firstBatchBaseOffset == Offset(Int64(offset / 3 * 3)))
            if offset > 0 { #expect(test.disk.readCount - before <= 1) }
        }
    }

    @Test(arguments: [0, 150, 199])
    func `a read ends with the last whole batch that fits`(first: Int) throws {
        let (_, log, size) = try makeLog(200, segmentBytes: 1 << 20)
        for extra in [0, 1, size - 1] {
            for batches in 0..<12 {
                let read = try log.reader.read(
                    from: Offset(Int64(first * 3)), maxBytes: batches * size + extra, minOneBatch: false,
                    upTo: log.offsets.highWatermark)
                #expect(read.byteCount == min(batches, 200 - first) * size)
            }
        }
    }

    @Test func `one batch comes even if it is larger than the limit, where that is asked for`() throws {
        let (_, log, size) = try makeLog(3)
        let one = try log.reader.read(from: 4, maxBytes: 10, minOneBatch: true, upTo: 9)
        #expect(one.byteCount == size && one.firstBatchBaseOffset == 3)
        #expect(try log.reader.read(from: 4, maxBytes: 10, minOneBatch: false, upTo: 9).slices.isEmpty)
    }

    @Test func `nothing at or behind the bound is read`() throws {
        let (_, log, size) = try makeLog(100, segmentBytes: 1 << 20)
        for bound in [3, 30, 150, 297, 300] {
            let read = try log.reader.read(
                from: 0, maxBytes: 1 << 20, minOneBatch: true, upTo: Offset(Int64(bound)))
            #expect(read.byteCount == bound / 3 * size)
            let end = try log.reader.read(
                from: Offset(Int64(bound)), maxBytes: 1 << 20, minOneBatch: true, upTo: Offset(Int64(bound)))
            #expect(end.slices.isEmpty)
        }
    }

    @Test func `what is not committed is bounded by the high watermark`() throws {
        let (_, log, size) = try makeLog(5)
        try log.append(TestLog.batch(count: 3, size: 20))
        let read = try log.reader.read(
            from: 9, maxBytes: 1 << 20, minOneBatch: true, upTo: log.offsets.highWatermark)
        #expect(read.byteCount == 2 * size)
        #expect(throws: LogError.offsetOutOfRange(requested: 19, valid: 0...18)) {
            _ = try log.reader.read(from: 19, maxBytes: 1, minOneBatch: true, upTo: 18)
        }
    }

    @Test func `a read stays in one segment and the next one goes on`() throws {
        let (_, log, size) = try makeLog(60)
        #expect(log.segmentCount > 3)
        var next: Offset = 0
        var reads = 0
        while next < 180 {
            let read = try log.reader.read(from: next, maxBytes: 1 << 20, minOneBatch: true, upTo: 180)
            next = next + Int64(read.byteCount / size * 3)
            reads += 1
        }
        #expect(reads == log.segmentCount)
    }

    @Test func `files of sealed segments are opened when they are read, and only so many stay open`() throws {
        let (test, log, _) = try makeLog(60)
        try log.close()
        let environment = test.environment
        let again = try PartitionLog.open(
            directory: TestLog.directory, configuration: test.configuration, environment: environment, start: .clean)
        #expect(environment.openFiles.counts == (0, 0))
        #expect(try again.batches(from: 0).count == 60)
        #expect(environment.openFiles.counts == (2, 2))
    }

    @Test func `a read of the recent tail is hot`() throws {
        let (_, log, _) = try makeLog(10, segmentBytes: 1 << 20)
        let read = try log.reader.read(from: 3, maxBytes: 500, minOneBatch: true, upTo: 30)
        #expect(read.slices.first?.isRecent == true)
        #expect(read.slices.first?.isHot == true)
    }

    @Test(arguments: [CompressionCodec.none, .zstd])
    func `a time leads to the first record at or behind it, across segments`(codec: CompressionCodec) throws {
        var test = try TestLog()
        test.configuration.segmentBytes = 600
        test.configuration.indexIntervalBytes = 150
        let log = try test.open()
        var compressor = Compressor(codec: codec)
        for batch in 0..<20 {
            var builder = RecordBatchBuilder()
            for record in 0..<4 {
                let time = TestLog.timestamp.advanced(byMilliseconds: Int64(batch * 40 + record * 10))
                _ = try builder.append(key: nil, value: ByteBuffer(repeating: 1, count: 30), timestamp: time)
            }
            try log.append(try builder.finish(with: &compressor, evenIfLarger: true))
        }
        try log.flush()
        for milliseconds in -5...795 {
            let time = TestLog.timestamp.advanced(byMilliseconds: Int64(milliseconds))
            let found = try log.reader.offset(forTimestamp: time, upTo: log.offsets.highWatermark)
            let expected = milliseconds <= 790 ? max(0, (milliseconds + 9) / 10) : nil
            #expect(found?.offset == expected.map { Offset(Int64($0)) })
        }
        let last = TestLog.timestamp.advanced(byMilliseconds: 790)
        let highest = try log.reader.maxTimestamp(upTo: log.offsets.highWatermark)
        #expect(highest == TimestampedOffset(offset: 79, timestamp: last, leaderEpoch: 0))
        #expect(try log.reader.maxTimestamp(upTo: 40)?.offset == 39)
        #expect(try log.reader.offset(forTimestamp: last, upTo: 40) == nil)
    }

    @Test func `the highest time is the first record that has it, wherever it stands`() throws {
        var test = try TestLog()
        test.configuration.segmentBytes = 300
        let log = try test.open()
        for offset in [0, 50, 900, 20, 900, 7] as [Int64] {
            try log.append(TestLog.batch(timestamp: TestLog.timestamp.advanced(byMilliseconds: offset)))
        }
        try log.flush()
        #expect(try log.reader.maxTimestamp(upTo: 6)?.offset == 2)
        #expect(try log.reader.maxTimestamp(upTo: 2)?.offset == 1)
        #expect(try log.reader.maxTimestamp(upTo: 0) == nil)
        let time = TestLog.timestamp.advanced(byMilliseconds: 51)
        #expect(try log.reader.offset(forTimestamp: time, upTo: 6)?.offset == 2)
    }
}
