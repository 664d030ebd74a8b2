import KafkaProtocol

extension Admin {
    /// What groups have committed.
    ///
    /// - Parameters:
    ///   - partitions: only these; nil for every partition in which a group has an offset.
    ///   - requiresStable: waits for offsets that transactions have not decided yet (KIP-447).
    /// - Returns: each group's offsets. Partitions without one are left out, and so are all of a group that does not exist.
    public func listGroupOffsets(
        _ groups: [String], of partitions: [TopicPartition]? = nil, requiresStable: Bool = false
    ) async throws -> Outcomes<String, GroupOffsets> {
        try await cluster.atCoordinators(of: groups) { broker, groups in
            try await cluster.onLoop { core, completion in
                core.fetchOffsets(
                    of: groups, partitions, requiresStable: requiresStable, at: .broker(broker), completion)
            }
        }
    }

    /// Sets the offsets of a group that has no members; creates the group where there is none.
    ///
    /// - Returns: while the group has members, UNKNOWN_MEMBER_ID for each partition (Kafka's own answer to it).
    public func alterGroupOffsets(
        _ group: String, _ offsets: [TopicPartition: CommittedOffset]
    ) async throws -> Outcomes<TopicPartition, Void> {
        guard !offsets.isEmpty else { return [:] }
        let outcomes = try await cluster.retrying(atCoordinatorOf: group) {
            try await cluster.onLoop { core, completion in
                core.commitOffsets(offsets, group: group, as: GroupIdentity(), completion)
            }
        }
        return outcomes.mapValues { outcome in
            outcome.mapError { error in
                guard error.brokerCode == .unknownMemberID else { return error }
                return KafkaError(error.code, "group '\(group)' has members; stop them first")
            }
        }
    }

    /// Forgets what a group has committed in some partitions (KIP-496).
    ///
    /// - Returns: GROUP_SUBSCRIBED_TO_TOPIC for partitions of topics that members read.
    /// - Throws: GROUP_ID_NOT_FOUND, or NON_EMPTY_GROUP for a group with members that are no consumers.
    public func deleteGroupOffsets(
        _ group: String, _ partitions: [TopicPartition]
    ) async throws -> Outcomes<TopicPartition, Void> {
        guard !partitions.isEmpty else { return [:] }
        let request = OffsetDeleteRequest.with {
            $0.groupID = group
            $0.topics = Dictionary(grouping: partitions, by: \.topic).sorted { $0.key < $1.key }.map { topic, names in
                .with {
                    $0.name = topic
                    $0.partitions = names.map { name in .with { $0.partitionIndex = name.partition } }
                }
            }
        }
        let response = try await cluster.retrying(atCoordinatorOf: group) {
            let response = try await cluster.send(request, to: .coordinator(of: group))
            guard response.errorCode == .none else {
                let isMissing = response.errorCode == .groupIDNotFound
                let what =
                    isMissing ? "group '\(group)' does not exist" : "cannot delete offsets of group '\(group)'"
                throw KafkaError(broker: response.errorCode, what)
            }
            return response
        }
        return response.topics.reduce(into: [:]) { outcomes, topic in
            for partition in topic.partitions {
                let name = TopicPartition(topic: topic.name, partition: partition.partitionIndex)
                let isRead = partition.errorCode == .groupSubscribedToTopic
                let what =
                    isRead
                    ? "group '\(group)' has members that read \(name); stop them first"
                    : "cannot delete the offset of group '\(group)' in \(name)"
                outcomes[name] = Self.outcome(partition.errorCode, what, nil) {}
            }
        }
    }
}
