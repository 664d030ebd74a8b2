import KafkaProtocol

/// One step of a member from what it has towards what it shall have.
///
/// A member first gives back what others shall have, and stays in its epoch until it has; then it goes on to the target's
/// epoch and gets what is free; what others have still to give back it gets later, when it is.
struct MemberReconciliation {
    let group: ConsumerGroup
    let image: ClusterMetadataImage
    let member: ConsumerGroupMember
    let targetEpoch: Int32
    let target: PartitionAssignment
    /// What the member has just been subscribed to is not what it was before.
    let subscriptionChanged: Bool
    /// What the member says it has; nil if it does not say.
    let owned: [ConsumerGroupHeartbeatRequest.TopicPartitions]?

    /// The member after the step: the same if it cannot go on.
    func next() throws(Refusal) -> ConsumerGroupMember {
        switch member.state {
        case .stable:
            if member.epoch != targetEpoch { return advanced() }
            return subscriptionChanged ? withoutUnsubscribed() : member
        case .unrevokedPartitions:
            guard ownsAny(of: member.pendingRevocation) else { return advanced() }
            return subscriptionChanged ? withoutUnsubscribed() : member
        case .unreleasedPartitions: return advanced()
        case .unknown:
            // Of a newer version: begin anew, with nothing.
            guard let owned, owned.isEmpty else {
                throw Refusal(
                    .fencedMemberEpoch,
                    "The consumer group member is in a unknown state. The member must abandon all its partitions and "
                        + "rejoin.")
            }
            return advanced()
        }
    }

    /// Whether the member still has any of these, or may have, as it does not say.
    private func ownsAny(of partitions: PartitionAssignment) -> Bool {
        guard let owned else { return true }
        return owned.contains { topic in topic.partitions.contains { partitions.contains(topic.topicID, $0) } }
    }

    private func isSubscribed(to topic: TopicID) -> Bool {
        guard let name = image.topic(id: topic)?.name else { return false }
        return member.subscription.includes(name, group.resolvedPatterns)
    }

    private func advanced() -> ConsumerGroupMember {
        // The target is of the last subscription that was resolved.
        let wanted = target.filterTopics(isSubscribed)
        let kept = member.assigned.intersection(wanted)
        let revoked = member.assigned.subtracting(kept)
        var next = member
        if !revoked.isEmpty, ownsAny(of: revoked) {
            next.state = .unrevokedPartitions
            next.advance(to: member.epoch)
            next.assigned = kept
            next.pendingRevocation = revoked
            return next
        }
        let missing = wanted.subtracting(kept)
        // What the member itself has given back it may get again.
        let free = missing.filter { group.owners[$0] == nil || group.owners[$0] == member.id }
        next.state = free == missing ? .stable : .unreleasedPartitions
        next.advance(to: targetEpoch)
        next.assigned = kept.union(free)
        next.pendingRevocation = PartitionAssignment()
        // Looking again without finding anything is no step.
        if next.state == .unreleasedPartitions, member.isWaiting(like: next) { return member }
        return next
    }

    /// What of its assignment the member is no longer subscribed to has to go, whatever the target will be.
    private func withoutUnsubscribed() -> ConsumerGroupMember {
        let kept = member.assigned.filterTopics(isSubscribed)
        guard kept != member.assigned else { return member }
        let revoked = member.pendingRevocation.union(member.assigned.subtracting(kept))
        var next = member
        next.advance(to: member.epoch)
        next.assigned = kept
        if ownsAny(of: revoked) {
            next.state = .unrevokedPartitions
            next.pendingRevocation = revoked
        }
        return next
    }
}

extension ConsumerGroupMember {
    /// Whether it waits in the same epoch with the same partitions.
    fileprivate func isWaiting(like other: ConsumerGroupMember) -> Bool {
        state == other.state && epoch == other.epoch && assigned == other.assigned
            && pendingRevocation == other.pendingRevocation
    }
}
