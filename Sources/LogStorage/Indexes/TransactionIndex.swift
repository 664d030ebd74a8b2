package import KafkaProtocol

/// A transaction that was aborted: its records must not be shown to `read_committed`.
package struct AbortedTransaction: Hashable, Sendable {
    package var producerID: ProducerID
    package var firstOffset: Offset
    /// The offset of the abort marker.
    package var lastOffset: Offset
    /// The last stable offset when the marker was written.
    package var lastStableOffset: Offset

    package init(producerID: ProducerID, firstOffset: Offset, lastOffset: Offset, lastStableOffset: Offset) {
        self.producerID = producerID
        self.firstOffset = firstOffset
        self.lastOffset = lastOffset
        self.lastStableOffset = lastStableOffset
    }
}

/// The `.txnindex` of a segment: the transactions whose abort markers stand in it, as Kafka's entries of 34 bytes
/// (`version int16, producer id int64, first offset int64, last offset int64, last stable offset int64`).
enum TransactionIndex {
    static let entrySize = 34
    private static let version: Int16 = 0

    static func encode(_ transactions: [AbortedTransaction]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(transactions.count * entrySize)
        for transaction in transactions {
            bytes.append(bigEndian: version)
            bytes.append(bigEndian: transaction.producerID.rawValue)
            bytes.append(bigEndian: transaction.firstOffset.rawValue)
            bytes.append(bigEndian: transaction.lastOffset.rawValue)
            bytes.append(bigEndian: transaction.lastStableOffset.rawValue)
        }
        return bytes
    }

    /// nil where the bytes are no such index.
    static func decode(_ bytes: [UInt8]) -> [AbortedTransaction]? {
        let read = read(bytes)
        return read.end == bytes.count ? read.transactions : nil
    }

    /// The entries up to the first that is cut off or makes no sense, and where that begins.
    static func read(_ bytes: [UInt8]) -> (transactions: [AbortedTransaction], end: Int) {
        var transactions: [AbortedTransaction] = []
        for start in stride(from: 0, to: bytes.count, by: entrySize) {
            guard bytes.number(at: start, as: Int16.self) == version,
                let producer = bytes.number(at: start + 2, as: Int64.self),
                let first = bytes.number(at: start + 10, as: Int64.self),
                let last = bytes.number(at: start + 18, as: Int64.self),
                let stable = bytes.number(at: start + 26, as: Int64.self), first <= last,
                last > transactions.last?.lastOffset.rawValue ?? -1
            else { return (transactions, start) }
            transactions.append(
                AbortedTransaction(
                    producerID: ProducerID(producer), firstOffset: Offset(first), lastOffset: Offset(last),
                    lastStableOffset: Offset(stable)))
        }
        return (transactions, bytes.count)
    }
}
