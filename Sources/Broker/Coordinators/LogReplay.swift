import KafkaProtocol
import LogStorage
import NIOCore

/// Reads a coordinator's log from its beginning to where it ends now, batch by batch. Blocks.
struct LogReplay: ~Copyable {
    private let reader: LogReader
    private let pieceByteCount: Int
    private let end: Offset
    private var position: Offset
    private var batches: RecordBatchSequence.Iterator?
    private var decompressor = Decompressor()

    /// What a compressed batch may unfold into.
    private static let decompressionLimit = 1 << 30

    /// - Parameter pieceByteCount: how much of the log is looked at in one piece.
    init(_ reader: LogReader, pieceByteCount: Int) {
        self.reader = reader
        self.pieceByteCount = pieceByteCount
        (position, end) = (reader.offsets.logStart, reader.offsets.logEnd)
    }

    /// The next batch, checked; nil at the end.
    mutating func next() throws -> RecordBatchView? {
        while true {
            if let batch = try batches?.next() {
                try batch.checkCRC()
                position = batch.header.nextOffset
                return batch
            }
            guard position < end else { return nil }
            let read = try reader.read(from: position, maxBytes: pieceByteCount, minOneBatch: true, upTo: end)
            var bytes = ByteBuffer()
            for slice in read.slices { bytes.writeImmutableBuffer(try slice.readBytes()) }
            // Compaction may have left nothing before the end.
            guard bytes.readableBytes > 0 else { return nil }
            batches = RecordBatchSequence(bytes, tail: .ignored).makeIterator()
        }
    }

    mutating func forEachRecord(of batch: RecordBatchView, _ body: (Record) throws -> Void) throws {
        var records = try batch.records(using: &decompressor, limit: Self.decompressionLimit).makeIterator()
        while let record = try records.next() { try body(record) }
    }
}
