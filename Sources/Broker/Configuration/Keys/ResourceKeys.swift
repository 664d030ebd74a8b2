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
            "share.heartbeat.interval.ms", .int, "5000", .atLeast(1), because: .share,
            from: ["group.share.heartbeat.interval.ms"], "Heartbeat interval of the share group's members."),
        .ignored(
            "share.isolation.level", .string, "read_uncommitted", .oneOf(["read_uncommitted", "read_committed"]),
            because: .share, "Whether the share group sees records of open transactions."),
        .ignored(
            "share.record.lock.duration.ms", .int, "30000", .atLeast(1000), because: .share,
            from: ["group.share.record.lock.duration.ms"], "How long a record is locked for a consumer."),
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
        .kept("interval.ms", .int, "300000", .range(100...3_600_000), "Interval at which clients push metrics."),
        .kept("match", .list, "", .any, "Which clients push, as `SELECTOR=PATTERN,…`."),
        .kept("metrics", .list, "", .any, "Prefixes of the metrics' names; an empty one means all."),
    ]
}
