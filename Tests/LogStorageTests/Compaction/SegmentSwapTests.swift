import BrokerTesting
import KafkaProtocol
import LogStorage
import NIOCore
import SystemPackage
import Testing

/// A stop at every single call of a cleaning: the log that comes back is the old one or the new one, group by group.
struct SegmentSwapTests {
    private struct Cleaned {
        var test: TestLog
        var before: [KeyedRecord]
        var after: [KeyedRecord]
        var end: Offset
    }

    /// A log that was cleaned once before, with tombstones whose time is over and an aborted transaction, is cleaned again
    /// while each call is recorded.
    private func clean(segmentBytes: Int) throws -> Cleaned {
        var test = try TestLog.compacted(seed: 3)
        test.configuration.deleteRetention = .zero
        let log = try test.open()
        for round in 0..<3 {
            try log.put(KeyedRecord("a", "\(round)"), KeyedRecord("gone", "\(round)"))
            try log.put(KeyedRecord("b", "\(round)"), KeyedRecord("x\(round)", "\(round)"))
        }
        try log.put(KeyedRecord("gone", nil), KeyedRecord("a", "8"))
        let producer = TestLog.Producer(id: 1)
        try log.append(TestLog.keyed([KeyedRecord("a", "wrong")], producer: producer, isTransactional: true))
        try log.append(TestLog.marker(producer, isCommit: false), origin: .coordinator)
        try log.put(KeyedRecord("fill", "0"), KeyedRecord("more", "0"))
        try log.put(KeyedRecord("fill", "1"), KeyedRecord("more", "1"))
        try log.clean()
        for round in 0..<3 { try log.put(KeyedRecord("b", "9\(round)"), KeyedRecord("fill", "2\(round)")) }
        let before = try log.records()
        test.configuration.segmentBytes = segmentBytes
        _ = log.update(test.configuration)
        test.disk.record()
        #expect(try log.clean() != nil)
        return Cleaned(test: test, before: before, after: try log.records(), end: log.offsets.logEnd)
    }

    @Test(arguments: [(130, 2), (1 << 20, 8)] as [(Int, UInt64)])
    func `a power cut at any call leaves the old segments or the new one`(segmentBytes: Int, cuts: UInt64) throws {
        let cleaned = try clean(segmentBytes: segmentBytes)
        #expect(cleaned.after.count < cleaned.before.count)
        #expect(cleaned.test.disk.recordedCount > 10)
        for call in 0..<cleaned.test.disk.recordedCount {
            for cut in 0...cuts {
                // Chance is another at each call: the same names are not lost everywhere.
                let seed = UInt64(call) &* 100 &+ cut
                let disk = try #require(cleaned.test.disk.copy(beforeRecordedCall: call, seed: seed))
                if cut == 0 { disk.processEnd() } else { disk.powerCut() }
                try check(disk, cleaned, "segment.bytes \(segmentBytes), call \(call), seed \(seed)")
            }
        }
    }

    @Test func `a stop at any call of the start that completes a swap is made good by the next`() throws {
        let cleaned = try clean(segmentBytes: 1 << 20)
        for call in 0..<cleaned.test.disk.recordedCount {
            let disk = try #require(cleaned.test.disk.copy(beforeRecordedCall: call, seed: 5))
            disk.powerCut()
            guard disk.paths.contains(where: { $0.hasSuffix(".swap") }) else { continue }
            var test = cleaned.test
            test.disk = disk.copy(seed: 9)
            test.disk.record()
            _ = try test.open(.unclean(recoveryPoint: cleaned.end))
            for inner in 0..<test.disk.recordedCount {
                let again = try #require(test.disk.copy(beforeRecordedCall: inner, seed: UInt64(inner)))
                again.powerCut()
                try check(again, cleaned, "call \(call), then \(inner) of the start")
            }
        }
    }

    private func check(
        _ disk: SimulatedFileSystem, _ cleaned: Cleaned, _ comment: Comment
    ) throws {
        var test = cleaned.test
        test.disk = disk
        let log = try test.open(.unclean(recoveryPoint: cleaned.end))
        #expect(log.offsets == PartitionOffsets(logStart: 0, logEnd: cleaned.end), comment)
        let found = try log.records()
        #expect(Set(found).isSuperset(of: cleaned.after) && Set(found).isSubset(of: cleaned.before), comment)
        #expect(found.map(\.offset) == found.map(\.offset).sorted(), comment)
        #expect(try table(of: log.records(committedOnly: true)) == table(of: cleaned.after), comment)
        let strays = test.disk.paths.filter { $0.hasSuffix(".cleaned") || $0.hasSuffix(".swap") }
        #expect(strays == [], comment)
        // What is left to clean is cleaned, and nothing has come back by then.
        try log.clean(now: TestLog.timestamp)
        #expect(try Set(log.records()) == Set(cleaned.after), comment)
        let retry = try TestLog.keyed(
            [KeyedRecord("a", "wrong")], producer: TestLog.Producer(id: 1), isTransactional: true)
        #expect(try log.append(retry).isDuplicate, comment)
    }
}
