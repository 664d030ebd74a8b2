import KafkaProtocol

/// Compares an offset index with the batches of its segment, as a walk passes them. Notes the first contradiction.
struct OffsetIndexCheck {
    private let bytes: [UInt8]
    private let baseOffset: Offset
    private let count: Int
    private var next = 0
    private(set) var problem: IndexProblem?

    init(_ bytes: [UInt8], baseOffset: Offset) {
        self.bytes = bytes
        self.baseOffset = baseOffset
        let size = unsafe OffsetIndexView.entrySize
        count = bytes.count / size
        if !bytes.count.isMultiple(of: size) {
            problem = IndexProblem(position: count * size, text: "The last entry is cut off.")
        }
    }

    private func entry(_ index: Int) -> OffsetIndexView.Entry {
        unsafe bytes.withUnsafeBytes { unsafe OffsetIndexView(bytes: $0, baseOffset: baseOffset)[index] }
    }

    mutating func pass(_ batch: SegmentScanner.Batch) {
        while next < count, problem == nil {
            let entry = entry(next)
            guard entry.position <= batch.position else { return }
            if entry.position != batch.position {
                fail("An entry says that a batch begins at byte \(entry.position), but none does.")
            } else if entry.lastOffset != batch.header.lastOffset {
                fail(
                    "An entry says that the batch at byte \(entry.position) ends with offset \(entry.lastOffset), "
                        + "but it ends with \(batch.header.lastOffset).")
            }
            next += 1
        }
    }

    mutating func finish() {
        if next < count, problem == nil { fail("An entry leads to byte \(entry(next).position), behind the log.") }
    }

    private mutating func fail(_ text: String) {
        problem = IndexProblem(position: next * (unsafe OffsetIndexView.entrySize), text: text)
    }
}

/// The same for a time index.
struct TimeIndexCheck {
    private let bytes: [UInt8]
    private let baseOffset: Offset
    private let count: Int
    private var next = 0
    private var highest = Timestamp.none
    private(set) var problem: IndexProblem?

    init(_ bytes: [UInt8], baseOffset: Offset) {
        self.bytes = bytes
        self.baseOffset = baseOffset
        let size = unsafe TimeIndexView.entrySize
        count = bytes.count / size
        if !bytes.count.isMultiple(of: size) {
            problem = IndexProblem(position: count * size, text: "The last entry is cut off.")
        }
    }

    private func entry(_ index: Int) -> TimeIndexView.Entry {
        unsafe bytes.withUnsafeBytes { unsafe TimeIndexView(bytes: $0, baseOffset: baseOffset)[index] }
    }

    mutating func pass(_ batch: SegmentScanner.Batch) {
        highest = max(highest, batch.header.maxTimestamp)
        while next < count, problem == nil {
            let entry = entry(next)
            guard entry.lastOffset <= batch.header.lastOffset else { return }
            if entry.lastOffset < batch.header.baseOffset {
                fail("An entry names offset \(entry.lastOffset), which no batch has.")
            } else if entry.timestamp != batch.header.maxTimestamp || entry.timestamp < highest {
                fail(
                    "An entry says that \(entry.timestamp) is the highest time up to offset \(entry.lastOffset), "
                        + "but that is \(highest).")
            }
            next += 1
        }
    }

    /// - Parameter isSealed: whether the last entry has to have the highest time of the segment.
    mutating func finish(isSealed: Bool) {
        guard problem == nil else { return }
        if next < count {
            fail("An entry names offset \(entry(next).lastOffset), behind the log.")
        } else if isSealed, highest > .none, count == 0 || entry(count - 1).timestamp != highest {
            fail("The last entry has not the highest time of the segment, \(highest).")
        }
    }

    private mutating func fail(_ text: String) {
        problem = IndexProblem(position: next * (unsafe TimeIndexView.entrySize), text: text)
    }
}

/// Where an index contradicts its log.
struct IndexProblem: Hashable, Sendable {
    /// The byte of the entry.
    var position: Int
    var text: String
}
