package import KafkaProtocol

/// What a client knows about a cluster: its brokers, and of the topics that it asked about, where their partitions
/// live.
package struct ClusterMetadata: Sendable {
    package struct Broker: Sendable {
        package var id: BrokerID
        package var address: BrokerAddress
        package var rack: String?
    }

    package struct Partition: Sendable {
        package var index: PartitionIndex
        /// Nil while the partition has no leader.
        package var leader: BrokerID?
        package var leaderEpoch: LeaderEpoch
        package var replicas: [BrokerID] = []
        package var inSyncReplicas: [BrokerID] = []
        package var offlineReplicas: [BrokerID] = []
    }

    package struct Topic: Sendable {
        package var name: String
        /// Zero from brokers that know no topic ids.
        package var id: TopicID
        package var isInternal = false
        /// In order of their index, which is their place.
        package var partitions: [Partition]
    }

    package var clusterID: String?
    package var controller: BrokerID?
    package var brokers: [BrokerID: Broker] = [:]
    package var topics: [String: Topic] = [:]

    package init() {}

    package func partition(_ partition: TopicPartition) -> Partition? {
        guard let topic = topics[partition.topic] else { return nil }
        let index = Int(partition.partition.rawValue)
        return topic.partitions.indices.contains(index) ? topic.partitions[index] : nil
    }

    /// Takes over what a broker answered.
    ///
    /// - Returns: the topics that it could not describe, with its reasons.
    package mutating func merge(_ response: MetadataResponse) -> [String: ErrorCode] {
        clusterID = response.clusterID ?? clusterID
        controller = response.controllerID >= 0 ? response.controllerID : nil
        brokers = [:]
        for broker in response.brokers {
            brokers[broker.nodeID] = Broker(
                id: broker.nodeID, address: BrokerAddress(host: broker.host, port: Int(broker.port)), rack: broker.rack)
        }
        var errors: [String: ErrorCode] = [:]
        for topic in response.topics {
            guard let name = topic.name else { continue }
            if topic.errorCode == .none || !topic.partitions.isEmpty {
                topics[name] = merged(topic, name: name)
            } else {
                if topic.errorCode == .unknownTopicOrPartition { topics[name] = nil }
                errors[name] = topic.errorCode
            }
        }
        return errors
    }

    /// An answer from a broker that lags behind must not bring back an old leader: the higher epoch wins, unless the
    /// topic is another one.
    private func merged(_ answer: MetadataResponse.MetadataResponseTopic, name: String) -> Topic {
        let known = topics[name].flatMap { $0.id == answer.topicID ? $0 : nil }
        var topic = Topic(name: name, id: answer.topicID, isInternal: answer.isInternal, partitions: [])
        let answered = answer.partitions.sorted { $0.partitionIndex < $1.partitionIndex }
        for (place, partition) in answered.enumerated() where Int(partition.partitionIndex.rawValue) == place {
            let old = known.flatMap { $0.partitions.indices.contains(place) ? $0.partitions[place] : nil }
            if let old, partition.leaderEpoch >= 0, old.leaderEpoch > partition.leaderEpoch {
                topic.partitions.append(old)
            } else {
                topic.partitions.append(Partition(partition))
            }
        }
        return topic
    }
}

extension ClusterMetadata.Partition {
    package init(_ partition: MetadataResponse.MetadataResponsePartition) {
        self.init(
            index: partition.partitionIndex, leader: partition.leaderID >= 0 ? partition.leaderID : nil,
            leaderEpoch: partition.leaderEpoch, replicas: partition.replicaNodes,
            inSyncReplicas: partition.inSyncReplicaNodes, offlineReplicas: partition.offlineReplicas)
    }
}
