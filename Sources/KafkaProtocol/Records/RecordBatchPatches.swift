package import NIOCore

// The numbers that a leader sets in a producer's batch. `set` functions on a ByteBuffer copy the whole storage first if
// anything else still holds it, such as the frame that the batch came in; who must not copy writes
// `RecordBatchHeader.leadingBytes(baseOffset:leaderEpoch:)` and then the batch from `leadingByteCount` on.

extension RecordBatchHeader {
    /// How many bytes hold everything that a leader assigns outside the CRC: base offset, length, leader epoch.
    @inlinable package static var leadingByteCount: Int { Position.magic }

    /// The first 16 bytes of this batch as the leader stores it, each half in memory order: write them, then the batch's
    /// own bytes from ``leadingByteCount`` on, and nothing had to be copied.
    package func leadingBytes(baseOffset: Offset, leaderEpoch: LeaderEpoch) -> (UInt64, UInt64) {
        let second = UInt64(UInt32(bitPattern: batchLength)) << 32 | UInt64(UInt32(bitPattern: leaderEpoch.rawValue))
        return (UInt64(bitPattern: baseOffset.rawValue).bigEndian, second.bigEndian)
    }
}

extension ByteBuffer {
    /// Assigns offset and leader epoch to the batch that begins at `index`; the CRC does not cover them.
    package mutating func setRecordBatch(
        baseOffset: Offset, leaderEpoch: LeaderEpoch, at index: Int
    ) throws(RecordBatchError) {
        _ = try RecordBatchHeader(from: self, at: index)
        setInteger(baseOffset.rawValue, at: index + RecordBatchHeader.Position.baseOffset)
        setInteger(leaderEpoch.rawValue, at: index + RecordBatchHeader.Position.partitionLeaderEpoch)
    }

    /// Makes `timestamp` the append time of the batch that begins at `index`: sets the timestamp type and the maximum
    /// timestamp, then computes the CRC anew, for which it reads all bytes. Records are not touched: readers take the
    /// maximum for each.
    package mutating func setRecordBatch(logAppendTime timestamp: Timestamp, at index: Int) throws(RecordBatchError) {
        var attributes = try RecordBatchView(self, at: index).header.attributes
        attributes.timestampType = .logAppendTime
        setInteger(attributes.rawValue, at: index + RecordBatchHeader.Position.attributes)
        setInteger(timestamp.rawValue, at: index + RecordBatchHeader.Position.maxTimestamp)
        try setRecordBatchCRC(at: index)
    }

    /// Corrects the maximum timestamp of the batch that begins at `index`, and its CRC, for which it reads all bytes.
    package mutating func setRecordBatch(maxTimestamp timestamp: Timestamp, at index: Int) throws(RecordBatchError) {
        _ = try RecordBatchHeader(from: self, at: index)
        setInteger(timestamp.rawValue, at: index + RecordBatchHeader.Position.maxTimestamp)
        try setRecordBatchCRC(at: index)
    }

    /// Gives the batch that begins at `index` another producer state, as after an epoch bump, and computes its CRC anew.
    package mutating func setRecordBatch(
        producerID: ProducerID, producerEpoch: ProducerEpoch, baseSequence: SequenceNumber, at index: Int
    ) throws(RecordBatchError) {
        _ = try RecordBatchHeader(from: self, at: index)
        setInteger(producerID.rawValue, at: index + RecordBatchHeader.Position.producerID)
        setInteger(producerEpoch.rawValue, at: index + RecordBatchHeader.Position.producerEpoch)
        setInteger(baseSequence.rawValue, at: index + RecordBatchHeader.Position.baseSequence)
        try setRecordBatchCRC(at: index)
    }

    /// Computes the CRC of the batch that begins at `index` and stores it. Reads all bytes.
    package mutating func setRecordBatchCRC(at index: Int) throws(RecordBatchError) {
        let crc = try RecordBatchView(self, at: index).computedCRC
        setInteger(crc, at: index + RecordBatchHeader.Position.crc)
    }
}
