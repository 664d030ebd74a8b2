import KafkaProtocol

/// Chooses replicas where the client did not, and checks them where it did.
struct ReplicaPlacement {
    /// Brokers that take part, by id.
    private let brokers: [BrokerImage]

    init(_ image: ClusterMetadataImage) { brokers = image.activeBrokers }

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
    func record(_ index: Int32, of topic: TopicID, on replicas: [BrokerID]) -> PartitionRecord {
        .with {
            $0.partitionID = index
            $0.topicID = topic
            $0.replicas = replicas
            $0.inSyncReplicas = replicas
            $0.leader = replicas.first ?? .none
            $0.leaderEpoch = 0
            $0.partitionEpoch = 0
            $0.directories = replicas.map(directory)
        }
    }

    /// Zero (not assigned) where a broker has several directories: it chooses itself.
    private func directory(of replica: BrokerID) -> KafkaUUID {
        guard let broker = brokers.first(where: { $0.id == replica }), broker.directories.count == 1 else {
            return .zero
        }
        return broker.directories[0]
    }
}
