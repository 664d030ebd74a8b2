extension ConfigurationDefinition {
    /// Listeners, sockets, limits of connections and requests, quotas and metrics.
    static let networkKeys: [ConfigurationDefinition] = [
        .acted(
            "advertised.listeners", .string, nil, .listeners,
            "Addresses that clients are told, `NAME://HOST:PORT,…`; those of `listeners` when unset."),
        .acted(
            "listeners", .string, "PLAINTEXT://:9092", .listeners,
            "Addresses to listen on, `NAME://HOST:PORT,…`; an empty host means all, port 0 picks one."),
        .acted(
            "listener.security.protocol.map", .string,
            "SASL_SSL:SASL_SSL,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT", .any,
            "Security protocol of each listener name, `NAME:PROTOCOL,…`; PLAINTEXT alone so far."),
        .acted(
            "socket.request.max.bytes", .int, "104857600", .atLeast(1),
            "Largest request that is accepted, in bytes."),
        .acted(
            "socket.send.buffer.bytes", .int, "102400", .atLeast(-1),
            "SO_SNDBUF of accepted sockets, in bytes; -1 leaves it to the system."),
        .acted(
            "socket.receive.buffer.bytes", .int, "-1", .atLeast(-1),
            "SO_RCVBUF of accepted sockets, in bytes; -1 leaves it to the system."),
        .acted(
            "socket.listen.backlog.size", .int, "50", .atLeast(1),
            "Connections that may wait to be accepted."),
        .acted(
            "max.connections", .int, "2147483647", .atLeast(0), updated: .clusterWide,
            "Connections that may be open at once."),
        .acted(
            "max.connections.per.ip", .int, "2147483647", .atLeast(0), updated: .clusterWide,
            "Connections that may be open at once from one address."),
        .acted(
            "max.connections.per.ip.overrides", .string, "", .addressCounts, updated: .clusterWide,
            "Exceptions to max.connections.per.ip, `HOST:COUNT,…`."),
        .refused(
            "max.connection.creation.rate", .int, "2147483647", .atLeast(0), because: .quotas, updated: .clusterWide,
            "Connections accepted per second."),
        .acted(
            "connections.max.idle.ms", .long, "600000", .any,
            "A connection without a request for this long is closed."),
        .acted(
            "queued.max.request.bytes", .long, "-1", .atLeast(-1),
            "Bytes of requests in memory before sockets are no longer read; -1 is without limit."),
        .ignored(
            "queued.max.requests", .int, "500", .atLeast(1), because: .threads,
            "Requests that may wait for a handler thread."),
        .acted(
            "num.network.threads", .int, "3", .atLeast(1),
            "Event loops; each carries its connections from socket to log."),
        .ignored(
            "num.io.threads", .int, "8", .atLeast(1), because: .threads, updated: .clusterWide,
            "Threads that handle requests."),
        .ignored(
            "background.threads", .int, "10", .atLeast(1), because: .threads, updated: .clusterWide,
            "Threads for background work."),
        .ignored(
            "request.timeout.ms", .int, "30000", .any, because: .replication,
            "How long the broker waits for the answer to a request of its own."),
        .ignored(
            "connection.failed.authentication.delay.ms", .int, "100", .atLeast(0), because: .sasl,
            "Delay before a failed authentication closes its connection."),
        .refused(
            "connections.max.reauth.ms", .long, "0", .any, because: .sasl,
            "How long an authentication is valid; 0 is for ever."),
        .ignored(
            "socket.connection.setup.timeout.ms", .long, "10000", .any, because: .replication,
            "How long an outgoing connection may take to stand."),
        .ignored(
            "socket.connection.setup.timeout.max.ms", .long, "30000", .any, because: .replication,
            "Upper bound of the growing set-up timeout."),
        .acted(
            "fetch.max.bytes", .int, "57671680", .atLeast(1024),
            "Most bytes in one answer to a fetch."),
        .acted(
            "max.incremental.fetch.session.cache.slots", .int, "1000", .atLeast(0),
            "Fetch sessions (KIP-227) that are kept."),
        .acted(
            "max.request.partition.size.limit", .int, "2000", .atLeast(1),
            "Most partitions in one answer to DescribeTopicPartitions."),
        .refused(
            "early.start.listeners", .string, nil, .any, because: .quorum,
            "Listeners that open before the metadata is loaded."),
        .ignored(
            "inter.broker.listener.name", .string, nil, .any, because: .quorum,
            "Listener that brokers use among themselves."),
        .acted(
            "telemetry.max.bytes", .int, "1048576", .atLeast(1),
            "Most bytes of metrics that a client may push."),
        .ignored(
            "fetch.purgatory.purge.interval.requests", .int, "1000", .any, because: .purgatory,
            "Finished waits before the purgatory of fetches is swept."),
        .ignored(
            "producer.purgatory.purge.interval.requests", .int, "1000", .any, because: .purgatory,
            "Finished waits before the purgatory of produces is swept."),
        .ignored(
            "delete.records.purgatory.purge.interval.requests", .int, "1", .any, because: .purgatory,
            "Finished waits before the purgatory of DeleteRecords is swept."),
        .ignored(
            "share.fetch.purgatory.purge.interval.requests", .int, "1000", .any, because: .share,
            "Finished waits before the purgatory of share fetches is swept."),
        .ignored(
            "kafka.metrics.polling.interval.secs", .int, "10", .atLeast(1), because: .metrics,
            "Interval of the reporters of the older metrics library."),
        .ignored(
            "kafka.metrics.reporters", .list, "", .any, because: .metrics,
            "Reporters of the older metrics library."),
        .ignored(
            "metric.reporters", .list, "org.apache.kafka.common.metrics.JmxReporter", .any, because: .metrics,
            updated: .clusterWide,
            "Classes that report metrics."),
        .ignored(
            "metrics.num.samples", .int, "2", .atLeast(1), because: .metrics,
            "Samples that a windowed metric keeps."),
        .ignored(
            "metrics.recording.level", .string, "INFO", .any, because: .metrics,
            "Least level of the metrics that are recorded."),
        .ignored(
            "metrics.sample.window.ms", .long, "30000", .atLeast(1), because: .metrics,
            "Length of one sample of a windowed metric."),
        .ignored(
            "quota.window.num", .int, "11", .atLeast(1), because: .quotas,
            "Samples that a client quota keeps."),
        .ignored(
            "quota.window.size.seconds", .int, "1", .atLeast(1), because: .quotas,
            "Length of one sample of a client quota."),
        .refused(
            "client.quota.callback.class", .className, nil, .any, because: .plugins,
            "Class that decides client quotas."),
    ]
}
