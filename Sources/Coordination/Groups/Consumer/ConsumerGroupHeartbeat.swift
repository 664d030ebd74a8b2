package import KafkaProtocol

/// ConsumerGroupHeartbeat: members join, stay, say what they want and have, and leave.
extension GroupCoordinatorStateMachine {
    /// - Parameters:
    ///   - client: who sends the request.
    ///   - image: the topics as they are now.
    ///   - overrides: what the group itself is configured to.
    ///   - isValidPattern: whether a regular expression that is new to the group can be compiled.
    package mutating func consumerGroupHeartbeat(
        _ request: ConsumerGroupHeartbeatRequest, version: Int16, from client: GroupClient,
        image: ClusterMetadataImage, overrides: GroupOverrides = GroupOverrides(),
        isValidPattern: (String) -> Bool, at now: CoordinatorTime, reply: Reply<ConsumerGroupHeartbeatResponse>
    ) -> GroupOutput {
        do throws(Refusal) {
            guard settings.servesConsumerGroups else {
                throw Refusal(.unsupportedVersion, "The consumer group protocol is turned off on this broker.")
            }
            try request.validate(version: version, assignors: settings.knownAssignors)
            guard request.memberEpoch >= 0 else { return try leaveConsumerGroup(request, image, at: now, reply) }
            let memberID =
                request.memberID.isEmpty ? KafkaUUID.random(using: &generator).description : request.memberID
            var heartbeat = ConsumerHeartbeat(
                try decision(for: request, image, at: now), request, memberID: memberID, client: client)
            let response = try heartbeat.decide(overrides, isValidPattern)
            return finish(heartbeat.decision, GroupAnswer(reply, response))
        } catch {
            return GroupOutput(answers: [GroupAnswer(reply, refusal: error)])
        }
    }

    /// The group of a heartbeat, as a member that joins finds it or makes it.
    private func decision(
        for request: ConsumerGroupHeartbeatRequest, _ image: ClusterMetadataImage, at now: CoordinatorTime
    ) throws(Refusal) -> ConsumerGroupDecision {
        let isJoining = request.memberEpoch == 0
        switch groups[request.groupID] {
        case .consumer(let group)?: return ConsumerGroupDecision(group, image, settings, at: now)
        case nil where isJoining:
            return ConsumerGroupDecision(ConsumerGroup(id: request.groupID), image, settings, at: now)
        case nil: throw Refusal(.groupIDNotFound, "Consumer group \(request.groupID) not found.")
        case .classic(let classic)?:
            guard isJoining else {
                throw Refusal(.groupIDNotFound, "Group \(request.groupID) is not a consumer group.")
            }
            return try convertToConsumerGroup(classic, image: image, at: now)
        }
    }

    /// Puts into effect what is not in records.
    mutating func finish(_ decision: ConsumerGroupDecision, _ answer: GroupAnswer? = nil) -> GroupOutput {
        for (timer, delay) in decision.timers {
            if let delay { timers.arm(timer, at: decision.now.uptime + delay) } else { timers.cancel(timer) }
        }
        if let soft = decision.soft { changeSoft(of: decision.group.id) { $0 = soft } }
        var output = GroupOutput(records: decision.records, answers: decision.answers)
        if let answer { output.answers.append(answer) }
        if !decision.patterns.isEmpty {
            output.patterns = [PatternMatching(groupID: decision.group.id, patterns: decision.patterns)]
        }
        return output
    }

    /// Changes the soft state of a group that is there already.
    mutating func changeSoft(of groupID: String, _ change: (inout ConsumerGroup.Soft) -> Void) {
        guard let position = groups.index(forKey: groupID), case .consumer(var group) = groups.values[position] else {
            return
        }
        change(&group.soft)
        groups.values[position] = .consumer(group)
    }
}

/// A heartbeat of a member that joins or stays.
struct ConsumerHeartbeat {
    var decision: ConsumerGroupDecision
    let request: ConsumerGroupHeartbeatRequest
    let memberID: String
    let client: GroupClient

    init(
        _ decision: ConsumerGroupDecision, _ request: ConsumerGroupHeartbeatRequest, memberID: String,
        client: GroupClient
    ) {
        self.decision = decision
        self.request = request
        self.memberID = memberID
        self.client = client
    }

    private var group: ConsumerGroup { decision.group }
    private var isJoining: Bool { request.memberEpoch == 0 }

    mutating func decide(
        _ overrides: GroupOverrides, _ isValidPattern: (String) -> Bool
    ) throws(Refusal) -> ConsumerGroupHeartbeatResponse {
        if group.members.count >= decision.settings.consumerMaxSize, group.members[memberID] == nil {
            throw Refusal(
                .groupMaxSizeReached,
                "The consumer group has reached its maximum capacity of \(decision.settings.consumerMaxSize) members.")
        }
        let (before, previous) = try memberBefore()
        let updated = member(from: before)
        if previous == nil || updated != before {
            decision.records.append(ConsumerGroup.memberRecord(group.id, updated))
        }
        let after = try decision.reconcileAfterUpdate(
            updated, before: before, previous: previous, owned: request.topicPartitions, isValidPattern)
        decision.arm(
            .session(groupID: group.id, memberID: memberID),
            in: overrides.consumerSessionTimeout ?? decision.settings.consumerSessionTimeout)
        let interval = overrides.consumerHeartbeatInterval ?? decision.settings.consumerHeartbeatInterval
        return response(before: before, after: after, interval: interval)
    }

    private func response(
        before: ConsumerGroupMember, after: ConsumerGroupMember, interval: Duration
    ) -> ConsumerGroupHeartbeatResponse {
        var response = ConsumerGroupHeartbeatResponse()
        response.memberID = after.id
        response.memberEpoch = after.epoch
        response.heartbeatIntervalMs = Int32(clamping: interval.wholeMilliseconds)
        if isJoining || request.isFull || before.assigned != after.assigned {
            response.assignment = .with {
                $0.topicPartitions = after.assigned.topics.map { topic in
                    .with {
                        $0.topicID = topic.id
                        $0.partitions = topic.partitions
                    }
                }
            }
        }
        return response
    }

    /// The member with what the request says of it.
    private func member(from before: ConsumerGroupMember) -> ConsumerGroupMember {
        var member = before
        if let instanceID = request.instanceID { member.instanceID = instanceID }
        if let rackID = request.rackID { member.rackID = rackID }
        if request.rebalanceTimeoutMs != -1 { member.rebalanceTimeoutMs = request.rebalanceTimeoutMs }
        if let assignor = request.serverAssignor { member.serverAssignor = assignor }
        if request.subscribedTopicNames != nil || request.subscribedTopicRegex != nil {
            member.subscription = MemberSubscription(
                topicNames: request.subscribedTopicNames ?? before.subscription.topicNames,
                pattern: request.subscribedTopicRegex ?? before.subscription.pattern)
        }
        member.client = client
        member.classicMetadata = nil
        return member
    }

    // MARK: - Who it is

    /// The member as it was, a new one if it joins; and who has its place in the group until now: itself, the static
    /// member that it replaces, or nobody.
    private mutating func memberBefore() throws(Refusal) -> (ConsumerGroupMember, ConsumerGroupMember?) {
        if let instanceID = request.instanceID { return try staticMemberBefore(instanceID) }
        let existing = isJoining ? group.members[memberID] : try group.member(memberID)
        guard let existing else { return (ConsumerGroupMember(id: memberID), nil) }
        try validateEpoch(of: existing)
        return (existing, existing)
    }

    private mutating func staticMemberBefore(
        _ instanceID: String
    ) throws(Refusal) -> (ConsumerGroupMember, ConsumerGroupMember?) {
        guard isJoining else {
            let existing = try group.staticMember(instanceID, as: memberID)
            try validateEpoch(of: existing)
            return (existing, existing)
        }
        guard let existing = group.staticMember(instanceID) else {
            let member = group.members[memberID]
            return (member ?? ConsumerGroupMember(id: memberID), member)
        }
        if !existing.usesClassicProtocol, existing.epoch != ConsumerGroup.staticLeavingEpoch {
            throw Refusal(
                .unreleasedInstanceID,
                "Static member \(memberID) with instance id \(instanceID) cannot join the group because the instance id "
                    + "is owned by member \(existing.id).")
        }
        return (decision.replace(existing, by: memberID), existing)
    }

    private func validateEpoch(of member: ConsumerGroupMember) throws(Refusal) {
        let epoch = request.memberEpoch
        // Whoever was fenced begins again with 0, and has given up all that it had.
        // But a late join of one that still has to give something back is not taken for its word.
        if epoch == 0, member.state != .unrevokedPartitions || member.epoch == 0 { return }
        if epoch == member.epoch { return }
        // The answer that told the new epoch may have been lost.
        if epoch < member.epoch, epoch == member.previousEpoch, request.ownsSubset(of: member.assigned) { return }
        throw Refusal(
            .fencedMemberEpoch,
            "The consumer group member has a \(epoch > member.epoch ? "greater" : "smaller") member epoch (\(epoch)) "
                + "than the one known by the group coordinator (\(member.epoch)). The member must abandon all its "
                + "partitions and rejoin.")
    }
}

extension ConsumerGroup {
    /// The static member, if that is who it says: UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID.
    func staticMember(_ instanceID: String, as memberID: String) throws(Refusal) -> ConsumerGroupMember {
        guard let member = staticMember(instanceID) else {
            throw Refusal(.unknownMemberID, "Instance id \(instanceID) is unknown.")
        }
        guard member.id == memberID else {
            throw Refusal(
                .fencedInstanceID,
                "Static member \(memberID) with instance id \(instanceID) was fenced by member \(member.id).")
        }
        return member
    }
}

extension ConsumerGroupDecision {
    /// Lets a static member come back under another id. It takes over what the old one had.
    mutating func replace(_ existing: ConsumerGroupMember, by memberID: String) -> ConsumerGroupMember {
        let member = existing.renamed(memberID)
        records += ConsumerGroup.tombstones(ofMember: existing.id, of: group.id)
        records.append(ConsumerGroup.memberRecord(group.id, member))
        records.append(
            ConsumerGroup.targetRecord(group.id, memberID, group.targets[existing.id] ?? PartitionAssignment()))
        records.append(ConsumerGroup.assignmentRecord(group.id, member))
        cancelTimers(of: existing.id)
        return member
    }

    /// What follows when a member is as it is now: patterns, the group's epoch, the target assignment, the member's own
    /// next step.
    mutating func reconcileAfterUpdate(
        _ updated: ConsumerGroupMember, before: ConsumerGroupMember, previous: ConsumerGroupMember?,
        owned: [ConsumerGroupHeartbeatRequest.TopicPartitions]?, _ isValidPattern: (String) -> Bool
    ) throws(Refusal) -> ConsumerGroupMember {
        let namesChanged = updated.subscription.topicNames != before.subscription.topicNames
        let subscriptions =
            previous?.subscription == updated.subscription
            ? group.subscriptions : group.subscriptions(replacing: previous, by: updated)
        let pattern = try updatePatterns(
            from: before.subscription.pattern, to: updated.subscription.pattern, subscriptions, isValidPattern)
        // A pattern that is not resolved yet will bump the epoch when it is.
        let epoch = updateTopics(
            of: subscriptions, isBumped: group.epoch == 0 || namesChanged || pattern == .changedAndResolved)
        let target: PartitionAssignment
        let targetEpoch: Int32
        if epoch > group.assignmentEpoch {
            target = updateTarget(
                epoch: epoch, subscriptions: subscriptions, member: updated, previous: previous)
            targetEpoch = epoch
        } else {
            target = group.target(of: updated)
            targetEpoch = group.assignmentEpoch
        }
        return try reconcile(
            updated, targetEpoch: targetEpoch, target: target,
            subscriptionChanged: namesChanged || pattern != .unchanged, owned: owned)
    }
}
