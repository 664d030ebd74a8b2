import KafkaProtocol
import LogStorage

extension LogError {
    /// What a client hears of a failure of the log. The one table from storage's errors to the protocol's.
    var errorCode: ErrorCode {
        switch self {
        case .storage, .offline, .shortage: .kafkaStorageError
        case .corrupt: .corruptMessage
        case .offsetOutOfRange: .offsetOutOfRange
        case .recordTooLarge: .messageTooLarge
        case .recordBatchTooLarge: .recordListTooLarge
        case .invalidTimestamp: .invalidTimestamp
        case .outOfOrderSequence: .outOfOrderSequenceNumber
        case .invalidProducerEpoch: .invalidProducerEpoch
        case .invalidTransactionState: .invalidTxnState
        case .fencedCoordinator: .transactionCoordinatorFenced
        case .staleLeaderEpoch: .notLeaderOrFollower
        case .offsetsExhausted: .unknownServerError
        }
    }

    /// For a person; nil where the code says all.
    var message: String? {
        switch self {
        case .recordBatchTooLarge(let size, let limit):
            "The batch has \(size) bytes, more than a segment may (segment.bytes=\(limit))."
        case .outOfOrderSequence(let id, let expected, let received):
            "Producer \(id) sent sequence \(received) where \(expected) was expected."
        case .invalidProducerEpoch(let id, let current, let received):
            "Producer \(id) has epoch \(current); a batch of epoch \(received) came too late."
        case .invalidTimestamp(let timestamp, let now): "The timestamp \(timestamp) is too far from \(now)."
        case .shortage(let shortage): shortage.message
        case .recordTooLarge(let size, let limit): "A record of \(size) bytes is above the limit of \(limit)."
        default: nil
        }
    }
}

extension SpaceShortage {
    /// For a person.
    var message: String {
        "The disk of \(path) is nearly full: \(usableBytes) bytes are left, and \(limit) are kept in reserve "
            + "(log.dir.reserve.bytes). Delete topics or records, or lower their retention."
    }
}
