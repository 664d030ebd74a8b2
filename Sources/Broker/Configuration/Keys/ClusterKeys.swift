extension ConfigurationDefinition {
    /// The broker and its cluster: identity, creation of topics, replication, controllers.
    static let clusterKeys: [ConfigurationDefinition] = clusterKeysA + clusterKeysB

    private static let clusterKeysA: [ConfigurationDefinition] = [
        .acted(
            "node.id", .int, "1", .atLeast(0),
            "Number of this broker in its cluster; it stays with the data directory."),
        .acted(
            "broker.id", .int, "-1", .atLeast(-1),
            "Older name of node.id."),
        .acted(
            "broker.rack", .string, nil, .any,
            "Where this broker stands; clients are told, to fetch from near replicas."),
        .ignored(
            "process.roles", .list, "", .elements(["broker", "controller"]), because: .quorum,
            "Roles of this process."),
        .acted(
            "num.partitions", .int, "1", .atLeast(1),
            "Partitions of a topic that is created without a count."),
        .acted(
            "default.replication.factor", .int, "1", .range(1...32767),
            "Replicas of a topic that is created without a number of them."),
        .acted(
            "auto.create.topics.enable", .boolean, "true", .any,
            "A topic is created when a client first asks for it."),
        .acted(
            "delete.topic.enable", .boolean, "true", .any,
            "Topics may be deleted."),
        .acted(
            "min.insync.replicas", .int, "1", .atLeast(1), updated: .clusterWide,
            "Replicas that must have a batch before acks=all is answered."),
        .refused(
            "create.topic.policy.class.name", .className, nil, .any, because: .plugins,
            "Class that may refuse the creation of a topic."),
        .refused(
            "alter.config.policy.class.name", .className, nil, .any, because: .plugins,
            "Class that may refuse a change of configuration."),
        .ignored(
            "initial.broker.registration.timeout.ms", .int, "60000", .any, because: .quorum,
            "How long the first registration at the controller may take."),
        .ignored(
            "broker.heartbeat.interval.ms", .int, "2000", .any, because: .quorum,
            "Interval of heartbeats to the controller."),
        .ignored(
            "broker.session.timeout.ms", .int, "9000", .any, because: .quorum,
            "A broker without a heartbeat for this long is fenced."),
        .ignored(
            "server.max.startup.time.ms", .long, "9223372036854775807", .atLeast(0), because: .quorum, isInternal: true,
            "How long the start of the broker may take."),
        .ignored(
            "controlled.shutdown.enable", .boolean, "true", .any, because: .replication,
            "Leaderships move away before the broker stops."),
        .ignored(
            "auto.leader.rebalance.enable", .boolean, "true", .any, because: .replication,
            "Leadership returns to the preferred replicas by itself."),
        .ignored(
            "leader.imbalance.check.interval.seconds", .long, "300", .atLeast(1), because: .replication,
            "Interval of the check for partitions away from their preferred leader."),
        .refused(
            "unclean.leader.election.enable", .boolean, "false", .any, because: .replication, updated: .clusterWide,
            "A replica out of sync may become leader, at the price of lost records."),
        .ignored(
            "unclean.leader.election.interval.ms", .long, "300000", .atLeast(1), because: .replication,
            isInternal: true,
            "Interval of the search for partitions that need an unclean election."),
        .ignored(
            "eligible.leader.replicas.enable", .boolean, "false", .any, because: .replication,
            "Keep the replicas that may become leader without loss (KIP-966)."),
        .ignored(
            "num.replica.fetchers", .int, "1", .any, because: .replication, updated: .clusterWide,
            "Threads that copy from each leader."),
        .ignored(
            "num.replica.alter.log.dirs.threads", .int, nil, .any, because: .replication,
            "Threads that move replicas between log directories."),
        .ignored(
            "replica.fetch.backoff.ms", .int, "1000", .atLeast(0), because: .replication,
            "Pause after a failed fetch of a follower."),
        .ignored(
            "replica.fetch.max.bytes", .int, "1048576", .atLeast(0), because: .replication,
            "Bytes that a follower asks for per partition."),
        .ignored(
            "replica.fetch.min.bytes", .int, "1", .any, because: .replication,
            "Least bytes that a follower waits for."),
        .ignored(
            "replica.fetch.response.max.bytes", .int, "10485760", .atLeast(0), because: .replication,
            "Bytes that a follower asks for per request."),
        .ignored(
            "replica.fetch.wait.max.ms", .int, "500", .any, because: .replication,
            "How long a follower's fetch may wait."),
        .ignored(
            "replica.high.watermark.checkpoint.interval.ms", .long, "5000", .any, because: .replication,
            "Interval at which high watermarks are written to disk."),
        .ignored(
            "replica.lag.time.max.ms", .long, "30000", .any, because: .replication,
            "A follower behind for this long leaves the in-sync replicas."),
        .refused(
            "replica.selector.class", .string, nil, .any, because: .plugins,
            "Class that chooses the replica that a consumer reads."),
        .ignored(
            "replica.socket.receive.buffer.bytes", .int, "65536", .any, because: .replication,
            "SO_RCVBUF of a follower's socket."),
        .ignored(
            "replica.socket.timeout.ms", .int, "30000", .any, because: .replication,
            "How long a follower waits for an answer."),
        .ignored(
            "replication.quota.window.num", .int, "11", .atLeast(1), because: .replication,
            "Samples that the replication quota keeps."),
        .ignored(
            "replication.quota.window.size.seconds", .int, "1", .atLeast(1), because: .replication,
            "Length of one sample of the replication quota."),
        .ignored(
            "alter.log.dirs.replication.quota.window.num", .int, "11", .atLeast(1), because: .replication,
            "Samples that the quota on moves between log directories keeps."),
        .ignored(
            "alter.log.dirs.replication.quota.window.size.seconds", .int, "1", .atLeast(1), because: .replication,
            "Length of one sample of the quota on moves between log directories."),
        .refused(
            "follower.replication.throttled.rate", .long, "9223372036854775807", .atLeast(0), because: .replication,
            updated: .dynamicOnly,
            "Bytes per second for throttled replicas that follow."),
        .refused(
            "leader.replication.throttled.rate", .long, "9223372036854775807", .atLeast(0), because: .replication,
            updated: .dynamicOnly,
            "Bytes per second for throttled replicas that lead."),
        .refused(
            "replica.alter.log.dirs.io.max.bytes.per.second", .long, "9223372036854775807", .atLeast(0),
            because: .replication, updated: .dynamicOnly,
            "Bytes per second for moves between log directories."),
        .ignored(
            "controller.listener.names", .string, nil, .any, because: .quorum,
            "Listeners of the controller; Martlet opens none of them."),
        .ignored(
            "controller.quorum.append.linger.ms", .int, "25", .any, because: .quorum,
            "How long the controller gathers records before it writes them."),
        .ignored(
            "controller.quorum.auto.join.enable", .boolean, "false", .any, because: .quorum,
            "A controller joins the voters by itself (KIP-853)."),
        .ignored(
            "controller.quorum.bootstrap.servers", .list, "", .any, because: .quorum,
            "Where the controllers can be found."),
        .ignored(
            "controller.quorum.election.backoff.max.ms", .int, "1000", .any, because: .quorum,
            "Longest pause between elections of a controller."),
    ]

    private static let clusterKeysB: [ConfigurationDefinition] = [
        .ignored(
            "controller.quorum.election.timeout.ms", .int, "1000", .any, because: .quorum,
            "How long a candidate waits for votes."),
        .ignored(
            "controller.quorum.fetch.timeout.ms", .int, "2000", .any, because: .quorum,
            "How long a voter waits for its leader."),
        .ignored(
            "controller.quorum.request.timeout.ms", .int, "2000", .any, because: .quorum,
            "How long a voter waits for an answer."),
        .ignored(
            "controller.quorum.retry.backoff.ms", .int, "20", .any, because: .quorum,
            "Pause before a voter tries again."),
        .ignored(
            "controller.quorum.voters", .list, "", .any, because: .quorum,
            "The controllers, `ID@HOST:PORT,…`."),
        .ignored(
            "controller.quota.window.num", .int, "11", .atLeast(1), because: .quotas,
            "Samples that the quota on changes of metadata keeps."),
        .ignored(
            "controller.quota.window.size.seconds", .int, "1", .atLeast(1), because: .quotas,
            "Length of one sample of the quota on changes of metadata."),
        .ignored(
            "controller.socket.timeout.ms", .int, "30000", .any, because: .quorum,
            "How long a request to the controller may take."),
        .ignored(
            "controller.performance.always.log.threshold.ms", .long, "2000", .atLeast(0), because: .quorum,
            "Controller events slower than this are logged."),
        .ignored(
            "controller.performance.sample.period.ms", .long, "60000", .atLeast(100), because: .quorum,
            "Interval at which the slowest controller events are logged."),
        .acted(
            "metadata.log.dir", .string, nil, .any,
            "Directory of the metadata log; the first of log.dirs when unset."),
        .ignored(
            "metadata.log.max.record.bytes.between.snapshots", .long, "20971520", .atLeast(1), because: .quorum,
            "Bytes of metadata between two snapshots."),
        .ignored(
            "metadata.log.max.snapshot.interval.ms", .long, "3600000", .atLeast(0), because: .quorum,
            "Longest time between two snapshots of the metadata."),
        .ignored(
            "metadata.log.segment.bytes", .int, "1073741824", .atLeast(12), because: .quorum,
            "Size of a segment of the metadata log."),
        .ignored(
            "metadata.log.segment.min.bytes", .int, "8388608", .atLeast(12), because: .quorum, isInternal: true,
            "Least size of a segment of the metadata log."),
        .ignored(
            "metadata.log.segment.ms", .long, "604800000", .any, because: .quorum,
            "Age at which a segment of the metadata log is closed."),
        .ignored(
            "metadata.max.idle.interval.ms", .int, "500", .atLeast(0), because: .quorum,
            "Interval of empty records in an idle metadata log."),
        .ignored(
            "metadata.max.retention.bytes", .long, "104857600", .any, because: .quorum,
            "Bytes of metadata kept besides the snapshot."),
        .ignored(
            "metadata.max.retention.ms", .long, "604800000", .any, because: .quorum,
            "How long metadata is kept besides the snapshot."),
        .ignored(
            "unstable.api.versions.enable", .boolean, "false", .any, because: .preview, isInternal: true,
            "Advertise versions of the protocol that are not final."),
        .ignored(
            "unstable.feature.versions.enable", .boolean, "false", .any, because: .preview, isInternal: true,
            "Allow versions of features that are not final."),
    ]
}
