package import KafkaProtocol
package import SystemPackage

/// What the broker is told, in its own types. Values for topics come from ``ConfigurationResolver``.
package struct BrokerConfiguration: Sendable {
    // Identity and addresses.
    package let nodeID: BrokerID
    package let rack: String?
    /// In the order of `log.dirs`, each once.
    package let logDirectories: [FilePath]
    /// `metadata.log.dir`, or the first of `log.dirs`.
    package let metadataDirectory: FilePath
    package let listeners: [Listener]

    // Connections and requests.
    package let eventLoopCount: Int
    package let maximumConnections: Int
    package let maximumConnectionsPerAddress: Int
    /// Exceptions by host name or address.
    package let maximumConnectionsByAddress: [String: Int]
    package let idleConnectionTimeout: Duration
    package let listenBacklog: Int
    /// Bytes of SO_SNDBUF; nil leaves it to the system.
    package let sendBufferBytes: Int?
    /// Bytes of SO_RCVBUF; nil leaves it to the system.
    package let receiveBufferBytes: Int?
    package let maximumRequestBytes: Int
    /// Bytes of requests in memory before sockets are no longer read; nil is without limit.
    package let maximumQueuedRequestBytes: Int?
    package let maximumFetchBytes: Int
    package let fetchSessionSlots: Int
    /// Partitions in one answer to DescribeTopicPartitions.
    package let maximumDescribedPartitions: Int

    // Topics.
    package let defaultPartitionCount: Int32
    package let defaultReplicationFactor: Int16
    package let createsTopicsOnDemand: Bool
    package let allowsTopicDeletion: Bool

    // Logs.
    package let recoveryThreadCount: Int
    package let producerIDExpiration: Duration
    package let recoveryPointCheckpointInterval: Duration
    package let logStartCheckpointInterval: Duration
    package let retentionCheckInterval: Duration
    package let producerExpiryCheckInterval: Duration
    /// How long after the start retention looks for the first time.
    package let initialTaskDelay: Duration

    /// What the broker was started with, canonical, by key: the lowest layer of ``ConfigurationResolver``.
    package let fixed: [String: String]
    /// What an operator should know, one sentence each.
    package let warnings: [String]

    /// Reads `file`, then applies `overrides` (`--set key=value`).
    package static func load(
        file: FilePath?, overrides: [(key: String, value: String)] = []
    ) throws(ConfigurationFileError) -> BrokerConfiguration {
        try BrokerConfiguration(StaticConfiguration.load(file: file, overrides: overrides))
    }

    /// Takes checked values and checks those that must agree with each other.
    package init(_ configuration: StaticConfiguration) throws(ConfigurationFileError) {
        let values = TypedValues(ConfigurationResolver(fixed: configuration.values))
        nodeID = try Self.nodeID(configuration)
        rack = values.text("broker.rack")
        logDirectories = try Self.logDirectories(configuration)
        metadataDirectory = Self.metadataDirectory(values.text("metadata.log.dir"), among: logDirectories)
        (listeners, warnings) = try configuration.listeners()
        eventLoopCount = values.integer("num.network.threads")
        maximumConnections = values.integer("max.connections")
        maximumConnectionsPerAddress = values.integer("max.connections.per.ip")
        maximumConnectionsByAddress =
            values.text("max.connections.per.ip.overrides").flatMap(AddressCounts.parse) ?? [:]
        idleConnectionTimeout = values.duration("connections.max.idle.ms")
        listenBacklog = values.integer("socket.listen.backlog.size")
        sendBufferBytes = values.limit("socket.send.buffer.bytes")
        receiveBufferBytes = values.limit("socket.receive.buffer.bytes")
        maximumRequestBytes = values.integer("socket.request.max.bytes")
        maximumQueuedRequestBytes = values.limit("queued.max.request.bytes").flatMap { $0 == 0 ? nil : $0 }
        maximumFetchBytes = values.integer("fetch.max.bytes")
        fetchSessionSlots = values.integer("max.incremental.fetch.session.cache.slots")
        maximumDescribedPartitions = values.integer("max.request.partition.size.limit")
        defaultPartitionCount = Int32(clamping: values.integer("num.partitions"))
        defaultReplicationFactor = Int16(clamping: values.integer("default.replication.factor"))
        createsTopicsOnDemand = values.boolean("auto.create.topics.enable")
        allowsTopicDeletion = values.boolean("delete.topic.enable")
        recoveryThreadCount = values.integer("num.recovery.threads.per.data.dir")
        producerIDExpiration = values.duration("producer.id.expiration.ms")
        recoveryPointCheckpointInterval = values.duration("log.flush.offset.checkpoint.interval.ms")
        logStartCheckpointInterval = values.duration("log.flush.start.offset.checkpoint.interval.ms")
        retentionCheckInterval = values.duration("log.retention.check.interval.ms")
        producerExpiryCheckInterval = values.duration("producer.id.expiration.check.interval.ms")
        initialTaskDelay = values.duration("log.initial.task.delay.ms")
        fixed = Self.withBothNodeIDs(configuration.values, nodeID)
    }

    private static func nodeID(_ configuration: StaticConfiguration) throws(ConfigurationFileError) -> BrokerID {
        let values = configuration.values
        let older = values["broker.id"].flatMap { $0 == "-1" ? nil : $0 }
        if let node = values["node.id"], let older, node != older {
            throw .init(
                description: "node.id is \(node) and broker.id is \(older); set one, or both to the same number")
        }
        let standard = ConfigurationCatalog.broker["node.id"]?.defaultValue
        return BrokerID((values["node.id"] ?? older ?? standard).flatMap { Int32($0) } ?? 1)
    }

    /// Whoever sets the node's id by one of its names is shown it by both, as Kafka does.
    private static func withBothNodeIDs(_ values: [String: String], _ id: BrokerID) -> [String: String] {
        guard values["node.id"] != nil || values["broker.id"] != nil else { return values }
        return values.merging(["node.id": "\(id)", "broker.id": "\(id)"]) { _, both in both }
    }

    private static func logDirectories(
        _ configuration: StaticConfiguration
    ) throws(ConfigurationFileError) -> [FilePath] {
        let values = configuration.values
        let standard = ConfigurationCatalog.broker["log.dirs"]?.defaultValue ?? ""
        let names = (values["log.dirs"] ?? values["log.dir"] ?? standard).listElements()
        let key = values["log.dirs"] == nil ? "log.dir" : "log.dirs"
        guard !names.isEmpty, !names.contains("") else {
            throw configuration.error(at: key, "must name at least one directory, and none without a name")
        }
        let directories = names.map { FilePath($0) }
        guard Set(directories.map { $0.lexicallyNormalized() }).count == directories.count else {
            throw configuration.error(at: key, "names a directory twice")
        }
        return directories
    }

    /// By the same path as in `log.dirs`, if it stands there.
    private static func metadataDirectory(_ name: String?, among directories: [FilePath]) -> FilePath {
        guard let path = name.map({ FilePath($0) }) else { return directories[0] }
        return directories.first { $0.lexicallyNormalized() == path.lexicallyNormalized() } ?? path
    }
}

/// Reads checked values in their own types; a value that is not there is the smallest one.
private struct TypedValues {
    private let resolver: ConfigurationResolver

    init(_ resolver: ConfigurationResolver) { self.resolver = resolver }

    func text(_ key: String) -> String? { resolver.brokerValue(key) }
    func boolean(_ key: String) -> Bool { text(key) == "true" }
    func integer(_ key: String) -> Int { text(key).flatMap { Int($0) } ?? 0 }
    func duration(_ key: String) -> Duration { .milliseconds(integer(key)) }
    func limit(_ key: String) -> Int? { integer(key) < 0 ? nil : integer(key) }
}
