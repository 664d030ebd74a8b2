import KafkaProtocol
import LogStorage
import NIOCore

/// A batch as it was appended, or as a cleaning has left it.
struct ModelBatch {
    var baseOffset: Offset
    var nextOffset: Offset
    /// As the log stores it; nothing if a cleaning has taken it away.
    var stored: [UInt8]
    /// As the producer sent it.
    var sent: ByteBuffer
    /// As it is stored, or was.
    var header: RecordBatchHeader
    /// Those that are stored.
    var records: [ModelRecord]
    var marker: EndTransactionMarker?

    var isGone: Bool { stored.isEmpty }
    var epoch: LeaderEpoch { header.partitionLeaderEpoch }
}

struct ModelRecord: Hashable {
    var offset: Offset
    var time: Timestamp
    var key: ByteBuffer?
    var value: ByteBuffer?
}

/// The log as it should be, in memory: a plain list of batches and what follows from it.
struct LogModel {
    /// All that was appended and not taken back by a stop, in order.
    var batches: [ModelBatch] = []
    /// A batch whose append failed: a stop may leave it, as the next one.
    var tentative: [ModelBatch] = []
    /// What no stop may take back: acknowledged, flushed, or found by a start.
    var durable: Offset = 0
    /// The highest high watermark that was seen since the log was opened.
    var highWatermark: Offset = 0
    var logStart: Offset = 0
    /// The log start may go back with an unclean stop; a cleaning did not look below it.
    var highestLogStart: Offset = 0
    /// The log start that no stop takes back.
    var durableLogStart: Offset = 0
    /// A cleaning ended in the middle: until the files have been looked at, nobody knows which batches it has changed.
    var isHalfCleaned = false
    /// Where cleanings have ended at most.
    var cleanedEnd: Offset = 0
    /// A log start that was to be made durable; where that failed, it may be all the same.
    var wantedLogStart: Offset = 0
    /// Retention has removed segments.
    var hasLostSegments = false
    /// A flush of data has failed: what was written and not flushed may be gone though the process lives.
    var lostPages = false
    private(set) var history = ProducerHistory()

    /// Where the first batch stands.
    private let beginning: Offset

    init(startingAt offset: Offset = 0) {
        beginning = offset
        (durable, highWatermark, logStart, durableLogStart) = (offset, offset, offset, offset)
    }

    var end: Offset { batches.last?.nextOffset ?? beginning }
    /// What readers can ask for.
    var readable: [ModelBatch] { batches.filter { $0.nextOffset > logStart && !$0.isGone } }

    mutating func append(_ appended: [ModelBatch]) {
        for batch in appended { history.add(batch) }
        batches += appended
        tentative = []
    }

    /// A stop has left the log with that end. False if no batch that was written ends there.
    mutating func cut(to newEnd: Offset) -> Bool {
        if newEnd > end {
            let kept = tentative.prefix { $0.nextOffset <= newEnd }
            append(Array(kept))
        } else if newEnd < end {
            batches.removeAll { $0.nextOffset > newEnd }
            history = ProducerHistory()
            for batch in batches { history.add(batch) }
        }
        tentative = []
        return end == newEnd
    }

    func batch(containing offset: Offset) -> ModelBatch? {
        batches.first { $0.baseOffset <= offset && offset < $0.nextOffset }
    }

    /// Whether data of the transaction is stored between those offsets.
    func hasRecords(of transaction: AbortedTransaction, in range: Range<Offset>) -> Bool {
        batches.contains { batch in
            isPart(batch, of: transaction) && batch.records.contains { range.contains($0.offset) }
        }
    }

    func isAborted(_ batch: ModelBatch) -> Bool {
        batch.header.isTransactional && history.aborted.contains { isPart(batch, of: $0) }
    }

    private func isPart(_ batch: ModelBatch, of transaction: AbortedTransaction) -> Bool {
        batch.header.isTransactional && batch.marker == nil && !batch.header.isControl
            && batch.header.producerID == transaction.producerID && batch.baseOffset >= transaction.firstOffset
            && batch.baseOffset < transaction.lastOffset
    }

    /// Up to where every transaction is decided.
    func lastStable(highWatermark: Offset) -> Offset {
        let open = history.producers.values.compactMap(\.transactionStart)
        let undecided = history.ended.filter { $0.marker >= highWatermark }.map(\.first)
        return max(logStart, min(highWatermark, open.min() ?? .max, undecided.min() ?? .max))
    }
}

/// What a log should know of its producers.
struct ProducerHistory {
    struct Producer {
        var epoch: ProducerEpoch = .none
        /// The last five batches, oldest first.
        var batches: [ModelBatch] = []
        var transactionStart: Offset?

        var nextSequence: SequenceNumber {
            batches.last.map { $0.header.lastSequence.advanced(by: 1) } ?? 0
        }
    }

    private(set) var producers: [ProducerID: Producer] = [:]
    private(set) var aborted: [AbortedTransaction] = []
    private(set) var ended: [(first: Offset, marker: Offset)] = []

    mutating func add(_ batch: ModelBatch) {
        let header = batch.header
        guard header.hasProducerID else { return }
        var producer = producers[header.producerID] ?? Producer()
        if producer.epoch != header.producerEpoch {
            producer.epoch = header.producerEpoch
            producer.batches = []
        }
        if let marker = batch.marker {
            if let first = producer.transactionStart { end(first, header.producerID, marker, at: batch.baseOffset) }
            producer.transactionStart = nil
        } else {
            producer.batches = producer.batches.suffix(4) + [batch]
            if header.isTransactional { producer.transactionStart = producer.transactionStart ?? batch.baseOffset }
        }
        producers[header.producerID] = producer
    }

    private mutating func end(
        _ first: Offset, _ id: ProducerID, _ marker: EndTransactionMarker, at offset: Offset
    ) {
        ended.append((first, offset))
        guard !marker.isCommit else { return }
        aborted.append(
            AbortedTransaction(producerID: id, firstOffset: first, lastOffset: offset, lastStableOffset: .none))
    }
}
