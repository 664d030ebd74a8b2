import BrokerTesting
import KafkaProtocol
import LogStorage
import NIOCore
import SystemPackage
import Testing

/// One log, cleaned: what stays, what goes, and what every reader goes on seeing.
struct LogCleaningTests {
    @Test func `the last record of each key stays, at its offset, and the log ends where it did`() throws {
        let test = try TestLog.compacted()
        let log = try test.open()
        try log.put(KeyedRecord("a", "1"), KeyedRecord("b", "1"))
        try log.put(KeyedRecord("a", "2"), KeyedRecord("c", "1"))
        try log.put(KeyedRecord("b", "2"), KeyedRecord("a", "3"))
        try log.put(KeyedRecord("end", "."))
        let report = try #require(try log.clean())
        #expect(
            try log.records() == [
                KeyedRecord("c", "1", at: 3), KeyedRecord("b", "2", at: 4), KeyedRecord("a", "3", at: 5),
                KeyedRecord("end", ".", at: 6),
            ])
        #expect(report.cleanedUpTo == 6 && log.cleanedUpTo == 6)
        #expect(log.offsets == PartitionOffsets(logStart: 0, logEnd: 7))
        #expect(report.keyCount == 3)
        #expect(report.bytesAfter < report.bytesBefore)
        #expect(log.sizeInBytes == test.logBytes)
    }

    @Test func `a read at any offset gives the next record that is left`() throws {
        let test = try TestLog.compacted(segmentBytes: 400)
        let log = try test.open()
        for round in 0..<12 { try log.put(KeyedRecord("k\(round % 3)", "\(round)"), KeyedRecord("x\(round)", "1")) }
        try log.clean()
        let left = try log.records()
        #expect(left.count < 20 && left.filter { $0.key.hasPrefix("x") }.count == 12)
        for offset in 0..<24 {
            let from = Offset(Int64(offset))
            let read = try log.reader.read(from: from, maxBytes: 1, minOneBatch: true, upTo: 24)
            let bytes = try #require(read.slices.first).readBytes()
            let batches = try RecordBatchSequence(bytes, tail: .rejected).all()
            #expect(batches.count == 1)
            #expect(batches[0].header.lastOffset >= from)
            #expect(batches[0].header.baseOffset == read.firstBatchBaseOffset)
        }
    }

    @Test func `segments of which only the last offset is left are passed over, unless nothing follows`() throws {
        var test = try TestLog.compacted()
        let log = try test.open()
        for round in 0..<20 { try log.put(KeyedRecord("a", "\(round)"), KeyedRecord("b", "\(round)")) }
        // Of each two segments that become one the last offset stays.
        test.configuration.segmentBytes = 170
        _ = log.update(test.configuration)
        try log.clean()
        #expect(log.segmentCount == 11)
        for offset in [0, 1, 17, 37] as [Offset] {
            let read = try log.reader.read(from: offset, maxBytes: 1000, minOneBatch: true, upTo: 40)
            #expect(read.firstBatchBaseOffset == 36)
        }
        // A consumer gets to the end of what it may see.
        let read = try log.reader.read(from: 3, maxBytes: 1000, minOneBatch: true, upTo: 10)
        #expect(read.firstBatchBaseOffset == 2)
        #expect(read.byteCount == RecordBatchHeader.byteCount)
        #expect(try log.reader.read(from: 10, maxBytes: 1000, minOneBatch: true, upTo: 10).slices.isEmpty)
    }

    /// A consumer that reads little at a time must not be led past the records that share a segment with empty batches.
    @Test(arguments: [0, 61, 1 << 20]) func `records behind empty batches of their segment are read`(
        maxBytes: Int
    ) throws {
        let test = try TestLog.compacted(segmentBytes: 1000)
        let log = try test.open()
        for number in 0..<3 {
            let producer = TestLog.Producer(id: 5, sequence: SequenceNumber(Int32(number)))
            try log.append(TestLog.keyed([KeyedRecord("a", "\(number)")], producer: producer))
        }
        try log.put(KeyedRecord("b", "1"))
        try log.put(KeyedRecord("a", String(repeating: "x", count: 900)))
        try log.put(KeyedRecord("c", "1"))
        try log.put(KeyedRecord("c", String(repeating: "x", count: 900)))
        #expect(try log.clean() != nil)
        let read = try log.reader.read(from: 0, maxBytes: maxBytes, minOneBatch: true, upTo: log.offsets.logEnd)
        let bytes = try #require(read.slices.first).readBytes()
        let records = try RecordBatchSequence(bytes, tail: .rejected).all().filter { $0.header.recordCount > 0 }
        #expect(records.first?.header.baseOffset == 3)
    }

    @Test func `what is superseded only by the active segment, or by what is not committed, stays`() throws {
        let test = try TestLog.compacted()
        let log = try test.open()
        try log.put(KeyedRecord("a", "1"), KeyedRecord("b", "1"))
        try log.put(KeyedRecord("a", "2"), KeyedRecord("b", "2"))
        #expect(try log.clean() != nil)
        #expect(try log.records().count == 4)
        try log.append(TestLog.keyed([KeyedRecord("c", "1"), KeyedRecord("d", "1")]))
        #expect(try log.clean(recoveryPoint: 2) == nil)
        #expect(try log.clean(recoveryPoint: 4)?.cleanedUpTo == 4)
        #expect(try log.records().map(\.offset) == [2, 3, 4, 5])
    }

    @Test func `segments become fewer, as many as fit into one`() throws {
        var test = try TestLog.compacted()
        let log = try test.open()
        for round in 0..<20 { try log.put(KeyedRecord("k\(round)", "1"), KeyedRecord("k\(round)", "2")) }
        #expect(log.segmentCount > 9)
        test.configuration.segmentBytes = 1200
        _ = log.update(test.configuration)
        let report = try #require(try log.clean())
        #expect(report.segmentsAfter < report.segmentsBefore / 2)
        #expect(log.segmentCount == report.segmentsAfter + 1)
        let logs = test.disk.paths.filter { $0.hasSuffix(".log") }
        #expect(logs.count == log.segmentCount)
        #expect(test.disk.paths.filter { $0.hasSuffix(".index") }.count == log.segmentCount - 1)
        #expect(try table(of: log.records()).count == 20)
        #expect(try log.records().count < 25)
        try log.close()
        let again = try test.open()
        #expect(again.segmentCount == logs.count)
        #expect(again.offsets == PartitionOffsets(logStart: 0, logEnd: 40))
    }

    @Test func `a tombstone takes older records at once and goes itself after delete.retention.ms`() throws {
        var test = try TestLog.compacted()
        test.configuration.deleteRetention = .seconds(10)
        let log = try test.open()
        let now = TestLog.timestamp
        try log.put(KeyedRecord("a", "1"), KeyedRecord("b", "1"))
        try log.put(KeyedRecord("a", nil), KeyedRecord("c", "1"))
        try log.put(KeyedRecord("end", "1"), KeyedRecord("end", "2"))
        try log.put(KeyedRecord("end", "3"), KeyedRecord("end", "4"))
        try log.clean(now: now)
        #expect(try log.records().prefix(3).map(\.description) == ["1:b=1", "2:a=nil", "3:c=1"])
        let batch = try log.batches(from: 2)[0]
        #expect(batch.header.deleteHorizon == now.advanced(byMilliseconds: 10_000))
        var decompressor = Decompressor()
        #expect(
            try batch.records(using: &decompressor, limit: 1000).all().map(\.timestamp) == [
                now, now.advanced(byMilliseconds: 1),
            ])
        // The horizon stands; only a cleaning that is due lets the tombstone go.
        try log.put(KeyedRecord("end", "5"), KeyedRecord("end", "6"))
        try log.clean(now: now.advanced(byMilliseconds: 9_999))
        #expect(try log.records().contains { $0.key == "a" })
        #expect(try log.batches(from: 2)[0].header.deleteHorizon == now.advanced(byMilliseconds: 10_000))
        try log.put(KeyedRecord("end", "7"), KeyedRecord("end", "8"))
        try log.clean(now: now.advanced(byMilliseconds: 10_000))
        #expect(try log.records().contains { $0.key == "a" } == false)
        #expect(try table(of: log.records()) == ["b": "1", "c": "1", "end": "8"])
    }

    @Test(arguments: CompressionCodec.allCases)
    func `a batch of which something goes keeps its codec, numbers and times; one of which nothing goes its bytes`(
        codec: CompressionCodec
    ) throws {
        let test = try TestLog.compacted(segmentBytes: 300)
        let log = try test.open()
        let producer = TestLog.Producer(id: 9, epoch: 2, sequence: 40)
        let long = String(repeating: "v", count: 60)
        let batch = try TestLog.keyed(
            [KeyedRecord("a", long), KeyedRecord("b", long), KeyedRecord("c", long)], codec: codec, producer: producer)
        let whole = try TestLog.keyed([KeyedRecord("d", long), KeyedRecord("e", long)], codec: codec)
        try log.append(batch)
        try log.append(whole)
        for number in 0..<4 { try log.put(KeyedRecord("c", "\(number)" + long), KeyedRecord("z", long)) }
        try log.clean()
        let batches = try log.batches(from: 0)
        let header = batches[0].header
        #expect(header.attributes.codec == codec)
        #expect((header.baseOffset, header.lastOffset, header.recordCount) == (0, 2, 2))
        #expect((header.producerID, header.producerEpoch, header.baseSequence) == (9, 2, 40))
        #expect(header.baseTimestamp == TestLog.timestamp)
        #expect(header.maxTimestamp == TestLog.timestamp.advanced(byMilliseconds: 1))
        #expect(try Array(batches[1].bytes.readableBytesView) == stored(whole, at: 3))
        #expect(try log.records().prefix(2).map(\.key) == ["a", "b"])
    }

    @Test func `the last batches of a producer stay, empty, so that a retry is known after any restart`() throws {
        let test = try TestLog.compacted()
        let log = try test.open()
        func batch(_ sequence: Int32) throws -> ByteBuffer {
            try TestLog.keyed(
                [KeyedRecord("a", "1"), KeyedRecord("b", "1")],
                producer: TestLog.Producer(id: 7, sequence: SequenceNumber(sequence)))
        }
        for number in 0..<8 { try log.append(batch(Int32(2 * number))) }
        try log.flush()
        for _ in 0..<3 { try log.put(KeyedRecord("a", "2"), KeyedRecord("b", "2")) }
        try log.cleanIntoOne()
        let empty = try log.batches(from: 0).filter { $0.header.recordCount == 0 }
        #expect(empty.map(\.header.baseOffset) == [6, 8, 10, 12, 14])
        #expect(empty.map(\.header.lastSequence) == [7, 9, 11, 13, 15])
        test.disk.processEnd()
        for path in test.disk.paths where path.hasSuffix(".snapshot") { try test.disk.remove(FilePath(path)) }
        let again = try test.open(.unclean(recoveryPoint: 22))
        #expect(try again.append(batch(14)) == AppendResult(baseOffset: 14, lastOffset: 15, isDuplicate: true))
        #expect(try again.append(batch(6)) == AppendResult(baseOffset: 6, lastOffset: 7, isDuplicate: true))
        #expect(try again.append(batch(16)).baseOffset == 22)
    }

    @Test func `a map that is too small cleans as far as it reached, and the next cleaning goes on`() throws {
        let test = try TestLog.compacted()
        let log = try test.open()
        for round in 0..<2 {
            for key in 0..<10 { try log.put(KeyedRecord("k\(key)", "\(round)"), KeyedRecord("l\(key)", "\(round)")) }
        }
        var limits = CleaningLimits()
        limits.mapBytes = 24 * 8
        limits.loadFactor = 1
        let first = try #require(try log.clean(limits))
        #expect(first.cleanedUpTo > 0 && first.cleanedUpTo < 20)
        var rounds = 1
        while try log.clean(limits) != nil { rounds += 1 }
        #expect(rounds > 3)
        #expect(log.cleanedUpTo >= 36)
        let left = try log.records()
        let superseded = left.filter { old in
            left.contains { $0.key == old.key && $0.offset > old.offset && $0.offset < log.cleanedUpTo }
        }
        #expect(superseded == [])
        #expect(table(of: left).values.allSatisfy { $0 == "1" })
    }

    @Test func `a damaged batch stops the cleaning, and nothing is written over it`() throws {
        for flipped in [0, 5, 20, 70] {
            let test = try TestLog.compacted()
            let log = try test.open()
            for round in 0..<8 { try log.put(KeyedRecord("a", "\(round)"), KeyedRecord("b", "\(round)")) }
            let path = test.disk.paths.filter { $0.hasSuffix(".log") }[2]
            var bytes = try #require(test.disk.contents(ofFileAt: path))
            bytes[flipped] ^= 4
            test.disk.overwrite(fileAt: path, with: bytes)
            #expect(throws: LogError.self) { try log.clean() }
            guard case .corrupt(let damage)? = log.uncleanable else {
                Issue.record("byte \(flipped): \(String(describing: log.uncleanable))")
                continue
            }
            #expect(damage.file == path)
            #expect(test.disk.contents(ofFileAt: path) == bytes)
            #expect(test.disk.paths.allSatisfy { !$0.hasSuffix(".cleaned") && !$0.hasSuffix(".swap") })
            #expect(try log.clean() == nil)
            #expect(!log.isOffline)
        }
    }

    @Test func `what was being read when the segment was swapped is read to its end`() throws {
        let test = try TestLog.compacted()
        let log = try test.open()
        for round in 0..<8 { try log.put(KeyedRecord("a", "\(round)"), KeyedRecord("b", "\(round)")) }
        let before = try log.batches(from: 0).map { Array($0.bytes.readableBytesView) }
        let slices = try (0..<8).map { number in
            try log.reader.read(from: Offset(Int64(number * 2)), maxBytes: 1, minOneBatch: true, upTo: 16).slices[0]
        }
        try log.clean()
        #expect(try slices.map { Array(try $0.readBytes().readableBytesView) } == before)
        #expect(try log.records().count < 16)
    }

    @Test func `a full disk leaves the log as it was, and a later cleaning succeeds`() throws {
        let test = try TestLog.compacted()
        let log = try test.open()
        for round in 0..<8 { try log.put(KeyedRecord("a", "\(round)"), KeyedRecord("b", "\(round)")) }
        let before = try log.records()
        test.disk.capacity = 1
        #expect(throws: LogError.self) { try log.clean() }
        #expect(try log.records() == before)
        #expect(log.uncleanable == nil && !log.isOffline)
        test.disk.capacity = .max
        #expect(try log.clean() != nil)
        #expect(try log.records().count < before.count)
    }

    @Test func `a log that is closed or deleted while it is cleaned is not touched any more`() throws {
        let test = try TestLog.compacted()
        let log = try test.open()
        for round in 0..<8 { try log.put(KeyedRecord("a", "\(round)"), KeyedRecord("b", "\(round)")) }
        let range = try log.reader.cleanableRange(
            cleanedUpTo: 0, recoveryPoint: 16, log.configuration, now: TestLog.timestamp)
        let cleaning = try #require(log.beginCleaning(range))
        #expect(log.isBeingCleaned && log.beginCleaning(range) == nil)
        _ = try log.markDeleted(uuid: .random())
        try test.disk.createDirectory(TestLog.directory)
        let paths = test.disk.paths
        #expect(throws: LogError.offline) {
            try cleaning.run(CleaningLimits(), now: TestLog.timestamp)
        }
        #expect(test.disk.paths == paths)
    }

    @Test func `a swap that fails half way takes the log offline, and the next start completes or undoes it`() throws {
        for call in 1...60 {
            let test = try TestLog.compacted()
            let log = try test.open()
            for round in 0..<6 { try log.put(KeyedRecord("a", "\(round)"), KeyedRecord("b", "\(round)")) }
            test.disk.failCall(call, with: .inputOutput)
            let failed = (try? log.clean()) == nil
            guard failed else { break }
            #expect(log.isOffline || log.uncleanable != nil)
            #expect(try table(of: log.records()) == ["a": "5", "b": "5"], "call \(call)")
            test.disk.powerCut()
            let again = try test.open(.unclean(recoveryPoint: 12))
            #expect(again.offsets.logEnd == 12)
            #expect(try table(of: again.records()) == ["a": "5", "b": "5"], "call \(call)")
        }
    }
}

extension TestLog {
    /// The bytes of all segments on disk.
    var logBytes: Int {
        disk.paths.filter { $0.hasSuffix(".log") }.reduce(0) { $0 + (disk.contents(ofFileAt: $1)?.count ?? 0) }
    }
}
