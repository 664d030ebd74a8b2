extension ConfigurationDefinition {
    /// Logs on disk: segments, indexes, flushing, retention, compaction, tiering.
    static let logKeys: [ConfigurationDefinition] = logKeysA + logKeysB

    private static let logKeysA: [ConfigurationDefinition] = [
        .acted(
            "log.dir", .string, nil, .any,
            "Directory of the data when log.dirs is unset."),
        .acted(
            "log.dirs", .string, "./data", .any,
            "Directories of the data; a new partition goes to the one with the fewest."),
        .acted(
            "log.dir.reserve.bytes", .long, "104857600", .atLeast(0), updated: .clusterWide,
            "Own key: bytes kept free on each file system; below them records and topics are refused. 0 keeps none."),
        .acted(
            "log.dir.reserve.internal.bytes", .long, "10485760", .atLeast(0), updated: .clusterWide,
            "Own key: the part of the reserve that not even the broker's own topics use."),
        .acted(
            "log.scrub.interval.ms", .long, "604800000", .atLeast(-1), updated: .clusterWide,
            "Own key: every sealed segment is read and checked once in this time; -1 checks none."),
        .acted(
            "log.scrub.io.max.bytes.per.second", .long, "10485760", .atLeast(1), updated: .clusterWide,
            "Own key: bytes per second that these checks read at most."),
        .acted(
            "log.segment.bytes", .int, "1073741824", .atLeast(1048576), updated: .clusterWide,
            "A segment is closed at this size."),
        .acted(
            "log.roll.ms", .long, nil, .atLeast(1), updated: .clusterWide, from: ["log.roll.ms", "log.roll.hours"],
            "A segment is closed at this age."),
        .acted(
            "log.roll.hours", .int, "168", .atLeast(1), from: ["log.roll.ms", "log.roll.hours"],
            "Like log.roll.ms, in hours."),
        .acted(
            "log.roll.jitter.ms", .long, nil, .atLeast(0), updated: .clusterWide,
            from: ["log.roll.jitter.ms", "log.roll.jitter.hours"],
            "Most that is taken off log.roll.ms at random, so that logs do not roll together."),
        .acted(
            "log.roll.jitter.hours", .int, "0", .atLeast(0), from: ["log.roll.jitter.ms", "log.roll.jitter.hours"],
            "Like log.roll.jitter.ms, in hours."),
        .acted(
            "log.index.interval.bytes", .int, "4096", .atLeast(0), updated: .clusterWide,
            "Bytes of log between two entries of the offset index."),
        .acted(
            "log.index.size.max.bytes", .int, "10485760", .atLeast(4), updated: .clusterWide,
            "Largest size of an index; a full one closes the segment."),
        .acted(
            "log.preallocate", .boolean, "false", .any, updated: .clusterWide,
            "Reserve a segment's space on disk when it is created."),
        .acted(
            "log.flush.interval.messages", .long, "1", .atLeast(1), updated: .clusterWide,
            "1 flushes before every acknowledgement; any other number leaves a loss window at power cuts."),
        .acted(
            "log.flush.interval.ms", .long, nil, .atLeast(0), updated: .clusterWide,
            from: ["log.flush.interval.ms", "log.flush.scheduler.interval.ms"],
            "Longest time that a record may be in memory only, where it is not flushed at once."),
        .acted(
            "log.flush.scheduler.interval.ms", .long, "9223372036854775807", .atLeast(0),
            "Value of log.flush.interval.ms when that is unset."),
        .acted(
            "log.flush.offset.checkpoint.interval.ms", .int, "60000", .atLeast(0),
            "Interval at which recovery points are written to disk."),
        .acted(
            "log.flush.start.offset.checkpoint.interval.ms", .int, "60000", .atLeast(0),
            "Interval at which log start offsets are written to disk."),
        .acted(
            "log.message.timestamp.type", .string, "CreateTime", .oneOf(["CreateTime", "LogAppendTime"]),
            updated: .clusterWide,
            "Timestamps are the producer's (CreateTime) or the broker's (LogAppendTime)."),
        .acted(
            "log.message.timestamp.before.max.ms", .long, "9223372036854775807", .atLeast(0), updated: .clusterWide,
            "How far a record's timestamp may lie in the past."),
        .acted(
            "log.message.timestamp.after.max.ms", .long, "3600000", .atLeast(0), updated: .clusterWide,
            "How far a record's timestamp may lie in the future."),
        .acted(
            "log.segment.delete.delay.ms", .long, "60000", .atLeast(0), updated: .clusterWide,
            "Time between the removal of a segment and of its files."),
        .acted(
            "num.recovery.threads.per.data.dir", .int, "2", .atLeast(1), updated: .clusterWide,
            "Threads that recover logs at the start."),
        .acted(
            "message.max.bytes", .int, "1048588", .atLeast(0), updated: .clusterWide,
            "Largest record batch, in bytes, that is accepted."),
        .acted(
            "producer.id.expiration.ms", .int, "86400000", .atLeast(1), updated: .clusterWide,
            "A producer id without a batch for this long is forgotten."),
        .acted(
            "producer.id.expiration.check.interval.ms", .int, "600000", .atLeast(1), isInternal: true,
            "Interval of the check for expired producer ids."),
        .acted(
            "compression.type", .string, "producer",
            .oneOf(["uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"]), updated: .clusterWide,
            "Codec that topics keep batches in; `producer` leaves them as they came."),
        .acted(
            "compression.gzip.level", .int, "-1", .rangeOr(1...9, -1), updated: .clusterWide,
            "Level of gzip where the broker compresses."),
        .acted(
            "compression.lz4.level", .int, "9", .range(1...17), updated: .clusterWide,
            "Level of lz4 where the broker compresses."),
        .acted(
            "compression.zstd.level", .int, "3", .range(-131072...22), updated: .clusterWide,
            "Level of zstd where the broker compresses."),
        .acted(
            "log.cleanup.policy", .list, "delete", .elements(["compact", "delete"]), updated: .clusterWide,
            "`delete` old segments, `compact` by key (records without key are refused), both, or neither."),
        .acted(
            "log.retention.ms", .long, nil, .atLeast(-1), updated: .clusterWide,
            from: ["log.retention.ms", "log.retention.minutes", "log.retention.hours"],
            "Records older than this are deleted; -1 keeps them."),
        .acted(
            "log.retention.minutes", .int, nil, .atLeast(-1),
            from: ["log.retention.ms", "log.retention.minutes", "log.retention.hours"],
            "Like log.retention.ms, in minutes."),
        .acted(
            "log.retention.hours", .int, "168", .atLeast(-1),
            from: ["log.retention.ms", "log.retention.minutes", "log.retention.hours"],
            "Like log.retention.ms, in hours."),
        .acted(
            "log.retention.bytes", .long, "-1", .atLeast(-1), updated: .clusterWide,
            "A partition larger than this loses its oldest segments; -1 is without limit."),
        .acted(
            "log.retention.check.interval.ms", .long, "300000", .atLeast(1),
            "Interval of the check for segments to delete."),
        .acted(
            "log.initial.task.delay.ms", .long, "30000", .atLeast(0), isInternal: true,
            "Delay before background work on logs begins."),
        .acted(
            "log.cleaner.enable", .boolean, "true", .any,
            "Compact the topics that ask for it."),
        .acted(
            "log.cleaner.threads", .int, "1", .atLeast(0), updated: .clusterWide,
            "Threads that compact."),
        .acted(
            "log.cleaner.backoff.ms", .long, "15000", .atLeast(0), updated: .clusterWide,
            "Pause of the cleaner when there is nothing to compact."),
        .acted(
            "log.cleaner.dedupe.buffer.size", .long, "134217728", .any, updated: .clusterWide,
            "Upper bound of the cleaner's key map, in bytes; it is sized on use."),
        .acted(
            "log.cleaner.delete.retention.ms", .long, "86400000", .atLeast(0), updated: .clusterWide,
            "How long tombstones stay readable after compaction."),
        .acted(
            "log.cleaner.io.buffer.load.factor", .double, "0.9", .fraction(0.1...1), updated: .clusterWide,
            "How full the cleaner's key map may be."),
        .acted(
            "log.cleaner.io.buffer.size", .int, "524288", .atLeast(0), updated: .clusterWide,
            "Buffers of the cleaner, in bytes."),
        .acted(
            "log.cleaner.io.max.bytes.per.second", .double, "1.7976931348623157E308", .any, updated: .clusterWide,
            "Bytes per second that the cleaner reads and writes at most."),
        .acted(
            "log.cleaner.max.compaction.lag.ms", .long, "9223372036854775807", .atLeast(1), updated: .clusterWide,
            "A record is compacted at this age at the latest."),
        .acted(
            "log.cleaner.min.compaction.lag.ms", .long, "0", .atLeast(0), updated: .clusterWide,
            "A record is compacted at this age at the earliest."),
        .acted(
            "log.cleaner.min.cleanable.ratio", .double, "0.5", .fraction(0...1), updated: .clusterWide,
            "Share of a log that must be uncompacted before it is compacted."),
    ]

    private static let logKeysB: [ConfigurationDefinition] = [
        .ignored(
            "log.dir.failure.timeout.ms", .long, "30000", .atLeast(1), because: .replication,
            "How long a failed directory may go unreported to the controller."),
        .refused(
            "cordoned.log.dirs", .list, "", .any, because: .directories, updated: .perBroker,
            "Directories that take no new partitions."),
        .refused(
            "log.local.retention.bytes", .long, "-2", .atLeast(-2), because: .tiering, updated: .clusterWide,
            "Bytes kept on local disk when segments are tiered."),
        .refused(
            "log.local.retention.ms", .long, "-2", .atLeast(-2), because: .tiering, updated: .clusterWide,
            "Time that tiered segments stay on local disk."),
        .ignored(
            "remote.fetch.max.wait.ms", .int, "500", .atLeast(1), because: .tiering, updated: .clusterWide,
            "How long a fetch waits for remote storage."),
        .ignored(
            "remote.list.offsets.request.timeout.ms", .long, "30000", .atLeast(1), because: .tiering,
            updated: .clusterWide,
            "How long ListOffsets waits for remote storage."),
        .ignored(
            "remote.log.index.file.cache.total.size.bytes", .long, "1073741824", .atLeast(1), because: .tiering,
            updated: .clusterWide,
            "Bytes of remote indexes cached on local disk."),
        .ignored(
            "remote.log.manager.copier.thread.pool.size", .int, "10", .atLeast(1), because: .tiering,
            "Threads that copy segments to remote storage."),
        .ignored(
            "remote.log.manager.copy.max.bytes.per.second", .long, "9223372036854775807", .atLeast(1),
            because: .tiering, updated: .clusterWide,
            "Bytes per second copied to remote storage."),
        .ignored(
            "remote.log.manager.copy.quota.window.num", .int, "11", .atLeast(1), because: .tiering,
            "Samples that the quota on copies keeps."),
        .ignored(
            "remote.log.manager.copy.quota.window.size.seconds", .int, "1", .atLeast(1), because: .tiering,
            "Length of one sample of the quota on copies."),
        .ignored(
            "remote.log.manager.expiration.thread.pool.size", .int, "10", .atLeast(1), because: .tiering,
            "Threads that expire remote segments."),
        .ignored(
            "remote.log.manager.follower.thread.pool.size", .int, "2", .atLeast(1), because: .tiering,
            "Threads that serve followers of tiered partitions."),
        .ignored(
            "remote.log.manager.fetch.max.bytes.per.second", .long, "9223372036854775807", .atLeast(1),
            because: .tiering, updated: .clusterWide,
            "Bytes per second fetched from remote storage."),
        .ignored(
            "remote.log.manager.fetch.quota.window.num", .int, "11", .atLeast(1), because: .tiering,
            "Samples that the quota on remote fetches keeps."),
        .ignored(
            "remote.log.manager.fetch.quota.window.size.seconds", .int, "1", .atLeast(1), because: .tiering,
            "Length of one sample of the quota on remote fetches."),
        .ignored(
            "remote.log.manager.task.interval.ms", .long, "30000", .atLeast(1), because: .tiering,
            "Interval of the tiering work."),
        .ignored(
            "remote.log.manager.task.retry.backoff.max.ms", .long, "30000", .atLeast(1), because: .tiering,
            isInternal: true,
            "Longest pause before tiering work is tried again."),
        .ignored(
            "remote.log.manager.task.retry.backoff.ms", .long, "500", .atLeast(1), because: .tiering, isInternal: true,
            "First pause before tiering work is tried again."),
        .ignored(
            "remote.log.manager.task.retry.jitter", .double, "0.2", .fraction(0...0.5), because: .tiering,
            isInternal: true,
            "Randomness of those pauses."),
        .ignored(
            "remote.log.manager.thread.pool.size", .int, "10", .atLeast(1), because: .tiering,
            "Threads of the tiering work."),
        .ignored(
            "remote.log.metadata.custom.metadata.max.bytes", .int, "128", .atLeast(0), because: .tiering,
            "Most bytes of a storage's own metadata per segment."),
        .ignored(
            "remote.log.metadata.manager.class.name", .string,
            "org.apache.kafka.server.log.remote.metadata.storage.TopicBasedRemoteLogMetadataManager", .any,
            because: .tiering,
            "Class that keeps the metadata of remote segments."),
        .ignored(
            "remote.log.metadata.manager.class.path", .string, nil, .any, because: .tiering,
            "Where that class is loaded from."),
        .ignored(
            "remote.log.metadata.manager.impl.prefix", .string, "rlmm.config.", .any, because: .tiering,
            "Prefix of the keys handed to that class."),
        .ignored(
            "remote.log.metadata.manager.listener.name", .string, nil, .any, because: .tiering,
            "Listener by which that class reaches the brokers."),
        .ignored(
            "remote.log.reader.max.pending.tasks", .int, "100", .atLeast(1), because: .tiering,
            "Remote reads that may wait for a thread."),
        .ignored(
            "remote.log.reader.threads", .int, "10", .atLeast(1), because: .tiering,
            "Threads that read from remote storage."),
        .refused(
            "remote.log.storage.manager.class.name", .string, nil, .any, because: .tiering,
            "Class that stores remote segments."),
        .ignored(
            "remote.log.storage.manager.class.path", .string, nil, .any, because: .tiering,
            "Where that class is loaded from."),
        .ignored(
            "remote.log.storage.manager.impl.prefix", .string, "rsm.config.", .any, because: .tiering,
            "Prefix of the keys handed to that class."),
        .refused(
            "remote.log.storage.system.enable", .boolean, "false", .any, because: .tiering,
            "Tier segments to remote storage."),
    ]
}
