extension ConfigurationDefinition {
    /// What a group can set for itself.
    static let groupKeys: [ConfigurationDefinition] = [
        .kept(
            "consumer.heartbeat.interval.ms", .int, "5000", .atLeast(1),
            from: ["group.consumer.heartbeat.interval.ms"], "Heartbeat interval of the group's members."),
        .kept(
            "consumer.session.timeout.ms", .int, "45000", .atLeast(1),
            from: ["group.consumer.session.timeout.ms"],
            "A member without a heartbeat for this long leaves the group."),
        .ignored(
            "share.auto.offset.reset", .string, "latest", .any, because: .share,
            "Where a new share group begins."),
        .ignored(
            "share.delivery.count.limit", .int, "5", .atLeast(2), because: .share,
            from: ["group.share.delivery.count.limit"], "How often a record is delivered at most."),
        .ignored(
            "share.heartbeat.interval.ms", .int, "5000", .atLeast(1), because: .share,
            from: ["group.share.heartbeat.interval.ms"], "Heartbeat interval of the share group's members."),
        .ignored(
            "share.isolation.level", .string, "read_uncommitted", .oneOf(["read_uncommitted", "read_committed"]),
            because: .share, "Whether the share group sees records of open transactions."),
        .ignored(
            "share.partition.max.record.locks", .int, "200", .atLeast(100), because: .share,
            from: ["group.share.partition.max.record.locks"], "Records of a partition that can be locked at once."),
        .ignored(
            "share.record.lock.duration.ms", .int, "30000", .atLeast(1000), because: .share,
            from: ["group.share.record.lock.duration.ms"], "How long a record is locked for a consumer."),
        .ignored(
            "share.renew.acknowledge.enable", .boolean, "true", .any, because: .share,
            "Whether consumers can prolong the lock of a record."),
        .ignored(
            "share.session.timeout.ms", .int, "45000", .atLeast(1), because: .share,
            from: ["group.share.session.timeout.ms"], "A member without a heartbeat for this long leaves the group."),
        .kept(
            "streams.heartbeat.interval.ms", .int, "5000", .atLeast(1),
            from: ["group.streams.heartbeat.interval.ms"], "Heartbeat interval of the streams group's members."),
        .kept(
            "streams.initial.rebalance.delay.ms", .int, "3000", .atLeast(0),
            from: ["group.streams.initial.rebalance.delay.ms"], "How long a new streams group waits for more members."),
        .kept(
            "streams.num.standby.replicas", .int, "0", .atLeast(0),
            from: ["group.streams.num.standby.replicas"], "Standby copies of each stateful task."),
        .kept(
            "streams.session.timeout.ms", .int, "45000", .atLeast(1),
            from: ["group.streams.session.timeout.ms"], "A member without a heartbeat for this long leaves the group."),
    ]

    /// What a subscription to clients' metrics consists of.
    static let clientMetricsKeys: [ConfigurationDefinition] = [
        .acted("interval.ms", .int, "300000", .range(100...3_600_000), "Interval at which clients push metrics."),
        .acted(
            "match", .list, "", .any, "Which clients push, as `SELECTOR=PATTERN,…` with RE2 patterns; empty means all."),
        .acted("metrics", .list, "", .any, "Prefixes of the metrics' names; `*` means all."),
    ]
}
