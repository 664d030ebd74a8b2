import KafkaProtocol

extension ClusterMetadataStateMachine {
    /// Decides on more partitions for existing topics.
    /// - Returns: per topic, in the order of the request, how many partitions it will have.
    package func createPartitions(
        _ increases: [PartitionIncrease], validateOnly: Bool = false
    ) -> Decision<[CommandOutcome<String, Int32>]> {
        let (names, repeated) = increases.map(\.topic).separatingRepetitions()
        let byName = Dictionary(increases.map { ($0.topic, $0) }, uniquingKeysWith: { first, _ in first })
        var records: [ClusterMetadataRecord] = []
        let outcomes = names.compactMap { name -> CommandOutcome<String, Int32>? in
            guard let increase = byName[name] else { return nil }
            return CommandOutcome(name) { () throws(Refusal) in
                if repeated.contains(name) { throw Refusal(.invalidRequest, "Duplicate topic name.") }
                records += try self.records(of: increase, earlier: records.count)
                return increase.count
            }
        }
        return Decision(records: validateOnly ? [] : records, response: outcomes)
    }

    private func records(
        of increase: PartitionIncrease, earlier: Int
    ) throws(Refusal) -> [ClusterMetadataRecord] {
        guard let topic = image.topic(named: increase.topic) else {
            throw Refusal(.unknownTopicOrPartition, "The topic '\(increase.topic)' does not exist.")
        }
        guard !topic.isInternal else {
            throw Refusal(
                .invalidRequest,
                "The partitions of \(topic.name) are fixed once it exists: they say which coordinator a key belongs to."
            )
        }
        let present = Int32(topic.partitions.count)
        if increase.count == present {
            throw Refusal(.invalidPartitions, "Topic already has \(present) partition(s).")
        }
        if increase.count < present {
            throw Refusal(
                .invalidPartitions,
                "The topic \(topic.name) currently has \(present) partition(s); "
                    + "\(increase.count) would not be an increase.")
        }
        let added = present..<increase.count
        try limits.check(adding: added.count, afterInRequest: earlier, existing: image.partitionCount)
        var placement = ReplicaPlacement(image)
        let replicas = try self.replicas(for: added, of: topic, chosen: increase.assignments, placement)
        return zip(added, replicas).map { index, replicas in
            .partition(placement.record(index, of: topic.id, on: replicas))
        }
    }

    private func replicas(
        for added: Range<Int32>, of topic: TopicImage, chosen: [[BrokerID]]?, _ placement: ReplicaPlacement
    ) throws(Refusal) -> [[BrokerID]] {
        let factor = topic.replicationFactor
        guard let chosen else { return try placement.replicas(for: added, factor: Int16(clamping: factor)) }
        guard chosen.count == added.count else {
            throw Refusal(
                .invalidReplicaAssignment,
                "Attempted to add \(added.count) additional partition(s), but \(chosen.count) assignment(s) were given."
            )
        }
        for (index, replicas) in zip(added, chosen) {
            try placement.check(replicas, of: index)
            if replicas.count != factor {
                throw Refusal(
                    .invalidReplicaAssignment,
                    "The manual assignment of partition \(index) has \(replicas.count) replica(s), "
                        + "but the topic's partitions have \(factor).")
            }
        }
        return chosen
    }
}
