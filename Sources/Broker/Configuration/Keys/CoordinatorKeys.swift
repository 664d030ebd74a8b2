extension ConfigurationDefinition {
    /// Groups, committed offsets, transactions and share groups.
    static let coordinatorKeys: [ConfigurationDefinition] = coordinatorKeysA + coordinatorKeysB

    private static let coordinatorKeysA: [ConfigurationDefinition] = [
        .acted(
            "group.initial.rebalance.delay.ms", .int, "3000", .any,
            "How long a new classic group waits for more members."),
        .acted(
            "group.max.session.timeout.ms", .int, "1800000", .any,
            "Longest session timeout that a classic member may ask for."),
        .acted(
            "group.min.session.timeout.ms", .int, "6000", .any,
            "Shortest session timeout that a classic member may ask for."),
        .acted(
            "group.max.size", .int, "2147483647", .atLeast(1),
            "Members that a classic group may have."),
        .acted(
            "group.consumer.assignors", .list, "uniform,range", .any,
            "Server-side assignors, the default first."),
        .acted(
            "group.consumer.heartbeat.interval.ms", .int, "5000", .atLeast(1),
            "Heartbeat interval of consumer groups (KIP-848)."),
        .acted(
            "group.consumer.max.heartbeat.interval.ms", .int, "15000", .atLeast(1),
            "Longest heartbeat interval that a group may set."),
        .acted(
            "group.consumer.min.heartbeat.interval.ms", .int, "5000", .atLeast(1),
            "Shortest heartbeat interval that a group may set."),
        .acted(
            "group.consumer.session.timeout.ms", .int, "45000", .atLeast(1),
            "Session timeout of consumer groups (KIP-848)."),
        .acted(
            "group.consumer.max.session.timeout.ms", .int, "60000", .atLeast(1),
            "Longest session timeout that a group may set."),
        .acted(
            "group.consumer.min.session.timeout.ms", .int, "45000", .atLeast(1),
            "Shortest session timeout that a group may set."),
        .acted(
            "group.consumer.max.size", .int, "2147483647", .atLeast(1),
            "Members that a consumer group may have."),
        .acted(
            "group.consumer.migration.policy", .string, "bidirectional",
            .oneOf(["disabled", "downgrade", "upgrade", "bidirectional"]), isInternal: true,
            "Which conversions between classic and consumer groups happen online."),
        .acted(
            "group.consumer.regex.refresh.interval.ms", .int, "600000", .atLeast(10000),
            "Interval at which subscription patterns are matched against the topics again."),
        .ignored(
            "group.coordinator.append.linger.ms", .int, "5", .atLeast(0), because: .groupCommit,
            "How long the coordinator gathers records before it writes them."),
        .acted(
            "group.coordinator.rebalance.protocols", .list, "classic,consumer,streams",
            .elements(["classic", "consumer", "share", "streams"]),
            "Kinds of groups that may be formed."),
        .ignored(
            "group.coordinator.threads", .int, "1", .atLeast(1), because: .threads,
            "Threads of the group coordinator."),
        .ignored(
            "group.coordinator.background.threads", .int, "2", .atLeast(1), because: .threads,
            "Background threads of the group coordinator."),
        .kept(
            "group.streams.heartbeat.interval.ms", .int, "5000", .atLeast(1),
            "Heartbeat interval of streams groups (KIP-1071)."),
        .kept(
            "group.streams.max.heartbeat.interval.ms", .int, "15000", .atLeast(1),
            "Longest heartbeat interval that a streams group may set."),
        .kept(
            "group.streams.min.heartbeat.interval.ms", .int, "5000", .atLeast(1),
            "Shortest heartbeat interval that a streams group may set."),
        .kept(
            "group.streams.session.timeout.ms", .int, "45000", .atLeast(1),
            "Session timeout of streams groups (KIP-1071)."),
        .kept(
            "group.streams.max.session.timeout.ms", .int, "60000", .atLeast(1),
            "Longest session timeout that a streams group may set."),
        .kept(
            "group.streams.min.session.timeout.ms", .int, "45000", .atLeast(1),
            "Shortest session timeout that a streams group may set."),
        .kept(
            "group.streams.initial.rebalance.delay.ms", .int, "3000", .atLeast(0),
            "How long a new streams group waits for more members."),
        .kept(
            "group.streams.max.size", .int, "2147483647", .atLeast(1),
            "Members that a streams group may have."),
        .kept(
            "group.streams.num.standby.replicas", .int, "0", .atLeast(0),
            "Standby copies of each stateful task."),
        .kept(
            "group.streams.max.standby.replicas", .int, "2", .atLeast(0),
            "Most standby copies that a streams group may ask for."),
        .acted(
            "offset.metadata.max.bytes", .int, "4096", .any,
            "Largest text that a commit may carry."),
        .ignored(
            "offsets.commit.timeout.ms", .int, "5000", .atLeast(1), because: .replication,
            "How long a commit may take."),
        .acted(
            "offsets.load.buffer.size", .int, "5242880", .atLeast(1),
            "Bytes read at a time when offsets are loaded."),
        .acted(
            "offsets.retention.check.interval.ms", .long, "600000", .atLeast(1),
            "Interval of the check for expired offsets."),
        .acted(
            "offsets.retention.minutes", .int, "10080", .atLeast(1),
            "How long the offsets of an empty group are kept."),
        .acted(
            "offsets.topic.compression.codec", .int, "0", .range(0...4),
            "Codec of the offsets topic: 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd."),
        .acted(
            "offsets.topic.num.partitions", .int, "50", .atLeast(1),
            "Partitions of the offsets topic; fixed once it exists."),
        .acted(
            "offsets.topic.replication.factor", .short, "1", .atLeast(1),
            "Replicas of the offsets topic."),
        .acted(
            "offsets.topic.segment.bytes", .int, "104857600", .atLeast(1),
            "Size of a segment of the offsets topic."),
        .kept(
            "transaction.abort.timed.out.transaction.cleanup.interval.ms", .int, "10000", .atLeast(1),
            "Interval of the check for transactions that took too long."),
        .kept(
            "transaction.max.timeout.ms", .int, "900000", .atLeast(1),
            "Longest timeout that a transaction may ask for."),
        .kept(
            "transaction.partition.verification.enable", .boolean, "true", .any, updated: .clusterWide,
            "Check that a partition is part of a transaction before its data is taken."),
        .kept(
            "transaction.remove.expired.transaction.cleanup.interval.ms", .int, "3600000", .atLeast(1),
            "Interval of the check for expired transactional ids."),
        .kept(
            "transaction.state.log.load.buffer.size", .int, "5242880", .atLeast(1),
            "Bytes read at a time when transactions are loaded."),
        .kept(
            "transaction.state.log.min.isr", .int, "1", .atLeast(1),
            "Replicas in sync that the transaction topic needs."),
        .kept(
            "transaction.state.log.num.partitions", .int, "50", .atLeast(1),
            "Partitions of the transaction topic; fixed once it exists."),
        .kept(
            "transaction.state.log.replication.factor", .short, "1", .atLeast(1),
            "Replicas of the transaction topic."),
    ]

    private static let coordinatorKeysB: [ConfigurationDefinition] = [
        .kept(
            "transaction.state.log.segment.bytes", .int, "104857600", .atLeast(1),
            "Size of a segment of the transaction topic."),
        .refused(
            "transaction.two.phase.commit.enable", .boolean, "false", .any, because: .preview,
            "Producers may take part in two-phase commits (KIP-939)."),
        .kept(
            "transactional.id.expiration.ms", .int, "604800000", .atLeast(1),
            "A transactional id without use for this long is forgotten."),
        .kept(
            "add.partitions.to.txn.retry.backoff.ms", .int, "20", .atLeast(1),
            "Pause before a partition is verified again."),
        .kept(
            "add.partitions.to.txn.retry.backoff.max.ms", .int, "100", .atLeast(0),
            "Longest time that verification is tried again."),
        .ignored(
            "group.share.assignors", .list, "simple", .any, because: .share,
            "Assignor of share groups."),
        .ignored(
            "group.share.delivery.count.limit", .int, "5", .range(2...10), because: .share,
            "Deliveries of a record before it is given up."),
        .ignored(
            "group.share.heartbeat.interval.ms", .int, "5000", .atLeast(1), because: .share,
            "Heartbeat interval of share groups."),
        .ignored(
            "group.share.initialize.retry.interval.ms", .int, "30000", .atLeast(1), because: .share,
            "Pause before the state of a share partition is set up again."),
        .ignored(
            "group.share.max.groups", .short, "10", .range(1...100), because: .share,
            "Share groups that may exist."),
        .ignored(
            "group.share.max.heartbeat.interval.ms", .int, "15000", .atLeast(1), because: .share,
            "Longest heartbeat interval that a share group may set."),
        .ignored(
            "group.share.max.record.lock.duration.ms", .int, "60000", .range(30000...3600000), because: .share,
            "Longest lock on records that a share group may set."),
        .ignored(
            "group.share.max.session.timeout.ms", .int, "60000", .atLeast(1), because: .share,
            "Longest session timeout that a share group may set."),
        .ignored(
            "group.share.max.share.sessions", .int, "2000", .atLeast(1), because: .share,
            "Share sessions that are kept."),
        .ignored(
            "group.share.max.size", .int, "200", .range(10...1000), because: .share,
            "Members that a share group may have."),
        .ignored(
            "group.share.min.heartbeat.interval.ms", .int, "5000", .atLeast(1), because: .share,
            "Shortest heartbeat interval that a share group may set."),
        .ignored(
            "group.share.min.record.lock.duration.ms", .int, "15000", .range(1000...30000), because: .share,
            "Shortest lock on records that a share group may set."),
        .ignored(
            "group.share.min.session.timeout.ms", .int, "45000", .atLeast(1), because: .share,
            "Shortest session timeout that a share group may set."),
        .ignored(
            "group.share.partition.max.record.locks", .int, "200", .range(100...10000), because: .share,
            "Records of one partition that may be locked."),
        .ignored(
            "group.share.persister.class.name", .string,
            "org.apache.kafka.server.share.persister.DefaultStatePersister", .any, because: .share,
            "Class that keeps the state of share partitions."),
        .ignored(
            "group.share.record.lock.duration.ms", .int, "30000", .range(1000...3600000), because: .share,
            "How long a record is locked for a consumer."),
        .ignored(
            "group.share.session.timeout.ms", .int, "45000", .atLeast(1), because: .share,
            "Session timeout of share groups."),
        .ignored(
            "share.coordinator.append.linger.ms", .int, "10", .atLeast(0), because: .share,
            "How long the share coordinator gathers records."),
        .ignored(
            "share.coordinator.cold.partition.snapshot.interval.ms", .int, "300000", .atLeast(1), because: .share,
            "Interval of snapshots of idle share partitions."),
        .ignored(
            "share.coordinator.load.buffer.size", .int, "5242880", .atLeast(1), because: .share,
            "Bytes read at a time when share state is loaded."),
        .ignored(
            "share.coordinator.snapshot.update.records.per.snapshot", .int, "500", .atLeast(0), because: .share,
            "Updates between two snapshots of a share partition."),
        .ignored(
            "share.coordinator.state.topic.compression.codec", .int, "0", .range(0...4), because: .share,
            "Codec of the share state topic."),
        .ignored(
            "share.coordinator.state.topic.min.isr", .short, "1", .atLeast(1), because: .share,
            "Replicas in sync that the share state topic needs."),
        .ignored(
            "share.coordinator.state.topic.num.partitions", .int, "50", .atLeast(1), because: .share,
            "Partitions of the share state topic."),
        .ignored(
            "share.coordinator.state.topic.prune.interval.ms", .int, "300000", .atLeast(1), because: .share,
            "Interval at which old share state is removed."),
        .ignored(
            "share.coordinator.state.topic.replication.factor", .short, "1", .atLeast(1), because: .share,
            "Replicas of the share state topic."),
        .ignored(
            "share.coordinator.state.topic.segment.bytes", .int, "104857600", .atLeast(1), because: .share,
            "Size of a segment of the share state topic."),
        .ignored(
            "share.coordinator.threads", .int, "1", .atLeast(1), because: .share,
            "Threads of the share coordinator."),
        .ignored(
            "share.coordinator.write.timeout.ms", .int, "5000", .atLeast(1), because: .share,
            "How long a write of share state may take."),
        .ignored(
            "share.fetch.max.fetch.records", .int, "2147483647", .any, because: .share, isInternal: true,
            "Records that one share fetch may return."),
        .ignored(
            "group.share.enable", .boolean, "false", .any, because: .share, isInternal: true,
            "Share groups are available."),
    ]
}
