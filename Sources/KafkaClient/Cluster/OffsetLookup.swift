public import KafkaProtocol
import NIOCore

/// A place in a partition that a broker can look up.
public enum OffsetSpecification: Hashable, Sendable {
    /// The first record that is still there.
    case earliest
    /// Behind the last record that consumers may see; under read_committed, the last stable offset.
    case latest
    /// The first record whose timestamp is this or later; if there is none, none.
    case timestamp(Timestamp)
    /// The record with the largest timestamp (KIP-734).
    case maxTimestamp

    /// What stands in a ListOffsets request.
    var wireTimestamp: Int64 {
        switch self {
        case .earliest: -2
        case .latest: -1
        case .timestamp(let timestamp): timestamp.rawValue
        case .maxTimestamp: -3
        }
    }
}

/// An offset that was looked up.
public struct FoundOffset: Hashable, Sendable {
    /// `Offset.none` where no record fits.
    public var offset: Offset
    /// The timestamp of the record at the offset, if the question was about timestamps.
    public var timestamp: Timestamp
    public var leaderEpoch: LeaderEpoch
}

typealias OffsetAnswers = [TopicPartition: Result<FoundOffset, KafkaError>]

extension ClusterCore {
    /// Asks the leaders once. Partitions without a known leader get a retriable error.
    func lookUpOffsets(
        _ wanted: [TopicPartition: OffsetSpecification], isolation: ConsumerConfiguration.IsolationLevel,
        _ completion: @escaping (OffsetAnswers) -> Void
    ) {
        var answers: OffsetAnswers = [:]
        var byLeader: [BrokerID: [TopicPartition: OffsetSpecification]] = [:]
        for (partition, specification) in wanted {
            if let leader = metadata.partition(partition)?.leader {
                byLeader[leader, default: [:]][partition] = specification
            } else {
                answers[partition] = .failure(KafkaError(broker: .leaderNotAvailable, "\(partition) has no leader"))
            }
        }
        var open = byLeader.count
        guard open > 0 else { return completion(answers) }
        for (leader, wanted) in byLeader {
            lookUpOffsets(wanted, at: leader, isolation: isolation) { part in
                answers.merge(part) { $1 }
                open -= 1
                if open == 0 { completion(answers) }
            }
        }
    }

    private func lookUpOffsets(
        _ wanted: [TopicPartition: OffsetSpecification], at leader: BrokerID,
        isolation: ConsumerConfiguration.IsolationLevel, _ completion: @escaping (OffsetAnswers) -> Void
    ) {
        let request = listOffsetsRequest(wanted, isolation: isolation)
        connection(for: .broker(leader)) { result in
            let failAll = { (error: KafkaError) in completion(wanted.mapValues { _ in .failure(error) }) }
            do {
                let connection = try result.get()
                let version = try connection.versions.version(of: ListOffsetsRequest.self)
                if version < 7, wanted.values.contains(.maxTimestamp) {
                    throw KafkaError(.unsupportedVersion, "the broker cannot look up the largest timestamp")
                }
                connection.send(request, version: version) { result in
                    switch result {
                    case .success(let response): completion(Self.answers(response, to: wanted))
                    case .failure(let error): failAll(error)
                    }
                }
            } catch {
                failAll(error as? KafkaError ?? KafkaError(.connectionLost, "no connection", cause: error))
            }
        }
    }

    private func listOffsetsRequest(
        _ wanted: [TopicPartition: OffsetSpecification], isolation: ConsumerConfiguration.IsolationLevel
    ) -> ListOffsetsRequest {
        let byTopic = Dictionary(grouping: wanted, by: \.key.topic)
        return .with {
            $0.replicaID = -1
            $0.isolationLevel = isolation.rawValue
            $0.timeoutMs = configuration.requestTimeout.wireMilliseconds
            $0.topics = byTopic.map { name, partitions in
                .with {
                    $0.name = name
                    $0.partitions = partitions.map { partition, specification in
                        .with {
                            $0.partitionIndex = partition.partition
                            $0.currentLeaderEpoch = metadata.partition(partition)?.leaderEpoch ?? .none
                            $0.timestamp = specification.wireTimestamp
                        }
                    }
                }
            }
        }
    }

    private static func answers(
        _ response: ListOffsetsResponse, to wanted: [TopicPartition: OffsetSpecification]
    ) -> OffsetAnswers {
        var answers: OffsetAnswers = wanted.mapValues { _ in
            .failure(KafkaError(.protocolViolation, "the broker's answer leaves out a partition"))
        }
        for topic in response.topics {
            for found in topic.partitions {
                let partition = TopicPartition(topic: topic.name, partition: found.partitionIndex)
                guard wanted[partition] != nil else { continue }
                answers[partition] =
                    found.errorCode == .none
                    ? .success(
                        FoundOffset(
                            offset: found.offset, timestamp: Timestamp(found.timestamp), leaderEpoch: found.leaderEpoch)
                    )
                    : .failure(KafkaError(broker: found.errorCode, "cannot look up an offset of \(partition)"))
            }
        }
        return answers
    }
}
