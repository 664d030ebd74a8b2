public import KafkaProtocol

/// A topic to create.
public struct NewTopic: Sendable {
    public var name: String
    /// Nil leaves the number to the broker (`num.partitions`).
    public var partitionCount: Int?
    /// Nil leaves the number to the broker (`default.replication.factor`).
    public var replicationFactor: Int?
    /// Kafka's topic configuration, such as `retention.ms`.
    public var configuration: [String: String] = [:]

    public init(
        name: String, partitionCount: Int? = nil, replicationFactor: Int? = nil, configuration: [String: String] = [:]
    ) {
        self.name = name
        self.partitionCount = partitionCount
        self.replicationFactor = replicationFactor
        self.configuration = configuration
    }
}

/// A topic that was created.
public struct CreatedTopic: Sendable {
    public var name: String
    public var id: TopicID
    /// Nil from brokers that do not tell (before Kafka 2.4).
    public var partitionCount: Int?
    public var replicationFactor: Int?
}

/// A topic and its partitions.
public struct TopicDescription: Sendable {
    public struct Partition: Sendable {
        public var index: PartitionIndex
        /// Nil while the partition has none.
        public var leader: BrokerID?
        public var leaderEpoch: LeaderEpoch
        public var replicas: [BrokerID]
        public var inSyncReplicas: [BrokerID]
        public var offlineReplicas: [BrokerID]
    }

    public var name: String
    public var id: TopicID
    /// Whether the topic is one of Kafka's own, such as `__consumer_offsets`.
    public var isInternal: Bool
    public var partitions: [Partition]

    init(name: String, _ topic: MetadataResponse.MetadataResponseTopic) {
        self.name = name
        id = topic.topicID
        isInternal = topic.isInternal
        partitions = topic.partitions.sorted { $0.partitionIndex < $1.partitionIndex }.map { partition in
            Partition(
                index: partition.partitionIndex, leader: partition.leaderID >= 0 ? partition.leaderID : nil,
                leaderEpoch: partition.leaderEpoch, replicas: partition.replicaNodes,
                inSyncReplicas: partition.inSyncReplicaNodes, offlineReplicas: partition.offlineReplicas)
        }
    }
}

extension Admin {
    /// Creates topics.
    ///
    /// - Parameter validateOnly: only says what would come of it.
    public func createTopics(
        _ topics: [NewTopic], validateOnly: Bool = false
    ) async throws -> Outcomes<String, CreatedTopic> {
        let request = CreateTopicsRequest.with {
            $0.timeoutMs = wireTimeout
            $0.validateOnly = validateOnly
            $0.topics = topics.map(Self.creatable)
        }
        return try await cluster.retrying {
            var outcomes: Outcomes<String, CreatedTopic> = [:]
            for topic in try await cluster.send(request, to: .controller).topics {
                try KafkaError.throwIfRetriable(topic.errorCode, "cannot create topic '\(topic.name)'")
                outcomes[topic.name] = Self.outcome(
                    topic.errorCode, "cannot create topic '\(topic.name)'", topic.errorMessage
                ) {
                    CreatedTopic(
                        name: topic.name, id: topic.topicID,
                        partitionCount: topic.numPartitions < 0 ? nil : Int(topic.numPartitions),
                        replicationFactor: topic.replicationFactor < 0 ? nil : Int(topic.replicationFactor))
                }
            }
            return outcomes
        }
    }

    /// Creates one topic; throws if the broker refuses.
    @discardableResult
    public func createTopic(_ topic: NewTopic) async throws -> CreatedTopic {
        guard let outcome = try await createTopics([topic])[topic.name] else {
            throw KafkaError(.protocolViolation, "the broker's answer leaves out topic '\(topic.name)'")
        }
        return try outcome.get()
    }

    private static func creatable(_ topic: NewTopic) -> CreateTopicsRequest.CreatableTopic {
        .with {
            $0.name = topic.name
            $0.numPartitions = topic.partitionCount.map { Int32(clamping: $0) } ?? -1
            $0.replicationFactor = topic.replicationFactor.map { Int16(clamping: $0) } ?? -1
            $0.configs = topic.configuration.sorted { $0.key < $1.key }.map { name, value in
                .with {
                    $0.name = name
                    $0.value = value
                }
            }
        }
    }

    static func outcome<Value>(
        _ code: ErrorCode, _ what: String, _ detail: String?, _ value: () -> Value
    ) -> Result<Value, KafkaError> {
        code == .none ? .success(value()) : .failure(KafkaError(broker: code, what, detail: detail))
    }

    /// Deletes topics and all their records.
    public func deleteTopics(_ names: [String]) async throws -> Outcomes<String, Void> {
        let timeout = wireTimeout
        return try await cluster.retrying {
            let response = try await cluster.send(to: .controller) { version in
                DeleteTopicsRequest.with {
                    $0.timeoutMs = timeout
                    if version >= 6 {
                        $0.topics = names.map { name in .with { $0.name = name } }
                    } else {
                        $0.topicNames = names
                    }
                }
            }
            var outcomes: Outcomes<String, Void> = [:]
            for topic in response.responses {
                guard let name = topic.name else { continue }
                try KafkaError.throwIfRetriable(topic.errorCode, "cannot delete topic '\(name)'")
                outcomes[name] = Self.outcome(
                    topic.errorCode, "cannot delete topic '\(name)'", topic.errorMessage
                ) {}
            }
            return outcomes
        }
    }

    /// Every topic of the cluster, sorted by name.
    public func listTopics(includesInternal: Bool = false) async throws -> [TopicDescription] {
        let response = try await cluster.retrying {
            try await cluster.send(to: .any) { MetadataRequest.forTopics(nil, createsTopics: false, version: $0) }
        }
        return response.topics
            .compactMap { topic in topic.name.map { TopicDescription(name: $0, topic) } }
            .filter { includesInternal || !$0.isInternal }
            .sorted { $0.name < $1.name }
    }

    /// Describes topics; never creates any.
    public func describeTopics(_ names: [String]) async throws -> Outcomes<String, TopicDescription> {
        guard !names.isEmpty else { return [:] }
        let response = try await cluster.retrying {
            try await cluster.send(to: .any) { MetadataRequest.forTopics(names, createsTopics: false, version: $0) }
        }
        var outcomes: Outcomes<String, TopicDescription> = [:]
        for topic in response.topics {
            guard let name = topic.name else { continue }
            let missing = topic.errorCode == .unknownTopicOrPartition
            let what = missing ? "topic '\(name)' does not exist" : "cannot describe topic '\(name)'"
            outcomes[name] = Self.outcome(topic.errorCode, what, nil) { TopicDescription(name: name, topic) }
        }
        return outcomes
    }

    /// Raises the number of partitions of topics to the given totals.
    public func createPartitions(
        _ totals: [String: Int], validateOnly: Bool = false
    ) async throws -> Outcomes<String, Void> {
        let request = CreatePartitionsRequest.with {
            $0.timeoutMs = wireTimeout
            $0.validateOnly = validateOnly
            $0.topics = totals.sorted { $0.key < $1.key }.map { name, total in
                .with {
                    $0.name = name
                    $0.count = Int32(clamping: total)
                    $0.assignments = nil
                }
            }
        }
        return try await cluster.retrying {
            var outcomes: Outcomes<String, Void> = [:]
            for topic in try await cluster.send(request, to: .controller).results {
                let what = "cannot add partitions to topic '\(topic.name)'"
                try KafkaError.throwIfRetriable(topic.errorCode, what)
                outcomes[topic.name] = Self.outcome(topic.errorCode, what, topic.errorMessage) {}
            }
            return outcomes
        }
    }
}
