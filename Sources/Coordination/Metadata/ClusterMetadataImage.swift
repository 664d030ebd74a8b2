import HashTreeCollections
package import KafkaProtocol

/// Everything that the metadata log says, as an immutable value: cheap to copy and to keep, since versions share what
/// they have in common.
package struct ClusterMetadataImage: Hashable, Sendable {
    private var topicsByName: TreeDictionary<String, TopicImage> = [:]
    private var namesByID: TreeDictionary<TopicID, String> = [:]
    /// Names that differ only in `.` and `_` collide in the names of metrics; the key has `_` for both.
    private var namesByCollisionKey: TreeDictionary<String, String> = [:]
    private var configurations: TreeDictionary<ConfigurationResource, [String: String]> = [:]
    package private(set) var brokers: [BrokerID: BrokerImage] = [:]
    package private(set) var features: [String: Int16] = [:]
    /// The first producer id that no broker has been given.
    package private(set) var nextProducerID: ProducerID = 0
    /// The highest epoch that a registration has had.
    package private(set) var lastBrokerEpoch: Int64 = 0
    /// Partitions of all topics.
    package private(set) var partitionCount = 0

    package init() {}

    package func topic(named name: String) -> TopicImage? { topicsByName[name] }

    package func topic(id: TopicID) -> TopicImage? { namesByID[id].flatMap { topicsByName[$0] } }

    package func partition(_ partition: TopicPartition) -> PartitionImage? {
        topicsByName[partition.topic]?.partition(partition.partition)
    }

    package var topicCount: Int { topicsByName.count }

    /// Whether no topic has come or gone in between; quick where the images are versions of each other.
    func hasSameTopics(as other: ClusterMetadataImage) -> Bool { namesByID == other.namesByID }

    /// All topics by name.
    package var sortedTopics: [TopicImage] { topicsByName.values.sorted { $0.name < $1.name } }

    /// Brokers that take part, by id.
    package var activeBrokers: [BrokerImage] { brokers.values.filter { !$0.isFenced }.sorted { $0.id < $1.id } }

    /// The values that `resource` has itself; none if it has none.
    package func configuration(of resource: ConfigurationResource) -> [String: String] {
        configurations[resource] ?? [:]
    }

    /// The groups that have values of their own, by name.
    package var configuredGroups: [String] {
        configurations.keys.compactMap { if case .group(let name) = $0 { name } else { nil } }.sorted()
    }

    /// The subscriptions to clients' metrics (KIP-714), by name.
    package var clientMetricsSubscriptions: [String] {
        configurations.keys.compactMap { if case .clientMetrics(let name) = $0 { name } else { nil } }.sorted()
    }

    /// The topic whose name differs from `name` in `.` and `_` only.
    func collision(with name: String) -> String? {
        namesByCollisionKey[TopicName.collisionKey(name)].flatMap { $0 == name ? nil : $0 }
    }
}

/// One topic.
package struct TopicImage: Hashable, Sendable {
    package let name: String
    package let id: TopicID
    /// By index.
    package fileprivate(set) var partitions: [PartitionImage] = []

    package func partition(_ index: PartitionIndex) -> PartitionImage? {
        let position = Int(index.rawValue)
        return partitions.indices.contains(position) ? partitions[position] : nil
    }

    /// Of the first partition, as Kafka's tools show it.
    package var replicationFactor: Int { partitions.first?.replicas.count ?? 0 }

    /// Whether clients should not see the topic among their own (`__consumer_offsets`, `__transaction_state`).
    package var isInternal: Bool { TopicName.isInternal(name) }
}

/// Who has a partition.
package struct PartitionImage: Hashable, Sendable {
    /// The preferred leader first.
    package var replicas: [BrokerID]
    package var inSyncReplicas: [BrokerID]
    package var addingReplicas: [BrokerID] = []
    package var removingReplicas: [BrokerID] = []
    /// The log directories of the replicas, in their order.
    package var directories: [KafkaUUID] = []
    /// `none` while no replica can lead.
    package var leader: BrokerID
    /// Rises with each change of the leader or of its term.
    package var leaderEpoch: LeaderEpoch
    /// Rises with each change of the partition.
    package var partitionEpoch: Int32
}

/// One broker's registration.
package struct BrokerImage: Hashable, Sendable {
    /// Where clients reach the broker by one of its listeners.
    package struct Endpoint: Hashable, Sendable {
        package let listener: String
        package let host: String
        package let port: UInt16
        package let securityProtocol: Int16

        package init(listener: String, host: String, port: UInt16, securityProtocol: Int16 = 0) {
            self.listener = listener
            self.host = host
            self.port = port
            self.securityProtocol = securityProtocol
        }
    }

    package let id: BrokerID
    /// Rises with each registration of any broker.
    package let epoch: Int64
    /// One process's life.
    package let incarnationID: KafkaUUID
    package let endpoints: [Endpoint]
    package let rack: String?
    package var directories: [KafkaUUID]
    package var isFenced: Bool
    package var isShuttingDown: Bool
}

/// The steps of ``ClusterMetadataStateMachine/replay(_:)``; nothing else changes an image.
extension ClusterMetadataImage {
    mutating func insertTopic(_ name: String, _ id: TopicID) throws(CoordinatorReplayError) {
        guard topicsByName[name] == nil, namesByID[id] == nil else {
            throw CoordinatorReplayError("topic \(name) (\(id)) is created although it exists")
        }
        topicsByName[name] = TopicImage(name: name, id: id)
        namesByID[id] = name
        namesByCollisionKey[TopicName.collisionKey(name)] = name
    }

    mutating func removeTopic(_ id: TopicID) throws(CoordinatorReplayError) {
        guard let name = namesByID.removeValue(forKey: id), let topic = topicsByName.removeValue(forKey: name) else {
            throw CoordinatorReplayError("topic \(id) is removed although it does not exist")
        }
        if namesByCollisionKey[TopicName.collisionKey(name)] == name {
            namesByCollisionKey[TopicName.collisionKey(name)] = nil
        }
        configurations[.topic(name)] = nil
        partitionCount -= topic.partitions.count
    }

    /// Replaces the partition, or adds the next one.
    mutating func putPartition(
        _ partition: PartitionImage, at index: Int32, of id: TopicID
    ) throws(CoordinatorReplayError) {
        guard let name = namesByID[id], let count = topicsByName[name]?.partitions.count, index >= 0, index <= count
        else {
            throw CoordinatorReplayError("partition \(index) of topic \(id) does not follow from what was before")
        }
        // In place: a topic that is taken out and put back copies its partitions for each of them.
        if Int(index) == count {
            topicsByName[name]?.partitions.append(partition)
            partitionCount += 1
        } else {
            topicsByName[name]?.partitions[Int(index)] = partition
        }
    }

    mutating func setConfiguration(_ name: String, to value: String?, of resource: ConfigurationResource) {
        var values = configurations[resource] ?? [:]
        values[name] = value
        configurations[resource] = values.isEmpty ? nil : values
    }

    mutating func putBroker(_ broker: BrokerImage) {
        brokers[broker.id] = broker
        lastBrokerEpoch = max(lastBrokerEpoch, broker.epoch)
    }

    mutating func removeBroker(_ id: BrokerID) { brokers[id] = nil }

    mutating func setNextProducerID(_ id: ProducerID) { nextProducerID = id }

    mutating func setFeature(_ name: String, to level: Int16) { features[name] = level == 0 ? nil : level }
}
