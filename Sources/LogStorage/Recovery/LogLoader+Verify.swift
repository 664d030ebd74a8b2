import KafkaProtocol
import SystemPackage

extension LogLoader {
    // MARK: After an unclean stop

    /// Reads every segment that may hold what was not flushed, as the disk returns it, and cuts the log behind the last
    /// sound batch.
    mutating func verify(from suspect: Int, recoveryPoint: Offset) throws(LogError) {
        var expected = bases[suspect]
        for index in suspect..<bases.count {
            let base = bases[index]
            // Segments behind the first begin behind the recovery point: nothing of them was compacted. Below the log
            // start segments may have gone whose names a stop has brought back in part.
            if index > suspect, base < expected || (base > expected && start.isDense && base > logStartOffset) {
                try cut(before: index, expected: expected)
                break
            }
            let (segment, damage) = try walk(base, recoveryPoint: recoveryPoint)
            verified[base] = segment
            expected = segment.nextOffset
            report.segmentsVerified += 1
            if let damage {
                report.cut = damage
                try drop(segmentsFrom: index + 1)
                try cut(segment)
                break
            }
        }
        do throws(FileSystemError) {
            for segment in verified.values { try segment.file.synchronize() }
        } catch { throw .storage(error) }
    }

    /// Reads a segment from its start: headers up to the recovery point, checksums behind it. Returns what is sound, and
    /// what is wrong with the rest.
    private mutating func walk(
        _ base: Offset, recoveryPoint: Offset
    ) throws(LogError) -> (VerifiedSegment, LogError.CorruptBatch?) {
        let (file, size) = try openAsOnDisk(base)
        var segment = VerifiedSegment(
            file: file, size: 0, indexes: SegmentIndexes(baseOffset: base), nextOffset: base)
        var scanner = SegmentScanner(file, to: size, window: SegmentScanner.walkWindow)
        do throws(LogError) {
            while let batch = try scanner.next() {
                if let reason = place(batch.header, behind: segment, recoveryPoint: recoveryPoint) {
                    throw scanner.damage(reason, at: batch.position)
                }
                if batch.header.lastOffset >= recoveryPoint {
                    try scanner.checkCRC(of: batch)
                    report.bytesVerified += batch.header.sizeInBytes
                }
                try check(batch, in: file)
                segment.indexes.add(batch.header, at: batch.position, interval: configuration.indexIntervalBytes)
                segment.nextOffset = batch.header.nextOffset
                segment.size = batch.end
            }
            return (segment, nil)
        } catch {
            // What was flushed once and is damaged now is no torn tail: cutting would lose what was acknowledged.
            guard case .corrupt(let damage) = error, damage.isTorn, segment.nextOffset >= recoveryPoint else {
                throw error
            }
            return (segment, damage)
        }
    }

    /// What is wrong with a header, whose first 16 bytes no checksum covers, at its place behind the batches before it.
    private func place(
        _ header: RecordBatchHeader, behind segment: VerifiedSegment, recoveryPoint: Offset
    ) -> RecordBatchError? {
        let expected = segment.nextOffset
        let base = segment.indexes.baseOffset
        guard header.baseOffset >= expected, base.distance(to: header.lastOffset) <= Int64(Int32.max) else {
            return .badOffsetDelta(record: 0)
        }
        if start.isDense, header.baseOffset > max(expected, recoveryPoint, logStartOffset) {
            return .badOffsetDelta(record: 0)
        }
        return nil
    }

    /// Throws unless the batch has the epoch that the checkpoint says. No torn write leaves a right checksum and a wrong
    /// epoch: then one of the two is damaged, and nobody here can tell which. Without a checkpoint the batches say what
    /// the epochs are, as long as they rise.
    private mutating func check(_ batch: SegmentScanner.Batch, in file: any LogFile) throws(LogError) {
        let found = batch.header.partitionLeaderEpoch
        let known = epochsAreKnown ? epochs.epoch(at: batch.header.baseOffset) : max(found, epochs.latest ?? 0)
        // Below the log start epochs are forgotten; a stop can bring a segment back.
        if known == nil, batch.header.nextOffset <= logStartOffset { return }
        guard found == known else {
            let reason = LogError.CorruptBatch.Reason.leaderEpoch(found: found, known: known ?? .none)
            throw .corrupt(.init(file: file.path.string, position: batch.position, reason: reason))
        }
        if !epochsAreKnown { _ = epochs.assign(found, startOffset: batch.header.baseOffset) }
    }

    /// Opens a segment so that reads show what the disk has: flushed, and forgotten by the page cache.
    private func openAsOnDisk(_ base: Offset) throws(LogError) -> (any LogFile, size: Int) {
        do throws(FileSystemError) {
            return try showAsOnDisk(SegmentFile.log.path(base, in: directory))
        } catch { throw .storage(error) }
    }

    /// A flush that failed in an earlier process has left pages that can be read and are not on disk.
    @discardableResult
    func showAsOnDisk(_ path: FilePath) throws(FileSystemError) -> (any LogFile, size: Int) {
        let file = try fileSystem.open(path, .readWrite)
        let size = try file.size()
        try file.synchronizeData()
        try file.dropFromPageCache(0..<size)
        return (file, size)
    }

    /// Ends a segment behind its last sound batch.
    private mutating func cut(_ segment: VerifiedSegment) throws(LogError) {
        do throws(FileSystemError) {
            report.bytesCut += try segment.file.size() - segment.size
            try segment.file.truncate(to: segment.size)
        } catch { throw .storage(error) }
    }

    /// The segment at `index` does not continue the one before it: it and all behind it go.
    private mutating func cut(before index: Int, expected: Offset) throws(LogError) {
        let path = SegmentFile.log.path(bases[index], in: directory)
        report.cut = .init(file: path.string, position: 0, reason: .hole(expected: expected))
        try drop(segmentsFrom: index)
    }

    /// Removes segments, the last first, so that a crash on the way leaves no hole.
    mutating func drop(segmentsFrom index: Int) throws(LogError) {
        do throws(FileSystemError) {
            for base in bases[index...].reversed() {
                let log = SegmentFile.log.path(base, in: directory)
                report.bytesCut += try fileSystem.open(log, .readOnly).size()
                report.segmentsDropped += 1
                for kind in [SegmentFile.index, .timeindex, .txnindex, .snapshot, .log] {
                    try fileSystem.removeIfPresent(kind.path(base, in: directory))
                }
                verified[base] = nil
            }
            bases.removeSubrange(index...)
            try fileSystem.synchronizeDirectory(directory)
        } catch { throw .storage(error) }
    }

    // MARK: After a clean stop

    /// Takes the last segment with its indexes as they were closed; walks it if they are in doubt.
    mutating func loadTail() throws(LogError) {
        guard let base = bases.last else { return }
        let file: any LogFile
        let size: Int
        do throws(FileSystemError) {
            file = try fileSystem.open(SegmentFile.log.path(base, in: directory), .readWrite)
            size = try file.size()
        } catch { throw .storage(error) }
        if let closed = try closedTail(base, file, size) {
            verified[base] = closed
            return
        }
        if size > 0 { report.filesRebuilt.append(SegmentFile.index.name(base)) }
        verified[base] = try walkTail(base, file, size, from: nil)
    }

    private func closedTail(_ base: Offset, _ file: any LogFile, _ size: Int) throws(LogError) -> VerifiedSegment? {
        let offsets: [UInt8]
        let times: [UInt8]
        do throws(FileSystemError) {
            guard let index = try fileSystem.contents(of: SegmentFile.index.path(base, in: directory)),
                let timeIndex = try fileSystem.contents(of: SegmentFile.timeindex.path(base, in: directory))
            else { return nil }
            (offsets, times) = (index, timeIndex)
        } catch { throw .storage(error) }
        let entry: OffsetIndexView.Entry? = unsafe offsets.withUnsafeBytes { bytes in
            let view = unsafe OffsetIndexView(bytes: bytes, baseOffset: base)
            return unsafe view.isSound(segmentSize: size) && view.count > 0 ? view[view.count - 1] : nil
        }
        let timesAreSound = unsafe times.withUnsafeBytes { bytes in
            unsafe TimeIndexView(bytes: bytes, baseOffset: base).isSound()
        }
        guard entry != nil || offsets.isEmpty, timesAreSound, !times.isEmpty || size == 0 else { return nil }
        let indexes = SegmentIndexes(
            baseOffset: base, offsetBytes: offsets, timeBytes: times, tail: size - (entry?.position ?? 0))
        guard let last = indexes.maxTimestamp?.lastOffset ?? (size == 0 ? base - 1 : nil) else { return nil }
        if let highest = indexes.maxTimestamp, try !isTrue(highest, indexes, file, size) { return nil }
        var scanner = SegmentScanner(file, from: entry?.position ?? 0, to: size, window: SegmentScanner.walkWindow)
        var next = base
        do throws(LogError) {
            while let batch = try scanner.next() {
                if next == base, let entry, batch.header.lastOffset != entry.lastOffset { return nil }
                guard batch.header.baseOffset >= next else { return nil }
                try scanner.checkCRC(of: batch)
                next = batch.header.nextOffset
            }
        } catch .corrupt { return nil }
        guard last < next || size == 0 else { return nil }
        return VerifiedSegment(file: file, size: size, indexes: indexes, nextOffset: next)
    }

    /// Whether the batch that a time index names has the time that it says.
    private func isTrue(
        _ entry: TimeIndexView.Entry, _ indexes: SegmentIndexes, _ file: any LogFile, _ size: Int
    ) throws(LogError) -> Bool {
        let from = unsafe indexes.withOffsets { view in unsafe view.entry(notBehind: entry.lastOffset)?.position }
        var scanner = SegmentScanner(file, from: from ?? 0, to: size, window: SegmentScanner.searchWindow)
        do throws(LogError) {
            while let batch = try scanner.next() {
                guard batch.header.lastOffset >= entry.lastOffset else { continue }
                return batch.header.lastOffset == entry.lastOffset && batch.header.maxTimestamp == entry.timestamp
            }
            return false
        } catch .corrupt { return false }
    }

    /// Rebuilds the indexes of the last segment. Damage in a log that was closed cleanly is never cut away.
    private func walkTail(
        _ base: Offset, _ file: any LogFile, _ size: Int, from: Int?
    ) throws(LogError) -> VerifiedSegment {
        var segment = VerifiedSegment(
            file: file, size: size, indexes: SegmentIndexes(baseOffset: base), nextOffset: base)
        var scanner = SegmentScanner(file, to: size, window: SegmentScanner.walkWindow)
        while let batch = try scanner.next() {
            guard batch.header.baseOffset >= segment.nextOffset else {
                throw scanner.damage(.badOffsetDelta(record: 0), at: batch.position)
            }
            try scanner.checkCRC(of: batch)
            segment.indexes.add(batch.header, at: batch.position, interval: configuration.indexIntervalBytes)
            segment.nextOffset = batch.header.nextOffset
        }
        return segment
    }
}

extension LogError.CorruptBatch {
    /// Whether a write that was cut off may have left it.
    fileprivate var isTorn: Bool { if case .batch = reason { true } else { false } }
}
