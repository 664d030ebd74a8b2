import KafkaProtocol

/// The cluster's metadata: topics, partitions, configurations, brokers, producer ids.
///
/// Deciding functions stand in the extensions, one file per subject. Each answers every part of its request on its own:
/// one bad topic does not keep the others from being created.
package struct ClusterMetadataStateMachine: CoordinatorStateMachine {
    package typealias Record = ClusterMetadataRecord
    package typealias Decision<Response: Sendable> = CoordinatorResult<ClusterMetadataRecord, Response>

    /// What the records replayed so far amount to.
    package private(set) var image = ClusterMetadataImage()
    let rules: any ConfigurationRules
    let limits: ClusterMetadataLimits

    package init(rules: any ConfigurationRules, limits: ClusterMetadataLimits = ClusterMetadataLimits()) {
        self.rules = rules
        self.limits = limits
    }

    package mutating func replay(_ record: ClusterMetadataRecord) throws(CoordinatorReplayError) {
        switch record {
        case .topic(let record): try image.insertTopic(record.name, record.topicID)
        case .removeTopic(let record): try image.removeTopic(record.topicID)
        case .partition(let record):
            try image.putPartition(PartitionImage(record), at: record.partitionID, of: record.topicID)
        case .partitionChange(let record): try replay(record)
        case .configuration(let record): try replay(record)
        case .registerBroker(let record): image.putBroker(BrokerImage(record))
        case .unregisterBroker(let record): image.removeBroker(record.brokerID)
        case .brokerChange(let record): try replay(record)
        case .producerIDs(let record): image.setNextProducerID(record.nextProducerID)
        case .featureLevel(let record): image.setFeature(record.name, to: record.featureLevel)
        case .noOperation: break
        }
    }

    private mutating func replay(_ record: PartitionChangeRecord) throws(CoordinatorReplayError) {
        let index = PartitionIndex(record.partitionID)
        guard var partition = image.topic(id: record.topicID)?.partition(index) else {
            throw CoordinatorReplayError("partition \(index) of topic \(record.topicID) changes but does not exist")
        }
        partition.apply(record)
        try image.putPartition(partition, at: record.partitionID, of: record.topicID)
    }

    private mutating func replay(_ record: ConfigRecord) throws(CoordinatorReplayError) {
        guard let resource = ConfigurationResource(recordType: record.resourceType, name: record.resourceName) else {
            throw CoordinatorReplayError(
                "a configuration belongs to an unknown resource: \(record.resourceType) \(record.resourceName)")
        }
        image.setConfiguration(record.name, to: record.value, of: resource)
    }

    private mutating func replay(_ record: BrokerRegistrationChangeRecord) throws(CoordinatorReplayError) {
        guard var broker = image.brokers[record.brokerID], broker.epoch == record.brokerEpoch else {
            throw CoordinatorReplayError("broker \(record.brokerID) changes but is not registered")
        }
        if record.fenced != 0 { broker.isFenced = record.fenced > 0 }
        if record.inControlledShutdown > 0 { broker.isShuttingDown = true }
        if !record.logDirs.isEmpty { broker.directories = record.logDirs }
        image.putBroker(broker)
    }
}

extension PartitionImage {
    init(_ record: PartitionRecord) {
        self.init(
            replicas: record.replicas, inSyncReplicas: record.inSyncReplicas, addingReplicas: record.addingReplicas,
            removingReplicas: record.removingReplicas, directories: record.directories, leader: record.leader,
            leaderEpoch: record.leaderEpoch, partitionEpoch: record.partitionEpoch)
    }

    /// The leader of a change record that leaves the leader as it is.
    private static let sameLeader: BrokerID = -2

    fileprivate mutating func apply(_ record: PartitionChangeRecord) {
        inSyncReplicas = record.inSyncReplicas ?? inSyncReplicas
        replicas = record.replicas ?? replicas
        addingReplicas = record.addingReplicas ?? addingReplicas
        removingReplicas = record.removingReplicas ?? removingReplicas
        directories = record.directories ?? directories
        if record.leader != Self.sameLeader {
            leader = record.leader
            leaderEpoch = leaderEpoch.next
        }
        partitionEpoch &+= 1
    }
}

extension BrokerImage {
    fileprivate init(_ record: RegisterBrokerRecord) {
        self.init(
            id: record.brokerID, epoch: record.brokerEpoch, incarnationID: record.incarnationID,
            endpoints: record.endPoints.map {
                Endpoint(listener: $0.name, host: $0.host, port: $0.port, securityProtocol: $0.securityProtocol)
            },
            rack: record.rack, directories: record.logDirs, isFenced: record.fenced,
            isShuttingDown: record.inControlledShutdown)
    }
}

extension ConfigurationResource {
    /// The resource's type in records and in the configuration requests.
    package var recordType: Int8 {
        switch self {
        case .topic: 2
        case .broker: 4
        case .clientMetrics: 16
        case .group: 32
        }
    }

    /// The resource's name in records; empty for all brokers.
    package var recordName: String {
        switch self {
        case .topic(let name), .group(let name), .clientMetrics(let name): name
        case .broker(let id): id.map { "\($0)" } ?? ""
        }
    }

    /// nil for a type that has no durable configuration, and for a broker that is not a number.
    package init?(recordType: Int8, name: String) {
        switch recordType {
        case 2: self = .topic(name)
        case 4:
            if name.isEmpty {
                self = .broker(nil)
            } else {
                guard let id = Int32(name), "\(id)" == name else { return nil }
                self = .broker(BrokerID(id))
            }
        case 16: self = .clientMetrics(name)
        case 32: self = .group(name)
        default: return nil
        }
    }
}
