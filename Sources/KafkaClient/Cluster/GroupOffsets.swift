public import KafkaProtocol

/// A position that a group has committed in a partition.
public struct CommittedOffset: Hashable, Sendable {
    /// The next record to read.
    public var offset: Offset
    /// The epoch of the last record that was read, so that a truncation is noticed (KIP-320).
    public var leaderEpoch: LeaderEpoch
    /// Whatever the application wanted to keep with it.
    public var metadata: String

    public init(_ offset: Offset, leaderEpoch: LeaderEpoch = .none, metadata: String = "") {
        self.offset = offset
        self.leaderEpoch = leaderEpoch
        self.metadata = metadata
    }
}

/// In whose name offsets are committed: a member's in its generation (or member epoch), or nobody's.
struct GroupIdentity: Hashable, Sendable {
    var memberID = ""
    /// -1 for an administrator and for a consumer that is no member.
    var generation: Int32 = -1
    var instanceID: String?
}

// MARK: - Requests and answers

// Topics are told by name: that is what a group's offsets are kept by. The versions with topic ids (10) gain nothing here.
extension OffsetCommitRequest {
    static let newestVersion: Int16 = 9

    static func make(
        _ offsets: [TopicPartition: CommittedOffset], group: String, as identity: GroupIdentity, version: Int16
    ) -> OffsetCommitRequest {
        .with {
            $0.groupID = group
            $0.memberID = identity.memberID
            $0.generationIDOrMemberEpoch = identity.generation
            $0.groupInstanceID = version >= 7 ? identity.instanceID : nil
            $0.topics = Dictionary(grouping: offsets, by: \.key.topic).sorted { $0.key < $1.key }.map {
                topic, offsets in
                .with {
                    $0.name = topic
                    $0.partitions = offsets.map { partition, committed in
                        .with {
                            $0.partitionIndex = partition.partition
                            $0.committedOffset = committed.offset
                            $0.committedLeaderEpoch = committed.leaderEpoch
                            $0.committedMetadata = committed.metadata
                        }
                    }
                }
            }
        }
    }
}

extension OffsetCommitResponse {
    /// What each partition's commit came to. Throws what concerns the whole group and is worth another try.
    func outcomes(group: String) throws(KafkaError) -> Outcomes<TopicPartition, Void> {
        var outcomes: Outcomes<TopicPartition, Void> = [:]
        for topic in topics {
            for partition in topic.partitions {
                let name = TopicPartition(topic: topic.name, partition: partition.partitionIndex)
                let code = partition.errorCode
                let what = "group '\(group)' cannot commit an offset of \(name)"
                if code.concernsCoordinator || code == .requestTimedOut { throw KafkaError(broker: code, what) }
                outcomes[name] = code == .none ? .success(()) : .failure(KafkaError(broker: code, what))
            }
        }
        return outcomes
    }
}

extension OffsetFetchRequest {
    static let newestVersion: Int16 = 9

    /// - Parameters:
    ///   - groups: only one before version 8.
    ///   - partitions: nil asks about every partition with an offset.
    static func make(
        _ groups: [String], _ partitions: [TopicPartition]?, as identity: GroupIdentity, requiresStable: Bool,
        version: Int16
    ) -> OffsetFetchRequest {
        let byTopic = partitions.map { Dictionary(grouping: $0, by: \.topic).sorted { $0.key < $1.key } }
        return .with {
            $0.requireStable = version >= 7 && requiresStable
            guard version >= 8 else {
                $0.groupID = groups.first ?? ""
                $0.topics = byTopic?.map { topic, partitions in
                    .with { ($0.name, $0.partitionIndexes) = (topic, partitions.map(\.partition)) }
                }
                return
            }
            $0.groups = groups.map { group in
                .with {
                    $0.groupID = group
                    $0.memberID = identity.memberID.isEmpty ? nil : identity.memberID
                    $0.memberEpoch = identity.memberID.isEmpty ? -1 : identity.generation
                    $0.topics = byTopic?.map { topic, partitions in
                        .with { ($0.name, $0.partitionIndexes) = (topic, partitions.map(\.partition)) }
                    }
                }
            }
        }
    }
}

/// The offsets of one group; partitions without one are left out.
public typealias GroupOffsets = Outcomes<TopicPartition, CommittedOffset>

extension OffsetFetchResponse {
    /// What each group has committed.
    func outcomes(of asked: [String], version: Int16) -> Outcomes<String, GroupOffsets> {
        guard version < 8 else {
            return groups.reduce(into: [:]) { outcomes, group in
                outcomes[group.groupID] = Self.outcome(group)
            }
        }
        guard let group = asked.first else { return [:] }
        let whole = OffsetFetchResponseGroup.with {
            ($0.groupID, $0.errorCode) = (group, errorCode)
            $0.topics = topics.map { topic in
                .with {
                    $0.name = topic.name
                    $0.partitions = topic.partitions.map { partition in
                        .with {
                            $0.partitionIndex = partition.partitionIndex
                            $0.committedOffset = partition.committedOffset
                            $0.committedLeaderEpoch = partition.committedLeaderEpoch
                            $0.metadata = partition.metadata
                            $0.errorCode = partition.errorCode
                        }
                    }
                }
            }
        }
        return [group: Self.outcome(whole)]
    }

    private static func outcome(_ group: OffsetFetchResponseGroup) -> Result<GroupOffsets, KafkaError> {
        let what = "cannot read the offsets of group '\(group.groupID)'"
        guard group.errorCode == .none else { return .failure(KafkaError(broker: group.errorCode, what)) }
        var offsets: GroupOffsets = [:]
        for topic in group.topics {
            for partition in topic.partitions {
                let name = TopicPartition(topic: topic.name, partition: partition.partitionIndex)
                if partition.errorCode != .none {
                    let error = KafkaError(broker: partition.errorCode, "\(what) in \(name)")
                    // Offsets of a transaction that is not decided yet (KIP-447), or an answer before version 2.
                    if error.isRetriable, partition.errorCode != .unknownTopicOrPartition { return .failure(error) }
                    offsets[name] = .failure(error)
                } else if partition.committedOffset >= 0 {
                    let committed = CommittedOffset(
                        partition.committedOffset, leaderEpoch: partition.committedLeaderEpoch,
                        metadata: partition.metadata ?? "")
                    offsets[name] = .success(committed)
                }
            }
        }
        return .success(offsets)
    }
}

// MARK: - On the loop

extension ClusterCore {
    /// Commits offsets of a group once.
    func commitOffsets(
        _ offsets: [TopicPartition: CommittedOffset], group: String, as identity: GroupIdentity,
        _ completion: @escaping Completion<Outcomes<TopicPartition, Void>>
    ) {
        send(
            { OffsetCommitRequest.make(offsets, group: group, as: identity, version: $0) },
            to: .coordinator(of: group), atMost: OffsetCommitRequest.newestVersion
        ) { [self] result in
            let outcomes = result.flatMap { response in
                Result { () throws(KafkaError) in try response.outcomes(group: group) }
            }
            if case .failure(let error) = outcomes, error.isRetriable { forgetCoordinator(of: group) }
            completion(outcomes)
        }
    }

    /// Asks one broker what groups that it coordinates have committed.
    func fetchOffsets(
        of groups: [String], _ partitions: [TopicPartition]?, as identity: GroupIdentity = GroupIdentity(),
        requiresStable: Bool, at target: Target, _ completion: @escaping Completion<Outcomes<String, GroupOffsets>>
    ) {
        connection(for: target) { result in
            do throws(KafkaError) {
                let connection = try result.get()
                let version = try connection.versions.version(
                    of: OffsetFetchRequest.self, atMost: OffsetFetchRequest.newestVersion)
                let parts = version >= 8 ? [groups] : groups.map { [$0] }
                var open = parts.count
                var outcomes: Outcomes<String, GroupOffsets> = [:]
                for part in parts {
                    let request = OffsetFetchRequest.make(
                        part, partitions, as: identity, requiresStable: requiresStable, version: version)
                    connection.send(request, version: version) { result in
                        switch result {
                        case .success(let response):
                            outcomes.merge(response.outcomes(of: part, version: version)) { $1 }
                        case .failure(let error):
                            for group in part { outcomes[group] = .failure(error) }
                        }
                        open -= 1
                        if open == 0 { completion(.success(outcomes)) }
                    }
                }
            } catch {
                completion(.failure(error))
            }
        }
    }
}
