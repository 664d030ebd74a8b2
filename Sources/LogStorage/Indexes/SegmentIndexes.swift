import KafkaProtocol

/// The offset and time index of a segment that grows, or is being read again: plain memory in the format of the files.
struct SegmentIndexes: Sendable {
    let baseOffset: Offset
    private(set) var offsetBytes: [UInt8] = []
    private(set) var timeBytes: [UInt8] = []
    /// The bytes of log since the last entry.
    private var bytesSinceEntry = 0
    /// The highest timestamp and the last offset of the first batch that has it; nil while there is no batch.
    private(set) var maxTimestamp: TimeIndexView.Entry?
    private var lastIndexedTimestamp = Timestamp(Int64.min)
    private(set) var recent = RecentBatches()

    init(baseOffset: Offset) { self.baseOffset = baseOffset }

    /// Indexes that were read from sound files, of a segment whose last `tail` bytes have no entry.
    init(baseOffset: Offset, offsetBytes: [UInt8], timeBytes: [UInt8], tail: Int) {
        self.baseOffset = baseOffset
        self.offsetBytes = offsetBytes
        self.timeBytes = timeBytes
        bytesSinceEntry = tail
        maxTimestamp = unsafe timeBytes.withUnsafeBytes {
            unsafe TimeIndexView(bytes: $0, baseOffset: baseOffset).last
        }
        if let maxTimestamp { lastIndexedTimestamp = maxTimestamp.timestamp }
    }

    /// Takes in the next batch of the segment.
    mutating func add(_ header: RecordBatchHeader, at position: Int, interval: Int) {
        add(
            lastOffset: header.lastOffset, baseOffset: header.baseOffset, maxTimestamp: header.maxTimestamp,
            size: header.sizeInBytes, at: position, interval: interval)
    }

    private mutating func add(
        lastOffset: Offset, baseOffset first: Offset, maxTimestamp time: Timestamp, size: Int, at position: Int,
        interval: Int
    ) {
        if maxTimestamp.map({ time > $0.timestamp }) ?? true {
            maxTimestamp = TimeIndexView.Entry(timestamp: time, lastOffset: lastOffset)
        }
        if bytesSinceEntry > interval {
            offsetBytes.append(bigEndian: Int32(truncatingIfNeeded: baseOffset.distance(to: lastOffset)))
            offsetBytes.append(bigEndian: Int32(truncatingIfNeeded: position))
            addTimeEntry()
            bytesSinceEntry = 0
        }
        bytesSinceEntry += size
        recent.add(baseOffset: first, lastOffset: lastOffset, position: position)
    }

    /// Makes the time index complete: the last entry has the segment's highest timestamp.
    mutating func seal() { addTimeEntry() }

    private mutating func addTimeEntry() {
        guard let maxTimestamp, maxTimestamp.timestamp > lastIndexedTimestamp else { return }
        timeBytes.append(bigEndian: maxTimestamp.timestamp.rawValue)
        timeBytes.append(bigEndian: Int32(truncatingIfNeeded: baseOffset.distance(to: maxTimestamp.lastOffset)))
        lastIndexedTimestamp = maxTimestamp.timestamp
    }

    /// Whether an index may not take another entry (`segment.index.bytes`).
    func isFull(limit: Int) -> Bool {
        let (offsetEntry, timeEntry) = unsafe (OffsetIndexView.entrySize, TimeIndexView.entrySize)
        // The time index keeps a place for the entry that sealing adds.
        return offsetBytes.count + offsetEntry > limit || timeBytes.count + 2 * timeEntry > max(limit, 2 * timeEntry)
    }

    func withOffsets<Result>(_ body: (OffsetIndexView) -> Result) -> Result {
        unsafe offsetBytes.withUnsafeBytes {
            unsafe body(OffsetIndexView(bytes: $0, baseOffset: baseOffset))
        }
    }

    func withTimes<Result>(_ body: (TimeIndexView) -> Result) -> Result {
        unsafe timeBytes.withUnsafeBytes { unsafe body(TimeIndexView(bytes: $0, baseOffset: baseOffset)) }
    }
}

/// The last batches that were appended: who reads the tail finds its place without reading headers from the file.
struct RecentBatches: Sendable {
    struct Batch: Hashable, Sendable {
        var baseOffset: Offset
        var lastOffset: Offset
        var position: Int
    }

    private static let capacity = 64
    private var ring: [Batch] = []
    private var next = 0

    mutating func add(baseOffset: Offset, lastOffset: Offset, position: Int) {
        let batch = Batch(baseOffset: baseOffset, lastOffset: lastOffset, position: position)
        if ring.count < Self.capacity { ring.append(batch) } else { ring[next] = batch }
        next = (next + 1) % Self.capacity
    }

    var count: Int { ring.count }

    /// By age, 0 the oldest.
    subscript(index: Int) -> Batch { ring[ring.count < Self.capacity ? index : (next + index) % Self.capacity] }

    /// The batch that contains `offset`, if it is one of these.
    func batch(containing offset: Offset) -> Batch? {
        guard count > 0, self[0].baseOffset <= offset else { return nil }
        return last { $0.baseOffset <= offset }.flatMap { $0.lastOffset >= offset ? $0 : nil }
    }

    /// The last of these that begins at or before `position`.
    func batch(notBehind position: Int) -> Batch? { last { $0.position <= position } }

    private func last(where holds: (Batch) -> Bool) -> Batch? {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if holds(self[middle]) { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? nil : self[low - 1]
    }
}
