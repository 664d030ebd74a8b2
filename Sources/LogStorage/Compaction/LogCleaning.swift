package import KafkaProtocol
import Synchronization
import SystemPackage

/// What a cleaning may take of the machine.
package struct CleaningLimits: Hashable, Sendable {
    /// The bytes of the map of keys, at most (`log.cleaner.dedupe.buffer.size` of one thread).
    package var mapBytes = 128 << 20
    /// `log.cleaner.io.buffer.load.factor`
    package var loadFactor = 0.9
    /// The bytes that are read and written at once (`log.cleaner.io.buffer.size` of one thread); a larger batch takes more.
    package var bufferBytes = 512 << 10

    package init() {}
}

/// What a cleaning has done.
package struct CleaningReport: Hashable, Sendable {
    /// Below it the log is clean now.
    package var cleanedUpTo: Offset
    package var keyCount = 0
    /// Bytes of log, those that were read twice counted twice.
    package var bytesRead = 0
    package var bytesWritten = 0
    package var segmentsBefore = 0
    package var segmentsAfter = 0
    package var bytesBefore = 0
    package var bytesAfter = 0
}

/// One cleaning of one log (compaction): first the last offset of each key in the dirty part is noted, then all segments
/// up to there are written anew with what is still said, group by group.
///
/// Made by ``PartitionLog/beginCleaning(_:)`` under the log's lock, run without it on a thread that may block, and given
/// back with ``PartitionLog/endCleaning(_:_:)``. Appends and reads go on meanwhile.
package final class LogCleaning: Sendable {
    package let range: CleanableRange
    /// All sealed segments up to the end of the range, oldest first.
    let segments: [SealedSegment]
    let directory: FilePath
    let configuration: LogConfiguration
    let environment: LogEnvironment
    let reader: LogReader
    let diskGuard: DiskGuard
    let producers: ActiveProducers

    /// Held around everything that goes by names, so that a log that is closed or deleted is not touched afterwards.
    private let gate = Mutex(Gate())

    private struct Gate {
        var isAborted = false
        /// A swap failed half way: only the next start can tell what the disk has.
        var isBroken = false
    }

    init(
        _ range: CleanableRange, segments: [SealedSegment], directory: FilePath, configuration: LogConfiguration,
        environment: LogEnvironment, reader: LogReader, diskGuard: DiskGuard, producers: ActiveProducers
    ) {
        self.range = range
        self.segments = segments
        self.directory = directory
        self.configuration = configuration
        self.environment = environment
        self.reader = reader
        self.diskGuard = diskGuard
        self.producers = producers
    }

    /// Ends the cleaning at the next batch. When it returns, no file of the log is renamed or removed any more; waits for
    /// one swap at most.
    package func abort() { gate.withLock { $0.isAborted = true } }

    /// Whether it was ended from outside.
    package var isAborted: Bool { gate.withLock { $0.isAborted } }

    var isBroken: Bool { gate.withLock { $0.isBroken } }

    /// Cleans. Blocks. Throws `offline` where it was aborted, `corrupt` where a batch is damaged: groups that were swapped
    /// before are clean, what is damaged stays as it is.
    /// - Parameter spend: told of bytes that were read or written; may wait, to keep to a rate.
    package func run(
        _ limits: CleaningLimits, now: Timestamp, spend: (Int) -> Void = { _ in }
    ) throws(LogError) -> CleaningReport {
        do throws(LogError) {
            return try clean(limits, now: now, spend)
        } catch {
            throw isAborted ? .offline : error
        }
    }

    private func clean(
        _ limits: CleaningLimits, now: Timestamp, _ spend: (Int) -> Void
    ) throws(LogError) -> CleaningReport {
        guard let first = segments.first else { return CleaningReport(cleanedUpTo: range.firstDirty) }
        let aborted = try reader.abortedTransactions(in: first.baseOffset..<range.end)
        let rules = BatchCleaner.Rules(
            now: now, deleteRetention: configuration.deleteRetention.wholeMilliseconds,
            maxMessageBytes: configuration.maxMessageBytes, producers: producers)
        var map = KeyOffsetMap(
            keys: range.firstDirty.distance(to: range.end), memory: limits.mapBytes, loadFactor: limits.loadFactor,
            start: range.firstDirty)
        var work = CleaningWork(
            cleaning: self, limits: limits, epochs: reader.state.withLock { $0.epochs },
            report: CleaningReport(cleanedUpTo: range.firstDirty))
        try work.noteKeys(in: &map, BatchCleaner(rules, aborted: aborted), spend)
        var cleaner = BatchCleaner(rules, aborted: aborted)
        let reached = segments.filter { $0.baseOffset <= map.latestOffset }
        for group in SegmentGroups.split(reached, configuration) {
            try work.clean(group, by: map, &cleaner, spend)
        }
        work.report.keyCount = map.count
        work.report.cleanedUpTo = map.latestOffset + 1
        return work.report
    }

    // MARK: What goes by names

    func checkNotAborted() throws(LogError) { if isAborted { throw .offline } }

    /// Runs what makes or changes names; throws `offline` where the log is ours no more.
    func named<Result>(_ body: () throws(FileSystemError) -> Result) throws(LogError) -> Result {
        try gate.withLock { gate throws(LogError) in
            if gate.isAborted { throw .offline }
            do throws(FileSystemError) { return try body() } catch { throw .storage(error) }
        }
    }

    /// Puts the cleaned segment in the place of `group`, on disk and then for readers.
    func swap(_ group: [SealedSegment], for segment: SealedSegment, _ kinds: [SegmentFile]) throws(LogError) {
        let swap = SegmentSwap(
            baseOffset: segment.baseOffset, directory: directory, fileSystem: environment.fileSystem)
        let names = Set(kinds.map { $0.name(segment.baseOffset) + SegmentFile.Suffix.swap.rawValue })
        try gate.withLock { gate throws(LogError) in
            if gate.isAborted { throw .offline }
            for old in group { try old.hold() }
            do throws(FileSystemError) {
                try swap.commit(kinds)
                try swap.complete(removing: group.dropFirst().map(\.baseOffset), names: names)
            } catch {
                gate.isBroken = true
                throw .storage(error)
            }
            reader.state.withLock { $0.replace(group, with: segment) }
        }
        for old in group { old.forgetFiles() }
    }
}

extension ReadState {
    /// Readers see the new segment in the place of the old ones, all at once.
    fileprivate mutating func replace(_ old: [SealedSegment], with new: SealedSegment) {
        guard let first = sealed.firstIndex(where: { $0 === old.first }), first + old.count <= sealed.count,
            zip(sealed[first...], old).allSatisfy({ $0 === $1 })
        else { preconditionFailure("segments left the log while they were cleaned") }
        sealed.replaceSubrange(first..<first + old.count, with: [new])
    }
}
