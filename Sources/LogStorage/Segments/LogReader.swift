package import KafkaProtocol
import Synchronization

/// The reading side of a log: usable from any thread, never waits for an append.
///
/// Its lock guards one small value, the offsets and the list of segments together, and is held for memory operations
/// only. The partition's lock may be held around it; nothing is locked inside it.
package final class LogReader: Sendable {
    let state: Mutex<ReadState>

    init(_ state: ReadState) { self.state = Mutex(state) }

    package var offsets: PartitionOffsets { state.withLock { $0.offsets } }

    /// The range of the batches from the one that contains `offset` on.
    ///
    /// Reads of the recent tail touch no file; others read batch headers around both ends, which blocks where they are
    /// not in the page cache.
    /// - Parameters:
    ///   - maxBytes: at most so many bytes; whole batches only.
    ///   - minOneBatch: the first batch comes even if it is larger.
    ///   - upTo: exclusive bound: the high watermark or the last stable offset.
    package func read(
        from offset: Offset, maxBytes: Int, minOneBatch: Bool, upTo: Offset
    ) throws(LogError) -> LogRead {
        try lookingAgain { () throws(LogError) in
            try find(offset, maxBytes: maxBytes, minOneBatch: minOneBatch, upTo: upTo)
        }
    }

    /// A file that is gone was that of a segment that retention has removed, or compaction replaced, since the list was
    /// copied: the list of now tells which.
    func lookingAgain<Result>(_ look: () throws(LogError) -> Result) throws(LogError) -> Result {
        for _ in 0..<3 {
            do throws(LogError) {
                return try look()
            } catch .storage(let error) where error.isMissing {}
        }
        return try look()
    }

    private func find(
        _ offset: Offset, maxBytes: Int, minOneBatch: Bool, upTo: Offset
    ) throws(LogError) -> LogRead {
        var place = try state.withLock { state throws(LogError) in try state.place(of: offset, upTo: upTo) }
        var next = offset
        var passedOver: LogRead?
        while let segment = place.segment {
            if let slice = try LogSearch(reader: self, segment: segment).slice(
                from: next, maxBytes: maxBytes, minOneBatch: minOneBatch, bound: place.bound)
            {
                let read = LogRead(
                    offsets: place.offsets, firstBatchBaseOffset: slice.baseOffset,
                    slices: slice.slice.map { [$0] } ?? [])
                guard let range = slice.slice else { return passedOver ?? read }
                // A consumer that gets nothing but batches without records, which compaction can leave, time and again,
                // may give up (librdkafka does): what follows them is looked for here.
                guard let end = range.endWithoutRecords else { return read }
                passedOver = passedOver ?? read
                next = end
            } else {
                // The offset lies in a hole at the end of the segment.
                next = segment.nextOffset
            }
            guard next > offset || segment.size == 0, next < place.bound else { break }
            place = try state.withLock { state throws(LogError) in try state.place(of: next, upTo: upTo) }
        }
        return passedOver ?? LogRead(offsets: place.offsets, firstBatchBaseOffset: nil, slices: [])
    }

    /// KIP-320: the largest epoch not above `epoch` and the offset where it ends; nil if nothing is known of it.
    package func endOffset(forLeaderEpoch epoch: LeaderEpoch) -> (epoch: LeaderEpoch, endOffset: Offset)? {
        state.withLock { state in
            guard let end = state.epochs.endOffset(for: epoch, logEnd: state.offsets.logEnd) else { return nil }
            // An epoch may have ended in what is not to be read any more.
            return (end.epoch, max(end.endOffset, state.offsets.logStart))
        }
    }

    /// The epoch in which `offset` was (or would be) written; -1 if there is none.
    package func leaderEpoch(at offset: Offset) -> LeaderEpoch {
        state.withLock { $0.epochs.epoch(at: offset) ?? .none }
    }

    /// The aborted transactions that overlap the range, by first offset: for a `read_committed` fetch. If the log start
    /// has passed the range's begin by the time that this returns, some may be missing.
    package func abortedTransactions(in range: Range<Offset>) throws(LogError) -> [AbortedTransaction] {
        let (segments, tail) = state.withLock { state in
            let first = state.sealed.lastIndex { $0.baseOffset <= range.lowerBound } ?? 0
            return (Array(state.sealed[min(first, state.sealed.count)...]), state.tail.aborted)
        }
        var found: [AbortedTransaction] = []
        func take(_ transactions: [AbortedTransaction]) -> Bool {
            for transaction in transactions {
                if transaction.lastOffset >= range.lowerBound, transaction.firstOffset < range.upperBound {
                    found.append(transaction)
                }
                if transaction.lastStableOffset >= range.upperBound { return false }
            }
            return true
        }
        var goesOn = true
        for segment in segments where goesOn { goesOn = take(try segment.abortedTransactions()) }
        if goesOn { _ = take(tail) }
        return found.sorted { $0.firstOffset < $1.firstOffset }
    }
}

/// What a reader sees: copied or looked into under the reader's lock.
struct ReadState: Sendable {
    var offsets: PartitionOffsets
    /// All segments but the last, ascending.
    var sealed: [SealedSegment] = []
    var tail: TailSegment
    var epochs = LeaderEpochs()
    /// The byte at which the high watermark stands, in the segment of that base offset.
    var committed: (base: Offset, position: Int)
    /// Closed or deleted: nothing can be read any more.
    var isClosed = false

    /// Where to look for an offset, and how far.
    struct Place: Sendable {
        var offsets: PartitionOffsets
        /// nil where there is nothing to read below the bound.
        var segment: ReadableSegment?
        var bound: Offset
    }

    func place(of offset: Offset, upTo: Offset) throws(LogError) -> Place {
        guard !isClosed else { throw .offline }
        guard offset >= offsets.logStart, offset <= offsets.logEnd else {
            throw .offsetOutOfRange(requested: offset, valid: offsets.logStart...offsets.logEnd)
        }
        let bound = min(upTo, offsets.logEnd)
        guard offset < bound else { return Place(offsets: offsets, segment: nil, bound: bound) }
        return Place(offsets: offsets, segment: segment(of: offset, bound: bound), bound: bound)
    }

    /// The segment that holds the offset.
    func segment(of offset: Offset, bound: Offset) -> ReadableSegment {
        if offset >= tail.baseOffset || sealed.isEmpty { return readableTail(for: offset, bound: bound) }
        var low = 0
        var high = sealed.count
        while low < high {
            let middle = (low + high) / 2
            if sealed[middle].baseOffset <= offset { low = middle + 1 } else { high = middle }
        }
        return readable(sealed[max(0, low - 1)], bound: bound)
    }

    func readable(_ segment: SealedSegment, bound: Offset) -> ReadableSegment {
        ReadableSegment(
            source: .sealed(segment), baseOffset: segment.baseOffset, nextOffset: segment.nextOffset,
            size: segment.size,
            boundPosition: boundPosition(bound, segment.baseOffset, segment.nextOffset, segment.size))
    }

    func readableTail(for offset: Offset, bound: Offset) -> ReadableSegment {
        var segment = ReadableSegment(
            source: .tail(tail.file), baseOffset: tail.baseOffset, nextOffset: offsets.logEnd, size: tail.size,
            boundPosition: boundPosition(bound, tail.baseOffset, offsets.logEnd, tail.size))
        segment.knownBatch = tail.indexes.recent.batch(containing: offset)
        segment.recentFrom = tail.recentFrom
        return segment
    }

    /// The byte at which `bound` stands, where that is known without a look into the file.
    private func boundPosition(_ bound: Offset, _ base: Offset, _ next: Offset, _ size: Int) -> Int? {
        if bound >= next { return size }
        return bound == offsets.highWatermark && committed.base == base ? committed.position : nil
    }
}

/// The segment that grows, as readers see it.
struct TailSegment: Sendable {
    let baseOffset: Offset
    let file: any LogFile
    /// The bytes that belong to whole batches.
    var size: Int
    var indexes: SegmentIndexes
    /// Aborted transactions whose markers stand in this segment.
    var aborted: [AbortedTransaction] = []
    /// What stood here when the log was opened may not be in memory.
    let writtenFrom: Int

    /// How much of the end is taken to be in memory because it was just written.
    private static let recentBytes = 1 << 20
    var recentFrom: Int { max(writtenFrom, size - Self.recentBytes) }
}

/// One segment at one moment, for a reader that has left the lock.
struct ReadableSegment: Sendable {
    enum Source: Sendable {
        case sealed(SealedSegment)
        case tail(any LogFile)
    }

    var source: Source
    var baseOffset: Offset
    var nextOffset: Offset
    var size: Int
    /// The byte at which the reader's bound stands, if it is known and in this segment.
    var boundPosition: Int?
    /// The batch that was looked for, if it is one of the recent ones.
    var knownBatch: RecentBatches.Batch?
    /// From here on the bytes were written not long ago.
    var recentFrom = Int.max
}
