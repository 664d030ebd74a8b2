package import KafkaProtocol
package import NIOCore

/// The batches that one answer holds for one partition, read record by record.
///
/// What a consumer must not see is left out: records before its position, control records, and under read_committed
/// records of aborted transactions. For these the answer lists which producers had aborted from which offset on; a
/// producer's abort marker ends it (KIP-98).
package struct FetchedChunk {
    /// How records are read.
    package struct Rules: Sendable {
        package var checksCRC = true
        package var isReadCommitted = false
        package var decompressionLimit = 256 << 20

        package init() {}
    }

    package struct AbortedTransaction: Hashable, Sendable {
        package var producerID: ProducerID
        package var firstOffset: Offset

        package init(producerID: ProducerID, firstOffset: Offset) {
            self.producerID = producerID
            self.firstOffset = firstOffset
        }
    }

    package let byteCount: Int
    /// Where reading goes on behind the whole batches of this chunk.
    package let nextOffset: Offset
    /// The epoch of the last batch; none where there is no batch.
    package let lastEpoch: LeaderEpoch
    private let start: Offset
    private var batches: RecordBatchSequence.Iterator
    private var records: RecordSequence.Iterator?
    private var leaderEpoch = LeaderEpoch.none
    /// Transactions that begin further on, in descending order of their first offset.
    private var abortedAhead: [AbortedTransaction]
    private var aborting: Set<ProducerID> = []

    /// - Parameter start: the offset that was asked for; the first batch may begin before it.
    package init(_ bytes: ByteBuffer, from start: Offset, aborted: [AbortedTransaction] = []) throws(RecordBatchError) {
        self.start = start
        byteCount = bytes.readableBytes
        batches = RecordBatchSequence(bytes, tail: .ignored).makeIterator()
        abortedAhead = aborted.sorted { $0.firstOffset > $1.firstOffset }
        var end = start
        var epoch = LeaderEpoch.none
        var iterator = batches
        while let batch = try iterator.next() {
            end = max(end, batch.header.nextOffset)
            epoch = batch.header.partitionLeaderEpoch
        }
        nextOffset = end
        lastEpoch = epoch
    }

    /// The next record that the consumer may see; nil at the end.
    package mutating func next(
        _ rules: Rules, _ decompressor: inout Decompressor
    ) throws(RecordBatchError) -> (record: Record, leaderEpoch: LeaderEpoch)? {
        while true {
            if let record = try records?.next() {
                if record.offset >= start { return (record, leaderEpoch) }
            } else if let batch = try batches.next() {
                try enter(batch, rules, &decompressor)
            } else {
                return nil
            }
        }
    }

    private mutating func enter(
        _ batch: RecordBatchView, _ rules: Rules, _ decompressor: inout Decompressor
    ) throws(RecordBatchError) {
        records = nil
        if rules.checksCRC { try batch.checkCRC() }
        let header = batch.header
        if rules.isReadCommitted {
            while let next = abortedAhead.last, next.firstOffset <= header.lastOffset {
                aborting.insert(next.producerID)
                abortedAhead.removeLast()
            }
        }
        if header.isControl {
            if rules.isReadCommitted, aborting.contains(header.producerID) {
                let marker = try batch.records(using: &decompressor, limit: rules.decompressionLimit)
                var iterator = marker.makeIterator()
                if let record = try iterator.next(), ControlRecordType(key: record.key) == .abort {
                    aborting.remove(header.producerID)
                }
            }
            return
        }
        if header.lastOffset < start { return }
        if rules.isReadCommitted, header.isTransactional, aborting.contains(header.producerID) { return }
        records = try batch.records(using: &decompressor, limit: rules.decompressionLimit).makeIterator()
        leaderEpoch = header.partitionLeaderEpoch
    }
}
