/// What can be wrong with the bytes of a record batch. The bytes are a peer's or a disk's: nothing here is a trap.
package enum RecordBatchError: Error, Hashable, Sendable {
    /// There are fewer bytes than a header, or than the length field says.
    case tooShort(available: Int, needed: Int)
    /// The format is not version 2; 0 and 1 are the message sets from before Kafka 0.11.
    case wrongMagic(Int8)
    /// The length field is smaller than a header or larger than a batch may be.
    case lengthOutOfBounds(Int32)
    case crcMismatch(stored: UInt32, computed: UInt32)
    /// The count of records is negative, disagrees with the offsets, or disagrees with the records that are there.
    case badRecordCount(Int32)
    /// The base offset or the last offset delta is negative, or their sum is no offset.
    case badOffsetRange
    /// A record's offset delta breaks the order of the batch.
    case badOffsetDelta(record: Int)
    /// A variable-length number is longer than its type allows or cut off.
    case badVarint(record: Int)
    /// A record's lengths lead out of the record or of the batch, or do not fill them.
    case malformedRecord(record: Int)
    /// Bytes follow the last record.
    case trailingBytes(Int)
    /// A producer's batch that claims an append time or a delete horizon, both of which are the broker's to set.
    case badTimestampType
    /// Producer id, epoch and sequence contradict each other or the attributes.
    case badProducerState
    /// A control batch that is compressed, or whose record is not what control records are.
    case badControlBatch
    case unknownCodec(Int8)
    case decompressionLimitExceeded(limit: Int)
    case decompressionFailed(CompressionCodec)
    /// The codec's library refused, for which it needs to be out of memory.
    case compressionFailed(CompressionCodec)
    /// A `records` field of a producer that holds no batch or several.
    case notOneBatch
    /// More bytes than one batch can describe.
    case batchTooLarge(Int)

    /// The protocol's word for it: damage may heal by sending again, nonsense will not.
    package var errorCode: ErrorCode {
        switch self {
        case .wrongMagic(0), .wrongMagic(1): .unsupportedForMessageFormat
        case .tooShort, .wrongMagic, .lengthOutOfBounds, .crcMismatch: .corruptMessage
        case .batchTooLarge, .decompressionLimitExceeded: .messageTooLarge
        case .badTimestampType: .invalidTimestamp
        case .unknownCodec: .unsupportedCompressionType
        case .compressionFailed: .unknownServerError
        case .badRecordCount, .badOffsetRange, .badOffsetDelta, .badVarint, .malformedRecord, .trailingBytes,
            .badProducerState,
            .badControlBatch, .decompressionFailed, .notOneBatch:
            .invalidRecord
        }
    }

    /// The index of the record that is wrong, counted from 0; nil where the batch as a whole is.
    package var recordIndex: Int? {
        switch self {
        case .badOffsetDelta(let record), .badVarint(let record), .malformedRecord(let record):
            record
        default: nil
        }
    }
}
