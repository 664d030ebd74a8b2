package import KafkaProtocol

/// In which state the last stop left the log.
package enum LogStart: Hashable, Sendable {
    /// The clean-shutdown marker was there, or the log is new: only the end is looked at.
    case clean
    /// Everything from the recovery point on is verified, and a hole between batches there is damage. Nil where a
    /// checkpoint has been lost: everything is verified, and holes may be what compaction has left.
    case unclean(recoveryPoint: Offset?)

    /// Up to here what is on disk was flushed once; nil where all of it was.
    var recoveryPoint: Offset? { if case .unclean(let offset) = self { offset ?? .zero } else { nil } }

    /// Whether nothing is missing between batches behind the recovery point.
    var isDense: Bool { self != .unclean(recoveryPoint: nil) }
}

/// What opening a log found and did.
package struct RecoveryReport: Hashable, Sendable {
    /// Whether batches were verified and the leader epoch raised.
    package var wasUnclean = false
    /// How many segments were read again.
    package var segmentsVerified = 0
    /// How many bytes were verified by checksum.
    package var bytesVerified = 0
    /// The bytes behind the last whole batch that were cut, in all segments.
    package var bytesCut = 0
    /// How many segments behind the cut were dropped as a whole.
    package var segmentsDropped = 0
    /// Nothing at or behind the log start was left: the log begins anew there, and knows no producers.
    package var startedOver = false
    /// Why the cut was made, and where; nil if there was none.
    package var cut: LogError.CorruptBatch?
    /// Indexes, checkpoints and producer snapshots that were missing or wrong and were made anew or thrown away.
    package var filesRebuilt: [String] = []
    /// The log ends below its recovery point: committed records are missing, and somebody has to be told.
    package var endsBelowRecoveryPoint: Offset?

    package init() {}
}
