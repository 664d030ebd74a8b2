import KafkaProtocol

/// Members leave, or are taken out.
extension GroupCoordinatorStateMachine {
    mutating func leaveConsumerGroup(
        _ request: ConsumerGroupHeartbeatRequest, _ image: ClusterMetadataImage, at now: CoordinatorTime,
        _ reply: Reply<ConsumerGroupHeartbeatResponse>
    ) throws(Refusal) -> GroupOutput {
        let group = try consumerGroup(request.groupID)
        let member =
            if let instanceID = request.instanceID {
                try group.staticMember(instanceID, as: request.memberID)
            } else {
                try group.member(request.memberID)
            }
        var output: GroupOutput
        if request.memberEpoch == ConsumerGroup.staticLeavingEpoch {
            output = GroupOutput(records: [group.awayRecord(member)])
            // It has its session's time to come back, whatever it had to give back.
            timers.cancel(.revocation(groupID: group.id, memberID: member.id))
        } else {
            output = remove([member], from: group, image, at: now)
        }
        output.answer(
            reply,
            .with {
                $0.memberID = request.memberID
                $0.memberEpoch = request.memberEpoch
            })
        return output
    }

    /// The consumer group of that name: GROUP_ID_NOT_FOUND.
    func consumerGroup(_ groupID: String) throws(Refusal) -> ConsumerGroup {
        switch groups[groupID] {
        case .consumer(let group)?: return group
        case nil: throw Refusal(.groupIDNotFound, "Group \(groupID) not found.")
        case .classic?: throw Refusal(.groupIDNotFound, "Group \(groupID) is not a consumer group.")
        }
    }

    // MARK: - Time

    /// Timers of members of consumer groups are due. Those of one group are one event: nobody of them is there any more
    /// when the others share out what they had.
    mutating func consumerTimersExpired(
        _ due: [GroupTimer], at now: CoordinatorTime, _ image: ClusterMetadataImage
    ) -> GroupOutput {
        var output = GroupOutput()
        for (groupID, due) in Dictionary(grouping: due, by: \.groupID).sorted(by: { $0.key < $1.key }) {
            guard case .consumer(let group)? = groups[groupID] else { continue }
            let expired = Set(due.compactMap { $0.expiredMember(of: group)?.id })
            let members = expired.sorted().compactMap { group.members[$0] }
            output.add(remove(members, from: group, image, at: now))
        }
        return output
    }

    /// Takes members out of the group, which may become a classic one by that.
    mutating func remove(
        _ members: [ConsumerGroupMember], from group: ConsumerGroup, _ image: ClusterMetadataImage,
        at now: CoordinatorTime
    ) -> GroupOutput {
        guard !members.isEmpty else { return GroupOutput() }
        if let classic = group.downgraded(without: Set(members.map(\.id)), image, settings) {
            return convert(group, to: classic, at: now)
        }
        var decision = ConsumerGroupDecision(group, image, settings, at: now)
        decision.remove(members)
        return finish(decision)
    }

    /// After a load: members have their whole time from now on.
    mutating func armTimers(
        of group: ConsumerGroup, at now: CoordinatorTime, overrides: GroupOverrides = GroupOverrides()
    ) {
        for member in group.members.values {
            let sessionTimeout =
                member.classicMetadata.map { .milliseconds(Int64($0.sessionTimeoutMs)) }
                ?? overrides.consumerSessionTimeout ?? settings.consumerSessionTimeout
            timers.arm(.session(groupID: group.id, memberID: member.id), at: now.uptime + sessionTimeout)
            if member.state == .unrevokedPartitions, !member.usesClassicProtocol, member.epoch >= 0 {
                timers.arm(
                    .revocation(groupID: group.id, memberID: member.id), at: now.uptime + member.rebalanceTimeout)
            }
        }
    }
}

extension GroupTimer {
    /// The member that has to go now that this is due; nil if it has done what was waited for.
    fileprivate func expiredMember(of group: ConsumerGroup) -> ConsumerGroupMember? {
        switch self {
        case .session(_, let memberID): group.members[memberID]
        case .revocation(_, let memberID):
            group.members[memberID].flatMap { $0.state == .unrevokedPartitions && !$0.usesClassicProtocol ? $0 : nil }
        case .classicJoin(_, let memberID), .classicSync(_, let memberID):
            group.members[memberID].flatMap { $0.usesClassicProtocol ? $0 : nil }
        case .join, .sync, .pendingMember: nil
        }
    }
}

extension ConsumerGroup {
    /// A static member is away for a while: it keeps what it has, until its session ends.
    fileprivate func awayRecord(_ member: ConsumerGroupMember) -> GroupRecord {
        var leaving = member
        leaving.epoch = Self.staticLeavingEpoch
        leaving.pendingRevocation = PartitionAssignment()
        return Self.assignmentRecord(id, leaving)
    }
}

extension ConsumerGroupDecision {
    /// Takes members out of the group.
    mutating func remove(_ members: [ConsumerGroupMember]) {
        var subscriptions = group.subscriptions
        for member in members {
            records += ConsumerGroup.tombstones(ofMember: member.id, of: group.id)
            cancelTimers(of: member.id)
            subscriptions.count(member.subscription, -1)
        }
        let kept = Set(subscriptions.keys.lazy.map(\.pattern))
        for pattern in Set(members.map(\.subscription.pattern)).sorted() where !pattern.isEmpty {
            if !kept.contains(pattern) { records.append(ConsumerGroup.patternRecord(group.id, pattern, nil)) }
        }
        _ = writeTopics(subscriptions.keys.topics(in: image, group.resolvedPatterns))
        _ = bumpEpoch()
    }
}
