package import KafkaProtocol

/// What one log has to know about its topic's configuration. Defaults are Kafka's (level 4.3), but for
/// ``flushMessages``, which is 1: acknowledged means on disk.
package struct LogConfiguration: Hashable, Sendable {
    // MARK: Segments
    /// `segment.bytes`: a segment is rolled before it grows beyond this.
    package var segmentBytes = 1 << 30
    /// `segment.ms`: a segment is rolled when its records span more time than this.
    package var segmentAge: Duration = .seconds(7 * 24 * 3600)
    /// `segment.jitter.ms`: at most this is taken from the age, at random, so that not all logs roll at once.
    package var segmentJitter: Duration = .zero
    /// `index.interval.bytes`: about so many bytes of log lie between two index entries.
    package var indexIntervalBytes = 4096
    /// `segment.index.bytes`: a segment is rolled when one of its indexes would grow beyond this.
    package var maxIndexBytes = 10 << 20
    /// `preallocate`: reserve the space of a segment when it is made.
    package var preallocate = false
    /// `file.delete.delay.ms`: how long a removed segment stays on disk.
    package var fileDeleteDelay: Duration = .seconds(60)

    // MARK: Appends
    /// `max.message.bytes`: the largest batch, in bytes, header included.
    package var maxMessageBytes = 1_048_588
    /// `message.timestamp.type`
    package var timestampType: TimestampType = .createTime
    /// `message.timestamp.before.max.ms`; nil for no limit.
    package var messageTimestampBeforeMax: Duration?
    /// `message.timestamp.after.max.ms`; nil for no limit.
    package var messageTimestampAfterMax: Duration? = .seconds(3600)
    /// `compression.type`; nil for `producer`: what the producer chose. The broker compresses, the log does not.
    package var compressionType: CompressionCodec?
    /// `compression.gzip.level`, `….lz4.level` or `….zstd.level`, that of ``compressionType``; nil for the codec's default.
    package var compressionLevel: Int32?
    /// `producer.id.expiration.ms`: a producer that has been silent for so long is forgotten.
    package var producerIDExpiration: Duration = .seconds(24 * 3600)

    // MARK: Durability
    /// `flush.messages`: with 1 (ours) the high watermark is what is on disk; with any other value it is the log end,
    /// and this only starts flushes in the background. `Int64.max` for never.
    package var flushMessages: Int64 = 1
    /// `flush.ms`; nil for never.
    package var flushInterval: Duration?

    /// How far into the reserve of its file system the log may go.
    package var spaceClaim: SpaceClaim = .ordinary

    // MARK: Retention and compaction
    /// `cleanup.policy`
    package var cleanupPolicy: CleanupPolicy = .delete
    /// `retention.ms`; nil for no limit.
    package var retentionTime: Duration? = .seconds(7 * 24 * 3600)
    /// `retention.bytes`; nil for no limit.
    package var retentionBytes: Int?
    /// `delete.retention.ms`
    package var deleteRetention: Duration = .seconds(24 * 3600)
    /// `min.compaction.lag.ms`
    package var minCompactionLag: Duration = .zero
    /// `max.compaction.lag.ms`; nil for no limit.
    package var maxCompactionLag: Duration?
    /// `min.cleanable.dirty.ratio`
    package var minCleanableDirtyRatio = 0.5

    package init() {}

    /// What may happen to old segments (`cleanup.policy`); neither word means that they stay.
    package struct CleanupPolicy: OptionSet, Hashable, Sendable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }
        package static let delete = CleanupPolicy(rawValue: 1)
        package static let compact = CleanupPolicy(rawValue: 2)
    }

    /// At which age a segment is rolled: a compacted log has to be cleaned before `max.compaction.lag.ms` are over, for
    /// which its segments have to be sealed.
    var rollAge: Duration {
        guard cleanupPolicy.contains(.compact), let maxCompactionLag else { return segmentAge }
        return min(segmentAge, maxCompactionLag)
    }

    /// Whether the high watermark waits for the disk.
    package var commitsOnFlush: Bool { flushMessages == 1 }
}
