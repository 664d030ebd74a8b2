import BrokerTesting
import KafkaProtocol
import LogStorage
import NIOCore
import SystemPackage
import Testing

struct SegmentScrubTests {
    /// A log of two sealed segments, of nine batches each, and one that grows.
    private static func log() throws -> (PartitionLog, TestLog) {
        var test = try TestLog()
        let size = try TestLog.batch(count: 2, size: 100).readableBytes
        test.configuration.segmentBytes = 9 * size
        test.configuration.indexIntervalBytes = size
        let log = try test.open()
        for number in 0..<20 {
            let time = TestLog.timestamp.advanced(byMilliseconds: Int64(number) * 1000)
            try log.append(TestLog.batch(count: 2, size: 100, timestamp: time))
        }
        try log.flush()
        return (log, test)
    }

    private static func scrub(_ log: PartitionLog, _ test: TestLog, by step: Int = 1 << 20) throws -> [ScrubFinding] {
        var findings: [ScrubFinding] = []
        for base in log.reader.sealedSegments {
            var scrub = try #require(try log.reader.scrub(base, test.disk))
            while !scrub.isDone { _ = try scrub.step(step) }
            findings += scrub.findings
        }
        return findings
    }

    private static func flip(_ test: TestLog, _ file: SegmentFile, _ offset: Offset, at position: Int) throws {
        var bytes = try #require(test.bytes(file, offset))
        bytes[position] ^= 0x10
        test.disk.overwrite(fileAt: test.path(file, offset), with: bytes)
    }

    @Test func `sound segments have no findings, in steps of any size`() throws {
        let (log, test) = try Self.log()
        #expect(log.reader.sealedSegments == [0, 18])
        for step in [1, 100, 4096, 1 << 20] { #expect(try Self.scrub(log, test, by: step) == []) }
    }

    @Test func `a step reads about as much as it may`() throws {
        let (log, test) = try Self.log()
        let size = try #require(test.bytes(.log)?.count)
        var scrub = try #require(try log.reader.scrub(0, test.disk))
        var read: [Int] = []
        while !scrub.isDone { read.append(try scrub.step(size / 9)) }
        #expect(read == [Int](repeating: size / 9, count: 9))
    }

    @Test func `a flipped bit is found with its place, the batches behind it are checked, and nothing is rewritten`()
        throws
    {
        let (log, test) = try Self.log()
        let size = try #require(test.bytes(.log)?.count) / 9
        try Self.flip(test, .log, 0, at: 2 * size + 90)
        try Self.flip(test, .log, 0, at: 7 * size + 90)
        let before = test.bytes(.log)
        let findings = try Self.scrub(log, test)
        #expect(findings.map(\.position) == [2 * size, 7 * size])
        #expect(findings.allSatisfy { $0.damage != nil && $0.file.string == test.path(.log) })
        // The rest can be read, and nothing of the log is cleaned.
        #expect(try log.batches(from: 6, upTo: 14).count == 4)
        let damage = try #require(findings.first?.damage)
        log.keepAsItIs(because: damage)
        #expect(log.uncleanable == .corrupt(damage))
        #expect(test.bytes(.log) == before)
    }

    @Test func `a batch whose length is damaged ends the check with its place`() throws {
        let (log, test) = try Self.log()
        let size = try #require(test.bytes(.log)?.count) / 9
        try Self.flip(test, .log, 18, at: 3 * size + 9)
        let findings = try Self.scrub(log, test)
        #expect(findings.map(\.position) == [3 * size] && findings.first?.damage != nil)
    }

    @Test(arguments: [SegmentFile.index, .timeindex])
    func `an index that contradicts the log is found, and made anew`(kind: SegmentFile) throws {
        let (log, test) = try Self.log()
        let sound = test.bytes(kind)
        try Self.flip(test, kind, 0, at: 7)
        let findings = try Self.scrub(log, test)
        #expect(findings.count == 1 && findings.first?.damage == nil)
        #expect(findings.first?.file.string == test.path(kind))
        let scrub = try #require(try log.reader.scrub(0, test.disk))
        try scrub.mendIndexes()
        #expect(test.bytes(kind) == sound)
        #expect(try Self.scrub(log, test) == [])
    }

    @Test func `a segment that is gone is no finding`() throws {
        let (log, test) = try Self.log()
        #expect(try log.reader.scrub(5, test.disk) == nil)
        _ = try log.markDeleted(uuid: KafkaUUID(high: 1, low: 1))
        #expect(try log.reader.scrub(0, test.disk) == nil)
    }
}
