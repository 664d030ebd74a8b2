import KafkaProtocol
import SystemPackage

/// The two passes of one cleaning over its segments.
struct CleaningWork {
    let cleaning: LogCleaning
    let limits: CleaningLimits
    let epochs: LeaderEpochs
    var report: CleaningReport

    // MARK: First pass

    /// Notes the keys of the dirty part, as far as the map has room.
    mutating func noteKeys(
        in map: inout KeyOffsetMap, _ cleaner: consuming BatchCleaner, _ spend: (Int) -> Void
    ) throws(LogError) {
        let start = cleaning.range.firstDirty
        for segment in cleaning.segments where segment.nextOffset > start {
            var stream = try BatchStream(segment, epochs: epochs, windowSize: limits.bufferBytes)
            while let batch = try stream.next() {
                try account(batch.header.sizeInBytes, spend)
                guard batch.header.lastOffset >= start else { continue }
                do {
                    guard try cleaner.note(batch, from: start, in: &map) else { return }
                } catch { throw stream.damage(.batch(error), at: stream.position - batch.header.sizeInBytes) }
            }
            map.advance(to: segment.nextOffset - 1)
        }
    }

    private mutating func account(_ bytes: Int, _ spend: (Int) -> Void) throws(LogError) {
        report.bytesRead += bytes
        spend(bytes)
        try cleaning.checkNotAborted()
    }

    // MARK: Second pass

    /// Writes what stays of `group` into one segment and puts it in the group's place.
    mutating func clean(
        _ group: [SealedSegment], by map: borrowing KeyOffsetMap, _ cleaner: inout BatchCleaner,
        _ spend: (Int) -> Void
    ) throws(LogError) {
        guard let first = group.first, let last = group.last else { return }
        let size = group.reduce(0) { $0 + $1.size }
        try checkSpace(for: size)
        let (directory, fileSystem) = (cleaning.directory, cleaning.environment.fileSystem)
        let interval = cleaning.configuration.indexIntervalBytes
        let bufferBytes = limits.bufferBytes
        var writer = try cleaning.named { () throws(FileSystemError) in
            try CleanedSegmentWriter(
                baseOffset: first.baseOffset, directory: directory, fileSystem: fileSystem, indexInterval: interval,
                bufferSize: bufferBytes)
        }
        do throws(LogError) {
            var isUnchanged = group.count == 1
            // After a stop in the middle of the swap its last offset says which segments it takes the place of. Of one
            // segment it need not: consumers would get nothing but an empty batch from what was cleaned away.
            let end = group.count > 1 ? last.nextOffset : nil
            for segment in group {
                try clean(segment, end: end, by: map, &cleaner, into: &writer, &isUnchanged, spend)
            }
            if isUnchanged {
                discard(first.baseOffset)
            } else {
                let kinds = try finish(&writer)
                let cleaned = SealedSegment(
                    baseOffset: first.baseOffset, nextOffset: last.nextOffset, size: writer.size,
                    directory: directory, environment: cleaning.environment, indexInterval: interval)
                try cleaning.swap(group, for: cleaned, kinds)
            }
        } catch {
            if !cleaning.isBroken { discard(first.baseOffset) }
            throw error
        }
        report.segmentsBefore += group.count
        report.segmentsAfter += 1
        report.bytesBefore += size
        report.bytesAfter += writer.size
    }

    private mutating func clean(
        _ segment: SealedSegment, end: Offset?, by map: borrowing KeyOffsetMap, _ cleaner: inout BatchCleaner,
        into writer: inout CleanedSegmentWriter, _ isUnchanged: inout Bool, _ spend: (Int) -> Void
    ) throws(LogError) {
        var stream = try BatchStream(segment, epochs: epochs, windowSize: limits.bufferBytes)
        while let batch = try stream.next() {
            try account(batch.header.sizeInBytes, spend)
            let kept: BatchCleaner.Kept
            do {
                kept = try cleaner.clean(batch, by: map, isLast: batch.header.nextOffset == end)
            } catch { throw stream.damage(.batch(error), at: stream.position - batch.header.sizeInBytes) }
            switch kept {
            case .nothing: isUnchanged = false
            case .unchanged: try write(batch, to: &writer, spend)
            case .rewritten(let batch):
                isUnchanged = false
                try write(batch, to: &writer, spend)
            }
        }
        writer.aborted += cleaner.takeAborted()
    }

    private mutating func write(
        _ batch: RecordBatchView, to writer: inout CleanedSegmentWriter, _ spend: (Int) -> Void
    ) throws(LogError) {
        guard writer.size + batch.header.sizeInBytes <= Int(Int32.max) else {
            throw .recordBatchTooLarge(size: writer.size + batch.header.sizeInBytes, limit: Int(Int32.max))
        }
        do { try writer.append(batch) } catch { throw .storage(error) }
        report.bytesWritten += batch.header.sizeInBytes
        cleaning.diskGuard.count(batch.header.sizeInBytes)
        spend(batch.header.sizeInBytes)
    }

    private func finish(_ writer: inout CleanedSegmentWriter) throws(LogError) -> [SegmentFile] {
        try cleaning.named { () throws(FileSystemError) in try writer.openIndexes() }
        do { return try writer.finish() } catch { throw .storage(error) }
    }

    /// A cleaning that would fill the disk is not begun: it frees nothing before its first swap. As it will free room it
    /// may use the reserve as far as the broker's own logs may.
    private func checkSpace(for size: Int) throws(LogError) {
        do throws(FileSystemError) {
            guard try cleaning.diskGuard.hasRoom(for: size, .internalLogs) else {
                throw FileSystemError(.allocate, cleaning.directory, .noSpace)
            }
        } catch { throw .storage(error) }
    }

    /// Removes what was written in vain, unless the folder is not ours any more.
    private func discard(_ base: Offset) {
        let (directory, fileSystem) = (cleaning.directory, cleaning.environment.fileSystem)
        try? cleaning.named { () throws(FileSystemError) in
            for kind in SegmentFile.allCases {
                try fileSystem.removeIfPresent(kind.path(base, in: directory, .cleaned))
            }
        }
    }
}
