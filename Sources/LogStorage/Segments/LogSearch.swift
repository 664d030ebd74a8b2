import KafkaProtocol
import Synchronization

/// Finds batches in one segment: by the recent batches, else by the index and the headers behind its entry.
struct LogSearch {
    let reader: LogReader
    let segment: ReadableSegment

    private var sealed: SealedSegment? {
        if case .sealed(let sealed) = segment.source { sealed } else { nil }
    }

    func file() throws(LogError) -> any LogFile {
        switch segment.source {
        case .sealed(let sealed): try sealed.file()
        case .tail(let file): file
        }
    }

    /// The batches from the one that contains `offset` on; nil if none in this segment does.
    func slice(
        from offset: Offset, maxBytes: Int, minOneBatch: Bool, bound: Offset
    ) throws(LogError) -> (baseOffset: Offset, slice: LogSlice?)? {
        let start: Int
        let baseOffset: Offset
        if let known = segment.knownBatch {
            (start, baseOffset) = (known.position, known.baseOffset)
        } else {
            guard let batch = try batch(containing: offset) else { return nil }
            guard batch.header.lastOffset < bound else { return (batch.header.baseOffset, nil) }
            (start, baseOffset) = (batch.position, batch.header.baseOffset)
        }
        let end = try end(from: start, maxBytes: maxBytes, minOneBatch: minOneBatch, bound: bound)
        guard end > start else { return (baseOffset, nil) }
        let slice = LogSlice(
            file: try file(), position: start, count: end - start, isRecent: start >= segment.recentFrom)
        return (baseOffset, slice)
    }

    /// The first batch that ends at or behind `offset`.
    func batch(containing offset: Offset) throws(LogError) -> SegmentScanner.Batch? {
        let entry = unsafe try withOffsets { view in unsafe view.entry(notBehind: offset) }
        do {
            return try scan(from: entry, until: { $0.lastOffset >= offset })
        } catch .corrupt where entry != nil {
            // The log has the last word: what the index said may have been wrong.
            try sealed?.rebuildIndexes()
            return try scan(from: nil, until: { $0.lastOffset >= offset })
        }
    }

    /// Walks from an index entry on, which must name the batch that stands there.
    private func scan(
        from entry: OffsetIndexView.Entry?, until isFound: (RecordBatchHeader) -> Bool
    ) throws(LogError) -> SegmentScanner.Batch? {
        var scanner = SegmentScanner(
            try file(), from: entry?.position ?? 0, to: segment.size, window: SegmentScanner.searchWindow)
        var isFirst = true
        while let batch = try scanner.next() {
            if isFirst, let entry, batch.header.lastOffset != entry.lastOffset {
                throw scanner.damage(.badOffsetDelta(record: 0), at: batch.position)
            }
            isFirst = false
            if isFound(batch.header) { return batch }
        }
        return nil
    }

    /// The end of the last whole batch that fits.
    private func end(from start: Int, maxBytes: Int, minOneBatch: Bool, bound: Offset) throws(LogError) -> Int {
        let limit = start.addingReportingOverflow(max(0, maxBytes)).overflow ? Int.max : start + max(0, maxBytes)
        if let boundPosition = segment.boundPosition, boundPosition <= limit { return boundPosition }
        let from = try boundary(notBehind: limit, bound: bound, start: start)
        var scanner = SegmentScanner(
            try file(), from: from, to: segment.size, window: SegmentScanner.searchWindow)
        var end = from
        while let batch = try scanner.next(), batch.header.lastOffset < bound {
            guard batch.end <= limit || (minOneBatch && batch.position == start) else { break }
            end = batch.end
        }
        return end
    }

    /// A place where a batch begins, between `start` and `limit` and below the bound, as far on as is known.
    private func boundary(notBehind limit: Int, bound: Offset, start: Int) throws(LogError) -> Int {
        if segment.knownBatch != nil {
            // The recent batches reach from the start to the end: no look into the file is needed.
            let recent = reader.state.withLock { state in
                state.tail.baseOffset == segment.baseOffset ? state.tail.indexes.recent.batch(notBehind: limit) : nil
            }
            if let recent, recent.baseOffset < bound, recent.position >= start { return recent.position }
            return start
        }
        let (byPosition, byOffset) = unsafe try withOffsets { view in
            unsafe (view.entry(notBehind: limit), view.entry(notBehind: bound - 1))
        }
        guard let byPosition, let byOffset else { return start }
        let entry = byPosition.position < byOffset.position ? byPosition : byOffset
        guard entry.position > start else { return start }
        var scanner = SegmentScanner(
            try file(), from: entry.position, to: segment.size, window: RecordBatchHeader.byteCount)
        do {
            guard let batch = try scanner.next(), batch.header.lastOffset == entry.lastOffset else { return start }
            return entry.position
        } catch .corrupt {
            return start
        }
    }

    /// Looks into the offset index; that of the tail under the reader's lock, for it grows.
    private func withOffsets<Result: Sendable>(
        _ body: (OffsetIndexView) -> Result
    ) throws(LogError) -> Result {
        if let sealed { return unsafe try sealed.withOffsets(body) }
        let found: Result? = reader.state.withLock { state in
            guard state.tail.baseOffset == segment.baseOffset else { return nil }
            return unsafe state.tail.indexes.withOffsets(body)
        }
        if let found { return found }
        // Rolled in the meantime.
        guard let rolled = reader.state.withLock({ state in state.sealed.last { $0.baseOffset == segment.baseOffset } })
        else { throw .offline }
        return unsafe try rolled.withOffsets(body)
    }
}
