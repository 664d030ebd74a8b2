import NIOCore

/// What a batch has to be, beyond whole and undamaged.
package struct RecordBatchRules: Hashable, Sendable {
    /// Where the batch comes from.
    package enum Origin: Hashable, Sendable {
        /// A client: records stand without gaps from delta 0 on, nothing is a broker's to set.
        case producer
        /// A log: control batches, append times and the gaps that compaction leaves are fine.
        case log
    }

    package var origin: Origin
    /// The most bytes that the records may take without compression.
    package var decompressionLimit: Int
    /// The times that records may have where they carry their own; `Timestamp.none` is always allowed.
    package var timestamps: ClosedRange<Timestamp>?
    /// Whether each record needs a key, because the topic is compacted.
    package var requiresKeys: Bool
    /// Whether to decompress in order to walk the records. Where keys or times are ruled, it is done in any case.
    package var walksCompressed: Bool

    package init(
        origin: Origin, decompressionLimit: Int, timestamps: ClosedRange<Timestamp>? = nil, requiresKeys: Bool = false,
        walksCompressed: Bool = true
    ) {
        self.origin = origin
        self.decompressionLimit = decompressionLimit
        self.timestamps = timestamps
        self.requiresKeys = requiresKeys
        self.walksCompressed = walksCompressed
    }
}

/// What a walk over a batch has found.
package struct RecordBatchFacts: Hashable, Sendable {
    package let recordCount: Int32
    /// The latest time of the records, whatever the header claims; the header's where they were not walked.
    package let maxTimestamp: Timestamp
    /// The first record that has that time, relative to the base offset; nil where the records were not walked or none
    /// are there.
    package let offsetDeltaOfMaxTimestamp: Int32?
    /// The first record without a key, counted from 0.
    package let firstNullKey: Int32?
    /// The bytes of the records without compression; nil where they were not walked.
    package let plainByteCount: Int?

    package var hasNullKey: Bool { firstNullKey != nil }
}

/// Checks whole batches: that they are undamaged, then that what they say makes sense, record by record.
///
/// It allocates nothing per record, and nothing per batch but what decompression needs, into memory that it keeps. Not
/// thread-safe: one per event loop.
package struct RecordBatchValidator: ~Copyable {
    private var decompressor = Decompressor()
    private var scratch = ByteBuffer()

    /// How much decompressed memory is kept between batches.
    private static let keptScratch = 1 << 20

    package init() {}

    /// Checks `batch`, which is whole. The error says what to answer, and which records are to blame.
    package mutating func validate(
        _ batch: RecordBatchView, _ rules: RecordBatchRules
    ) throws(RecordBatchRejection) -> RecordBatchFacts {
        var faults: [RecordFault] = []
        let facts: RecordBatchFacts
        do throws(RecordBatchError) {
            facts = try examine(batch, rules, &faults)
        } catch {
            throw RecordBatchRejection(error)
        }
        guard faults.isEmpty else { throw RecordBatchRejection(faults) }
        return facts
    }

    /// Checks a batch that lies in a log already, down to its records: the error says what is damaged.
    package mutating func check(inLog batch: RecordBatchView) throws(RecordBatchError) {
        var faults: [RecordFault] = []
        _ = try examine(batch, RecordBatchRules(origin: .log, decompressionLimit: .max), &faults)
    }

    private mutating func examine(
        _ batch: RecordBatchView, _ rules: RecordBatchRules, _ faults: inout [RecordFault]
    ) throws(RecordBatchError) -> RecordBatchFacts {
        try batch.checkCRC()
        let header = batch.header
        try header.checkStructure()
        if rules.origin == .producer { try header.checkProducerRules() }
        let codec = header.attributes.codec ?? .none
        if codec == .none || header.recordsByteCount == 0 {
            return unsafe try batch.bytes.withUnsafeReadableBytes { bytes throws(RecordBatchError) in
                let records = unsafe UnsafeRawBufferPointer(rebasing: bytes[RecordBatchHeader.byteCount...])
                return unsafe try RecordWalk.check(records, header, rules, &faults)
            }
        }
        guard rules.walksCompressed || rules.requiresKeys || rules.timestamps != nil else {
            return RecordBatchFacts(unwalked: header)
        }
        return try examine(compressed: batch, codec, rules, &faults)
    }

    private mutating func examine(
        compressed batch: RecordBatchView, _ codec: CompressionCodec, _ rules: RecordBatchRules,
        _ faults: inout [RecordFault]
    ) throws(RecordBatchError) -> RecordBatchFacts {
        scratch.clear()
        defer { if scratch.capacity > Self.keptScratch { scratch = ByteBuffer() } }
        unsafe try batch.bytes.withUnsafeReadableBytes { bytes throws(RecordBatchError) in
            let block = unsafe UnsafeRawBufferPointer(rebasing: bytes[RecordBatchHeader.byteCount...])
            unsafe try decompressor.decompress(block, codec: codec, limit: rules.decompressionLimit, into: &scratch)
        }
        return unsafe try scratch.withUnsafeReadableBytes { records throws(RecordBatchError) in
            unsafe try RecordWalk.check(records, batch.header, rules, &faults)
        }
    }
}

extension RecordBatchHeader {
    /// Checks what a client may not write or must write together.
    package func checkProducerRules() throws(RecordBatchError) {
        guard !isControl else { throw .badControlBatch }
        guard Int64(recordCount) == Int64(lastOffsetDelta) + 1 else { throw .badRecordCount(recordCount) }
        guard timestampType == .createTime, !attributes.hasDeleteHorizon else { throw .badTimestampType }
        guard hasProducerID ? producerEpoch >= 0 && baseSequence >= 0 : !isTransactional else {
            throw .badProducerState
        }
    }
}

extension RecordBatchFacts {
    /// What the header of a batch claims whose records were not looked at.
    init(unwalked header: RecordBatchHeader) {
        self.init(
            recordCount: header.recordCount, maxTimestamp: header.maxTimestamp, offsetDeltaOfMaxTimestamp: nil,
            firstNullKey: nil, plainByteCount: nil)
    }
}

/// The walk over the plain records of one batch, which only looks at numbers and notes extremes.
private struct RecordWalk {
    private var leastDelta: Int32 = 0
    private var latest = Timestamp(Int64.min)
    private var earliest = Timestamp.max
    private var offsetDeltaOfLatest: Int32?
    private var firstNullKey: Int32?

    static func check(
        _ bytes: UnsafeRawBufferPointer, _ header: RecordBatchHeader, _ rules: RecordBatchRules,
        _ faults: inout [RecordFault]
    ) throws(RecordBatchError) -> RecordBatchFacts {
        guard Int(header.recordCount) <= bytes.count / RecordSequence.leastByteCount else {
            throw .badRecordCount(header.recordCount)
        }
        var walk = RecordWalk()
        unsafe try walk.run(bytes, header, isDense: rules.origin == .producer)
        if walk.breaks(rules) { unsafe faults = try RecordFault.find(in: bytes, header, rules) }
        let isAppendTime = header.timestampType == .logAppendTime || header.recordCount == 0
        return RecordBatchFacts(
            recordCount: header.recordCount, maxTimestamp: isAppendTime ? header.maxTimestamp : walk.latest,
            offsetDeltaOfMaxTimestamp: walk.offsetDeltaOfLatest, firstNullKey: walk.firstNullKey,
            plainByteCount: bytes.count)
    }

    private mutating func run(
        _ bytes: UnsafeRawBufferPointer, _ header: RecordBatchHeader, isDense: Bool
    ) throws(RecordBatchError) {
        var position = 0
        for index in 0..<header.recordCount {
            guard position < bytes.count else { throw .badRecordCount(header.recordCount) }
            let record = unsafe try RecordLayout(bytes, at: position, index: Int(index))
            position = record.end
            let delta = record.offsetDelta
            guard isDense ? delta == index : delta >= leastDelta && delta <= header.lastOffsetDelta else {
                throw .badOffsetDelta(record: Int(index))
            }
            guard delta < Int32.max || index == header.recordCount - 1 else {
                throw .badOffsetDelta(record: Int(index) + 1)
            }
            leastDelta = delta &+ 1
            note(header.timestamp(of: record), delta)
            if !record.hasKey && firstNullKey == nil { firstNullKey = index }
        }
        guard position == bytes.count else { throw .trailingBytes(bytes.count - position) }
    }

    @inline(__always)
    private mutating func note(_ timestamp: Timestamp, _ delta: Int32) {
        if offsetDeltaOfLatest == nil || timestamp > latest {
            latest = timestamp
            offsetDeltaOfLatest = delta
        }
        if timestamp < earliest && timestamp != .none { earliest = timestamp }
    }

    private func breaks(_ rules: RecordBatchRules) -> Bool {
        if rules.requiresKeys && firstNullKey != nil { return true }
        guard let allowed = rules.timestamps else { return false }
        return (earliest != .max && earliest < allowed.lowerBound) || (latest > allowed.upperBound && latest != .none)
    }
}
