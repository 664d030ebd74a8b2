package import KafkaProtocol

/// The part of a log's configuration that says how much of it may stay.
package struct RetentionLimits: Hashable, Sendable {
    /// `retention.ms`: the age, in milliseconds, beyond which a segment goes; nil for no limit.
    package var age: Int64?
    /// `retention.bytes`: what the log keeps at least; nil for no limit.
    package var byteCount: Int?
    /// `message.timestamp.after.max.ms`: how far ahead of the clock, in milliseconds, a timestamp is believed; nil
    /// believes all.
    package var latestTimestamp: Int64?

    /// Without `delete` in `cleanup.policy` neither age nor size removes anything.
    package init(_ configuration: LogConfiguration) {
        latestTimestamp = configuration.messageTimestampAfterMax?.wholeMilliseconds
        guard configuration.cleanupPolicy.contains(.delete) else { return }
        age = configuration.retentionTime?.wholeMilliseconds
        byteCount = configuration.retentionBytes
    }

    /// Whether a segment's age may be counted from `timestamp`: not where its batches have none, nor from one so far
    /// ahead that no batch with it would be accepted now. Such a segment would stay for ever.
    func believes(_ timestamp: Timestamp, now: Timestamp) -> Bool {
        guard timestamp >= 0 else { return false }
        guard let latestTimestamp, timestamp > now else { return true }
        return now.milliseconds(to: timestamp) <= latestTimestamp
    }
}
