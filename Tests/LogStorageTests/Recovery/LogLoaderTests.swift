import BrokerTesting
import KafkaProtocol
import LogStorage
import NIOCore
import SystemPackage
import Testing

/// Recovery of one log. Rolls, cuts and flips are exhaustive over a small one; PowerCutTests are random over many.
struct LogLoaderTests {
    /// A log of several segments, closed or crashed, and what was written to it.
    private struct Written {
        var test: TestLog
        var batches: [[UInt8]] = []
        var bytes: [UInt8] { batches.flatMap(\.self) }

        init(batches count: Int, segmentBytes: Int, close: Bool) throws {
            test = try TestLog()
            test.configuration.segmentBytes = segmentBytes
            test.configuration.indexIntervalBytes = 100
            let log = try test.open()
            for mark in 0..<count {
                let producer = TestLog.Producer(id: 7, sequence: SequenceNumber(Int32(mark * 2)))
                let time = TestLog.timestamp.advanced(byMilliseconds: Int64(mark) * 10)
                let batch = try TestLog.batch(
                    count: 2, size: 20 + mark, mark: UInt8(mark), timestamp: time, producer: producer)
                let result = try log.append(batch, now: time)
                batches.append(try stored(batch, at: result.baseOffset))
            }
            try log.flush()
            if close { try log.close() } else { test.disk.processEnd() }
        }

        /// Whether the bytes are the first so many batches, and how many.
        func prefix(_ bytes: [UInt8]) -> Int? {
            var rest = bytes[...]
            for (index, batch) in batches.enumerated() {
                if rest.isEmpty { return index }
                guard rest.starts(with: batch) else { return nil }
                rest = rest.dropFirst(batch.count)
            }
            return rest.isEmpty ? batches.count : nil
        }
    }

    @Test func `a tail that is torn at any byte is cut to the last whole batch`() throws {
        let written = try Written(batches: 4, segmentBytes: 1 << 20, close: false)
        let path = written.test.path(.log)
        for size in 0...written.bytes.count {
            var test = written.test
            test.disk = test.disk.copy(seed: 1)
            test.disk.overwrite(fileAt: path, with: Array(written.bytes.prefix(size)))
            let log = try test.open(.unclean(recoveryPoint: 0))
            var whole = 0
            var ends = 0
            for batch in written.batches where ends + batch.count <= size {
                ends += batch.count
                whole += 1
            }
            #expect(log.offsets == PartitionOffsets(logStart: 0, logEnd: Offset(Int64(whole * 2))))
            #expect(try log.bytes(from: 0) == Array(written.bytes.prefix(ends)))
            #expect(test.bytes(.log)?.count == ends)
            #expect(log.recovery.bytesCut == size - ends)
            #expect(log.leaderEpoch == 1)
        }
    }

    @Test func `a flipped byte anywhere behind the recovery point ends the log before its batch`() throws {
        let written = try Written(batches: 6, segmentBytes: 400, close: false)
        for path in written.test.disk.paths where path.hasSuffix(".log") {
            let bytes = try #require(written.test.disk.contents(ofFileAt: path))
            for index in bytes.indices {
                var test = written.test
                test.disk = test.disk.copy(seed: 1)
                var damaged = bytes
                damaged[index] ^= 1 << UInt8(index % 8)
                test.disk.overwrite(fileAt: path, with: damaged)
                do throws(LogError) {
                    let log = try test.open(.unclean(recoveryPoint: 0))
                    let kept = try? written.prefix(log.bytes(from: 0))
                    #expect(kept != nil && kept != written.batches.count, "byte \(index) of \(path)")
                } catch {
                    guard case .corrupt(let damage) = error, case .leaderEpoch = damage.reason else {
                        Issue.record("byte \(index) of \(path): \(error)")
                        continue
                    }
                }
            }
        }
    }

    @Test func `damage below the recovery point is told, and nothing is cut`() throws {
        let written = try Written(batches: 6, segmentBytes: 1 << 20, close: false)
        let path = written.test.path(.log)
        var damaged = written.bytes
        damaged[written.batches[0].count + 10] ^= 0xff
        written.test.disk.overwrite(fileAt: path, with: damaged)
        #expect(throws: LogError.self) { _ = try written.test.open(.unclean(recoveryPoint: 12)) }
        #expect(written.test.disk.contents(ofFileAt: path) == damaged)
    }

    @Test func `a flipped byte in any other file is healed or told, and never read`() throws {
        let written = try Written(batches: 12, segmentBytes: 500, close: true)
        let paths = written.test.disk.paths.filter { !$0.hasSuffix(".log") }
        #expect(paths.count { $0.hasSuffix("index") } >= 6)
        #expect(paths.count { $0.hasSuffix("snapshot") } >= 3)
        for path in paths {
            let bytes = try #require(written.test.disk.contents(ofFileAt: path))
            // All of an index, every fifth byte of a snapshot, which has a checksum.
            for index in stride(from: 0, to: bytes.count, by: path.hasSuffix("snapshot") ? 5 : 1) {
                let start = index % 2 == 0 ? LogStart.clean : .unclean(recoveryPoint: 23)
                var test = written.test
                test.disk = test.disk.copy(seed: 1)
                var damaged = bytes
                damaged[index] ^= 1 << UInt8(index / 2 % 8)
                test.disk.overwrite(fileAt: path, with: damaged)
                try check(written, test, start, "byte \(index) of \(path), \(start)")
            }
        }
    }

    private func check(_ written: Written, _ test: TestLog, _ start: LogStart, _ comment: Comment) throws {
        let log: PartitionLog
        do throws(LogError) { log = try test.open(start) } catch {
            // Only an epoch may be in doubt for good.
            guard case .corrupt(let damage) = error, case .leaderEpoch = damage.reason else {
                Issue.record(comment)
                return
            }
            return
        }
        #expect(try log.bytes(from: 0, maxBytes: 150) == written.bytes, comment)
        for mark in stride(from: 0, to: written.batches.count, by: 3) {
            let time = TestLog.timestamp.advanced(byMilliseconds: Int64(mark) * 10)
            let found = try log.reader.offset(forTimestamp: time, upTo: log.offsets.highWatermark)
            #expect(found?.offset == Offset(Int64(mark * 2)), comment)
            let read = try log.reader.read(
                from: Offset(Int64(mark * 2 + 1)), maxBytes: 1, minOneBatch: true, upTo: log.offsets.highWatermark)
            #expect(read.firstBatchBaseOffset == Offset(Int64(mark * 2)), comment)
        }
        let producer = TestLog.Producer(id: 7, sequence: 14)
        let again = try log.append(TestLog.batch(count: 2, producer: producer))
        #expect(again == AppendResult(baseOffset: 14, lastOffset: 15, isDuplicate: true), comment)
    }

    @Test(arguments: [SegmentFile.index, .timeindex, .snapshot])
    func `files beside the log are made anew where they are missing`(kind: SegmentFile) throws {
        let written = try Written(batches: 12, segmentBytes: 500, close: true)
        for path in written.test.disk.paths where path.hasSuffix("." + kind.rawValue) {
            try written.test.disk.remove(FilePath(path))
        }
        try check(written, written.test, .clean, "clean")
        written.test.disk.processEnd()
        let log = try written.test.open(.unclean(recoveryPoint: 0))
        #expect(try written.prefix(log.bytes(from: 0)) == 12)
    }

    @Test func `a segment whose start does not meet the end before it goes, with all behind it`() throws {
        let written = try Written(batches: 12, segmentBytes: 500, close: false)
        let logs = written.test.disk.paths.filter { $0.hasSuffix(".log") }
        let second = try #require(SegmentFile.parse(String(logs[1].suffix(24))))
        let bytes = try #require(written.test.disk.contents(ofFileAt: logs[0]))
        // The first segment lost its last batch, exactly; the others are whole.
        let lastBatch = written.batches[Int(second.offset.rawValue / 2) - 1].count
        written.test.disk.overwrite(fileAt: logs[0], with: Array(bytes.dropLast(lastBatch)))
        let log = try written.test.open(.unclean(recoveryPoint: 1))
        #expect(log.offsets.logEnd == second.offset - 2)
        #expect(log.recovery.segmentsDropped == logs.count - 1)
        #expect(log.segmentCount == 1)
        #expect(try log.append(TestLog.batch()).baseOffset == second.offset - 2)
    }

    @Test func `only what is behind the recovery point is read again`() throws {
        let written = try Written(batches: 40, segmentBytes: 500, close: false)
        let log = try written.test.open(.unclean(recoveryPoint: 80))
        #expect(log.recovery.segmentsVerified == 1)
        #expect(log.recovery.bytesVerified == 0)
        #expect(try written.prefix(log.bytes(from: 0)) == 40)
    }

    @Test func `a log that ends below its recovery point says so`() throws {
        let written = try Written(batches: 2, segmentBytes: 500, close: false)
        let log = try written.test.open(.unclean(recoveryPoint: 9))
        #expect(log.recovery.endsBelowRecoveryPoint == 9)
    }

    @Test func `each unclean start raises the leader epoch, also when nothing was appended`() throws {
        let test = try TestLog()
        try test.open().append(TestLog.batch(count: 3))
        for epoch: LeaderEpoch in [1, 2, 3] {
            test.disk.processEnd()
            let log = try test.open(.unclean(recoveryPoint: 0))
            #expect(log.leaderEpoch == epoch)
            #expect(log.reader.endOffset(forLeaderEpoch: 0)?.endOffset == 3)
        }
        test.disk.powerCut()
        let log = try test.open(.unclean(recoveryPoint: 0), epoch: 9)
        #expect(log.leaderEpoch == 10)
        try log.append(TestLog.batch())
        #expect(log.reader.leaderEpoch(at: 3) == 10)
        #expect(log.reader.leaderEpoch(at: 2) == 0)
    }

    @Test func `recovery needs no free space, and one that fails can be done again`() throws {
        let written = try Written(batches: 12, segmentBytes: 500, close: false)
        for call in 1...40 {
            var test = written.test
            test.disk = test.disk.copy(seed: UInt64(call))
            test.disk.overwrite(fileAt: test.path(.log), with: Array(written.bytes.prefix(300)))
            test.disk.failCall(call, with: .inputOutput)
            let first = try? test.open(.unclean(recoveryPoint: 0))
            if first == nil { test.disk.powerCut() } else { test.disk.processEnd() }
            let log = try test.open(.unclean(recoveryPoint: 0))
            let kept = try written.prefix(log.bytes(from: 0))
            #expect(kept != nil && log.segmentCount == 1)
        }
    }

    @Test func `a log start behind all that is left begins a new log there`() throws {
        let written = try Written(batches: 3, segmentBytes: 500, close: false)
        let log = try written.test.open(.unclean(recoveryPoint: 0), logStart: 100)
        #expect(log.offsets == PartitionOffsets(logStart: 100, logEnd: 100))
        #expect(try log.append(TestLog.batch()).baseOffset == 100)
    }
}
