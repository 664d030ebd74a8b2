package import KafkaProtocol
import Synchronization

/// What a cleaning of one log would have to do: a pure decision over its sealed segments.
package struct CleanableRange: Hashable, Sendable {
    /// Below it every key is there once (and with every tombstone that has not been there for long enough).
    package private(set) var firstDirty: Offset
    /// Where a cleaning has to end: the begin of a segment.
    package private(set) var end: Offset
    package private(set) var cleanBytes = 0
    package private(set) var dirtyBytes = 0
    /// Whether something dirty is older than `max.compaction.lag.ms`.
    package private(set) var isOverdue: Bool

    /// One sealed segment, as far as it matters here.
    package struct Segment: Hashable, Sendable {
        package var baseOffset: Offset
        package var nextOffset: Offset
        /// Bytes of its log file.
        package var size: Int
        /// Needed where `min.compaction.lag.ms` is set and the segment is dirty.
        package var highestTimestamp: Timestamp?
        /// Needed where `max.compaction.lag.ms` is set and the segment is dirty: that of its first batch.
        package var firstTimestamp: Timestamp?

        package init(
            baseOffset: Offset, nextOffset: Offset, size: Int, highestTimestamp: Timestamp? = nil,
            firstTimestamp: Timestamp? = nil
        ) {
            self.baseOffset = baseOffset
            self.nextOffset = nextOffset
            self.size = size
            self.highestTimestamp = highestTimestamp
            self.firstTimestamp = firstTimestamp
        }
    }

    /// - Parameters:
    ///   - segments: the sealed ones, oldest first; the one that grows is never cleaned.
    ///   - cleanedUpTo: where the last cleaning ended; an offset outside the log means that nothing is clean.
    ///   - recoveryPoint: as the checkpoint on disk has it, or ``PartitionLog/decidedEnd`` where that is lower. Nothing
    ///     above is cleaned: recovery takes holes between offsets above it for damage.
    package init(
        _ segments: [Segment], _ offsets: PartitionOffsets, cleanedUpTo: Offset, recoveryPoint: Offset,
        _ configuration: LogConfiguration, now: Timestamp
    ) {
        let isKnown = cleanedUpTo >= offsets.logStart && cleanedUpTo <= offsets.logEnd
        let firstDirty = isKnown ? cleanedUpTo : offsets.logStart
        let bound = min(offsets.lastStable, recoveryPoint)
        let minLag = configuration.minCompactionLag.wholeMilliseconds
        let maxLag = configuration.maxCompactionLag?.wholeMilliseconds
        self.firstDirty = firstDirty
        end = firstDirty
        isOverdue = false
        for segment in segments where segment.nextOffset > offsets.logStart {
            guard segment.nextOffset > firstDirty else {
                cleanBytes += segment.size
                continue
            }
            if let first = segment.firstTimestamp, first > 0, let maxLag, first.milliseconds(to: now) > maxLag {
                isOverdue = true
            }
            guard segment.nextOffset <= bound else { break }
            if minLag > 0, let highest = segment.highestTimestamp, highest.milliseconds(to: now) < minLag { break }
            dirtyBytes += segment.size
            end = segment.nextOffset
        }
    }

    /// Which share of the bytes that could be clean is not.
    package var dirtyRatio: Double {
        cleanBytes + dirtyBytes == 0 ? 0 : Double(dirtyBytes) / Double(cleanBytes + dirtyBytes)
    }

    /// Whether a cleaning is worth while: enough is dirty, or something is for too long.
    package func isDue(_ configuration: LogConfiguration) -> Bool {
        dirtyBytes > 0 && (isOverdue || dirtyRatio > configuration.minCleanableDirtyRatio)
    }
}

extension LogReader {
    /// What a cleaning of this log would have to do by now. Blocks where a segment's times are asked for and not known;
    /// needs no lock of the append path.
    package func cleanableRange(
        cleanedUpTo: Offset, recoveryPoint: Offset, _ configuration: LogConfiguration, now: Timestamp
    ) throws(LogError) -> CleanableRange {
        let (sealed, offsets) = try state.withLock { state throws(LogError) in
            guard !state.isClosed else { throw .offline }
            return (state.sealed, state.offsets)
        }
        var segments: [CleanableRange.Segment] = []
        for segment in sealed {
            var fact = CleanableRange.Segment(
                baseOffset: segment.baseOffset, nextOffset: segment.nextOffset, size: segment.size)
            if segment.nextOffset > cleanedUpTo {
                if configuration.minCompactionLag > .zero {
                    let whole = offsets.logEnd
                    let readable = state.withLock { $0.readable(segment, bound: whole) }
                    fact.highestTimestamp = try highest(in: readable)?.timestamp
                }
                if configuration.maxCompactionLag != nil { fact.firstTimestamp = try firstTimestamp(of: segment) }
            }
            segments.append(fact)
        }
        return CleanableRange(
            segments, offsets, cleanedUpTo: cleanedUpTo, recoveryPoint: recoveryPoint, configuration, now: now)
    }

    private func firstTimestamp(of segment: SealedSegment) throws(LogError) -> Timestamp? {
        var scanner = SegmentScanner(
            try segment.file(), to: segment.size, window: RecordBatchHeader.byteCount)
        return try scanner.next()?.header.maxTimestamp
    }
}
