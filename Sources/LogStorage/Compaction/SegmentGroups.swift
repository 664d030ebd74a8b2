import KafkaProtocol

/// Which neighbouring segments become one when they are cleaned.
enum SegmentGroups {
    /// The files of a group are open while it is swapped.
    private static let largestGroup = 256

    /// Splits `segments` into runs whose bytes, index entries and offsets fit into one segment each, whatever is dropped.
    static func split(_ segments: [SealedSegment], _ configuration: LogConfiguration) -> [[SealedSegment]] {
        var groups: [[SealedSegment]] = []
        var size = 0
        for segment in segments {
            let isFirst = groups.isEmpty
            if !isFirst, fits(size + segment.size, configuration), let count = groups.last?.count,
                count < largestGroup, let first = groups.last?.first,
                first.baseOffset.distance(to: segment.nextOffset - 1) <= Int64(Int32.max)
            {
                groups[groups.count - 1].append(segment)
                size += segment.size
            } else {
                groups.append([segment])
                size = segment.size
            }
        }
        return groups
    }

    /// An index gets at most one entry in so many bytes of log as `index.interval.bytes` says, and one in each batch.
    private static func fits(_ size: Int, _ configuration: LogConfiguration) -> Bool {
        let interval = max(configuration.indexIntervalBytes, RecordBatchHeader.byteCount)
        let entrySize = unsafe max(OffsetIndexView.entrySize, TimeIndexView.entrySize)
        return size <= configuration.segmentBytes && (size / interval + 2) * entrySize <= configuration.maxIndexBytes
    }
}
