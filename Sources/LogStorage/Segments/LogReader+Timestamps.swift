package import KafkaProtocol
import NIOCore
import Synchronization

extension LogReader {
    /// The most bytes that one batch may decompress to in a search by time.
    static let decompressionBound = 256 << 20

    /// The first record at or behind `timestamp`, at or behind the log start and below `upTo`; nil if there is none.
    /// Decompresses where it must. Blocks.
    package func offset(forTimestamp timestamp: Timestamp, upTo: Offset) throws(LogError) -> TimestampedOffset? {
        try lookingAgain { () throws(LogError) in try find(timestamp, upTo: upTo) }
    }

    private func find(_ timestamp: Timestamp, upTo: Offset) throws(LogError) -> TimestampedOffset? {
        let logStart = offsets.logStart
        for segment in try segments(below: upTo) where segment.nextOffset > logStart {
            guard let highest = try highest(in: segment), highest.timestamp >= timestamp else { continue }
            let search = LogSearch(reader: self, segment: segment)
            let from = try search.start(forTimestamp: timestamp)
            if let found = try search.firstRecord(
                from: from, { header in header.maxTimestamp >= timestamp },
                { record in
                    record.offset >= logStart && record.timestamp >= timestamp
                })
            {
                return found.offset < upTo ? found : nil
            }
        }
        return nil
    }

    /// The record with the highest timestamp below `upTo`, the first of several; nil in an empty log. Blocks.
    package func maxTimestamp(upTo: Offset) throws(LogError) -> TimestampedOffset? {
        try lookingAgain { () throws(LogError) in try findMaxTimestamp(upTo: upTo) }
    }

    private func findMaxTimestamp(upTo: Offset) throws(LogError) -> TimestampedOffset? {
        let logStart = offsets.logStart
        var best: (timestamp: Timestamp, segment: ReadableSegment, from: Offset)?
        for segment in try segments(below: upTo) where segment.nextOffset > logStart {
            guard let found = try maxTimestamp(in: segment, from: logStart, upTo: upTo) else { continue }
            if best.map({ found.timestamp > $0.timestamp }) ?? true {
                best = (found.timestamp, segment, found.lastOffset)
            }
        }
        guard let best else { return nil }
        let search = LogSearch(reader: self, segment: best.segment)
        let batch = try search.batch(containing: best.from)
        return try search.firstRecord(from: batch?.position ?? 0, { _ in true }, { $0.timestamp >= best.timestamp })
    }

    func segments(below bound: Offset) throws(LogError) -> [ReadableSegment] {
        try state.withLock { state throws(LogError) in
            guard !state.isClosed else { throw .offline }
            var segments = state.sealed.filter { $0.baseOffset < bound }.map { state.readable($0, bound: bound) }
            if state.tail.baseOffset < bound, state.tail.size > 0 {
                segments.append(state.readableTail(for: bound, bound: bound))
            }
            return segments
        }
    }

    /// The highest timestamp in the segment.
    func highest(in segment: ReadableSegment) throws(LogError) -> TimeIndexView.Entry? {
        if case .sealed(let sealed) = segment.source {
            return try sealed.maxTimestamp { entry throws(LogError) in
                let batch = try LogSearch(reader: self, segment: segment).batch(containing: entry.lastOffset)
                return batch?.header.lastOffset == entry.lastOffset && batch?.header.maxTimestamp == entry.timestamp
            }
        }
        return state.withLock { state in
            state.tail.baseOffset == segment.baseOffset ? state.tail.indexes.maxTimestamp : nil
        }
            ?? TimeIndexView.Entry(timestamp: Timestamp(Int64.max), lastOffset: segment.nextOffset)
    }

    /// The highest timestamp of batches from `from` on and below `upTo`, and the last offset of the first that has it.
    /// Asks the index where it covers just that; else walks the batches around the ends.
    private func maxTimestamp(
        in segment: ReadableSegment, from: Offset, upTo: Offset
    ) throws(LogError) -> TimeIndexView.Entry? {
        if segment.nextOffset <= upTo, segment.baseOffset >= from, let known = try highest(in: segment),
            known.lastOffset < upTo,
            // Compaction keeps batches without records, whose times are nobody's.
            let batch = try LogSearch(reader: self, segment: segment).batch(containing: known.lastOffset),
            batch.header.recordCount > 0
        {
            return known
        }
        var scanner = SegmentScanner(
            try LogSearch(reader: self, segment: segment).file(), to: segment.size, window: SegmentScanner.walkWindow)
        var best: TimeIndexView.Entry?
        while let batch = try scanner.next(), batch.header.lastOffset < upTo {
            guard batch.header.lastOffset >= from, batch.header.recordCount > 0 else { continue }
            if best.map({ batch.header.maxTimestamp > $0.timestamp }) ?? true {
                best = TimeIndexView.Entry(timestamp: batch.header.maxTimestamp, lastOffset: batch.header.lastOffset)
            }
        }
        return best
    }
}

extension LogSearch {
    /// A place in the segment before which no record is as young as `timestamp`. The index is believed only where the
    /// batch that it names has the time that it says.
    func start(forTimestamp timestamp: Timestamp) throws(LogError) -> Int {
        guard let entry = try timeEntry(before: timestamp) else { return 0 }
        if let batch = try batch(containing: entry.lastOffset), batch.header.lastOffset == entry.lastOffset,
            batch.header.maxTimestamp == entry.timestamp
        {
            return batch.position
        }
        return 0
    }

    private func timeEntry(before timestamp: Timestamp) throws(LogError) -> TimeIndexView.Entry? {
        if case .sealed(let sealed) = segment.source {
            return unsafe try sealed.withTimes { view in unsafe view.entry(before: timestamp) }
        }
        return reader.state.withLock { state in
            guard state.tail.baseOffset == segment.baseOffset else { return nil }
            return unsafe state.tail.indexes.withTimes { view in unsafe view.entry(before: timestamp) }
        }
    }

    /// The first record that is wanted, in batches from `position` on that may hold one.
    func firstRecord(
        from position: Int, _ mayHold: (RecordBatchHeader) -> Bool, _ isWanted: (Record) -> Bool
    ) throws(LogError) -> TimestampedOffset? {
        let file = try file()
        var scanner = SegmentScanner(file, from: position, to: segment.size, window: SegmentScanner.searchWindow)
        var decompressor = Decompressor()
        while let batch = try scanner.next() {
            guard mayHold(batch.header) else { continue }
            let slice = LogSlice(
                file: file, position: batch.position, count: batch.header.sizeInBytes, isRecent: false)
            let bytes = try slice.readBytes()
            do throws(RecordBatchError) {
                let view = try RecordBatchView(bytes)
                try view.checkCRC()
                var records = try view.records(using: &decompressor, limit: LogReader.decompressionBound)
                    .makeIterator()
                while let record = try records.next() {
                    guard isWanted(record) else { continue }
                    return TimestampedOffset(
                        offset: record.offset, timestamp: record.timestamp,
                        leaderEpoch: batch.header.partitionLeaderEpoch)
                }
            } catch { throw scanner.damage(error, at: batch.position) }
        }
        return nil
    }
}
