import Coordination
import CoreMetrics
import KafkaProtocol
import LogStorage
import Synchronization

/// The one list of handlers: what is served is what stands here.
struct HandlerList {
    let configuration: BrokerConfiguration
    let environment: LogEnvironment
    let identity: ClusterIdentity
    let topics: TopicHost
    let metadata: MetadataWriter
    let reads: ReaderPool
    let recompression: Recompression
    let groups: GroupCoordinator
    let telemetry: ClientTelemetry
    let loggers: SubsystemLoggers

    private let authorizer: any Authorizer = AllowAllAuthorizer()

    private var table: TopicTable { topics.table }
    private var nodeID: BrokerID { configuration.nodeID }

    private var settings: SettingsView {
        SettingsView(fixed: configuration.fixed, nodeID: nodeID, image: { [metadata] in metadata.image })
    }

    private var defaults: TopicDefaults {
        TopicDefaults(
            partitionCount: configuration.defaultPartitionCount,
            replicationFactor: configuration.defaultReplicationFactor)
    }

    /// The router of all of them, which ApiVersions tells of.
    var router: Router {
        let advertised = AdvertisedApis()
        let versions = ApiVersionsHandler(
            apis: { advertised.list }, features: { [metadata] in metadata.features })
        let router = Router(
            recordHandlers + topicHandlers + configHandlers + storageHandlers + clusterHandlers + groupHandlers
                + offsetHandlers + [versions])
        advertised.list = router.advertised
        return router
    }

    private var recordHandlers: [any RequestHandler] {
        [
            ProduceHandler(
                topics: table, authorizer: authorizer, validation: BatchValidation(configuration, environment),
                recompression: recompression, flushQueues: topics.flushQueues),
            FetchHandler(
                topics: table, authorizer: authorizer,
                sessions: FetchSessionCache(capacity: configuration.fetchSessionSlots), reads: reads, nodeID: nodeID,
                maxBytes: configuration.maximumFetchBytes),
            ListOffsetsHandler(topics: table, authorizer: authorizer, reads: reads),
            OffsetForLeaderEpochHandler(topics: table, authorizer: authorizer),
            DeleteRecordsHandler(topics: topics, reads: reads, authorizer: authorizer),
            InitProducerIdHandler(producerIDs: ProducerIDs(metadata: metadata, nodeID: nodeID)),
            DescribeProducersHandler(topics: table, reads: reads, authorizer: authorizer),
        ]
    }

    private var topicHandlers: [any RequestHandler] {
        [
            MetadataHandler(
                identity: identity, topics: table, authorizer: authorizer,
                creation: TopicCreation(
                    metadata: metadata, directories: topics.directories, defaults: defaults,
                    groupOffsets: groups.topic, isOnDemand: configuration.createsTopicsOnDemand)),
            CreateTopicsHandler(
                metadata: metadata, directories: topics.directories, defaults: defaults, settings: settings,
                authorizer: authorizer),
            DeleteTopicsHandler(
                metadata: metadata, topics: table, authorizer: authorizer,
                isAllowed: configuration.allowsTopicDeletion),
            CreatePartitionsHandler(metadata: metadata, directories: topics.directories, authorizer: authorizer),
            DescribeTopicPartitionsHandler(
                identity: identity, topics: table, authorizer: authorizer,
                maxPartitions: configuration.maximumDescribedPartitions),
        ]
    }

    private var configHandlers: [any RequestHandler] {
        let writer = ConfigurationWriter(
            metadata: metadata, loggers: loggers, authorizer: authorizer, nodeID: nodeID)
        return [
            DescribeConfigsHandler(settings: settings, loggers: loggers, authorizer: authorizer),
            AlterConfigsHandler(writer: writer),
            IncrementalAlterConfigsHandler(writer: writer),
            ListConfigResourcesHandler(settings: settings, authorizer: authorizer),
        ]
    }

    private var storageHandlers: [any RequestHandler] {
        [
            DescribeLogDirsHandler(
                topics: table, directories: topics.directories, reads: reads, authorizer: authorizer),
            AlterReplicaLogDirsHandler(topics: table, directories: topics.directories, authorizer: authorizer),
        ]
    }

    private var clusterHandlers: [any RequestHandler] {
        [
            DescribeClusterHandler(identity: identity, authorizer: authorizer),
            DescribeQuorumHandler(
                metadata: metadata, directoryID: topics.directories.metadata.directoryID, identity: identity,
                clock: environment.clock, authorizer: authorizer),
            ElectLeadersHandler(topics: table, authorizer: authorizer),
            AlterPartitionReassignmentsHandler(settings: settings, authorizer: authorizer),
            ListPartitionReassignmentsHandler(settings: settings, authorizer: authorizer),
            UnregisterBrokerHandler(metadata: metadata, nodeID: nodeID, authorizer: authorizer),
            UpdateFeaturesHandler(metadata: metadata, authorizer: authorizer),
            GetTelemetrySubscriptionsHandler(telemetry: telemetry, clock: environment.clock),
            PushTelemetryHandler(telemetry: telemetry, reads: reads, clock: environment.clock),
        ]
    }

    private var groupHandlers: [any RequestHandler] {
        [
            FindCoordinatorHandler(identity: identity, groups: groups, authorizer: authorizer),
            JoinGroupHandler(groups: groups, authorizer: authorizer),
            SyncGroupHandler(groups: groups, authorizer: authorizer),
            HeartbeatHandler(groups: groups, authorizer: authorizer),
            LeaveGroupHandler(groups: groups, authorizer: authorizer),
            ConsumerGroupHeartbeatHandler(groups: groups, authorizer: authorizer),
            ConsumerGroupDescribeHandler(groups: groups, authorizer: authorizer),
            ListGroupsHandler(groups: groups, authorizer: authorizer),
            DescribeGroupsHandler(groups: groups, authorizer: authorizer),
            DeleteGroupsHandler(groups: groups, authorizer: authorizer),
        ]
    }

    private var offsetHandlers: [any RequestHandler] {
        [
            OffsetCommitHandler(groups: groups, topics: table, authorizer: authorizer),
            OffsetFetchHandler(groups: groups, topics: table, authorizer: authorizer),
            OffsetDeleteHandler(groups: groups, topics: table, authorizer: authorizer),
        ]
    }
}

extension BatchValidation {
    /// One for each set of threads that check batches: its parts are not to be waited for.
    convenience init(_ configuration: BrokerConfiguration, _ environment: LogEnvironment) {
        self.init(
            concurrency: configuration.eventLoopCount, decompressionLimit: Self.decompressionLimit,
            clock: environment.clock)
    }

    /// What a compressed batch may unfold into. It stands in memory as a whole, once for each event loop.
    private static let decompressionLimit = 128 << 20
}

extension ClientTelemetry {
    /// Keeps the metrics of clients with the broker's own.
    convenience init(_ configuration: BrokerConfiguration, _ metadata: MetadataWriter) {
        let resolver = ConfigurationResolver(fixed: configuration.fixed)
        self.init(
            maximumBytes: resolver.integer("telemetry.max.bytes"),
            metrics: ClientMetricsStore(factory: MetricsSystem.factory)
        ) { metadata.versionedImage }
    }
}

/// The router's own list of APIs, which its ApiVersions handler answers with; complete once the router is.
private final class AdvertisedApis: Sendable {
    private let value = Mutex<[AdvertisedApi]>([])
    var list: [AdvertisedApi] {
        get { value.withLock { $0 } }
        set { value.withLock { $0 = newValue } }
    }
}
