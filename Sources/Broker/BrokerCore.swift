import Coordination
import CoreMetrics
import KafkaProtocol
import LogStorage
import Logging
import NIOCore
import NIOPosix
import Synchronization

/// Everything of a broker but its network: the data directory, the metadata, the topics and the router.
final class BrokerCore: Sendable {
    let identity: ClusterIdentity
    let router: Router
    let metadata: MetadataWriter
    let topics: TopicHost
    /// The periodic work on logs.
    let maintenance: LogMaintenance
    /// Compaction.
    let cleaner: LogCleaner
    let groups: GroupCoordinator
    /// The clients that push metrics.
    let telemetry: ClientTelemetry
    let loggers: SubsystemLoggers
    /// Whether the last stop was clean.
    let wasClean: Bool

    /// Told when a broker's own settings have changed.
    let settingsObserver = Observers<ConfigurationResolver>()
    /// Told which topics have been deleted.
    private let topicDeletions = Observers<Set<String>>()

    private let configuration: BrokerConfiguration
    private let directories: LogDirectories
    private let flushQueues: FlushQueues
    var flushStatistics: FlushStatistics { flushQueues.statistics }
    private let reads: ReaderPool
    private let recompression: Recompression
    private let diskWatch: DiskWatch
    let scrubber: Scrubber
    private let environment: LogEnvironment
    private let logger: Logger

    /// Threads that wait for the disk on behalf of fetches and lookups.
    private static let readerThreads = 4

    /// Opens the log directories and everything in them. Blocks until logs are recovered.
    init(configuration: BrokerConfiguration, environment: LogEnvironment, logger: Logger) throws {
        let loggers = SubsystemLoggers(logger)
        self.loggers = loggers
        directories = try LogDirectories.open(
            configuration.logDirectories, metadata: configuration.metadataDirectory, environment: environment,
            nodeID: configuration.nodeID, logger: loggers[.directories])
        self.configuration = configuration
        self.environment = environment
        self.logger = loggers.root
        wasClean = directories.wereClean
        flushQueues = FlushQueues(devices: directories.devices)
        reads = ReaderPool(threadCount: Self.readerThreads)
        diskWatch = DiskWatch(guards: environment.diskGuards, logger: loggers[.disks])
        identity = ClusterIdentity(
            clusterID: directories.metadata.clusterID, nodeID: configuration.nodeID, rack: configuration.rack)
        let topics = TopicHost(
            table: TopicTable(), environment: environment, directories: directories, flushQueues: flushQueues,
            graveyard: Graveyard(environment: environment, logger: loggers[.topics]), logger: loggers[.topics])
        self.topics = topics
        metadata = try Self.openMetadata(
            directories.metadata, configuration, environment, topics, settingsObserver, topicDeletions)
        recompression = Recompression(
            topics: topics.table, threadCount: configuration.eventLoopCount,
            validation: BatchValidation(configuration, environment))
        let (guards, image) = (environment.diskGuards, metadata.image)
        let resolver = SettingsView.resolver(configuration.fixed, configuration.nodeID, image)
        let groups = GroupCoordinator(
            topics: topics.table, metadata: metadata, clock: CoordinatorClock(wall: environment.clock),
            resolver: resolver,
            creation: .groupOffsets(resolver, metadata: metadata, directories: directories),
            lag: GroupLagGauges(factory: MetricsSystem.factory), logger: loggers[.groups])
        self.groups = groups
        telemetry = ClientTelemetry(configuration, metadata)
        router =
            HandlerList(
                configuration: configuration, environment: environment, identity: identity, topics: topics,
                metadata: metadata, reads: reads, recompression: recompression, groups: groups, telemetry: telemetry,
                loggers: loggers
            ).router
        guards.keep(resolver)
        let scrubber = Scrubber(
            topics: topics.table, environment: environment, settings: Scrubber.Settings(resolver),
            logger: loggers[.scrubber])
        self.scrubber = scrubber
        settingsObserver.observe { settings in
            guards.keep(settings)
            scrubber.apply(Scrubber.Settings(settings))
            groups.apply(settings)
        }
        topicDeletions.observe { groups.topicsDeleted($0) }
        maintenance = LogMaintenance(
            topics: topics, schedule: MaintenanceSchedule(configuration, start: environment.clock.now),
            logger: loggers[.maintenance])
        cleaner = LogCleaner(topics: topics, clock: environment.clock, logger: loggers[.cleaner]) { [metadata] in
            CleanerSettings(SettingsView.resolver(configuration.fixed, configuration.nodeID, metadata.image))
        }
        try hostTopics()
        observeDirectories()
        groups.attach()
    }

    /// The settings in force.
    var resolver: ConfigurationResolver {
        SettingsView.resolver(configuration.fixed, configuration.nodeID, metadata.image)
    }

    /// Why the broker cannot go on; nil while it can.
    var failure: (any Error)? { directories.failure ?? metadata.failure }

    var partitionCount: Int { topics.table.all.reduce(0) { $0 + $1.partitions.count } }

    // MARK: - Start

    private static func openMetadata(
        _ directory: DataDirectory, _ configuration: BrokerConfiguration, _ environment: LogEnvironment,
        _ topics: TopicHost, _ settings: Observers<ConfigurationResolver>, _ deletions: Observers<Set<String>>
    ) throws -> MetadataWriter {
        let key = TopicPartition(topic: TopicName.clusterMetadata, partition: 0)
        let log = try directory.openLog(
            key, topicID: .clusterMetadata,
            configuration: MetadataWriter.logConfiguration(ConfigurationResolver(fixed: configuration.fixed)),
            environment: environment)
        let (fixed, nodeID) = (configuration.fixed, configuration.nodeID)
        return try MetadataWriter(
            log: log, rules: CatalogConfigurationRules(fixed: fixed), clock: environment.clock
        ) { old, new, touched in
            let resolver = SettingsView.resolver(fixed, nodeID, new)
            for resource in [ConfigurationResource.broker(nil), .broker(nodeID)]
            where old.configuration(of: resource) != new.configuration(of: resource) {
                settings.tell(resolver)
            }
            var dropped: Set<String> = []
            for name in touched.sorted() {
                if let definition = TopicDefinition(name, in: new, resolver) {
                    topics.host(definition)
                } else {
                    topics.drop(name)
                    dropped.insert(name)
                }
            }
            if !dropped.isEmpty { deletions.tell(dropped) }
        }
    }

    /// Opens the logs of all topics, several at a time, and registers this broker.
    private func hostTopics() throws {
        let image = metadata.image
        let resolver = SettingsView.resolver(configuration.fixed, configuration.nodeID, image)
        let definitions = image.sortedTopics.compactMap { TopicDefinition($0.name, in: image, resolver) }
        topics.hostAll(
            definitions, threadCount: configuration.recoveryThreadCount * directories.entries.count)
        try topics.buryStrays(keeping: definitions, deleted: metadata.deletedTopics)
        let registration = BrokerRegistration(
            id: configuration.nodeID, incarnationID: .random(), endpoints: [], rack: configuration.rack,
            directories: directories.online.map(\.directoryID))
        try carryOutIfRoom { $0.finalizeInitialFeatures() }
        try carryOutIfRoom { $0.registerBroker(registration) }
        var epochs: [TopicPartition: LeaderEpoch] = [:]
        for partition in topics.table.all.flatMap(\.partitions) {
            if let partition { epochs[partition.topicPartition] = partition.leaderEpoch }
        }
        try carryOutIfRoom { [epochs] in $0.bumpLeaderEpochs(epochs) }
    }

    /// On a full disk the metadata stay as they are, which name this broker since its first start.
    private func carryOutIfRoom<Response: Sendable>(
        _ decide: (MetadataWriter.Machine) -> MetadataWriter.Decision<Response>
    ) throws {
        do { _ = try metadata.carryOut(decide) } catch LogError.storage(let error) where error.isOutOfSpace {
            if let failure = metadata.failure { throw failure }
            logger.warning("the disk is full: the broker starts on the metadata of its last life")
        }
    }

    /// What has failed while the logs were opened is acted on now, what fails later when it does.
    private func observeDirectories() {
        let (topics, metadata, directories, nodeID) = (topics, metadata, directories, configuration.nodeID)
        let act = { @Sendable (failed: DataDirectory) in
            topics.takeOffline(failed)
            metadata.submit { $0.changeDirectories(of: nodeID, to: directories.online.map(\.directoryID)) }
        }
        directories.onFailure(act)
        for entry in directories.entries {
            if let directory = entry.directory, !directories.isOnline(directory) { act(directory) }
        }
    }

    // MARK: - Periodic work, and the end

    /// Work of every second that waits for nothing: background flushes (flush.ms), the room on the disks, what the
    /// scrubber may read, and the start of compactions.
    func tick() {
        let now = environment.clock.now
        diskWatch.tick(now: now)
        scrubber.tick(now: now)
        for partition in topics.partitions { partition.flushIfOverdue(now: now) }
        cleaner.tick(now: now)
        telemetry.tick(now: now)
    }

    /// Work of every second that waits for the disk.
    func maintain() async { await maintenance.run(now: environment.clock.now) }

    /// Flushes and closes every log and marks the stop as clean.
    func stop() async {
        await groups.stop()
        let isClean = await metadata.stop()
        await cleaner.shutdown()
        await maintenance.shutdown()
        await scrubber.shutdown()
        await recompression.shutdown()
        await flushQueues.shutdown()
        await reads.shutdown()
        topics.close(isClean: isClean)
    }
}

/// Passes what has happened on to the parts that act on it.
final class Observers<Event: Sendable>: Sendable {
    private let actions = Mutex<[@Sendable (Event) -> Void]>([])

    func observe(_ action: @escaping @Sendable (Event) -> Void) { actions.withLock { $0.append(action) } }

    func tell(_ event: Event) {
        for action in actions.withLock({ $0 }) { action(event) }
    }
}

extension DiskGuards {
    fileprivate func keep(_ settings: ConfigurationResolver) {
        func bytes(_ key: String) -> Int64 { settings.brokerValue(key).flatMap { Int64($0) } ?? 0 }
        keep(bytes("log.dir.reserve.bytes"), forInternalLogs: bytes("log.dir.reserve.internal.bytes"))
    }
}
