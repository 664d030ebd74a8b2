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
    /// The last offset delta is negative, or a record's offset delta breaks the order of the batch.
    case badOffsetDelta(record: Int)
    /// A variable-length number is longer than its type allows or cut off.
    case badVarint(record: Int)
    /// A record's lengths lead out of the record or of the batch, or do not fill them.
    case malformedRecord(record: Int)
    /// A record has attributes; none are defined.
    case badRecordAttributes(record: Int)
    /// Bytes follow the last record.
    case trailingBytes(Int)
    /// A timestamp breaks the rules of its batch.
    case badTimestamp(record: Int)
    /// Producer id, epoch and sequence contradict each other or the attributes.
    case badProducerState
    /// A control batch that is compressed, or whose record is not what control records are.
    case badControlBatch
    case unknownCodec(Int8)
    case decompressionLimitExceeded(limit: Int)
    case decompressionFailed(CompressionCodec)
    /// More bytes than one batch can describe.
    case batchTooLarge(Int)

    /// The protocol's word for it: damage may heal by sending again, nonsense will not.
    package var errorCode: ErrorCode {
        switch self {
        case .wrongMagic(0), .wrongMagic(1): .unsupportedForMessageFormat
        case .tooShort, .wrongMagic, .lengthOutOfBounds, .crcMismatch, .decompressionFailed: .corruptMessage
        case .batchTooLarge, .decompressionLimitExceeded: .messageTooLarge
        case .badTimestamp: .invalidTimestamp
        case .badRecordCount, .badOffsetDelta, .badVarint, .malformedRecord, .badRecordAttributes, .trailingBytes,
            .badProducerState, .badControlBatch, .unknownCodec:
            .invalidRecord
        }
    }
}
