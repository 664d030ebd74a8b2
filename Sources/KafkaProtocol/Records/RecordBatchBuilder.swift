package import NIOCore

/// Puts records into a batch, one behind the other in the batch's own memory: appending copies the bytes of a record
/// once and allocates nothing, as long as the memory that was reserved suffices.
///
/// Set producer, offset and epoch at any time before ``finish()``, which hands the batch out and leaves the builder
/// empty for the next one.
package struct RecordBatchBuilder: Sendable {
    package var baseOffset: Offset
    package var partitionLeaderEpoch: LeaderEpoch = .none
    package var producerID: ProducerID = .none
    package var producerEpoch: ProducerEpoch = .none
    package var baseSequence: SequenceNumber = .none
    package var isTransactional = false
    package var isControl = false
    /// Makes it a batch with this append time; the records' own times are still written, but nobody reads them.
    package var logAppendTime: Timestamp?
    /// The last offset of the batch where it is not that of the last record, because compaction dropped that.
    package var retainedLastOffset: Offset?
    /// How large the batch may grow before compression; the first record may be larger.
    package let sizeLimit: Int

    package private(set) var recordCount: Int32 = 0
    /// The latest time of the records so far.
    package private(set) var maxTimestamp: Timestamp = .none
    private var lastOffsetDelta: Int32 = -1
    private var baseTimestamp: Timestamp = .none
    /// Whether the base timestamp was given, not taken from the first record.
    private var hasFixedBase = false
    private var deleteHorizon: Timestamp?
    /// The maximum timestamp of a batch without records.
    private var emptyMaxTimestamp: Timestamp = .none
    private var buffer = ByteBuffer()
    private let reservation: Int

    /// The most bytes that one batch may have.
    package static let largestByteCount = Int(Int32.max)

    /// An empty builder that reserves `reservation` bytes with the first record.
    package init(baseOffset: Offset = 0, sizeLimit: Int = Self.largestByteCount, reserving reservation: Int = 1024) {
        self.baseOffset = baseOffset
        self.sizeLimit = min(sizeLimit, Self.largestByteCount)
        self.reservation = reservation
    }

    /// A builder for what compaction keeps of the batch with `header`: offsets, producer state and append time stay; a
    /// new `deleteHorizon` takes the place of the base timestamp (KIP-534).
    package init(retaining header: RecordBatchHeader, deleteHorizon: Timestamp? = nil, reserving: Int = 1024) {
        self.init(baseOffset: header.baseOffset, reserving: reserving)
        partitionLeaderEpoch = header.partitionLeaderEpoch
        producerID = header.producerID
        producerEpoch = header.producerEpoch
        baseSequence = header.baseSequence
        isTransactional = header.isTransactional
        isControl = header.isControl
        logAppendTime = header.timestampType == .logAppendTime ? header.maxTimestamp : nil
        retainedLastOffset = header.lastOffset
        self.deleteHorizon = deleteHorizon ?? header.deleteHorizon
        baseTimestamp = self.deleteHorizon ?? header.baseTimestamp
        hasFixedBase = true
        emptyMaxTimestamp = header.maxTimestamp
    }

    package var isEmpty: Bool { recordCount == 0 }
    /// The size of the batch before compression, header included.
    package var sizeInBytes: Int { max(buffer.readableBytes, RecordBatchHeader.byteCount) }
}

// MARK: - Appending

extension RecordBatchBuilder {
    /// Appends a record behind the last, at the next offset; false, and nothing done, where the batch would outgrow its
    /// limit.
    package mutating func append(
        key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?, headers: [RecordHeader] = [],
        timestamp: Timestamp, offset: Offset? = nil
    ) throws(RecordBatchError) -> Bool {
        let headerBytes = headers.isEmpty ? 1 : Self.byteCount(of: headers)
        let body = unsafe Self.byteCount(of: key) + Self.byteCount(of: value) + headerBytes
        return try append(offset: offset, timestamp: timestamp, bodyByteCount: body) { writer in
            unsafe writer.field(key)
            unsafe writer.field(value)
            writer.varint(Int64(headers.count))
            if !headers.isEmpty { Self.write(headers, to: &writer) }
        }
    }

    /// Appends a record behind the last, at the next offset or a later one; false, and nothing done, where the batch
    /// would outgrow its limit.
    package mutating func append(
        key: ByteBuffer?, value: ByteBuffer?, headers: [RecordHeader] = [], timestamp: Timestamp,
        offset: Offset? = nil
    ) throws(RecordBatchError) -> Bool {
        unsafe try withBytes(of: key) { key throws(RecordBatchError) in
            unsafe try withBytes(of: value) { value throws(RecordBatchError) in
                unsafe try append(key: key, value: value, headers: headers, timestamp: timestamp, offset: offset)
            }
        }
    }

    /// Appends a record at its own offset.
    package mutating func append(_ record: Record) throws(RecordBatchError) -> Bool {
        try append(
            key: record.key, value: record.value, headers: record.headers, timestamp: record.timestamp,
            offset: record.offset)
    }

    /// Appends a record of another batch at its own offset and time, its key, value and headers byte by byte.
    package mutating func append(
        copying layout: RecordLayout, of records: RecordSequence
    ) throws(RecordBatchError) -> Bool {
        let header = records.header
        let timestamp = header.writtenTimestamp(of: layout)
        let offset = header.baseOffset.advanced(by: Int64(layout.offsetDelta))
        return unsafe try records.bytes.withUnsafeReadableBytes { bytes throws(RecordBatchError) in
            let body = unsafe UnsafeRawBufferPointer(rebasing: bytes[layout.bodyRange])
            return try append(offset: offset, timestamp: timestamp, bodyByteCount: body.count) { writer in
                unsafe writer.raw(body)
            }
        }
    }

    @inline(__always)
    private mutating func append(
        offset: Offset?, timestamp: Timestamp, bodyByteCount: Int, _ writeBody: (inout RecordWriter) -> Void
    ) throws(RecordBatchError) -> Bool {
        if recordCount == 0 && !hasFixedBase { baseTimestamp = timestamp }
        let offsetDelta = offset.map { baseOffset.distance(to: $0) } ?? Int64(lastOffsetDelta) + 1
        guard offsetDelta > Int64(lastOffsetDelta), offsetDelta <= Int64(Int32.max), recordCount < Int32.max else {
            throw .badOffsetDelta(record: Int(recordCount))
        }
        let timestampDelta = baseTimestamp.milliseconds(to: timestamp)
        let length = 1 + Varint.byteCount(timestampDelta) + Varint.byteCount(offsetDelta) + bodyByteCount
        let total = Varint.byteCount(Int64(length)) + length
        guard total <= sizeLimit - sizeInBytes || recordCount == 0 else { return false }
        guard total <= Self.largestByteCount - sizeInBytes else { throw .batchTooLarge(sizeInBytes + total) }
        if buffer.readableBytes == 0 { startBuffer() }
        unsafe buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: total) { memory in
            var writer = unsafe RecordWriter(memory, byteCount: total)
            writer.varint(Int64(length))
            writer.byte(0)
            writer.varint(timestampDelta)
            writer.varint(offsetDelta)
            writeBody(&writer)
            precondition(writer.remaining == 0, "a record is not as long as it was measured")
            return total
        }
        lastOffsetDelta = Int32(offsetDelta)
        recordCount += 1
        maxTimestamp = max(maxTimestamp, timestamp)
        return true
    }

    private mutating func startBuffer() {
        buffer.reserveCapacity(max(RecordBatchHeader.byteCount, min(reservation, sizeLimit)))
        buffer.writeRepeatingByte(0, count: RecordBatchHeader.byteCount)
    }

    private static func byteCount(of field: UnsafeRawBufferPointer?) -> Int {
        guard let field = unsafe field else { return 1 }
        return Varint.byteCount(Int64(field.count)) + field.count
    }

    private static func byteCount(of headers: [RecordHeader]) -> Int {
        var sum = Varint.byteCount(Int64(headers.count))
        for header in headers {
            let key = header.key.utf8.count
            sum += Varint.byteCount(Int64(key)) + key
            let value = header.value?.readableBytes
            sum += Varint.byteCount(Int64(value ?? -1)) + (value ?? 0)
        }
        return sum
    }

    private static func write(_ headers: [RecordHeader], to writer: inout RecordWriter) {
        for header in headers {
            writer.field(header.key)
            unsafe withBytes(of: header.value) { unsafe writer.field($0) }
        }
    }
}

/// Lets `body` see the readable bytes of `buffer`, nil for nil.
@inline(__always)
private func withBytes<Result, Failure: Error>(
    of buffer: ByteBuffer?, _ body: (UnsafeRawBufferPointer?) throws(Failure) -> Result
) throws(Failure) -> Result {
    guard let buffer else { return try body(nil) }
    return unsafe try buffer.withUnsafeReadableBytes { bytes throws(Failure) in unsafe try body(bytes) }
}

// MARK: - Finishing

extension RecordBatchBuilder {
    /// Ends the batch without compression. Nothing is copied.
    package mutating func finish() throws(RecordBatchError) -> ByteBuffer {
        if buffer.readableBytes == 0 { startBuffer() }
        var batch = take()
        let header = takeHeader(byteCount: batch.readableBytes, codec: .none)
        Self.seal(&batch, header)
        return batch
    }

    /// Ends the batch and compresses its records, unless that makes them larger, which a topic with a codec of its own
    /// wants all the same (`evenIfLarger`).
    package mutating func finish(
        with compressor: inout Compressor, evenIfLarger: Bool = false
    ) throws(RecordBatchError) -> ByteBuffer {
        guard compressor.codec != .none, recordCount > 0 else { return try finish() }
        var compressed = ByteBuffer()
        compressed.reserveCapacity(sizeInBytes)
        compressed.writeRepeatingByte(0, count: RecordBatchHeader.byteCount)
        unsafe try buffer.withUnsafeReadableBytes { bytes throws(RecordBatchError) in
            let records = unsafe UnsafeRawBufferPointer(rebasing: bytes[RecordBatchHeader.byteCount...])
            unsafe try compressor.compress(records, into: &compressed)
        }
        guard compressed.readableBytes < buffer.readableBytes || evenIfLarger else { return try finish() }
        guard compressed.readableBytes <= Self.largestByteCount else { throw .batchTooLarge(compressed.readableBytes) }
        _ = take()
        let header = takeHeader(byteCount: compressed.readableBytes, codec: compressor.codec)
        Self.seal(&compressed, header)
        return compressed
    }

    /// Hands the memory out, held by nobody else, so that writing the header copies nothing.
    private mutating func take() -> ByteBuffer {
        let taken = buffer
        buffer = ByteBuffer()
        return taken
    }

    /// The header of a batch of that size, after which the builder begins anew.
    private mutating func takeHeader(byteCount: Int, codec: CompressionCodec) -> RecordBatchHeader {
        let lastDelta = retainedLastOffset.map { Int32(clamping: baseOffset.distance(to: $0)) } ?? lastOffsetDelta
        let header = RecordBatchHeader(
            baseOffset: baseOffset, batchLength: Int32(byteCount - RecordBatchHeader.lengthOverhead),
            partitionLeaderEpoch: partitionLeaderEpoch,
            attributes: RecordBatchAttributes(
                codec: codec, timestampType: logAppendTime == nil ? .createTime : .logAppendTime,
                isTransactional: isTransactional, isControl: isControl, hasDeleteHorizon: deleteHorizon != nil),
            lastOffsetDelta: max(lastDelta, 0), baseTimestamp: baseTimestamp,
            maxTimestamp: logAppendTime ?? (recordCount == 0 ? emptyMaxTimestamp : maxTimestamp),
            producerID: producerID, producerEpoch: producerEpoch, baseSequence: baseSequence, recordCount: recordCount)
        reset()
        return header
    }

    private mutating func reset() {
        recordCount = 0
        lastOffsetDelta = -1
        maxTimestamp = .none
        if !hasFixedBase { baseTimestamp = .none }
    }

    private static func seal(_ batch: inout ByteBuffer, _ header: RecordBatchHeader) {
        header.write(to: &batch, at: batch.readerIndex)
        let crc = unsafe batch.withUnsafeReadableBytes { bytes in
            unsafe CRC32C.checksum(
                of: UnsafeRawBufferPointer(rebasing: bytes[RecordBatchHeader.Position.attributes...]))
        }
        batch.setInteger(crc, at: batch.readerIndex + RecordBatchHeader.Position.crc)
    }
}
