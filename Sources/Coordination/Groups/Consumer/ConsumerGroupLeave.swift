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
        var decision = ConsumerGroupDecision(group, image, settings, at: now)
        if request.memberEpoch == ConsumerGroup.staticLeavingEpoch {
            decision.letGo(member)
        } else {
            decision.remove([member])
        }
        let response = ConsumerGroupHeartbeatResponse.with {
            $0.memberID = request.memberID
            $0.memberEpoch = request.memberEpoch
        }
        return finish(decision, GroupAnswer(reply, response))
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

    /// A timer of a member of a consumer group is due.
    mutating func consumerTimerExpired(
        _ timer: GroupTimer, at now: CoordinatorTime, _ image: ClusterMetadataImage
    ) -> GroupOutput {
        switch timer {
        case .session(let groupID, let memberID):
            consumerSessionExpired(groupID: groupID, memberID: memberID, at: now, image: image)
        case .revocation(let groupID, let memberID):
            consumerRevocationExpired(groupID: groupID, memberID: memberID, at: now, image: image)
        case .join, .sync, .pendingMember, .classicJoin, .classicSync: GroupOutput()
        }
    }

    /// Nothing was heard of a member.
    mutating func consumerSessionExpired(
        groupID: String, memberID: String, at now: CoordinatorTime, image: ClusterMetadataImage
    ) -> GroupOutput {
        removeMember(memberID, of: groupID, at: now, image) { _ in true }
    }

    /// A member has not given back in time what others wait for.
    mutating func consumerRevocationExpired(
        groupID: String, memberID: String, at now: CoordinatorTime, image: ClusterMetadataImage
    ) -> GroupOutput {
        removeMember(memberID, of: groupID, at: now, image) { $0.state == .unrevokedPartitions }
    }

    private mutating func removeMember(
        _ memberID: String, of groupID: String, at now: CoordinatorTime, _ image: ClusterMetadataImage,
        if condition: (ConsumerGroupMember) -> Bool
    ) -> GroupOutput {
        guard case .consumer(let group)? = groups[groupID], let member = group.members[memberID], condition(member)
        else { return GroupOutput() }
        var decision = ConsumerGroupDecision(group, image, settings, at: now)
        decision.remove([member])
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
            if member.state == .unrevokedPartitions, !member.usesClassicProtocol {
                timers.arm(
                    .revocation(groupID: group.id, memberID: member.id), at: now.uptime + member.rebalanceTimeout)
            }
        }
    }
}

extension ConsumerGroupDecision {
    /// A static member is away for a while: it keeps what it has, until its session ends.
    fileprivate mutating func letGo(_ member: ConsumerGroupMember) {
        var leaving = member
        leaving.epoch = ConsumerGroup.staticLeavingEpoch
        leaving.pendingRevocation = PartitionAssignment()
        records.append(ConsumerGroup.assignmentRecord(group.id, leaving))
    }

    /// Takes members out of the group.
    mutating func remove(_ members: [ConsumerGroupMember]) {
        guard !members.isEmpty else { return }
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
