// Seeds: record-batches.jsonl.gz
import KafkaProtocol
import NIOCore

/// Reads the input as a `records` field in every way that the broker and the client do. What it looks for: traps, reads
/// out of bounds, memory beyond the limits, and a batch that is read, rebuilt and no longer says the same.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRecordBatch(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = unsafe ByteBuffer(bytes: UnsafeRawBufferPointer(start: start, count: count))
    var session = FuzzSession()
    for tail in [RecordBatchSequence.Tail.ignored, .rejected] {
        var batches = RecordBatchSequence(input, tail: tail).makeIterator()
        while let batch = try? batches.next() { session.exercise(batch) }
    }
    return 0
}

private struct FuzzSession: ~Copyable {
    private static let limit = 1 << 20

    private var decompressor = Decompressor()
    private var validator = RecordBatchValidator()

    mutating func exercise(_ batch: RecordBatchView) {
        _ = try? validator.validate(batch, RecordBatchRules(origin: .log, decompressionLimit: Self.limit))
        // Random bytes never have the right checksum; what lies behind it must hold all the same.
        var repaired = batch.bytes
        guard (try? repaired.setRecordBatchCRC(at: repaired.readerIndex)) != nil,
            let batch = try? RecordBatchView(onlyBatchIn: repaired)
        else { return precondition(false, "a whole batch was not repaired") }
        var rules = RecordBatchRules(origin: .producer, decompressionLimit: Self.limit)
        rules.requiresKeys = true
        rules.timestamps = 0...1_800_000_000_000
        _ = try? validator.validate(batch, rules)
        let facts = try? validator.validate(batch, RecordBatchRules(origin: .log, decompressionLimit: Self.limit))
        rebuild(batch, isValid: facts != nil)
        rewriteAppendTime(batch)
    }

    /// A batch that the validator accepts can be read, and rebuilds to the same records.
    private mutating func rebuild(_ batch: RecordBatchView, isValid: Bool) {
        guard let records = try? batch.records(using: &decompressor, limit: Self.limit),
            let plain = try? records.all()
        else { return precondition(!isValid, "a valid batch could not be read") }
        for record in plain { _ = try? EndTransactionMarker(record) }
        guard isValid else { return }
        var builder = RecordBatchBuilder(retaining: batch.header)
        var iterator = records.makeIterator()
        while let layout = try? iterator.nextLayout() {
            let isAppended = try? builder.append(copying: layout, of: records)
            precondition(isAppended == true, "a valid record could not be copied")
        }
        guard let copy = try? RecordBatchView(onlyBatchIn: builder.finish()), copy.crcIsValid,
            let again = try? copy.records(using: &decompressor, limit: Self.limit).all()
        else { return precondition(false, "a rebuilt batch could not be read") }
        precondition(again == plain, "a rebuilt batch has other records")
        precondition(copy.header.lastOffset == batch.header.lastOffset, "a rebuilt batch ends elsewhere")
    }

    private func rewriteAppendTime(_ batch: RecordBatchView) {
        var bytes = batch.bytes
        guard (try? bytes.setRecordBatch(logAppendTime: 5, at: bytes.readerIndex)) != nil,
            (try? bytes.setRecordBatch(baseOffset: 7, leaderEpoch: 8, at: bytes.readerIndex)) != nil,
            let view = try? RecordBatchView(onlyBatchIn: bytes)
        else { return precondition(false, "a batch could not be patched") }
        precondition(view.crcIsValid && view.header.maxTimestamp == 5 && view.header.baseOffset == 7)
    }
}
