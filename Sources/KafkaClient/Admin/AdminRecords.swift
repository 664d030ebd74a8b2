public import KafkaProtocol

/// Which records of a partition are to go.
public enum RecordsToDelete: Hashable, Sendable {
    /// Those below the offset.
    case before(Offset)
    /// All that are committed by the time that the broker hears of it.
    case all

    /// -1 stands for the high watermark.
    var wireOffset: Offset {
        switch self {
        case .before(let offset): offset
        case .all: -1
        }
    }
}

extension Admin {
    /// Deletes the oldest records of partitions: they cannot be read any more, and their disk space is given back in time.
    ///
    /// - Returns: where each partition begins now; it may have begun there or later before. A partition whose topic is only
    ///   compacted fails with POLICY_VIOLATION, an offset that is not yet committed with OFFSET_OUT_OF_RANGE.
    public func deleteRecords(
        _ wanted: [TopicPartition: RecordsToDelete]
    ) async throws -> Outcomes<TopicPartition, Offset> {
        try await cluster.retrying {
            let metadata = try await metadata(of: Set(wanted.keys.map(\.topic)).sorted())
            var outcomes: Outcomes<TopicPartition, Offset> = [:]
            var byLeader: [BrokerID: [TopicPartition: RecordsToDelete]] = [:]
            for (partition, records) in wanted {
                guard let known = metadata.partition(partition) else {
                    outcomes[partition] = .failure(KafkaError(.unknownPartition, "\(partition) does not exist"))
                    continue
                }
                guard let leader = known.leader else {
                    throw KafkaError(broker: .leaderNotAvailable, "\(partition) has no leader")
                }
                byLeader[leader, default: [:]][partition] = records
            }
            for (leader, records) in byLeader { try await delete(records, on: leader, &outcomes) }
            return outcomes
        }
    }

    private func metadata(of topics: [String]) async throws -> ClusterMetadata {
        do {
            return try await cluster.metadata(of: topics, timeout: .zero)
        } catch let error as KafkaError where error.brokerCode != nil {
            return try await cluster.metadata(of: [], timeout: .zero)
        }
    }

    private func delete(
        _ records: [TopicPartition: RecordsToDelete], on leader: BrokerID,
        _ outcomes: inout Outcomes<TopicPartition, Offset>
    ) async throws {
        let request = DeleteRecordsRequest.with { request in
            request.timeoutMs = wireTimeout
            request.topics = Dictionary(grouping: records) { $0.key.topic }.map { topic, partitions in
                .with { item in
                    item.name = topic
                    item.partitions = partitions.map { partition, records in
                        .with { ($0.partitionIndex, $0.offset) = (partition.partition, records.wireOffset) }
                    }
                }
            }
        }
        for topic in try await cluster.send(request, to: .broker(leader)).topics {
            for result in topic.partitions {
                let partition = TopicPartition(topic: topic.name, partition: result.partitionIndex)
                let what = "cannot delete records of \(partition)"
                // It has moved since the metadata was fetched: all is asked again, which harms nobody.
                if result.errorCode == .notLeaderOrFollower { throw KafkaError(broker: result.errorCode, what) }
                outcomes[partition] = Self.outcome(result.errorCode, what, nil) { Offset(result.lowWatermark) }
            }
        }
    }
}
