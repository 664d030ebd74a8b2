extension ConfigurationDefinition {
    /// What a topic can set for itself; `from` names the broker keys that its default comes from.
    static let topicKeys: [ConfigurationDefinition] = [
        .acted(
            "cleanup.policy", .list, "delete", .elements(["compact", "delete"]), from: ["log.cleanup.policy"],
            "`delete` old segments, `compact` by key (records without key are refused), both, or neither."),
        .acted(
            "compression.gzip.level", .int, "-1", .rangeOr(1...9, -1), from: ["compression.gzip.level"],
            "Level of gzip where the broker compresses."),
        .acted(
            "compression.lz4.level", .int, "9", .range(1...17), from: ["compression.lz4.level"],
            "Level of lz4 where the broker compresses."),
        .acted(
            "compression.type", .string, "producer",
            .oneOf(["uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"]), from: ["compression.type"],
            "Codec that batches are kept in; `producer` leaves them as they came."),
        .acted(
            "compression.zstd.level", .int, "3", .range(-131072...22), from: ["compression.zstd.level"],
            "Level of zstd where the broker compresses."),
        .acted(
            "delete.retention.ms", .long, "86400000", .atLeast(0), from: ["log.cleaner.delete.retention.ms"],
            "How long tombstones stay readable after compaction."),
        .acted(
            "file.delete.delay.ms", .long, "60000", .atLeast(0), from: ["log.segment.delete.delay.ms"],
            "Time between the removal of a segment and of its files."),
        .acted(
            "flush.messages", .long, "1", .atLeast(1), from: ["log.flush.interval.messages"],
            "1 flushes before every acknowledgement; any other number leaves a loss window at power cuts."),
        .acted(
            "flush.ms", .long, "9223372036854775807", .atLeast(0),
            from: ["log.flush.interval.ms", "log.flush.scheduler.interval.ms"],
            "Longest time that a record may be in memory only, where it is not flushed at once."),
        .refused(
            "follower.replication.throttled.replicas", .list, "", .any, because: .replication,
            "Replicas whose copying is throttled where they follow."),
        .acted(
            "index.interval.bytes", .int, "4096", .atLeast(0), from: ["log.index.interval.bytes"],
            "Bytes of log between two entries of the offset index."),
        .refused(
            "leader.replication.throttled.replicas", .list, "", .any, because: .replication,
            "Replicas whose copying is throttled where they lead."),
        .refused(
            "local.retention.bytes", .long, "-2", .atLeast(-2), because: .tiering, from: ["log.local.retention.bytes"],
            "Bytes kept on local disk when segments are tiered."),
        .refused(
            "local.retention.ms", .long, "-2", .atLeast(-2), because: .tiering, from: ["log.local.retention.ms"],
            "Time that tiered segments stay on local disk."),
        .acted(
            "max.compaction.lag.ms", .long, "9223372036854775807", .atLeast(1),
            from: ["log.cleaner.max.compaction.lag.ms"],
            "A record is compacted at this age at the latest."),
        .acted(
            "max.message.bytes", .int, "1048588", .atLeast(0), from: ["message.max.bytes"],
            "Largest record batch, in bytes, that is accepted."),
        .acted(
            "message.timestamp.after.max.ms", .long, "3600000", .atLeast(0),
            from: ["log.message.timestamp.after.max.ms"],
            "How far a record's timestamp may lie in the future."),
        .acted(
            "message.timestamp.before.max.ms", .long, "9223372036854775807", .atLeast(0),
            from: ["log.message.timestamp.before.max.ms"],
            "How far a record's timestamp may lie in the past."),
        .acted(
            "message.timestamp.type", .string, "CreateTime", .oneOf(["CreateTime", "LogAppendTime"]),
            from: ["log.message.timestamp.type"],
            "Timestamps are the producer's (CreateTime) or the broker's (LogAppendTime)."),
        .acted(
            "min.cleanable.dirty.ratio", .double, "0.5", .fraction(0...1), from: ["log.cleaner.min.cleanable.ratio"],
            "Share of a log that must be uncompacted before it is compacted."),
        .acted(
            "min.compaction.lag.ms", .long, "0", .atLeast(0), from: ["log.cleaner.min.compaction.lag.ms"],
            "A record is compacted at this age at the earliest."),
        .acted(
            "min.insync.replicas", .int, "1", .atLeast(1), from: ["min.insync.replicas"],
            "Replicas that must have a batch before acks=all is answered."),
        .acted(
            "preallocate", .boolean, "false", .any, from: ["log.preallocate"],
            "Reserve a segment's space on disk when it is created."),
        .refused(
            "remote.log.copy.disable", .boolean, "false", .any, because: .tiering,
            "Stop tiering and keep what is tiered readable."),
        .refused(
            "remote.log.delete.on.disable", .boolean, "false", .any, because: .tiering,
            "Delete what is tiered when tiering is switched off."),
        .refused(
            "remote.storage.enable", .boolean, "false", .any, because: .tiering,
            "Tier segments to remote storage."),
        .acted(
            "retention.bytes", .long, "-1", .atLeast(-1), from: ["log.retention.bytes"],
            "A partition larger than this loses its oldest segments; -1 is without limit."),
        .acted(
            "retention.ms", .long, "604800000", .atLeast(-1),
            from: ["log.retention.ms", "log.retention.minutes", "log.retention.hours"],
            "Records older than this are deleted; -1 keeps them."),
        .acted(
            "segment.bytes", .int, "1073741824", .atLeast(1048576), from: ["log.segment.bytes"],
            "A segment is closed at this size."),
        .acted(
            "segment.index.bytes", .int, "10485760", .atLeast(4), from: ["log.index.size.max.bytes"],
            "Largest size of an index; a full one closes the segment."),
        .acted(
            "segment.jitter.ms", .long, "0", .atLeast(0), from: ["log.roll.jitter.ms", "log.roll.jitter.hours"],
            "Most that is taken off segment.ms at random, so that logs do not roll together."),
        .acted(
            "segment.ms", .long, "604800000", .atLeast(1), from: ["log.roll.ms", "log.roll.hours"],
            "A segment is closed at this age."),
        .refused(
            "unclean.leader.election.enable", .boolean, "false", .any, because: .replication,
            from: ["unclean.leader.election.enable"],
            "A replica out of sync may become leader, at the price of lost records."),
    ]
}
