import KafkaProtocol

/// What the log remembers of one batch of a producer, so that it knows the batch when it comes again.
struct ProducerBatch: Hashable, Sendable {
    var lastSequence: SequenceNumber
    var lastOffset: Offset
    var offsetDelta: Int32
    var timestamp: Timestamp

    var baseOffset: Offset { lastOffset - Int64(offsetDelta) }
    var firstSequence: SequenceNumber { lastSequence.advanced(by: 0 &- offsetDelta) }
}

/// The last five batches of a producer: as many as a client may have in flight. No allocation: five places and a count.
struct LastBatches: Hashable, Sendable {
    static let capacity = 5
    private static let none = ProducerBatch(lastSequence: .none, lastOffset: .none, offsetDelta: 0, timestamp: .none)

    /// Oldest first.
    private var places = (none, none, none, none, none)
    private(set) var count = 0

    subscript(index: Int) -> ProducerBatch {
        precondition(index >= 0 && index < count)
        return switch index {
        case 0: places.0
        case 1: places.1
        case 2: places.2
        case 3: places.3
        default: places.4
        }
    }

    var last: ProducerBatch? { count == 0 ? nil : self[count - 1] }

    mutating func add(_ batch: ProducerBatch) {
        switch count {
        case 0: places.0 = batch
        case 1: places.1 = batch
        case 2: places.2 = batch
        case 3: places.3 = batch
        case 4: places.4 = batch
        default: places = (places.1, places.2, places.3, places.4, batch)
        }
        count = min(count + 1, Self.capacity)
    }

    mutating func removeAll() { self = LastBatches() }

    static func == (left: LastBatches, right: LastBatches) -> Bool {
        left.count == right.count && (0..<left.count).allSatisfy { left[$0] == right[$0] }
    }

    func hash(into hasher: inout Hasher) { for index in 0..<count { hasher.combine(self[index]) } }
}

/// What the log knows of one producer id (KIP-98).
struct ProducerState: Hashable, Sendable {
    var epoch: ProducerEpoch = .none
    var batches = LastBatches()
    /// The time of the last batch or marker, for expiry.
    var lastTimestamp: Timestamp = .none
    /// The epoch of the coordinator that wrote the last marker; -1 before the first.
    var coordinatorEpoch: Int32 = -1
    /// The first offset of the open transaction.
    var transactionFirstOffset: Offset?

    var lastSequence: SequenceNumber { batches.last?.lastSequence ?? .none }

    /// Whether it tells of nothing at `offset` or behind.
    func isBefore(_ offset: Offset) -> Bool {
        (batches.last?.lastOffset ?? .none) < offset && (transactionFirstOffset ?? .none) < offset
    }

    /// The batch with the same sequences, if it was one of the last five of this epoch.
    func duplicate(of header: RecordBatchHeader) -> ProducerBatch? {
        guard header.producerEpoch == epoch else { return nil }
        for index in (0..<batches.count).reversed() {
            let batch = batches[index]
            if batch.lastSequence == header.lastSequence, batch.firstSequence == header.baseSequence { return batch }
        }
        return nil
    }

    /// Throws unless the batch may follow: epochs never go down, a new epoch begins with sequence 0, and sequences are
    /// dense. A producer of whom nothing is known may begin anywhere.
    func check(_ header: RecordBatchHeader) throws(LogError) {
        guard header.producerEpoch >= epoch else {
            throw .invalidProducerEpoch(header.producerID, current: epoch, received: header.producerEpoch)
        }
        let expected: SequenceNumber
        if epoch == .none {
            return
        } else if header.producerEpoch != epoch || lastSequence == .none {
            expected = 0
        } else {
            expected = lastSequence.advanced(by: 1)
        }
        guard header.baseSequence == expected else {
            throw .outOfOrderSequence(header.producerID, expected: expected, received: header.baseSequence)
        }
    }

    /// Throws unless the batch fits the open transaction, if there is one.
    func checkTransaction(_ header: RecordBatchHeader) throws(LogError) {
        if transactionFirstOffset != nil, !header.isTransactional {
            throw .invalidTransactionState(header.producerID)
        }
    }

    /// Throws unless the marker comes from the producer's epoch or a later one, and from no replaced coordinator.
    func check(_ marker: EndTransactionMarker, _ header: RecordBatchHeader) throws(LogError) {
        guard header.producerEpoch >= epoch else {
            throw .invalidProducerEpoch(header.producerID, current: epoch, received: header.producerEpoch)
        }
        guard marker.coordinatorEpoch >= coordinatorEpoch else { throw .fencedCoordinator(header.producerID) }
    }

    /// Takes in a batch of data that was written at `baseOffset`.
    mutating func add(_ header: RecordBatchHeader, baseOffset: Offset) {
        enter(header.producerEpoch)
        if header.baseSequence >= 0 {
            batches.add(
                ProducerBatch(
                    lastSequence: header.lastSequence, lastOffset: baseOffset + Int64(header.lastOffsetDelta),
                    offsetDelta: header.lastOffsetDelta, timestamp: header.maxTimestamp))
        }
        lastTimestamp = header.maxTimestamp
        // What compaction has emptied belongs to a transaction whose marker may be gone: it opens none.
        if header.isTransactional, header.recordCount > 0, transactionFirstOffset == nil {
            transactionFirstOffset = baseOffset
        }
    }

    /// Takes in a marker; returns the first offset of the transaction that it ends, if one was open.
    mutating func add(_ marker: EndTransactionMarker, _ header: RecordBatchHeader) -> Offset? {
        enter(header.producerEpoch)
        coordinatorEpoch = marker.coordinatorEpoch
        lastTimestamp = header.maxTimestamp
        defer { transactionFirstOffset = nil }
        return transactionFirstOffset
    }

    private mutating func enter(_ newEpoch: ProducerEpoch) {
        guard newEpoch != epoch else { return }
        epoch = newEpoch
        batches.removeAll()
    }
}
