package import NIOCore

/// The fixed 61 bytes at the head of a record batch (format version 2, KIP-98), as numbers.
///
/// Decoding checks only that the bytes are a header of this format; ``checkStructure()`` checks that its numbers agree.
package struct RecordBatchHeader: Hashable, Sendable {
    /// The offset of the first record; producers send 0 and the leader assigns it.
    package var baseOffset: Offset
    /// How many bytes follow the length field.
    package var batchLength: Int32
    /// The epoch of the leader that appended the batch; -1 from producers. Lies outside the CRC.
    package var partitionLeaderEpoch: LeaderEpoch
    package var magic: Int8
    /// CRC-32C of everything from the attributes to the end of the batch.
    package var crc: UInt32
    package var attributes: RecordBatchAttributes
    /// The offset of the last record, relative to the base offset. Compaction keeps it when it drops the last record.
    package var lastOffsetDelta: Int32
    /// What the records' timestamp deltas are relative to; with a delete horizon, that horizon.
    package var baseTimestamp: Timestamp
    package var maxTimestamp: Timestamp
    package var producerID: ProducerID
    package var producerEpoch: ProducerEpoch
    /// The sequence number of the first record; -1 from producers that are not idempotent.
    package var baseSequence: SequenceNumber
    package var recordCount: Int32

    /// The byte positions of the fields inside a batch.
    package enum Position {
        @inlinable package static var baseOffset: Int { 0 }
        @inlinable package static var batchLength: Int { 8 }
        @inlinable package static var partitionLeaderEpoch: Int { 12 }
        @inlinable package static var magic: Int { 16 }
        @inlinable package static var crc: Int { 17 }
        @inlinable package static var attributes: Int { 21 }
        @inlinable package static var lastOffsetDelta: Int { 23 }
        @inlinable package static var baseTimestamp: Int { 27 }
        @inlinable package static var maxTimestamp: Int { 35 }
        @inlinable package static var producerID: Int { 43 }
        @inlinable package static var producerEpoch: Int { 51 }
        @inlinable package static var baseSequence: Int { 53 }
        @inlinable package static var recordCount: Int { 57 }
        @inlinable package static var records: Int { 61 }
    }

    /// The bytes of the header.
    @inlinable package static var byteCount: Int { Position.records }
    /// The bytes up to and including the length field, which ``batchLength`` does not count.
    @inlinable package static var lengthOverhead: Int { Position.partitionLeaderEpoch }
    /// The only format that is written and read.
    @inlinable package static var currentMagic: Int8 { 2 }

    package init(
        baseOffset: Offset, batchLength: Int32, partitionLeaderEpoch: LeaderEpoch = .none, crc: UInt32 = 0,
        attributes: RecordBatchAttributes, lastOffsetDelta: Int32, baseTimestamp: Timestamp, maxTimestamp: Timestamp,
        producerID: ProducerID = .none, producerEpoch: ProducerEpoch = .none, baseSequence: SequenceNumber = .none,
        recordCount: Int32
    ) {
        self.baseOffset = baseOffset
        self.batchLength = batchLength
        self.partitionLeaderEpoch = partitionLeaderEpoch
        self.magic = Self.currentMagic
        self.crc = crc
        self.attributes = attributes
        self.lastOffsetDelta = lastOffsetDelta
        self.baseTimestamp = baseTimestamp
        self.maxTimestamp = maxTimestamp
        self.producerID = producerID
        self.producerEpoch = producerEpoch
        self.baseSequence = baseSequence
        self.recordCount = recordCount
    }
}

// MARK: - What follows from the fields

extension RecordBatchHeader {
    /// The bytes of the whole batch, this header included.
    @inlinable package var sizeInBytes: Int { Int(batchLength) + Self.lengthOverhead }
    /// The bytes behind the header: the records, or their compressed block.
    @inlinable package var recordsByteCount: Int { sizeInBytes - Self.byteCount }
    @inlinable package var lastOffset: Offset { baseOffset.advanced(by: Int64(lastOffsetDelta)) }
    /// The offset that the next batch begins with at the earliest.
    @inlinable package var nextOffset: Offset { lastOffset.advanced(by: 1) }
    /// The sequence of the last record, wrapped; `none` where the producer is not idempotent.
    @inlinable package var lastSequence: SequenceNumber {
        baseSequence < 0 ? .none : baseSequence.advanced(by: lastOffsetDelta)
    }
    @inlinable package var isTransactional: Bool { attributes.isTransactional }
    @inlinable package var isControl: Bool { attributes.isControl }
    @inlinable package var timestampType: TimestampType { attributes.timestampType }
    /// The time after which compaction may drop the tombstones of this batch; nil while none was set.
    @inlinable package var deleteHorizon: Timestamp? { attributes.hasDeleteHorizon ? baseTimestamp : nil }
    @inlinable package var hasProducerID: Bool { producerID >= 0 }

    /// Checks that the numbers of the header agree with each other: codec, offsets and count.
    package func checkStructure() throws(RecordBatchError) {
        guard attributes.codec != nil else { throw .unknownCodec(attributes.codecNumber) }
        guard baseOffset >= 0, lastOffsetDelta >= 0, baseOffset.rawValue <= Int64.max - Int64(lastOffsetDelta) - 1
        else { throw .badOffsetRange }
        guard recordCount >= 0, Int64(recordCount) <= Int64(lastOffsetDelta) + 1 else {
            throw .badRecordCount(recordCount)
        }
    }
}

// MARK: - Bytes

extension RecordBatchHeader {
    /// Reads the header that begins at `index` of the readable bytes of `buffer`. Copies nothing.
    package init(from buffer: ByteBuffer, at index: Int) throws(RecordBatchError) {
        let skipped = index - buffer.readerIndex
        guard skipped >= 0, skipped <= buffer.readableBytes else {
            throw .tooShort(available: 0, needed: Self.byteCount)
        }
        self = unsafe try buffer.withUnsafeReadableBytes { bytes throws(RecordBatchError) in
            unsafe try RecordBatchHeader(UnsafeRawBufferPointer(rebasing: bytes[skipped...]))
        }
    }

    /// Reads the header at the start of `bytes`.
    package init(_ bytes: RawSpan) throws(RecordBatchError) {
        self = unsafe try bytes.withUnsafeBytes { pointer throws(RecordBatchError) in
            unsafe try RecordBatchHeader(pointer)
        }
    }

    /// Reads the header at the start of `bytes`, which may be longer than the header and shorter than the batch.
    package init(_ bytes: UnsafeRawBufferPointer) throws(RecordBatchError) {
        guard bytes.count > Position.magic else { throw .tooShort(available: bytes.count, needed: Self.byteCount) }
        let magic = unsafe bytes.bigEndian(at: Position.magic, as: Int8.self)
        guard magic == Self.currentMagic else { throw .wrongMagic(magic) }
        guard bytes.count >= Self.byteCount else { throw .tooShort(available: bytes.count, needed: Self.byteCount) }
        let batchLength = unsafe bytes.bigEndian(at: Position.batchLength, as: Int32.self)
        guard batchLength >= Self.byteCount - Self.lengthOverhead, batchLength <= Int32.max - Int32(Self.lengthOverhead)
        else { throw .lengthOutOfBounds(batchLength) }
        self.batchLength = batchLength
        self.magic = magic
        unsafe baseOffset = Offset(bytes.bigEndian(at: Position.baseOffset))
        unsafe partitionLeaderEpoch = LeaderEpoch(bytes.bigEndian(at: Position.partitionLeaderEpoch))
        unsafe crc = bytes.bigEndian(at: Position.crc)
        unsafe attributes = RecordBatchAttributes(rawValue: bytes.bigEndian(at: Position.attributes))
        unsafe lastOffsetDelta = bytes.bigEndian(at: Position.lastOffsetDelta)
        unsafe baseTimestamp = Timestamp(bytes.bigEndian(at: Position.baseTimestamp))
        unsafe maxTimestamp = Timestamp(bytes.bigEndian(at: Position.maxTimestamp))
        unsafe producerID = ProducerID(bytes.bigEndian(at: Position.producerID))
        unsafe producerEpoch = ProducerEpoch(bytes.bigEndian(at: Position.producerEpoch))
        unsafe baseSequence = SequenceNumber(bytes.bigEndian(at: Position.baseSequence))
        unsafe recordCount = bytes.bigEndian(at: Position.recordCount)
    }

    /// Writes the 61 bytes over those at `index` of `buffer`, which grows if they are not there yet.
    package func write(to buffer: inout ByteBuffer, at index: Int) {
        buffer.setInteger(baseOffset.rawValue, at: index + Position.baseOffset)
        buffer.setInteger(batchLength, at: index + Position.batchLength)
        buffer.setInteger(partitionLeaderEpoch.rawValue, at: index + Position.partitionLeaderEpoch)
        buffer.setInteger(magic, at: index + Position.magic)
        buffer.setInteger(crc, at: index + Position.crc)
        buffer.setInteger(attributes.rawValue, at: index + Position.attributes)
        buffer.setInteger(lastOffsetDelta, at: index + Position.lastOffsetDelta)
        buffer.setInteger(baseTimestamp.rawValue, at: index + Position.baseTimestamp)
        buffer.setInteger(maxTimestamp.rawValue, at: index + Position.maxTimestamp)
        buffer.setInteger(producerID.rawValue, at: index + Position.producerID)
        buffer.setInteger(producerEpoch.rawValue, at: index + Position.producerEpoch)
        buffer.setInteger(baseSequence.rawValue, at: index + Position.baseSequence)
        buffer.setInteger(recordCount, at: index + Position.recordCount)
    }
}

extension UnsafeRawBufferPointer {
    /// The big-endian number at `offset`, which the caller has checked to lie inside.
    @inline(__always)
    func bigEndian<Number: FixedWidthInteger & BitwiseCopyable>(
        at offset: Int, as: Number.Type = Number.self
    ) -> Number {
        unsafe Number(bigEndian: loadUnaligned(fromByteOffset: offset, as: Number.self))
    }
}
