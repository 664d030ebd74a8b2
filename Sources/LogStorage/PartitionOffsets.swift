package import KafkaProtocol

/// The four offsets of a partition, and the only place where they change.
///
/// Always `logStart <= lastStable <= highWatermark <= logEnd`; none ever goes down while the log is open.
package struct PartitionOffsets: Hashable, Sendable {
    /// The first record that can be read.
    package private(set) var logStart: Offset
    /// Up to here (exclusive) every transaction is decided: the bound of `read_committed`.
    package private(set) var lastStable: Offset
    /// Up to here (exclusive) records are committed: the bound of every consumer.
    package private(set) var highWatermark: Offset
    /// The offset that the next record gets.
    package private(set) var logEnd: Offset

    /// The offsets of a log whose content is known to be durable up to its end.
    package init(logStart: Offset, logEnd: Offset, firstUnstable: Offset? = nil) {
        self.logStart = logStart
        self.logEnd = logEnd
        highWatermark = logEnd
        lastStable = logStart
        advance(firstUnstable: firstUnstable)
    }

    /// The one funnel: each value only ever rises, and what is not named stays.
    /// - Parameters:
    ///   - firstUnstable: the first offset of the first undecided transaction; the last stable offset stands there or
    ///     at the high watermark, whichever is lower.
    package mutating func advance(
        logStart: Offset? = nil, highWatermark: Offset? = nil, logEnd: Offset? = nil, firstUnstable: Offset? = nil
    ) {
        if let logEnd {
            precondition(logEnd >= self.logEnd, "the log end went down")
            self.logEnd = logEnd
        }
        if let highWatermark, highWatermark > self.highWatermark {
            precondition(highWatermark <= self.logEnd, "the high watermark passed the log end")
            self.highWatermark = highWatermark
        }
        if let logStart, logStart > self.logStart {
            precondition(logStart <= self.highWatermark, "the log start passed the high watermark")
            self.logStart = logStart
        }
        let stable = min(firstUnstable ?? self.highWatermark, self.highWatermark)
        lastStable = max(lastStable, stable, self.logStart)
        assertOrder()
    }

    private func assertOrder() {
        precondition(
            logStart <= lastStable && lastStable <= highWatermark && highWatermark <= logEnd,
            "offsets out of order: \(self)")
    }
}
