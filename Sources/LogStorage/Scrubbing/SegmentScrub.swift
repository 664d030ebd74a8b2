package import KafkaProtocol
import Synchronization
package import SystemPackage

/// Damage in a segment that was sound when it was written.
package struct ScrubFinding: Error, Hashable, Sendable, CustomStringConvertible {
    package let file: FilePath
    /// The byte at which the damaged batch or entry begins.
    package let position: Int
    package let text: String
    /// What is damaged in the log itself; nil where an index is, which can be made anew.
    package let damage: LogError.CorruptBatch?

    package var description: String { "\(file) at byte \(position): \(text)" }
}

/// The check of one sealed segment, in steps: the checksum of every batch, offsets that follow each other, and the
/// indexes against the batches.
///
/// What was not in the page cache leaves it again, so that a check drives nothing out that somebody reads.
package struct SegmentScrub: Sendable {
    private let segment: SealedSegment
    private let file: any LogFile
    private var offsets: OffsetIndexCheck?
    private var times: TimeIndexCheck?
    private var position = 0
    private var next: Offset
    /// Whether the walk has come to its end.
    package private(set) var isDone = false
    /// What was wrong, in the order in which it was met.
    package private(set) var findings: [ScrubFinding] = []

    /// nil where the segment is gone.
    fileprivate init?(_ segment: SealedSegment, _ fileSystem: any FileSystem) throws(LogError) {
        self.segment = segment
        next = segment.baseOffset
        do throws(LogError) { file = try segment.file() } catch .storage(let error) where error.isMissing { return nil }
        do throws(FileSystemError) {
            offsets = try fileSystem.contents(of: segment.path(.index)).map {
                OffsetIndexCheck($0, baseOffset: segment.baseOffset)
            }
            times = try fileSystem.contents(of: segment.path(.timeindex)).map {
                TimeIndexCheck($0, baseOffset: segment.baseOffset)
            }
        } catch { throw .storage(error) }
    }

    /// Reads on for about so many bytes, one batch at least; returns how many bytes it has read. Blocks.
    package mutating func step(_ byteCount: Int) throws(LogError) -> Int {
        let start = position
        let end = min(segment.size, position + byteCount)
        let wasResident = file.isResident(start..<end)
        var scanner = SegmentScanner(file, from: position, to: segment.size, window: SegmentScanner.walkWindow)
        do throws(LogError) {
            while position < end, let batch = try scanner.next() { try check(batch, &scanner) }
        } catch .corrupt(let damage) {
            found(damage)
            isDone = true
        }
        if position >= segment.size { finish() }
        if !wasResident { drop(start..<max(end, position)) }
        return max(end, position) - start
    }

    private mutating func check(_ batch: SegmentScanner.Batch, _ scanner: inout SegmentScanner) throws(LogError) {
        guard batch.header.baseOffset >= next, batch.header.lastOffset < segment.nextOffset else {
            throw scanner.damage(.badOffsetRange, at: batch.position)
        }
        next = batch.header.nextOffset
        do throws(LogError) { try scanner.checkCRC(of: batch) } catch .corrupt(let damage) {
            // Its length is sound: the rest can be checked, too.
            found(damage)
        }
        offsets?.pass(batch)
        times?.pass(batch)
        position = batch.end
    }

    private mutating func finish() {
        guard !isDone else { return }
        isDone = true
        offsets?.finish()
        times?.finish(isSealed: true)
        guard findings.isEmpty else { return }
        if let problem = offsets?.problem { found(.index, problem) }
        if let problem = times?.problem { found(.timeindex, problem) }
    }

    private mutating func found(_ damage: LogError.CorruptBatch) {
        let text = LogError.corrupt(damage).findingText
        findings.append(
            ScrubFinding(file: segment.path(.log), position: damage.position, text: text, damage: damage))
    }

    private mutating func found(_ kind: SegmentFile, _ problem: IndexProblem) {
        findings.append(
            ScrubFinding(file: segment.path(kind), position: problem.position, text: problem.text, damage: nil))
    }

    /// Best effort: a page that stays takes room, nothing more.
    private func drop(_ range: Range<Int>) { try? file.dropFromPageCache(range) }

    /// Makes the indexes anew, after a finding that is not in the log.
    package func mendIndexes() throws(LogError) { try segment.rebuildIndexes() }
}

extension LogReader {
    /// The base offsets of the segments that take no more batches, ascending.
    package var sealedSegments: [Offset] { state.withLock { $0.sealed.map(\.baseOffset) } }

    /// Begins the check of a sealed segment; nil if it is gone by now.
    package func scrub(_ base: Offset, _ fileSystem: any FileSystem) throws(LogError) -> SegmentScrub? {
        let segment = state.withLock { state in
            state.isClosed ? nil : state.sealed.first { $0.baseOffset == base }
        }
        return try segment.flatMap { segment throws(LogError) in try SegmentScrub(segment, fileSystem) }
    }
}

extension PartitionLog {
    /// Damage was found: the log is read on, and nothing of it is compacted or rewritten before the next start.
    package func keepAsItIs(because damage: LogError.CorruptBatch) { uncleanable = uncleanable ?? .corrupt(damage) }
}
