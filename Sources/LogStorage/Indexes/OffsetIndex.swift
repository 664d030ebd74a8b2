import KafkaProtocol

/// The sparse offset index of a segment: Kafka's entries of 8 bytes (`relative last offset of a batch int32, position of
/// that batch int32`), looked up where they lie, be it memory or a map.
@unsafe struct OffsetIndexView {
    static var entrySize: Int { 8 }
    let bytes: UnsafeRawBufferPointer
    let baseOffset: Offset

    struct Entry: Hashable {
        var lastOffset: Offset
        var position: Int
    }

    var count: Int { unsafe bytes.count / Self.entrySize }

    subscript(index: Int) -> Entry {
        let relative = unsafe bytes.number(at: index * Self.entrySize, as: Int32.self)
        let position = unsafe bytes.number(at: index * Self.entrySize + 4, as: Int32.self)
        return unsafe Entry(lastOffset: baseOffset + Int64(relative), position: Int(position))
    }

    /// The last entry whose batch ends at or before `offset`; nil if the search has to begin at the segment's start.
    func entry(notBehind offset: Offset) -> Entry? { unsafe last { $0.lastOffset <= offset } }

    /// The last entry whose batch begins at or before `position`.
    func entry(notBehind position: Int) -> Entry? { unsafe last { $0.position <= position } }

    private func last(where holds: (Entry) -> Bool) -> Entry? {
        var low = 0
        var high = unsafe count
        while low < high {
            let middle = (low + high) / 2
            if unsafe holds(self[middle]) { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? nil : unsafe self[low - 1]
    }

    /// Whether the entries are whole, rise, and lie inside a segment of `segmentSize` bytes.
    func isSound(segmentSize: Int) -> Bool {
        guard unsafe bytes.count.isMultiple(of: Self.entrySize) else { return false }
        var previous = unsafe Entry(lastOffset: baseOffset - 1, position: -1)
        for index in unsafe 0..<count {
            let entry = unsafe self[index]
            guard entry.lastOffset > previous.lastOffset, entry.position > previous.position,
                entry.position < segmentSize
            else { return false }
            previous = entry
        }
        return true
    }
}

/// The sparse time index: Kafka's entries of 12 bytes (`highest timestamp so far int64, relative last offset of the batch
/// that has it int32`).
@unsafe struct TimeIndexView {
    static var entrySize: Int { 12 }
    let bytes: UnsafeRawBufferPointer
    let baseOffset: Offset

    struct Entry: Hashable, Sendable {
        var timestamp: Timestamp
        var lastOffset: Offset
    }

    var count: Int { unsafe bytes.count / Self.entrySize }

    subscript(index: Int) -> Entry {
        let timestamp = unsafe Timestamp(bytes.number(at: index * Self.entrySize))
        let relative = unsafe bytes.number(at: index * Self.entrySize + 8, as: Int32.self)
        return unsafe Entry(timestamp: timestamp, lastOffset: baseOffset + Int64(relative))
    }

    var last: Entry? { unsafe count == 0 ? nil : self[count - 1] }

    /// The last entry that is older than `timestamp`: no record up to its offset is as young.
    func entry(before timestamp: Timestamp) -> Entry? { unsafe last { $0.timestamp < timestamp } }

    /// The last entry whose batch ends before `offset`.
    func entry(endingBefore offset: Offset) -> Entry? { unsafe last { $0.lastOffset < offset } }

    private func last(where holds: (Entry) -> Bool) -> Entry? {
        var low = 0
        var high = unsafe count
        while low < high {
            let middle = (low + high) / 2
            if unsafe holds(self[middle]) { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? nil : unsafe self[low - 1]
    }

    /// Whether the entries are whole and rise in time and offset.
    func isSound() -> Bool {
        guard unsafe bytes.count.isMultiple(of: Self.entrySize) else { return false }
        var previous: Entry?
        for index in unsafe 0..<count {
            let entry = unsafe self[index]
            guard unsafe entry.lastOffset >= baseOffset else { return false }
            if let previous, entry.timestamp <= previous.timestamp || entry.lastOffset <= previous.lastOffset {
                return false
            }
            previous = entry
        }
        return true
    }
}
