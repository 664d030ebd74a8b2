package import KafkaProtocol

/// Why a log refused. Closed, so that the broker maps every case to a code of the protocol.
package enum LogError: Error, Hashable, Sendable {
    /// The system refused a call. After a failed flush or a broken write the log is offline as well.
    case storage(FileSystemError)
    /// The disk is nearly full: nothing was tried, and the log goes on when there is room.
    case shortage(SpaceShortage)
    /// The log takes no appends any more: a flush or a write failed, or it was closed or deleted.
    case offline
    /// The bytes are not what a log holds: those to be appended, or, with the file's name, those on disk.
    case corrupt(CorruptBatch)
    /// A read below the log start or beyond the log end.
    case offsetOutOfRange(requested: Offset, valid: ClosedRange<Offset>)
    /// One batch is larger than `max.message.bytes`.
    case recordTooLarge(size: Int, limit: Int)
    /// The batches of one append together are larger than `segment.bytes`.
    case recordBatchTooLarge(size: Int, limit: Int)
    /// A timestamp is further from the broker's time than `message.timestamp.before.max.ms` or `….after.max.ms` allow.
    case invalidTimestamp(Timestamp, now: Timestamp)
    /// A sequence that does not follow the producer's last one and repeats none of its last five batches.
    case outOfOrderSequence(ProducerID, expected: SequenceNumber, received: SequenceNumber)
    /// The producer's epoch is older than one that the log has seen: the producer is fenced.
    case invalidProducerEpoch(ProducerID, current: ProducerEpoch, received: ProducerEpoch)
    /// Data outside a transaction while one is open, or a transaction that contradicts its producer.
    case invalidTransactionState(ProducerID)
    /// A transaction marker of a coordinator that was replaced.
    case fencedCoordinator(ProducerID)
    /// A leader epoch below one that the log has: another leader has written.
    case staleLeaderEpoch(current: LeaderEpoch, received: LeaderEpoch)
    /// The number range of offsets is used up.
    case offsetsExhausted

    /// Bytes that are no whole, sound batch.
    package struct CorruptBatch: Error, Hashable, Sendable {
        /// The segment, or nil for bytes that were to be appended.
        package let file: String?
        /// Where in the file or the buffer the batch begins.
        package let position: Int
        package let reason: Reason

        package enum Reason: Hashable, Sendable {
            case batch(RecordBatchError)
            /// The batch has another epoch than the checkpoint says: one of them is damaged.
            case leaderEpoch(found: LeaderEpoch, known: LeaderEpoch)
            /// A segment that does not begin where the one before it ends.
            case hole(expected: Offset)
            /// An index that stays wrong when it is made anew, or cannot be.
            case index
        }

        package init(file: String?, position: Int, reason: Reason) {
            self.file = file
            self.position = position
            self.reason = reason
        }

        package init(file: String?, position: Int, reason: RecordBatchError) {
            self.init(file: file, position: position, reason: .batch(reason))
        }
    }
}
