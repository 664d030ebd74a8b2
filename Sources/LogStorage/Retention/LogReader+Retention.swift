package import KafkaProtocol
import Synchronization

extension LogReader {
    /// What has to go by now. Blocks where the time of a segment is not known yet; needs no lock of the append path.
    package func expired(_ limits: RetentionLimits, now: Timestamp) throws(LogError) -> RetentionDecision {
        try lookingAgain { () throws(LogError) in try decide(limits, now: now) }
    }

    private func decide(_ limits: RetentionLimits, now: Timestamp) throws(LogError) -> RetentionDecision {
        let (segments, offsets) = try state.withLock { state throws(LogError) in
            guard !state.isClosed else { throw .offline }
            let end = state.offsets.logEnd
            let sealed = state.sealed.map { state.readable($0, bound: end) }
            return (sealed + [state.readableTail(for: end, bound: end)], state.offsets)
        }
        return try RetentionDecision(
            of: segments.map { .init(baseOffset: $0.baseOffset, nextOffset: $0.nextOffset, size: $0.size) }, limits,
            logStart: offsets.logStart, highWatermark: offsets.highWatermark, now: now
        ) { index throws(LogError) in try youngest(in: segments[index], limits, now: now) }
    }

    /// The time from which a segment's age counts: its highest timestamp where that can be believed, else that of the
    /// last write to it.
    private func youngest(
        in segment: ReadableSegment, _ limits: RetentionLimits, now: Timestamp
    ) throws(LogError) -> Timestamp? {
        if let highest = try highest(in: segment)?.timestamp, limits.believes(highest, now: now) { return highest }
        let written = try LogSearch(reader: self, segment: segment).file().modificationTime
        return written < 0 ? nil : written
    }
}
