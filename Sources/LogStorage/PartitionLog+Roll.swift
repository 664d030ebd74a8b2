import KafkaProtocol
import Synchronization

extension PartitionLog {
    /// Whether the next batches need a new segment: size, age, a full index, or offsets too far from the base.
    ///
    /// Age is counted in the records' own time, from the first batch of the segment to the next one, as Kafka does:
    /// old data that is loaded today does not make a segment of each batch.
    func shouldRoll(appending size: Int, lastOffset: Offset, now: Timestamp) -> Bool {
        guard tail.size > 0 else { return false }
        if tail.size + size > configuration.segmentBytes || tail.size + size > Int(Int32.max) { return true }
        if tail.baseOffset.distance(to: lastOffset) > Int64(Int32.max) { return true }
        let limit = configuration.maxIndexBytes
        return isTooOld(now: now) || reader.state.withLock { $0.tail.indexes.isFull(limit: limit) }
    }

    private func isTooOld(now: Timestamp) -> Bool {
        guard let first = tail.firstTimestamp, first >= 0, let next = pending.first?.header.maxTimestamp else {
            return tail.createdAt.milliseconds(to: now) > tail.maxAge
        }
        return next > first && first.milliseconds(to: next) > tail.maxAge
    }

    /// Seals the tail and begins a segment at `base`, the log end. If it fails, the tail stays as it is.
    func roll(at base: Offset, now: Timestamp) throws(LogError) {
        let (indexes, aborted) = reader.state.withLock { state in
            state.tail.indexes.seal()
            return (state.tail.indexes, state.tail.aborted)
        }
        do throws(FileSystemError) {
            var files = try writeIndexes(indexes, aborted)
            files.append(try write(ProducerSnapshot.encode(producers.producers), to: .snapshot, base))
            let next = try environment.fileSystem.open(SegmentFile.log.path(base, in: directory), .createEmpty)
            if configuration.preallocate {
                try next.allocate(0..<configuration.segmentBytes)
                // What was reserved beyond the end is given back.
                try tail.file.truncate(to: tail.size)
            }
            if unflushed.flushed < base { files.append(tail.file) }
            unflushed.files += files
            unflushed.names = true
            publishRoll(base, next, now: now)
        } catch { throw rollFailed(error, at: base) }
    }

    /// A segment that was begun in vain goes, durably before the tail is flushed beyond it: the next start would take it
    /// for the log's end. So does its snapshot, which may be half a one. Where the disk is not just full, the log goes offline.
    private func rollFailed(_ error: FileSystemError, at base: Offset) -> LogError {
        do throws(FileSystemError) {
            for kind in [SegmentFile.log, .snapshot] {
                try environment.fileSystem.removeIfPresent(kind.path(base, in: directory))
            }
            unflushed.names = true
            // The tail's indexes may have been written in part: a clean stop has to write them again.
            cleanEnd = nil
            if !error.isOutOfSpace { condition = .offline }
        } catch { condition = .offline }
        return .storage(error)
    }

    private func publishRoll(_ base: Offset, _ file: any LogFile, now: Timestamp) {
        let sealed = SealedSegment(
            baseOffset: tail.baseOffset, nextOffset: base, size: tail.size, directory: directory,
            environment: environment, indexInterval: configuration.indexIntervalBytes)
        sealed.forgetFiles()
        let next = TailSegment(
            baseOffset: base, file: file, size: 0, indexes: SegmentIndexes(baseOffset: base), writtenFrom: 0)
        reader.state.withLock { state in
            state.sealed.append(sealed)
            state.tail = next
        }
        tail = TailWriter(
            baseOffset: base, file: file, size: 0, firstTimestamp: nil, createdAt: now, maxAge: maxAge())
    }

    /// Writes the indexes of the tail; returns the files, which are not flushed yet. A transaction index that an earlier
    /// segment of that name has left goes: it would tell of aborts that are not in this one.
    func writeIndexes(
        _ indexes: SegmentIndexes, _ aborted: [AbortedTransaction]
    ) throws(FileSystemError) -> [any LogFile] {
        var files = [
            try write(indexes.offsetBytes, to: .index, indexes.baseOffset),
            try write(indexes.timeBytes, to: .timeindex, indexes.baseOffset),
        ]
        if !aborted.isEmpty {
            files.append(try write(TransactionIndex.encode(aborted), to: .txnindex, indexes.baseOffset))
        } else {
            try environment.fileSystem.removeIfPresent(SegmentFile.txnindex.path(indexes.baseOffset, in: directory))
        }
        return files
    }

    func write(_ bytes: [UInt8], to kind: SegmentFile, _ offset: Offset) throws(FileSystemError) -> any LogFile {
        let file = try environment.fileSystem.open(kind.path(offset, in: directory), .createEmpty)
        try file.write(bytes, at: 0)
        diskGuard.count(bytes.count)
        return file
    }
}
