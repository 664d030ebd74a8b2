import KafkaProtocol

/// Chooses replicas where the client did not, and checks them where it did.
struct ReplicaPlacement {
    /// Brokers that take part, by id.
    private let brokers: [BrokerImage]
    /// How many partitions each directory has, of the brokers that have several.
    private var load: [KafkaUUID: Int] = [:]

    init(_ image: ClusterMetadataImage) {
        brokers = image.activeBrokers
        guard brokers.contains(where: { $0.directories.count > 1 }) else { return }
        for directory in brokers.flatMap(\.directories) { load[directory] = 0 }
        for partition in image.sortedTopics.flatMap(\.partitions) {
            for directory in partition.directories { load[directory]? += 1 }
        }
    }

    /// Replicas for the partitions `indices`, round the brokers in turn.
    func replicas(for indices: Range<Int32>, factor: Int16) throws(Refusal) -> [[BrokerID]] {
        guard factor <= brokers.count else {
            throw Refusal(
                .invalidReplicationFactor,
                "Unable to replicate the partition \(factor) time(s): only \(brokers.count) broker(s) are registered. "
                    + "Use a replication factor of at most \(brokers.count), or -1 for the default.")
        }
        return indices.map { index in
            (0..<Int(factor)).map { brokers[(Int(index) + $0) % brokers.count].id }
        }
    }

    /// Checks the replicas that a client chose for one partition.
    func check(_ replicas: [BrokerID], of partition: Int32) throws(Refusal) {
        if replicas.isEmpty {
            throw Refusal(.invalidReplicaAssignment, "The manual assignment of partition \(partition) has no replicas.")
        }
        if Set(replicas).count != replicas.count {
            throw Refusal(
                .invalidReplicaAssignment, "The manual assignment of partition \(partition) names a broker twice.")
        }
        for replica in replicas where !brokers.contains(where: { $0.id == replica }) {
            throw Refusal(
                .invalidReplicaAssignment,
                "The manual assignment of partition \(partition) names broker \(replica), which is not registered.")
        }
    }

    /// The record of a new partition.
    mutating func record(_ index: Int32, of topic: TopicID, on replicas: [BrokerID]) -> PartitionRecord {
        let directories = replicas.map { takeDirectory(of: $0) }
        return .with {
            $0.partitionID = index
            $0.topicID = topic
            $0.replicas = replicas
            $0.inSyncReplicas = replicas
            $0.leader = replicas.first ?? .none
            $0.leaderEpoch = 0
            $0.partitionEpoch = 0
            $0.directories = directories
        }
    }

    /// The broker's directory with the fewest partitions, as Kafka chooses; zero (not assigned) where it has none.
    private mutating func takeDirectory(of replica: BrokerID) -> KafkaUUID {
        let directories = brokers.first { $0.id == replica }?.directories ?? []
        let emptiest = directories.enumerated().min {
            (load[$0.element] ?? 0, $0.offset) < (load[$1.element] ?? 0, $1.offset)
        }
        guard let chosen = emptiest?.element else { return .zero }
        load[chosen]? += 1
        return chosen
    }
}
