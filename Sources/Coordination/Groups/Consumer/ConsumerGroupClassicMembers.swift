import KafkaProtocol
import NIOCore

/// Members of the classic protocol in a consumer group: their generation is the epoch, each of them joins for itself, and
/// hears by its heartbeat that it has to join again.
extension GroupCoordinatorStateMachine {
    mutating func joinConsumerGroup(
        _ group: ConsumerGroup, _ join: ClassicJoin, image: ClusterMetadataImage, at now: CoordinatorTime
    ) -> GroupOutput {
        let request = join.request
        let memberID = request.memberID.isEmpty ? KafkaUUID.random(using: &generator).description : request.memberID
        do throws(Refusal) {
            let subscription = try group.subscription(of: join, memberID: memberID, settings)
            if request.memberID.isEmpty, join.requiresKnownMemberID {
                return GroupOutput(join.reply, join.refused(.memberIDRequired, memberID: memberID))
            }
            if let output = downgrade(group, by: join, memberID: memberID, image, at: now) { return output }
            var decision = ConsumerGroupDecision(group, image, settings, at: now)
            let response = try decision.decideJoin(join, memberID: memberID, subscription)
            return finish(decision, GroupAnswer(join.reply, response))
        } catch {
            return GroupOutput(join.reply, join.refused(error.code, memberID: request.memberID))
        }
    }

    /// A static member comes back with the classic protocol, and was the last one of the other.
    private mutating func downgrade(
        _ group: ConsumerGroup, by join: ClassicJoin, memberID: String, _ image: ClusterMetadataImage,
        at now: CoordinatorTime
    ) -> GroupOutput? {
        guard join.request.memberID.isEmpty, let instanceID = join.request.groupInstanceID,
            let replaced = group.staticMember(instanceID), !replaced.usesClassicProtocol,
            let classic = group.downgraded(without: [replaced.id], isReplacement: true, image, settings)
        else { return nil }
        return convert(group, to: classic, at: now) { classic, effects in
            classic.join(join, newMemberID: memberID, &effects)
        }
    }

    /// A classic member joins in the place of a consumer group that is empty; the records that clear it.
    mutating func clearForClassicGroup(_ group: ConsumerGroup) -> [GroupRecord] {
        groups[group.id] = nil
        return group.tombstones
    }

    mutating func syncConsumerGroup(
        _ group: ConsumerGroup, _ request: SyncGroupRequest, image: ClusterMetadataImage, at now: CoordinatorTime,
        reply: Reply<SyncGroupResponse>
    ) -> GroupOutput {
        let member: ConsumerGroupMember
        do throws(Refusal) {
            member = try group.classicMember(
                request.memberID, instanceID: request.groupInstanceID, generation: request.generationID)
            try member.checkProtocol(request)
        } catch {
            return GroupOutput(reply, .with { $0.errorCode = error.code })
        }
        // Who has partitions to give back has joined already, and will again.
        if group.epoch > member.epoch, member.state != .unrevokedPartitions {
            awaitJoin(of: member, in: group, at: now)
            return GroupOutput(reply, .with { $0.errorCode = .rebalanceInProgress })
        }
        timers.cancel(.classicSync(groupID: group.id, memberID: member.id))
        timers.arm(.session(groupID: group.id, memberID: member.id), at: now.uptime + member.classicSessionTimeout)
        return GroupOutput(
            reply,
            .with {
                $0.protocolType = request.protocolType
                $0.protocolName = request.protocolName
                $0.assignment = member.assigned.consumerProtocolBytes(version: member.consumerProtocolVersion, image)
            })
    }

    mutating func heartbeatConsumerGroup(
        _ group: ConsumerGroup, _ request: HeartbeatRequest, at now: CoordinatorTime
    ) -> ErrorCode {
        do throws(Refusal) {
            let member = try group.classicMember(
                request.memberID, instanceID: request.groupInstanceID, generation: request.generationID)
            timers.arm(.session(groupID: group.id, memberID: member.id), at: now.uptime + member.classicSessionTimeout)
            guard group.shouldJoinAgain(member) else { return .none }
            awaitJoin(of: member, in: group, at: now)
            return .rebalanceInProgress
        } catch {
            return error.code
        }
    }

    /// The member has its rebalance timeout to join again, from the first time that it hears of it.
    private mutating func awaitJoin(of member: ConsumerGroupMember, in group: ConsumerGroup, at now: CoordinatorTime) {
        let timer = GroupTimer.classicJoin(groupID: group.id, memberID: member.id)
        guard timers.deadline(of: timer) == nil else { return }
        timers.arm(timer, at: now.uptime + member.rebalanceTimeout)
    }

    /// Members of the classic protocol leave, or are removed by an administrator.
    mutating func leaveConsumerGroup(
        _ group: ConsumerGroup, _ identities: [LeaveGroupRequest.MemberIdentity], image: ClusterMetadataImage,
        at now: CoordinatorTime
    ) -> (members: [LeaveGroupResponse.MemberResponse], output: GroupOutput) {
        var leaving: [ConsumerGroupMember] = []
        let responses = identities.map { identity in
            LeaveGroupResponse.MemberResponse.with {
                $0.memberID = identity.memberID
                $0.groupInstanceID = identity.groupInstanceID
                do throws(Refusal) {
                    let member = try group.leavingMember(identity)
                    $0.memberID = member.id
                    if !leaving.contains(where: { $0.id == member.id }) { leaving.append(member) }
                } catch {
                    $0.errorCode = error.code
                }
            }
        }
        return (responses, remove(leaving, from: group, image, at: now))
    }
}

// MARK: - Checks

extension ConsumerGroup {
    /// What a classic member wants that may join.
    fileprivate func subscription(
        of join: ClassicJoin, memberID: String, _ settings: GroupSettings
    ) throws(Refusal) -> ConsumerProtocolSubscription {
        if members.count >= settings.consumerMaxSize, members[memberID] == nil {
            throw Refusal(
                .groupMaxSizeReached,
                "The consumer group has reached its maximum capacity of \(settings.consumerMaxSize) members.")
        }
        let (type, protocols) = (join.request.protocolType, join.request.protocols)
        guard type == ClassicGroup.consumerProtocolType,
            protocols.contains(where: { (classicProtocols[$0.name] ?? 0) == classicMemberCount }),
            let subscription = protocols.first.flatMap({ ConsumerProtocolSubscription.read($0.metadata) })
        else {
            throw Refusal(.inconsistentGroupProtocol, "Member \(memberID)'s protocols are not supported.")
        }
        return subscription
    }

    /// The member of that id or instance id, whichever protocol it is of.
    private func member(_ memberID: String, instanceID: String?) throws(Refusal) -> ConsumerGroupMember {
        guard let instanceID else { return try member(memberID) }
        return try staticMember(instanceID, as: memberID)
    }

    fileprivate func classicMember(
        _ memberID: String, instanceID: String?, generation: Int32
    ) throws(Refusal) -> ConsumerGroupMember {
        let member = try member(memberID, instanceID: instanceID)
        try member.requireClassic()
        guard member.epoch == generation else {
            throw Refusal(
                .illegalGeneration,
                "The request generation id \(generation) is not equal to the member epoch \(member.epoch) of member "
                    + "\(member.id).")
        }
        return member
    }

    /// Administrators name static members by their instance id alone.
    fileprivate func leavingMember(
        _ identity: LeaveGroupRequest.MemberIdentity
    ) throws(Refusal) -> ConsumerGroupMember {
        let member: ConsumerGroupMember
        if identity.memberID.isEmpty, let instanceID = identity.groupInstanceID {
            guard let existing = staticMember(instanceID) else {
                throw Refusal(.unknownMemberID, "Instance id \(instanceID) is unknown.")
            }
            member = existing
        } else {
            member = try self.member(identity.memberID, instanceID: identity.groupInstanceID)
        }
        try member.requireClassic()
        return member
    }

    /// A member joins again if the group has gone on, if it has partitions to give back, or if all that it waits for is
    /// free.
    fileprivate func shouldJoinAgain(_ member: ConsumerGroupMember) -> Bool {
        if member.epoch < epoch || member.state == .unrevokedPartitions { return true }
        guard member.state == .unreleasedPartitions else { return false }
        let missing = (targets[member.id] ?? PartitionAssignment()).subtracting(member.assigned)
        return missing.filter { owners[$0] != nil }.isEmpty
    }
}

extension ConsumerGroupMember {
    fileprivate func requireClassic() throws(Refusal) {
        guard usesClassicProtocol else {
            throw Refusal(.unknownMemberID, "Member \(id) does not use the classic protocol.")
        }
    }

    fileprivate func checkProtocol(_ request: SyncGroupRequest) throws(Refusal) {
        let name = classicMetadata?.supportedProtocols.first?.name
        if let type = request.protocolType, type != ClassicGroup.consumerProtocolType {
            throw Refusal(.inconsistentGroupProtocol, "The group's protocol type is not \(type).")
        }
        if let wanted = request.protocolName, wanted != name {
            throw Refusal(.inconsistentGroupProtocol, "The member's protocol is not \(wanted).")
        }
    }
}

// MARK: - Joining

extension ConsumerGroupDecision {
    fileprivate mutating func decideJoin(
        _ join: ClassicJoin, memberID: String, _ subscription: ConsumerProtocolSubscription
    ) throws(Refusal) -> JoinGroupResponse {
        let (before, previous) = try classicMemberBefore(join, memberID)
        let asked = join.member(id: memberID)
        var updated = before
        if let instanceID = join.request.groupInstanceID { updated.instanceID = instanceID }
        if let rackID = subscription.rackID { updated.rackID = rackID }
        updated.client = join.client
        updated.subscription = MemberSubscription(topicNames: subscription.topics)
        updated.rebalanceTimeoutMs = Int32(clamping: asked.rebalanceTimeout.wholeMilliseconds)
        updated.classicMetadata = asked.classicMetadata
        if previous == nil || updated != before {
            records.append(ConsumerGroup.memberRecord(group.id, updated))
        }
        let after = try reconcileAfterUpdate(
            updated, before: before, previous: previous, owned: owned(subscription)
        ) { _ in true }
        cancel(.classicJoin(groupID: group.id, memberID: memberID))
        cancel(.revocation(groupID: group.id, memberID: memberID))
        arm(.session(groupID: group.id, memberID: memberID), in: join.sessionTimeout)
        arm(.classicSync(groupID: group.id, memberID: memberID), in: asked.rebalanceTimeout)
        return .with {
            $0.memberID = memberID
            $0.generationID = after.epoch
            $0.protocolType = ClassicGroup.consumerProtocolType
            $0.protocolName = asked.protocols.first?.name
        }
    }

    private mutating func classicMemberBefore(
        _ join: ClassicJoin, _ memberID: String
    ) throws(Refusal) -> (ConsumerGroupMember, ConsumerGroupMember?) {
        let isNew = join.request.memberID.isEmpty
        if let instanceID = join.request.groupInstanceID {
            guard isNew else {
                let existing = try group.staticMember(instanceID, as: memberID)
                return (existing, existing)
            }
            if let existing = group.staticMember(instanceID) { return (replace(existing, by: memberID), existing) }
        }
        let existing = group.members[memberID]
        return (existing ?? ConsumerGroupMember(id: memberID), existing)
    }

    /// What the member says it has.
    private func owned(
        _ subscription: ConsumerProtocolSubscription
    ) -> [ConsumerGroupHeartbeatRequest.TopicPartitions] {
        subscription.ownedPartitions.compactMap { topic in
            image.topic(named: topic.topic).map { topicImage in
                .with {
                    $0.topicID = topicImage.id
                    $0.partitions = topic.partitions
                }
            }
        }
    }
}
