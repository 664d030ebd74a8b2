package import KafkaProtocol

/// Who appends: a client's batches get sequence and timestamp checks, a coordinator's are its own.
package enum AppendOrigin: Hashable, Sendable {
    case client
    /// Records and transaction markers of a coordinator of this broker.
    case coordinator
}

/// What became of an append.
package struct AppendResult: Hashable, Sendable {
    package var baseOffset: Offset
    package var lastOffset: Offset
    /// The time that was stored in the batches, where `message.timestamp.type` is LogAppendTime.
    package var logAppendTime: Timestamp?
    /// Nothing was written: the offsets are those of the original, which may be answered when it is committed itself.
    package var isDuplicate: Bool

    package init(baseOffset: Offset, lastOffset: Offset, logAppendTime: Timestamp? = nil, isDuplicate: Bool = false) {
        self.baseOffset = baseOffset
        self.lastOffset = lastOffset
        self.logAppendTime = logAppendTime
        self.isDuplicate = isDuplicate
    }

    /// The append may be answered when the high watermark has reached this.
    @inlinable package var requiredHighWatermark: Offset { lastOffset + 1 }
}

/// In which state the last stop left the log.
package enum LogStart: Hashable, Sendable {
    /// The clean-shutdown marker was there: only the end is looked at.
    case clean
    /// Everything from the recovery point on is verified; `.zero` where no checkpoint knows better.
    case unclean(recoveryPoint: Offset)
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
    /// Why the cut was made, and where; nil if there was none.
    package var cut: LogError.CorruptBatch?
    /// Indexes and producer snapshots that were rebuilt or thrown away.
    package var filesRebuilt: [String] = []
    /// The log ends below its recovery point: committed records are missing, and somebody has to be told.
    package var endsBelowRecoveryPoint: Offset?

    package init() {}
}
