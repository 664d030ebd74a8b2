import BrokerTesting
import KafkaProtocol
import NIOCore
import SystemPackage
import Testing

@testable import LogStorage

/// A sound log verifies, and every damage that the format lets anybody see is seen.
@Suite struct PartitionVerifierTests {
    /// A log of several segments with two producers, transactions of both kinds, and batches of several codecs.
    private static func written(batches: Int = 18, close: Bool = true, flush: Bool = true) throws -> TestLog {
        var test = try TestLog()
        test.configuration.segmentBytes = 600
        test.configuration.indexIntervalBytes = 100
        let log = try test.open(epoch: 3)
        var sequences: [Int64: Int32] = [:]
        for mark in 0..<batches {
            let id = Int64(7 + mark % 2)
            let time = TestLog.timestamp.advanced(byMilliseconds: Int64(mark) * 10)
            let producer = TestLog.Producer(id: ProducerID(id), sequence: SequenceNumber(sequences[id] ?? 0))
            try log.append(
                try TestLog.batch(
                    count: 2, size: 20 + mark, mark: UInt8(mark), timestamp: time, producer: producer,
                    isTransactional: true), now: time)
            sequences[id, default: 0] += 2
            if mark % 3 == 2 {
                try log.append(try TestLog.marker(producer, isCommit: mark % 2 == 0), origin: .coordinator, now: time)
            }
            if mark == 4 { try log.raiseLeaderEpoch(to: 5) }
        }
        if flush { try log.flush() }
        if close { try log.close() } else { test.disk.processEnd() }
        return test
    }

    private static func verify(
        _ disk: SimulatedFileSystem, start: LogStart = .clean, isDense: Bool = true, walksRecords: Bool = false
    ) -> PartitionReport {
        var rules = PartitionVerifier.Rules()
        rules.start = start
        rules.isDense = isDense
        rules.walksRecords = walksRecords
        return PartitionVerifier(directory: TestLog.directory, fileSystem: disk, rules: rules).run()
    }

    @Test(arguments: [false, true]) func `a log that was closed is sound`(deep: Bool) throws {
        let test = try Self.written()
        let report = Self.verify(test.disk, walksRecords: deep)
        #expect(report.findings.filter { $0.kind != .metadata } == [])
        #expect(report.isSound)
        #expect(report.segments > 3)
        #expect(report.batches == 24)
        #expect(report.records == 42)
        #expect(report.logEnd == 42)
        #expect(report.missingOffsets == 0)
        #expect(test.disk.paths.contains { $0.hasSuffix(".txnindex") })
    }

    @Test func `every flipped byte of a segment, an index or a snapshot is seen`() throws {
        let test = try Self.written(batches: 6)
        for path in test.disk.paths {
            guard let file = FilePath(path).lastComponent.flatMap({ SegmentFile.parse($0.string)?.file }) else {
                continue
            }
            let bytes = try #require(test.disk.contents(ofFileAt: path))
            for index in bytes.indices {
                // A time index may name any offset of the batch that has the time.
                if file == .timeindex && index % 12 == 11 { continue }
                var damaged = bytes
                damaged[index] ^= 1 << UInt8(index % 8)
                let disk = test.disk.copy(seed: 1)
                disk.overwrite(fileAt: path, with: damaged)
                #expect(!Self.verify(disk).isSound, "byte \(index) of \(path)")
            }
        }
    }

    @Test func `every cut of a file is seen`() throws {
        let test = try Self.written(batches: 6)
        for path in test.disk.paths {
            guard let parsed = FilePath(path).lastComponent.flatMap({ SegmentFile.parse($0.string) }) else { continue }
            let bytes = try #require(test.disk.contents(ofFileAt: path))
            for size in 0..<bytes.count {
                // What an index has less is found by walking further.
                if parsed.file == .index && size.isMultiple(of: 8) { continue }
                let disk = test.disk.copy(seed: 1)
                disk.overwrite(fileAt: path, with: Array(bytes.prefix(size)))
                #expect(!Self.verify(disk).isSound, "\(size) bytes of \(path)")
            }
        }
    }

    @Test func `a finding says where the bytes are wrong`() throws {
        let test = try Self.written()
        var bytes = try #require(test.bytes(.log))
        let second = try RecordBatchHeader(from: ByteBuffer(bytes: bytes), at: 0).sizeInBytes
        bytes[second + RecordBatchHeader.byteCount + 3] ^= 1
        test.disk.overwrite(fileAt: test.path(.log), with: bytes)
        let found = try #require(Self.verify(test.disk).damages.first)
        #expect(found.kind == .batch)
        #expect(found.position == second)
        #expect(found.file.string == test.path(.log))
        #expect(found.text.contains("checksum"))
    }

    @Test func `a tail that was never flushed may be torn, but nothing below the recovery point`() throws {
        let test = try Self.written(close: false)
        let last = try #require(test.disk.paths.last { $0.hasSuffix(".log") })
        let bytes = try #require(test.disk.contents(ofFileAt: last))
        let base = try #require(FilePath(last).lastComponent.flatMap { SegmentFile.parse($0.string)?.offset })
        test.disk.overwrite(fileAt: last, with: bytes.dropLast(3))
        let lenient = Self.verify(test.disk, start: .unclean(recoveryPoint: base))
        #expect(lenient.isSound)
        #expect(lenient.findings.contains { $0.kind == .tail && $0.severity == .note })
        #expect(lenient.logEnd < 42)
        #expect(!Self.verify(test.disk, start: .unclean(recoveryPoint: 42)).isSound)
        #expect(!Self.verify(test.disk, start: .clean).isSound)
    }

    @Test func `what recovery leaves is sound, wherever the log was torn`() throws {
        let written = try Self.written(close: false)
        let logs = written.disk.paths.filter { $0.hasSuffix(".log") }
        for path in logs {
            let bytes = try #require(written.disk.contents(ofFileAt: path))
            for size in stride(from: 0, through: bytes.count, by: 7) {
                var test = written
                test.disk = written.disk.copy(seed: 1)
                test.disk.overwrite(fileAt: path, with: Array(bytes.prefix(size)))
                let log = try test.open(.unclean(recoveryPoint: 0))
                let end = log.offsets.logEnd
                let open = Self.verify(test.disk, start: .unclean(recoveryPoint: end))
                #expect(open.damages == [] && open.logEnd == end, "\(path) cut at \(size)")
                try log.close()
                let closed = Self.verify(test.disk)
                #expect(closed.damages == [], "\(path) cut at \(size)")
                #expect(closed.logEnd == end)
            }
        }
    }

    @Test(arguments: 0..<40) func `after a power cut nothing but a tail is wrong, and after recovery nothing`(
        seed: UInt64
    ) throws {
        var test = try Self.written(close: false, flush: seed.isMultiple(of: 2))
        test.disk = test.disk.copy(seed: seed)
        test.disk.powerCut()
        #expect(Self.verify(test.disk, start: .unclean(recoveryPoint: 0)).damages == [], "seed \(seed)")
        let log = try test.open(.unclean(recoveryPoint: 0))
        try log.close()
        #expect(Self.verify(test.disk).damages == [], "seed \(seed)")
    }

    @Test func `holes are counted, and are damage where nothing was compacted`() throws {
        let test = try Self.written()
        let bases = test.disk.paths.compactMap { FilePath($0).lastComponent.flatMap { SegmentFile.parse($0.string) } }
            .filter { $0.file == .log }.map(\.offset)
        for kind in SegmentFile.allCases { try? test.disk.remove(kind.path(bases[1], in: TestLog.directory)) }
        let report = Self.verify(test.disk, isDense: false)
        #expect(report.missingOffsets == bases[1].distance(to: bases[2]))
        #expect(!report.damages.contains { $0.kind == .offsets })
        #expect(Self.verify(test.disk).damages.contains { $0.kind == .offsets })
    }

    @Test func `a record that contradicts its batch is seen by walking the records`() throws {
        let test = try TestLog()
        let log = try test.open()
        try log.append(try TestLog.batch(count: 2))
        try log.close()
        var batch = ByteBuffer(bytes: try #require(test.bytes(.log)))
        // The second record's offset delta, with a checksum made anew: what a bad producer would have written.
        var header = try RecordBatchHeader(from: batch, at: 0)
        let first = try #require(batch.getInteger(at: RecordBatchHeader.byteCount, as: UInt8.self)) / 2
        let delta = RecordBatchHeader.byteCount + 1 + Int(first) + 3
        #expect(batch.getInteger(at: delta, as: UInt8.self) == 2)
        batch.setInteger(UInt8(0), at: delta)
        header.crc = try RecordBatchView(batch).computedCRC
        header.write(to: &batch, at: 0)
        test.disk.overwrite(fileAt: test.path(.log), with: Array(batch.readableBytesView))
        #expect(Self.verify(test.disk).isSound)
        let found = Self.verify(test.disk, walksRecords: true).damages
        #expect(found.map(\.kind) == [.batch])
        #expect(found.first?.text.contains("record 1") == true)
    }

    @Test func `left-overs of interrupted changes are told, and do no harm`() throws {
        let test = try Self.written()
        for name in ["00000000000000000000.log.deleted", "leader-epoch-checkpoint.tmp", "00000000000000000099.index"] {
            _ = try test.disk.open(TestLog.directory.appending(name), .create)
        }
        let report = Self.verify(test.disk)
        #expect(report.isSound)
        #expect(report.findings.filter { $0.kind == .leftover }.count == 3)
    }

    @Test func `a folder that is not there is damage`() throws {
        let test = try TestLog()
        #expect(Self.verify(test.disk).damages.map(\.kind) == [.unreadable])
    }
}
