package import KafkaProtocol

/// Which of a log's oldest segments have to go, and why. Segments go from the front, without a gap; nothing at or above
/// the high watermark goes.
package struct RetentionDecision: Hashable, Sendable {
    package struct Segment: Hashable, Sendable {
        package var baseOffset: Offset
        /// Where the next segment begins; of the last one, the log end.
        package var nextOffset: Offset
        /// Bytes of its log file.
        package var size: Int

        package init(baseOffset: Offset, nextOffset: Offset, size: Int) {
            self.baseOffset = baseOffset
            self.nextOffset = nextOffset
            self.size = size
        }
    }

    package enum Reason: String, Hashable, Sendable {
        /// All of it lies below the log start (DeleteRecords).
        case logStart = "log start"
        /// Without it the log still has `retention.bytes`.
        case size
        /// Its youngest record is older than `retention.ms`.
        case time
    }

    package struct Removal: Hashable, Sendable {
        package var segment: Segment
        package var reason: Reason
    }

    /// Oldest first.
    package private(set) var removals: [Removal] = []
    /// Whether the segment that grows is among them: it has to be sealed first.
    package private(set) var includesTail = false

    /// Where the log begins afterwards; nil if nothing goes.
    package var logStart: Offset? { removals.last?.segment.nextOffset }
    package var byteCount: Int { removals.reduce(0) { $0 + $1.segment.size } }

    /// - Parameters:
    ///   - segments: all of them, oldest first; the last is the one that grows.
    ///   - youngest: the time from which a segment's age counts, nil if nobody knows; asked only where a limit on age
    ///     needs it.
    package init(
        of segments: [Segment], _ limits: RetentionLimits, logStart: Offset, highWatermark: Offset, now: Timestamp,
        youngest: (_ index: Int) throws(LogError) -> Timestamp?
    ) throws(LogError) {
        var excess = limits.byteCount.map { limit in segments.reduce(0) { $0 + $1.size } - limit } ?? 0
        for (index, segment) in segments.enumerated() {
            let isTail = index == segments.count - 1
            guard segment.nextOffset <= highWatermark, !(isTail && segment.size == 0) else { return }
            let reason: Reason
            if segment.nextOffset <= logStart {
                reason = .logStart
            } else if limits.byteCount != nil, excess >= segment.size {
                reason = .size
            } else if let age = limits.age, let time = try youngest(index), time.milliseconds(to: now) > age {
                reason = .time
            } else {
                return
            }
            excess -= segment.size
            removals.append(Removal(segment: segment, reason: reason))
            includesTail = isTail
        }
    }
}
