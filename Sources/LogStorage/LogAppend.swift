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
