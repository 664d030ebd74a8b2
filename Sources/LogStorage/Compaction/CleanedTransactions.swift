import KafkaProtocol

/// What a cleaning knows of the transactions that it walks through, batch by batch from the log's begin: records of
/// aborted ones go at once, a marker when nothing of its transaction is left.
struct CleanedTransactions {
    /// Aborted transactions that begin further on, the next one last.
    private var aborted: [AbortedTransaction]
    private var ongoingAborted: [ProducerID: (transaction: AbortedTransaction, hasBatches: Bool)] = [:]
    private var ongoingCommitted: Set<ProducerID> = []

    /// - Parameter aborted: all that overlap the range that is walked.
    init(aborted: [AbortedTransaction]) { self.aborted = aborted.sorted { $0.firstOffset > $1.firstOffset } }

    /// What a marker ends.
    struct Ended {
        /// Whether nothing of the transaction was met, so that its marker says nothing any more.
        var isEmpty: Bool
        /// The entry that the index of the marker's segment keeps.
        var aborted: AbortedTransaction?
    }

    /// Takes in a batch of records; true if it belongs to an aborted transaction.
    mutating func takeBatch(_ header: RecordBatchHeader) -> Bool {
        begin(at: header)
        guard header.isTransactional else { return false }
        guard ongoingAborted[header.producerID] != nil else {
            ongoingCommitted.insert(header.producerID)
            return false
        }
        ongoingAborted[header.producerID]?.hasBatches = true
        return true
    }

    /// Takes in a control batch. `marker` is nil where the batch is empty or says something else.
    mutating func takeControlBatch(_ header: RecordBatchHeader, _ marker: EndTransactionMarker?) -> Ended {
        begin(at: header)
        // What is no marker of a transaction is not ours to drop, but for what an earlier cleaning has emptied.
        guard let marker else { return Ended(isEmpty: header.recordCount == 0) }
        guard !marker.isCommit, let ended = ongoingAborted.removeValue(forKey: header.producerID) else {
            return Ended(isEmpty: ongoingCommitted.remove(header.producerID) == nil)
        }
        return ended.hasBatches ? Ended(isEmpty: false, aborted: ended.transaction) : Ended(isEmpty: true)
    }

    /// What has ended before the first batch that is walked begins no more.
    private mutating func begin(at header: RecordBatchHeader) {
        while let next = aborted.last, next.firstOffset <= header.lastOffset {
            aborted.removeLast()
            guard next.lastOffset >= header.baseOffset else { continue }
            if ongoingAborted[next.producerID] == nil { ongoingAborted[next.producerID] = (next, false) }
        }
    }
}
