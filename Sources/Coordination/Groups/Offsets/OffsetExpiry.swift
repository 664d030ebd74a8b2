import KafkaProtocol
import OrderedCollections

/// Offsets that nobody needs any more (KIP-211).
extension GroupCoordinatorStateMachine {
    /// Forgets offsets that have expired, and groups that have nothing left.
    ///
    /// - Parameter limit: records at most, and about so many kilobytes of them, which stand in one batch; what is left
    ///   comes with the next call.
    package mutating func expireOffsets(
        at now: CoordinatorTime, limit: Int = GroupOffsets.removalLimit
    ) -> GroupOutput {
        var output = GroupOutput()
        var left = limit
        for groupID in groups.keys.sorted() {
            guard left > 0 else { break }
            let expired = expiredOffsets(of: groupID, at: now.wall).prefix(GroupOffsets.removals(of: groupID, in: left))
            left -= expired.count * GroupOffsets.weight(of: groupID)
            output.records += expired.map { tombstone(groupID, $0.topic, $0.partition) }
            let total = offsets.offsets(of: groupID).values.reduce(0) { $0 + $1.count }
            if expired.count == total, !offsets.hasPending(of: groupID) { output.records += remnant(of: groupID) }
        }
        return output
    }

    /// What removes a group that has no members and no offsets.
    private mutating func remnant(of groupID: String) -> [GroupRecord] {
        switch groups[groupID] {
        case .classic(let group) where group.isEmpty && group.pendingMembers.isEmpty: [group.tombstone]
        case .consumer(let group) where group.isEmpty: group.tombstones
        case nil, .classic, .consumer: []
        }
    }

    private func expiredOffsets(of groupID: String, at now: Timestamp) -> [TopicPartition] {
        guard let rule = expiryRule(of: groupID) else { return [] }
        var expired: [TopicPartition] = []
        for (topic, partitions) in offsets.offsets(of: groupID) where !rule.keeps(topic) {
            for (partition, offset) in partitions {
                guard rule.isOver(offset, now, settings.offsetsRetention),
                    !offsets.isPending(groupID, topic, partition)
                else { continue }
                expired.append(TopicPartition(topic: topic, partition: partition))
            }
        }
        return expired.sorted { ($0.topic, $0.partition) < ($1.topic, $1.partition) }
    }

    /// When a group's offsets end.
    private struct ExpiryRule {
        /// The time of the group that counts instead of that of the commit.
        var since: Timestamp?
        var keeps: (String) -> Bool

        func isOver(_ offset: CommittedOffset, _ now: Timestamp, _ retention: Duration) -> Bool {
            if let expiry = offset.expiry { return now >= expiry }
            let start = since ?? offset.commitTime
            return start.milliseconds(to: now) >= retention.wholeMilliseconds
        }
    }

    /// nil for a group whose offsets do not end now.
    private func expiryRule(of groupID: String) -> ExpiryRule? {
        switch groups[groupID] {
        case nil: nil
        case .consumer(let group): ExpiryRule(since: nil, keeps: { group.isSubscribed(to: $0) })
        case .classic(let group):
            // Without members: since they went. With them: topics that nobody is subscribed to any more.
            if group.protocolType == nil {
                ExpiryRule(since: nil, keeps: { _ in false })
            } else if group.isEmpty {
                ExpiryRule(since: group.stateTimestamp, keeps: { _ in false })
            } else if group.isStable, group.usesConsumerProtocol, group.subscribedTopics != nil {
                ExpiryRule(since: nil, keeps: { group.isSubscribed(to: $0) })
            } else {
                nil
            }
        }
    }

    /// Topics are deleted: a topic of the same name that comes later has no old offsets.
    ///
    /// As with expiry, what is left comes with the next call; there is nothing left when that writes nothing.
    package func topicsDeleted(_ names: Set<String>, limit: Int = GroupOffsets.removalLimit) -> GroupOutput {
        removeOffsets(limit: limit) { topic, _ in names.contains(topic) }
    }

    /// Removes what was committed for topics that are there no more: deletions that a coordinator has not heard of, as it
    /// was loading, or could not write down.
    package func removeOrphans(image: ClusterMetadataImage, limit: Int = GroupOffsets.removalLimit) -> GroupOutput {
        removeOffsets(limit: limit) { _, offset in offset.topicID != .zero && image.topic(id: offset.topicID) == nil }
    }

    private func removeOffsets(limit: Int, where isRemoved: (String, CommittedOffset) -> Bool) -> GroupOutput {
        var output = GroupOutput()
        var left = limit
        for groupID in offsets.groupIDs.sorted() {
            for (topic, partitions) in offsets.offsets(of: groupID).sorted(by: { $0.key < $1.key }) where left > 0 {
                let removed = partitions.filter { isRemoved(topic, $0.value) }.keys.sorted()
                    .prefix(GroupOffsets.removals(of: groupID, in: left))
                left -= removed.count * GroupOffsets.weight(of: groupID)
                output.records += removed.map { tombstone(groupID, topic, $0) }
            }
        }
        return output
    }
}

extension GroupOffsets {
    /// Tombstones that are written at once.
    package static let removalLimit = 10_000

    /// How much of the limit a group's tombstone takes: one for each begun kilobyte of its name.
    static func weight(of groupID: String) -> Int { groupID.utf8.count / 1024 + 1 }

    static func removals(of groupID: String, in left: Int) -> Int { max(1, left / weight(of: groupID)) }
}
