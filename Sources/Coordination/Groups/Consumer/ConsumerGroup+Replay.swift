import KafkaProtocol

extension GroupCoordinatorStateMachine {
    /// Applies a record of a consumer group.
    ///
    /// A log that was compacted may bring the records of a group in any order, so that each of them makes the group if
    /// need be, and tombstones of what is not known are left alone.
    mutating func replayConsumerGroup(_ record: GroupRecord) throws(CoordinatorReplayError) {
        guard let groupID = record.groupID else { return }
        if case .consumerGroup(_, nil) = record { return removeConsumerGroup(groupID) }
        changeConsumer(groupID, creating: !record.isTombstone) { $0.apply(record) }
    }

    private mutating func removeConsumerGroup(_ groupID: String) {
        if case .consumer? = groups[groupID] { removeGroup(groupID) }
    }

    /// The record of a group is gone. As long as there are offsets there is a group that they belong to.
    mutating func removeGroup(_ groupID: String) {
        groups[groupID] = offsets.hasOffsets(of: groupID) ? .classic(ClassicGroup(id: groupID)) : nil
    }

    /// Changes a group in its place. What else stood under the name is of the past: its records came before.
    private mutating func changeConsumer(
        _ groupID: String, creating: Bool, _ change: (inout ConsumerGroup) -> Void
    ) {
        guard let position = groups.index(forKey: groupID), case .consumer(var group) = groups.values[position] else {
            guard creating else { return }
            var group = ConsumerGroup(id: groupID)
            change(&group)
            groups[groupID] = .consumer(group)
            return
        }
        // Out of the table while it changes, so that nothing is copied.
        groups.values[position] = .consumer(ConsumerGroup(id: ""))
        change(&group)
        groups.values[position] = .consumer(group)
    }
}

extension ConsumerGroupPartitionMetadataValue {
    fileprivate var subscribedTopics: [SubscribedTopic] {
        topics.map { SubscribedTopic(name: $0.topicName, id: $0.topicID, partitionCount: $0.numPartitions) }
            .sorted { $0.name < $1.name }
    }
}

extension GroupRecord {
    fileprivate var isTombstone: Bool {
        switch self {
        case .consumerGroup(_, nil), .subscribedTopics(_, nil), .consumerMember(_, nil), .targetAssignment(_, nil),
            .memberTarget(_, nil), .memberAssignment(_, nil), .regularExpression(_, nil), .classicGroup(_, nil),
            .offset(_, nil):
            true
        case .consumerGroup, .subscribedTopics, .consumerMember, .targetAssignment, .memberTarget, .memberAssignment,
            .regularExpression, .classicGroup, .offset, .foreign:
            false
        }
    }
}

/// The steps of a replay; nothing else changes members.
extension ConsumerGroup {
    /// Applies a record of this group.
    mutating func apply(_ record: GroupRecord) {
        switch record {
        case .consumerGroup(_, let value): epoch = value?.epoch ?? 0
        case .subscribedTopics(_, let value): subscribedTopics = value?.subscribedTopics ?? []
        case .consumerMember(let key, let value?): changeMember(key.memberID) { $0.apply(value) }
        case .consumerMember(let key, nil): removeMember(key.memberID)
        case .targetAssignment(_, let value): assignmentEpoch = value?.assignmentEpoch ?? 0
        case .memberTarget(let key, let value):
            targets[key.memberID] = value.map { value in
                PartitionAssignment(value.topicPartitions.lazy.map { ($0.topicID, $0.partitions) })
            }
        case .memberAssignment(let key, let value?): changeMember(key.memberID) { $0.apply(value) }
        case .memberAssignment(let key, nil):
            if members[key.memberID] != nil { changeMember(key.memberID) { $0.clearAssignment() } }
        case .regularExpression(let key, let value):
            resolvedPatterns[key.regularExpression] = value.map { value in
                ResolvedPattern(topics: Set(value.topics), version: value.version, time: Timestamp(value.timestamp))
            }
        case .offset, .classicGroup, .foreign: break
        }
    }

    /// Changes the member, which begins to be one if it was none, and what follows from it.
    mutating func changeMember(_ memberID: String, _ change: (inout ConsumerGroupMember) -> Void) {
        let old = members[memberID]
        var new = old ?? ConsumerGroupMember(id: memberID)
        change(&new)
        members[memberID] = new
        if old == nil { memberIDs.insert(memberID, at: memberIDs.partitioningIndex { $0 >= memberID }) }
        note(old, new)
    }

    mutating func removeMember(_ memberID: String) {
        guard let old = members.removeValue(forKey: memberID) else { return }
        memberIDs.remove(at: memberIDs.partitioningIndex { $0 >= memberID })
        note(old, nil)
    }

    private mutating func note(_ old: ConsumerGroupMember?, _ new: ConsumerGroupMember?) {
        noteOwnership(old, new)
        if old?.subscription != new?.subscription {
            subscriptions.count(old?.subscription, -1)
            subscriptions.count(new?.subscription, 1)
        }
        if old?.serverAssignor != new?.serverAssignor {
            assignors.count(old?.serverAssignor, -1)
            assignors.count(new?.serverAssignor, 1)
        }
        if old?.instanceID != new?.instanceID {
            if let old, let instanceID = old.instanceID, staticMembers[instanceID] == old.id {
                staticMembers[instanceID] = nil
            }
            if let new, let instanceID = new.instanceID { staticMembers[instanceID] = new.id }
        }
        if old?.classicMetadata != new?.classicMetadata {
            noteClassicMember(old, -1)
            noteClassicMember(new, 1)
        }
    }

    private mutating func noteOwnership(_ old: ConsumerGroupMember?, _ new: ConsumerGroupMember?) {
        let (assigned, pending) = (new?.assigned, new?.pendingRevocation)
        if old?.assigned == assigned, old?.pendingRevocation == pending { return }
        let before = old.map { $0.assigned.union($0.pendingRevocation) } ?? PartitionAssignment()
        let after = new.map { $0.assigned.union($0.pendingRevocation) } ?? PartitionAssignment()
        if let old {
            // Whoever else has it by now keeps it.
            before.subtracting(after).forEach { if owners[$0] == old.id { owners[$0] = nil } }
        }
        if let new { after.subtracting(before).forEach { owners[$0] = new.id } }
    }

    private mutating func noteClassicMember(_ member: ConsumerGroupMember?, _ step: Int) {
        guard let metadata = member?.classicMetadata else { return }
        classicMemberCount += step
        for name in Set(metadata.supportedProtocols.map(\.name)) { classicProtocols.count(name, step) }
    }
}
