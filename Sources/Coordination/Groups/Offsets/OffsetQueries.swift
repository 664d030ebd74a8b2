package import KafkaProtocol

/// What a group has committed for one partition; nil for nothing. A code other than `none` stands for it.
package struct FetchedOffset: Sendable {
    package var partition: PartitionIndex
    package var committed: CommittedOffset?
    package var code = ErrorCode.none

    init(_ partition: PartitionIndex, _ committed: CommittedOffset?) {
        self.partition = partition
        self.committed = committed
    }

    /// A partition that is refused.
    package init(_ partition: PartitionIndex, _ code: ErrorCode) {
        self.partition = partition
        self.code = code
    }
}

/// A topic and its partitions.
package struct OffsetTopicQuery: Hashable, Sendable {
    package var topic: String
    package var partitions: [PartitionIndex]

    package init(topic: String, partitions: [PartitionIndex]) {
        self.topic = topic
        self.partitions = partitions
    }
}

extension GroupCoordinatorStateMachine {
    package typealias FetchedOffsets = [(topic: String, partitions: [FetchedOffset])]

    /// OffsetFetch for one group. A group that is not there has committed nothing, which is no error.
    ///
    /// - Parameters:
    ///   - topics: nil for all that the group has committed, by name and index.
    ///   - isStable: offsets of open transactions are not passed over in silence (UNSTABLE_OFFSET_COMMIT, KIP-447).
    package func fetchOffsets(
        of groupID: String, for member: GroupMemberIdentity, topics: [OffsetTopicQuery]?, isStable: Bool
    ) throws(Refusal) -> FetchedOffsets {
        if case .consumer(let group)? = groups[groupID] { try validateFetch(by: member, of: group) }
        guard let topics else {
            return offsets.offsets(of: groupID).sorted { $0.key < $1.key }.map { topic, partitions in
                let found = partitions.sorted { $0.key < $1.key }.map { partition, committed in
                    fetched(groupID, topic, partition, committed, isStable)
                }
                return (topic, found)
            }
        }
        return topics.map { query in
            let found = query.partitions.map { partition in
                fetched(
                    groupID, query.topic, partition, offsets.offset(of: groupID, query.topic, partition), isStable)
            }
            return (query.topic, found)
        }
    }

    private func fetched(
        _ groupID: String, _ topic: String, _ partition: PartitionIndex, _ committed: CommittedOffset?,
        _ isStable: Bool
    ) -> FetchedOffset {
        if isStable, offsets.isPending(groupID, topic, partition) {
            return FetchedOffset(partition, .unstableOffsetCommit)
        }
        return FetchedOffset(partition, committed)
    }

    /// OffsetDelete (KIP-496): offsets of topics that no member is subscribed to. The answer is a code for each topic.
    package func deleteOffsets(
        of groupID: String, _ topics: [OffsetTopicQuery], reply: Reply<[ErrorCode]>
    ) -> GroupOutput {
        do throws(Refusal) {
            try validateOffsetDelete(groupID)
        } catch {
            return GroupOutput(answers: [GroupAnswer(reply, refusal: error)])
        }
        var output = GroupOutput()
        let codes = topics.map { query in
            guard !isSubscribed(groupID, to: query.topic) else { return ErrorCode.groupSubscribedToTopic }
            for partition in query.partitions where offsets.offset(of: groupID, query.topic, partition) != nil {
                output.records.append(tombstone(groupID, query.topic, partition))
            }
            return .none
        }
        output.answer(reply, codes)
        return output
    }

    private func validateOffsetDelete(_ groupID: String) throws(Refusal) {
        switch groups[groupID] {
        case nil: throw Refusal(.groupIDNotFound, "There is no group \(groupID).")
        case .classic(let group):
            guard group.isEmpty || group.usesConsumerProtocol else {
                throw Refusal(.nonEmptyGroup, "The group \(groupID) has members.")
            }
        case .consumer: break
        }
    }

    private func isSubscribed(_ groupID: String, to topic: String) -> Bool {
        switch groups[groupID] {
        case nil: false
        case .classic(let group): group.isSubscribed(to: topic)
        case .consumer(let group): group.isSubscribed(to: topic)
        }
    }

    func tombstone(_ groupID: String, _ topic: String, _ partition: PartitionIndex) -> GroupRecord {
        .offset(
            .with {
                $0.group = groupID
                $0.topic = topic
                $0.partition = partition
            }, nil)
    }

    /// Tombstones for all that the group has committed.
    func offsetTombstones(_ groupID: String) -> [GroupRecord] {
        offsets.offsets(of: groupID).sorted { $0.key < $1.key }.flatMap { topic, partitions in
            partitions.keys.sorted().map { tombstone(groupID, topic, $0) }
        }
    }
}
