import KafkaProtocol
import NIOCore

/// Decides what a cleaning keeps of each batch, and makes what is written of it. Keeps memory and codecs' contexts from
/// batch to batch.
struct BatchCleaner: ~Copyable {
    /// By what the decisions go, other than the keys.
    struct Rules: Sendable {
        var now: Timestamp
        /// `delete.retention.ms`, in milliseconds.
        var deleteRetention: Int64
        /// `max.message.bytes`
        var maxMessageBytes: Int
        var producers: ActiveProducers
    }

    /// What becomes of a batch.
    enum Kept {
        case nothing
        /// All of it, byte for byte.
        case unchanged
        /// This instead.
        case rewritten(RecordBatchView)
    }

    private let rules: Rules
    private var transactions: CleanedTransactions
    private var decompressor = Decompressor()
    private var compressor: Compressor?
    private var plain = ByteBuffer()
    /// The records of the batch at hand that stay.
    private var retained: [RecordLayout] = []
    /// Aborted transactions whose markers stay, since this was last asked for.
    private var abortedHere: [AbortedTransaction] = []

    init(_ rules: Rules, aborted: [AbortedTransaction]) {
        self.rules = rules
        transactions = CleanedTransactions(aborted: aborted)
    }

    /// The entries of the transaction index for what was cleaned since the last call.
    mutating func takeAborted() -> [AbortedTransaction] {
        defer { abortedHere.removeAll() }
        return abortedHere
    }

    // MARK: Noting keys

    /// Takes the keys of a batch into `map`, from `start` on; false if it became full on the way.
    mutating func note(
        _ batch: RecordBatchView, from start: Offset, in map: inout KeyOffsetMap
    ) throws(RecordBatchError) -> Bool {
        let header = batch.header
        if header.isControl {
            _ = transactions.takeControlBatch(header, try marker(batch))
        } else if !transactions.takeBatch(header), header.recordCount > 0 {
            let records = try records(of: batch)
            let isWhole = unsafe try records.withUnsafeReadableBytes { bytes throws(RecordBatchError) in
                unsafe try Self.note(bytes, header, from: start, in: &map)
            }
            guard isWhole else { return false }
        }
        map.advance(to: header.lastOffset)
        return true
    }

    private static func note(
        _ bytes: UnsafeRawBufferPointer, _ header: RecordBatchHeader, from start: Offset, in map: inout KeyOffsetMap
    ) throws(RecordBatchError) -> Bool {
        var position = 0
        for index in 0..<header.recordCount {
            let record = unsafe try RecordLayout(bytes, at: position, index: Int(index))
            position = record.end
            try header.check(record, Int(index))
            let offset = header.baseOffset + Int64(record.offsetDelta)
            guard let key = record.keyRange, offset >= start else { continue }
            guard unsafe map.put(UnsafeRawBufferPointer(rebasing: bytes[key]), at: offset) else { return false }
        }
        guard position == bytes.count else { throw .trailingBytes(bytes.count - position) }
        return true
    }

    // MARK: Cleaning

    /// What stays of a batch. `isLast` says that it ends several segments that become one, so that its
    /// offsets have to stay.
    mutating func clean(
        _ batch: RecordBatchView, by map: borrowing KeyOffsetMap, isLast: Bool
    ) throws(RecordBatchError) -> Kept {
        let header = batch.header
        let staysEmpty = isLast || rules.producers.needs(header)
        if header.isControl { return try cleanControl(batch, staysEmpty: staysEmpty) }
        if transactions.takeBatch(header) { return staysEmpty ? try empty(batch) : .nothing }
        guard header.recordCount > 0 else { return staysEmpty ? .unchanged : .nothing }
        let records = try records(of: batch)
        let hasTombstones = unsafe try records.withUnsafeReadableBytes { bytes throws(RecordBatchError) in
            unsafe try select(bytes, header, by: map)
        }
        if retained.isEmpty { return staysEmpty ? try empty(batch) : .nothing }
        let needsHorizon = hasTombstones && !header.attributes.hasDeleteHorizon
        if retained.count == Int(header.recordCount) && !needsHorizon { return .unchanged }
        return .rewritten(try rewrite(batch, records, horizon: needsHorizon ? newHorizon : nil))
    }

    /// Notes in `retained` the records that stay; true if there are tombstones among them.
    private mutating func select(
        _ bytes: UnsafeRawBufferPointer, _ header: RecordBatchHeader, by map: borrowing KeyOffsetMap
    ) throws(RecordBatchError) -> Bool {
        retained.removeAll(keepingCapacity: true)
        let keepsTombstones = header.deleteHorizon.map { rules.now < $0 } ?? true
        var hasTombstones = false
        var position = 0
        for index in 0..<header.recordCount {
            let record = unsafe try RecordLayout(bytes, at: position, index: Int(index))
            position = record.end
            try header.check(record, Int(index))
            let offset = header.baseOffset + Int64(record.offsetDelta)
            if offset <= map.latestOffset {
                // A record without a key, from before the topic was compacted, says nothing in a compacted log.
                guard let key = record.keyRange, record.hasValue || keepsTombstones else { continue }
                let last = unsafe map.offset(of: UnsafeRawBufferPointer(rebasing: bytes[key]))
                if let last, offset < last { continue }
            }
            if !record.hasValue { hasTombstones = true }
            retained.append(record)
        }
        guard position == bytes.count else { throw .trailingBytes(bytes.count - position) }
        return hasTombstones
    }

    private mutating func cleanControl(
        _ batch: RecordBatchView, staysEmpty: Bool
    ) throws(RecordBatchError) -> Kept {
        let header = batch.header
        let ended = transactions.takeControlBatch(header, try marker(batch))
        if let transaction = ended.aborted { abortedHere.append(transaction) }
        guard ended.isEmpty, !rules.producers.needsMarker(header) else { return .unchanged }
        if header.recordCount == 0 { return staysEmpty ? .unchanged : .nothing }
        guard let horizon = header.deleteHorizon else {
            retained.removeAll(keepingCapacity: true)
            let records = batch.recordsSlice
            unsafe try records.withUnsafeReadableBytes { bytes throws(RecordBatchError) in
                var position = 0
                for index in 0..<header.recordCount {
                    let record = unsafe try RecordLayout(bytes, at: position, index: Int(index))
                    position = record.end
                    retained.append(record)
                }
            }
            return .rewritten(try rewrite(batch, records, horizon: newHorizon))
        }
        guard horizon <= rules.now else { return .unchanged }
        return staysEmpty ? try empty(batch) : .nothing
    }

    private var newHorizon: Timestamp { rules.now.advanced(byMilliseconds: rules.deleteRetention) }

    private func marker(_ batch: RecordBatchView) throws(RecordBatchError) -> EndTransactionMarker? {
        batch.header.recordCount == 0
            ? nil : try EndTransactionMarker(header: batch.header, records: batch.recordsSlice)
    }

    /// The most bytes that one batch may decompress to.
    private static let decompressionBound = 1 << 30
    /// How much decompressed memory is kept between batches.
    private static let keptScratch = 4 << 20

    /// The records without compression.
    private mutating func records(of batch: RecordBatchView) throws(RecordBatchError) -> ByteBuffer {
        guard let codec = batch.header.attributes.codec else {
            throw .unknownCodec(batch.header.attributes.codecNumber)
        }
        if codec == .none { return batch.recordsSlice }
        if plain.capacity > Self.keptScratch { plain = ByteBuffer() } else { plain.clear() }
        unsafe try batch.recordsSlice.withUnsafeReadableBytes { block throws(RecordBatchError) in
            unsafe try decompressor.decompress(block, codec: codec, limit: Self.decompressionBound, into: &plain)
        }
        return plain
    }

    // MARK: Writing

    private func empty(_ batch: RecordBatchView) throws(RecordBatchError) -> Kept {
        var builder = RecordBatchBuilder(retaining: batch.header, reserving: RecordBatchHeader.byteCount)
        return .rewritten(try RecordBatchView(builder.finish()))
    }

    /// The batch with the records in `retained` only, in its own codec.
    private mutating func rewrite(
        _ batch: RecordBatchView, _ records: ByteBuffer, horizon: Timestamp?
    ) throws(RecordBatchError) -> RecordBatchView {
        let header = batch.header
        let sequence = try RecordSequence(header: header, bytes: records)
        var builder = RecordBatchBuilder(
            retaining: header, deleteHorizon: horizon, reserving: records.readableBytes + RecordBatchHeader.byteCount)
        for layout in retained { _ = try builder.append(copying: layout, of: sequence) }
        let codec = header.attributes.codec ?? .none
        if codec == .none { return try RecordBatchView(builder.finish()) }
        var compressor = self.compressor.take() ?? Compressor(codec: codec)
        if compressor.codec != codec { compressor = Compressor(codec: codec) }
        var again = builder
        let rewritten = try builder.finish(with: &compressor, evenIfLarger: true)
        self.compressor = consume compressor
        // What another compressor made smaller than ours can may not outgrow what consumers have room for.
        if rewritten.readableBytes > max(rules.maxMessageBytes, header.sizeInBytes) {
            var best = Compressor(codec: codec, level: codec.levels.upperBound)
            return try RecordBatchView(again.finish(with: &best))
        }
        return try RecordBatchView(rewritten)
    }
}

extension RecordBatchHeader {
    /// Throws unless the record lies among the batch's offsets.
    fileprivate func check(_ record: RecordLayout, _ index: Int) throws(RecordBatchError) {
        guard record.offsetDelta >= 0, record.offsetDelta <= lastOffsetDelta else {
            throw .badOffsetDelta(record: index)
        }
    }
}

/// What the log has to go on knowing of its producers: the batches that may still come again stay in the log, if need be
/// without their records, so that their sequences can be read from it.
struct ActiveProducers: Sendable {
    private let lastOffsets: Set<Offset>
    /// Producers of whom nothing but a marker is known: it alone tells their epoch.
    private let markersOnly: [ProducerID: ProducerEpoch]

    init(_ producers: ProducerStateManager) {
        var offsets: Set<Offset> = []
        var markers: [ProducerID: ProducerEpoch] = [:]
        for (id, state) in producers.producers {
            for index in 0..<state.batches.count { offsets.insert(state.batches[index].lastOffset) }
            if state.batches.count == 0 { markers[id] = state.epoch }
        }
        lastOffsets = offsets
        markersOnly = markers
    }

    func needs(_ header: RecordBatchHeader) -> Bool { header.hasProducerID && lastOffsets.contains(header.lastOffset) }

    func needsMarker(_ header: RecordBatchHeader) -> Bool { markersOnly[header.producerID] == header.producerEpoch }
}
