import KafkaProtocol
import NIOCore

/// Batches that tests write.
enum TestBatch {
    /// A time of day at which nothing is too old and nothing lies ahead, for a broker that runs by the system's clock.
    static let recent = Timestamp(1_700_000_000_000)

    /// A batch with one record per value, one millisecond apart.
    static func values(_ values: [String], at timestamp: Timestamp = recent) throws -> ByteBuffer {
        try records(
            values.enumerated().map { index, value in
                (value, timestamp.advanced(byMilliseconds: Int64(index)))
            })
    }

    /// A batch with one record per value and time.
    static func records(
        _ records: [(value: String, timestamp: Timestamp)], codec: CompressionCodec = .none,
        _ adjust: (inout RecordBatchBuilder) -> Void = { _ in }
    ) throws -> ByteBuffer {
        var builder = RecordBatchBuilder()
        adjust(&builder)
        for record in records {
            _ = try builder.append(
                key: nil, value: ByteBuffer(string: record.value), timestamp: record.timestamp)
        }
        var compressor = Compressor(codec: codec)
        return try builder.finish(with: &compressor, evenIfLarger: true)
    }

    /// A batch of one record of about this size.
    static func sized(_ byteCount: Int, mark: Character = "x") throws -> ByteBuffer {
        try values([String(repeating: mark, count: byteCount)])
    }
}

extension FetchResponse.PartitionData {
    /// The whole batches that were sent.
    var batches: [RecordBatchView] {
        get throws { try RecordBatchSequence(records.buffer ?? ByteBuffer(), tail: .rejected).all() }
    }

    /// The offsets and values of all records that were sent, of uncompressed batches.
    var read: [(offset: Offset, value: String)] {
        get throws {
            try batches.flatMap { batch in
                try batch.checkCRC()
                return try RecordSequence(header: batch.header, bytes: batch.recordsSlice).all().map { record in
                    (record.offset, record.value.map { String(buffer: $0) } ?? "")
                }
            }
        }
    }

    var values: [String] { get throws { try read.map(\.value) } }
}
