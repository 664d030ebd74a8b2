import KafkaProtocol
import LogStorage
import Testing

struct CleanableRangeTests {
    private let now = Timestamp(1_000_000)

    /// Five segments of ten offsets and 100 bytes, each 1,000 ms older than the next; the log goes on to 60.
    private func range(
        cleanedUpTo: Offset = 0, recoveryPoint: Offset = 60, firstUnstable: Offset? = nil, logStart: Offset = 0,
        minLag: Int64 = 0, maxLag: Int64? = nil
    ) -> CleanableRange {
        let segments = (0..<5).map { (index: Int64) -> CleanableRange.Segment in
            let age = (5 - index) * 1000
            return CleanableRange.Segment(
                baseOffset: Offset(index * 10), nextOffset: Offset(index * 10 + 10), size: 100,
                highestTimestamp: now.advanced(byMilliseconds: 0 - age),
                firstTimestamp: now.advanced(byMilliseconds: -1000 - age))
        }
        var configuration = LogConfiguration()
        configuration.minCompactionLag = .milliseconds(minLag)
        configuration.maxCompactionLag = maxLag.map { .milliseconds($0) }
        return CleanableRange(
            segments, PartitionOffsets(logStart: logStart, logEnd: 60, firstUnstable: firstUnstable),
            cleanedUpTo: cleanedUpTo, recoveryPoint: recoveryPoint, configuration, now: now)
    }

    @Test func `all sealed segments are dirty at first, the one that grows is not touched`() {
        #expect(range().firstDirty == 0)
        #expect(range().end == 50)
        #expect((range().cleanBytes, range().dirtyBytes) == (0, 500))
        #expect(range().dirtyRatio == 1)
    }

    @Test func `what was cleaned is clean, a segment in part counts as dirty`() {
        #expect((range(cleanedUpTo: 20).cleanBytes, range(cleanedUpTo: 20).dirtyBytes) == (200, 300))
        #expect((range(cleanedUpTo: 25).cleanBytes, range(cleanedUpTo: 25).dirtyBytes) == (200, 300))
        #expect(range(cleanedUpTo: 25).firstDirty == 25)
        #expect(range(cleanedUpTo: 50).dirtyBytes == 0)
        #expect(range(cleanedUpTo: 50).dirtyRatio == 0)
    }

    @Test(arguments: [(5, 0), (10, 10), (29, 20), (49, 40), (60, 50)] as [(Int64, Int64)])
    func `it ends before the segment with the first undecided transaction, and before what may not be on disk`(
        bound: Int64, end: Int64
    ) {
        #expect(range(firstUnstable: Offset(bound)).end == Offset(end))
        #expect(range(recoveryPoint: Offset(bound)).end == Offset(end))
    }

    @Test(arguments: [(1000, 50), (1001, 40), (3000, 30), (3001, 20), (5001, 0)] as [(Int64, Int64)])
    func `records younger than min.compaction.lag.ms are left alone, with all behind them`(lag: Int64, end: Int64) {
        #expect(range(minLag: lag).end == Offset(end))
    }

    @Test(
        arguments: [(6000, 0, false), (5999, 0, true), (3999, 20, true), (4000, 20, false)] as [(Int64, Int64, Bool)])
    func `what is dirty for longer than max.compaction.lag.ms makes it due`(lag: Int64, clean: Int64, isOverdue: Bool) {
        var configuration = LogConfiguration()
        configuration.minCleanableDirtyRatio = 1
        let found = range(cleanedUpTo: Offset(clean), maxLag: lag)
        #expect(found.isOverdue == isOverdue)
        #expect(found.isDue(configuration) == isOverdue)
    }

    @Test func `nothing is due below the ratio, or where nothing can be cleaned`() {
        var configuration = LogConfiguration()
        configuration.minCleanableDirtyRatio = 0.5
        #expect(range(cleanedUpTo: 20).isDue(configuration))
        #expect(!range(cleanedUpTo: 30).isDue(configuration))
        configuration.minCleanableDirtyRatio = 0
        #expect(!range(cleanedUpTo: 50).isDue(configuration))
        #expect(!range(recoveryPoint: 9, maxLag: 1).isDue(configuration))
    }

    @Test(arguments: [-1, 9, 61] as [Int64])
    func `a checkpoint outside the log means that nothing is clean`(cleanedUpTo: Int64) {
        let found = range(cleanedUpTo: Offset(cleanedUpTo), logStart: 10)
        #expect(found.firstDirty == 10)
        #expect((found.cleanBytes, found.dirtyBytes) == (0, 400))
    }
}
