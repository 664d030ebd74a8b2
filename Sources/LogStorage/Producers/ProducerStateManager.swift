import KafkaProtocol

/// All producers that wrote to a log, and the transactions that are not decided yet.
///
/// An append is first staged (checked, without a change), then written to the file, then committed: data, then state.
struct ProducerStateManager: Sendable {
    private(set) var producers: [ProducerID: ProducerState] = [:]
    /// First offsets of open transactions.
    private var ongoing: [Offset: ProducerID] = [:]
    /// Transactions whose marker was written but is not committed yet: first offset -> marker's offset.
    private var undecided: [Offset: Offset] = [:]
    private var firstOngoing: Offset?
    /// The first offset of the transactions whose marker came since the last flush was prepared, and of those whose marker
    /// that flush makes durable.
    private var endedSinceFlush: Offset?
    private var endedInFlush: Offset?
    private var staged: [(id: ProducerID, state: ProducerState)] = []
    private var stagedAborts: [AbortedTransaction] = []
    private var stagedEnds: [(first: Offset, marker: Offset)] = []

    init() {}

    init(producers: [ProducerID: ProducerState]) {
        self.producers = producers
        for (id, state) in producers {
            if let first = state.transactionFirstOffset { ongoing[first] = id }
        }
        firstOngoing = ongoing.keys.min()
    }

    /// The first offset of the first transaction that is open, or ended above the high watermark.
    var firstUnstable: Offset? {
        guard !undecided.isEmpty else { return firstOngoing }
        return min(undecided.keys.min() ?? .max, firstOngoing ?? .max)
    }

    /// The first offset of the first transaction whose marker is not on disk: a power cut leaves it undecided again.
    var firstEndedInMemory: Offset? {
        guard let endedSinceFlush else { return endedInFlush }
        return min(endedSinceFlush, endedInFlush ?? .max)
    }

    /// The original of a batch that comes again.
    func duplicate(of header: RecordBatchHeader) -> ProducerBatch? {
        guard header.hasProducerID, !header.isControl else { return nil }
        return producers[header.producerID]?.duplicate(of: header)
    }

    // MARK: Staging

    mutating func beginStaging() {
        staged.removeAll(keepingCapacity: true)
        stagedAborts.removeAll(keepingCapacity: true)
        stagedEnds.removeAll(keepingCapacity: true)
    }

    /// Checks a batch of data that will stand at `baseOffset`, behind those staged before it.
    mutating func stage(
        _ header: RecordBatchHeader, baseOffset: Offset, origin: AppendOrigin
    ) throws(LogError) {
        guard header.hasProducerID else { return }
        var state = stagedState(header.producerID)
        if origin == .client { try state.check(header) }
        try state.checkTransaction(header)
        state.add(header, baseOffset: baseOffset)
        staged.append((header.producerID, state))
    }

    /// Checks a transaction marker that will stand at `baseOffset`.
    mutating func stage(
        _ marker: EndTransactionMarker, _ header: RecordBatchHeader, baseOffset: Offset
    ) throws(LogError) {
        var state = stagedState(header.producerID)
        try state.check(marker, header)
        if let first = state.add(marker, header) { end(first, header.producerID, marker, at: baseOffset) }
        staged.append((header.producerID, state))
    }

    private func stagedState(_ id: ProducerID) -> ProducerState {
        staged.last { $0.id == id }?.state ?? producers[id] ?? ProducerState()
    }

    private mutating func end(_ first: Offset, _ id: ProducerID, _ marker: EndTransactionMarker, at offset: Offset) {
        stagedEnds.append((first, offset))
        guard !marker.isCommit else { return }
        let others = ongoing.keys.filter { key in key != first && !stagedEnds.contains { $0.first == key } }
        stagedAborts.append(
            AbortedTransaction(
                producerID: id, firstOffset: first, lastOffset: offset, lastStableOffset: others.min() ?? offset + 1))
    }

    /// The staged batches are written: they become state. Returns the transactions that they abort.
    mutating func commitStaged() -> [AbortedTransaction] {
        for (id, state) in staged {
            producers[id] = state
            if let first = state.transactionFirstOffset, ongoing[first] == nil {
                ongoing[first] = id
                firstOngoing = min(firstOngoing ?? first, first)
            }
        }
        if !stagedEnds.isEmpty {
            for (first, marker) in stagedEnds {
                ongoing[first] = nil
                undecided[first] = marker
                endedSinceFlush = min(endedSinceFlush ?? .max, first)
            }
            firstOngoing = ongoing.keys.min()
        }
        return stagedAborts
    }

    /// Takes in a batch that is in the log already (recovery): what is written is not judged again.
    mutating func replay(_ header: RecordBatchHeader, _ marker: EndTransactionMarker?) -> AbortedTransaction? {
        guard header.hasProducerID, !header.isControl || marker != nil else { return nil }
        beginStaging()
        var state = producers[header.producerID] ?? ProducerState()
        if let marker {
            if let first = state.add(marker, header) {
                end(first, header.producerID, marker, at: header.baseOffset)
            }
        } else {
            state.add(header, baseOffset: header.baseOffset)
        }
        staged.append((header.producerID, state))
        return commitStaged().first
    }

    // MARK: Flushes

    /// What was written so far is being flushed.
    mutating func beginFlush() {
        endedInFlush = firstEndedInMemory
        endedSinceFlush = nil
    }

    /// The flush has succeeded.
    mutating func endFlush() { endedInFlush = nil }

    // MARK: Time

    /// Markers below the high watermark are decided.
    mutating func advance(highWatermark: Offset) {
        guard !undecided.isEmpty else { return }
        undecided = undecided.filter { $0.value >= highWatermark }
    }

    /// Forgets who has been silent for longer than `milliseconds` and has no transaction open.
    mutating func removeExpired(now: Timestamp, after milliseconds: Int64) {
        producers = producers.filter { _, state in
            state.transactionFirstOffset != nil || state.lastTimestamp.milliseconds(to: now) < milliseconds
        }
    }
}
