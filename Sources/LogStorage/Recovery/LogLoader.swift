import KafkaProtocol
import SystemPackage

/// Brings a log from disk to memory, and after an unclean stop back to its last sound state. The steps are numbered in
/// the article CrashSafety. Needs no free disk space but for indexes, and memory for one window and one index.
struct LogLoader {
    let directory: FilePath
    let configuration: LogConfiguration
    let environment: LogEnvironment
    let start: LogStart
    let logStartOffset: Offset

    var report = RecoveryReport()
    var epochs = LeaderEpochs()
    /// Whether the epochs come from a sound checkpoint; otherwise they are read from the batches.
    var epochsAreKnown = false
    var producers = ProducerStateManager()
    /// What stands in the directory: nothing else is looked for.
    var names: Set<String> = []
    /// Base offsets of the segments, ascending.
    var bases: [Offset] = []
    /// By segment, from the first suspect one on.
    var verified: [Offset: VerifiedSegment] = [:]

    /// What a walk over a segment found.
    struct VerifiedSegment {
        var file: any LogFile
        var size: Int
        var indexes: SegmentIndexes
        var nextOffset: Offset
        var aborted: [AbortedTransaction] = []
    }

    var fileSystem: any FileSystem { environment.fileSystem }

    /// Everything that a log needs to begin.
    struct LoadedLog {
        var sealed: [SealedSegment]
        var tail: TailSegment
        var firstTimestamp: Timestamp?
        var logStart: Offset
        var logEnd: Offset
        var epochs: LeaderEpochs
        /// The highest epoch that was ever known, of batches that were cut too.
        var highestEpoch: LeaderEpoch?
        var producers: ProducerStateManager
        var report: RecoveryReport
    }

    mutating func load() throws(LogError) -> LoadedLog {
        do throws(FileSystemError) { try openDirectory() } catch { throw .storage(error) }
        try completeSwaps()
        do throws(FileSystemError) {
            try listSegments()
            try readEpochs()
        } catch { throw .storage(error) }
        report.wasUnclean = start.recoveryPoint != nil
        guard !bases.isEmpty else { return try makeNew(at: logStartOffset) }
        let suspect = firstSuspect
        if !epochsAreKnown { try readEpochsFromBatches(before: suspect) }
        if let recoveryPoint = start.recoveryPoint {
            try verify(from: suspect, recoveryPoint: recoveryPoint)
        } else {
            try loadTail()
        }
        guard let last = bases.last, let logEnd = verified[last]?.nextOffset else { throw .offline }
        if logEnd < logStartOffset { return try startOver() }
        let aborted = try loadProducers(suspect: bases[min(suspect, bases.count - 1)], logEnd: logEnd)
        guard let tail = verified[last] else { throw .offline }
        return try finish(tail, aborted: aborted)
    }

    // MARK: Directory

    private mutating func openDirectory() throws(FileSystemError) {
        if try fileSystem.isDirectory(directory) {
            names = Set(try fileSystem.list(directory))
            return
        }
        try fileSystem.createDirectory(directory)
        try fileSystem.synchronizeDirectory(directory.removingLastComponent())
    }

    private mutating func listSegments() throws(FileSystemError) {
        var others: [(file: SegmentFile, offset: Offset)] = []
        for name in names.sorted() {
            if name.hasSuffix(".tmp") || name.hasSuffix(SegmentFile.Suffix.deleted.rawValue) {
                try fileSystem.remove(directory.appending(name))
            } else if let (file, offset) = SegmentFile.parse(name) {
                if file == .log { bases.append(offset) } else { others.append((file, offset)) }
            }
        }
        bases.sort()
        try removeOrphans(others)
    }

    /// Removes what a removal of segments left that did not get to its end: indexes without a log, and snapshots below the
    /// first segment, which do not know of the batches between.
    private func removeOrphans(_ others: [(file: SegmentFile, offset: Offset)]) throws(FileSystemError) {
        guard let first = bases.first else { return }
        for (file, offset) in others where offset < first {
            try fileSystem.remove(file.path(offset, in: directory))
        }
    }

    /// The content of a file that was there when the directory was read.
    func contents(of name: String) throws(FileSystemError) -> [UInt8]? {
        guard names.contains(name) else { return nil }
        return try fileSystem.contents(of: directory.appending(name))
    }

    private mutating func readEpochs() throws(FileSystemError) {
        guard let bytes = try contents(of: LeaderEpochCheckpoint.name) else { return }
        if let epochs = LeaderEpochCheckpoint.decode(bytes) {
            self.epochs = epochs
            epochsAreKnown = !epochs.entries.isEmpty
        } else {
            report.filesRebuilt.append(LeaderEpochCheckpoint.name)
        }
    }

    /// The index of the first segment that may hold what was not flushed: the last one that begins at or before the
    /// recovery point; after a clean stop the last of all.
    private var firstSuspect: Int {
        guard let recoveryPoint = start.recoveryPoint else { return bases.count - 1 }
        return bases.lastIndex { $0 <= recoveryPoint } ?? 0
    }

    /// The first segment's name is durable before anything is appended: a later one that survives without it would move
    /// the log start. What an earlier log has left tells nothing of this one.
    private mutating func makeNew(at offset: Offset) throws(LogError) -> LoadedLog {
        let highestEpoch = epochs.latest
        report.startedOver = offset > 0
        _ = epochs.truncate(to: offset)
        do throws(FileSystemError) {
            for name in try fileSystem.list(directory) where SegmentFile.parse(name) != nil {
                try fileSystem.remove(directory.appending(name))
            }
            let file = try fileSystem.open(SegmentFile.log.path(offset, in: directory), .createEmpty)
            if configuration.preallocate { try file.allocate(0..<configuration.segmentBytes) }
            try fileSystem.synchronizeDirectory(directory)
            let tail = TailSegment(
                baseOffset: offset, file: file, size: 0, indexes: SegmentIndexes(baseOffset: offset), writtenFrom: 0)
            return LoadedLog(
                sealed: [], tail: tail, logStart: offset, logEnd: offset, epochs: epochs, highestEpoch: highestEpoch,
                producers: producers, report: report)
        } catch { throw .storage(error) }
    }

    /// Nothing of what is left lies at or behind the log start: it goes, and the log begins anew there.
    private mutating func startOver() throws(LogError) -> LoadedLog {
        try drop(segmentsFrom: 0)
        bases = []
        return try makeNew(at: logStartOffset)
    }

    // MARK: Finish

    private mutating func finish(
        _ tail: VerifiedSegment, aborted: [Offset: [AbortedTransaction]]
    ) throws(LogError) -> LoadedLog {
        var sealed: [SealedSegment] = []
        for (base, next) in zip(bases, bases.dropFirst()) {
            let size = if let known = verified[base] { known.size } else { try size(of: base) }
            sealed.append(
                SealedSegment(
                    baseOffset: base, nextOffset: next, size: size, directory: directory, environment: environment,
                    indexInterval: configuration.indexIntervalBytes))
        }
        try writeRebuilt(aborted)
        var segment = TailSegment(
            baseOffset: tail.indexes.baseOffset, file: tail.file, size: tail.size, indexes: tail.indexes,
            writtenFrom: tail.size)
        segment.aborted = aborted[segment.baseOffset] ?? tail.aborted
        if let recoveryPoint = start.recoveryPoint, tail.nextOffset < recoveryPoint {
            report.endsBelowRecoveryPoint = recoveryPoint
        }
        let highestEpoch = epochs.latest
        epochs.truncate(before: bases[0])
        if epochs.truncate(to: tail.nextOffset), start == .clean {
            report.filesRebuilt.append(LeaderEpochCheckpoint.name)
        }
        return LoadedLog(
            sealed: sealed, tail: segment, firstTimestamp: try firstTimestamp(of: tail),
            logStart: max(logStartOffset, bases[0]), logEnd: tail.nextOffset, epochs: epochs,
            highestEpoch: highestEpoch, producers: producers, report: report)
    }

    private func firstTimestamp(of segment: VerifiedSegment) throws(LogError) -> Timestamp? {
        var scanner = SegmentScanner(segment.file, to: segment.size, window: RecordBatchHeader.byteCount)
        return try scanner.next()?.header.maxTimestamp
    }

    private func size(of base: Offset) throws(LogError) -> Int {
        do throws(FileSystemError) {
            return try fileSystem.open(SegmentFile.log.path(base, in: directory), .readOnly).size()
        } catch { throw .storage(error) }
    }

    /// Makes what the verification rebuilt durable: indexes of segments that are sealed by now, then all names.
    private mutating func writeRebuilt(_ aborted: [Offset: [AbortedTransaction]]) throws(LogError) {
        do throws(FileSystemError) {
            // The last segment's, too: it may have been sealed before the cut, and its file would tell of aborts that
            // are gone.
            for (base, transactions) in aborted {
                try write(TransactionIndex.encode(transactions), to: .txnindex, base)
            }
            guard start != .clean else { return }
            for base in bases.dropLast() {
                guard var segment = verified[base] else { continue }
                segment.indexes.seal()
                try write(segment.indexes, base)
            }
            try fileSystem.synchronizeDirectory(directory)
        } catch { throw .storage(error) }
    }

    /// A full disk does not keep the log from being opened: an index that is missing is made when it is asked for.
    private func write(_ indexes: SegmentIndexes, _ base: Offset) throws(FileSystemError) {
        do throws(FileSystemError) {
            try write(indexes.offsetBytes, to: .index, base)
            try write(indexes.timeBytes, to: .timeindex, base)
        } catch  where error.isOutOfSpace {
            for kind in [SegmentFile.index, .timeindex] {
                try fileSystem.removeIfPresent(kind.path(base, in: directory))
            }
        }
    }

    func write(_ bytes: [UInt8], to kind: SegmentFile, _ base: Offset) throws(FileSystemError) {
        let file = try fileSystem.open(kind.path(base, in: directory), .createEmpty)
        try file.write(bytes, at: 0)
        try file.synchronize()
    }
}
