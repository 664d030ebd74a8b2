import KafkaProtocol

extension ClusterMetadataStateMachine {
    /// Decides on new topics.
    /// - Parameters:
    ///   - defaults: what -1 stands for.
    ///   - validateOnly: answer as if, but create nothing.
    ///   - generator: topic ids come from it.
    /// - Returns: one outcome per name, in the order of the request.
    package func createTopics(
        _ topics: [NewTopic], defaults: TopicDefaults, validateOnly: Bool = false,
        using generator: inout some RandomNumberGenerator
    ) -> Decision<[CommandOutcome<String, CreatedTopic>]> {
        var plan = TopicCreationPlan(image: image, rules: rules, limits: limits, defaults: defaults)
        let (names, repeated) = topics.map(\.name).separatingRepetitions()
        let byName = Dictionary(topics.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var outcomes: [CommandOutcome<String, CreatedTopic>] = []
        for name in names {
            guard let topic = byName[name] else { continue }
            outcomes.append(
                CommandOutcome(name) { () throws(Refusal) in
                    if repeated.contains(name) { throw Refusal(.invalidRequest, "Duplicate topic name.") }
                    if let id = topic.id, let other = image.topic(id: id) {
                        throw Refusal(.topicAlreadyExists, "The topic '\(other.name)' has the id \(id).")
                    }
                    let id = topic.id ?? (validateOnly ? .zero : freshTopicID(using: &generator))
                    return try plan.create(topic, id: id)
                })
        }
        return Decision(records: validateOnly ? [] : plan.records, response: outcomes)
    }

    private func freshTopicID(using generator: inout some RandomNumberGenerator) -> TopicID {
        while true {
            let id = TopicID(.random(using: &generator))
            // Kafka keeps the first hundred ids for itself.
            let isReserved = id.uuid.high == 0 && id.uuid.low < 100
            if !isReserved, image.topic(id: id) == nil { return id }
        }
    }
}

/// Gathers the records of one request; later topics see the names and numbers of the earlier ones.
private struct TopicCreationPlan {
    let image: ClusterMetadataImage
    let rules: any ConfigurationRules
    let limits: ClusterMetadataLimits
    let defaults: TopicDefaults
    private(set) var records: [ClusterMetadataRecord] = []
    private var names: [String: String] = [:]
    private var newPartitions = 0
    private var placement: ReplicaPlacement

    init(
        image: ClusterMetadataImage, rules: any ConfigurationRules, limits: ClusterMetadataLimits,
        defaults: TopicDefaults
    ) {
        self.image = image
        self.rules = rules
        self.limits = limits
        self.defaults = defaults
        placement = ReplicaPlacement(image)
    }

    mutating func create(_ topic: NewTopic, id: TopicID) throws(Refusal) -> CreatedTopic {
        try checkName(topic.name)
        let replicas = try topic.assignments.isEmpty ? chosenReplicas(topic) : assignedReplicas(topic)
        try checkLimits(adding: replicas.count)
        let configuration = try rules.validated(
            topic.configuration.map { (name: $0.name, value: $0.value) }, for: .topic(topic.name))
        newPartitions += replicas.count
        names[TopicName.collisionKey(topic.name)] = topic.name
        append(topic.name, id, replicas, configuration)
        return CreatedTopic(
            name: topic.name, id: id, partitionCount: Int32(replicas.count),
            replicationFactor: Int16(replicas.first?.count ?? 0), configuration: configuration)
    }

    private func checkName(_ name: String) throws(Refusal) {
        if let fault = TopicName.fault(of: name) {
            throw Refusal(.invalidTopicException, "Topic name is invalid: \(fault)")
        }
        if name == TopicName.clusterMetadata {
            throw Refusal(.invalidTopicException, "The topic \(name) is the cluster's own and cannot be created.")
        }
        if image.topic(named: name) != nil {
            throw Refusal(.topicAlreadyExists, "Topic '\(name)' already exists.")
        }
        if let other = image.collision(with: name) ?? names[TopicName.collisionKey(name)] {
            throw Refusal(
                .invalidTopicException, "Topic '\(name)' collides with existing topic: \(other) ('.' and '_' are alike)"
            )
        }
    }

    private func chosenReplicas(_ topic: NewTopic) throws(Refusal) -> [[BrokerID]] {
        let count = topic.partitionCount == -1 ? defaults.partitionCount : topic.partitionCount
        let factor = topic.replicationFactor == -1 ? defaults.replicationFactor : topic.replicationFactor
        if factor <= 0 {
            throw Refusal(
                .invalidReplicationFactor, "Replication factor must be larger than 0, or -1 to use the default value.")
        }
        if count <= 0 {
            throw Refusal(
                .invalidPartitions, "Number of partitions must be larger than 0, or -1 to use the default value.")
        }
        try checkLimits(adding: Int(count))
        return try placement.replicas(for: 0..<count, factor: factor)
    }

    private func assignedReplicas(_ topic: NewTopic) throws(Refusal) -> [[BrokerID]] {
        if topic.partitionCount != -1 || topic.replicationFactor != -1 {
            throw Refusal(
                .invalidRequest,
                "With a manual partition assignment the number of partitions and the replication factor must be -1.")
        }
        let assignments = topic.assignments.sorted { $0.partition < $1.partition }
        for (index, assignment) in assignments.enumerated() {
            if Int(assignment.partition.rawValue) != index {
                throw Refusal(
                    .invalidReplicaAssignment,
                    "Partitions of a manual assignment must be numbered 0, 1, 2, … without gap or repetition.")
            }
            try placement.check(assignment.replicas, of: assignment.partition.rawValue)
            if assignment.replicas.count != assignments[0].replicas.count {
                throw Refusal(
                    .invalidReplicaAssignment, "All partitions of a manual assignment must have as many replicas.")
            }
        }
        return assignments.map(\.replicas)
    }

    private func checkLimits(adding count: Int) throws(Refusal) {
        try limits.check(adding: count, afterInRequest: newPartitions, existing: image.partitionCount)
    }

    private mutating func append(
        _ name: String, _ id: TopicID, _ replicas: [[BrokerID]], _ configuration: [String: String]
    ) {
        records.append(
            .topic(
                .with {
                    $0.name = name
                    $0.topicID = id
                }))
        records += ConfigurationRecords.differences(from: [:], to: configuration, of: .topic(name))
        for (index, partition) in replicas.enumerated() {
            records.append(.partition(placement.record(Int32(index), of: id, on: partition)))
        }
    }
}

extension ClusterMetadataLimits {
    func check(adding count: Int, afterInRequest earlier: Int, existing: Int) throws(Refusal) {
        if earlier + count > partitionsPerRequest {
            throw Refusal(
                .policyViolation, "One request can create at most \(partitionsPerRequest) partitions; use several.")
        }
        if existing + earlier + count > partitions {
            throw Refusal(
                .policyViolation,
                "\(count) more partitions would exceed the limit of \(partitions); there are \(existing + earlier).")
        }
    }
}
