import KafkaProtocol

/// What is decided about one group, step by step: records, timers and soft state, for a group that does not change
/// until the records are replayed.
struct ConsumerGroupDecision {
    let group: ConsumerGroup
    let image: ClusterMetadataImage
    let settings: GroupSettings
    let now: CoordinatorTime
    var records: [GroupRecord] = []
    /// For those who waited for something else.
    var answers: [GroupAnswer] = []
    /// Patterns to be matched.
    var patterns: [String] = []
    /// Timers and when they are due from now on; nil cancels one.
    var timers: [(timer: GroupTimer, delay: Duration?)] = []
    /// Nil while it is as it was.
    var soft: ConsumerGroup.Soft?

    init(_ group: ConsumerGroup, _ image: ClusterMetadataImage, _ settings: GroupSettings, at now: CoordinatorTime) {
        self.group = group
        self.image = image
        self.settings = settings
        self.now = now
    }

    mutating func changeSoft(_ change: (inout ConsumerGroup.Soft) -> Void) {
        var soft = soft ?? group.soft
        change(&soft)
        self.soft = soft
    }

    mutating func arm(_ timer: GroupTimer, in delay: Duration) { timers.append((timer, delay)) }
    mutating func cancel(_ timer: GroupTimer) { timers.append((timer, nil)) }

    mutating func cancelTimers(of memberID: String) {
        for timer in GroupTimer.all(of: memberID, in: group.id) { cancel(timer) }
    }

    // MARK: - Epochs

    /// Looks at the subscribed topics again where it may be needed, and bumps the group's epoch if they have changed or
    /// `isBumped` says so. Returns the epoch.
    mutating func updateTopics(of subscriptions: [MemberSubscription: Int], isBumped: Bool) -> Int32 {
        guard isBumped || group.soft.image != image else { return group.epoch }
        let image = image
        changeSoft { $0.image = image }
        let topics = subscriptions.keys.topics(in: image, group.resolvedPatterns)
        guard writeTopics(topics) || isBumped else { return group.epoch }
        return bumpEpoch()
    }

    /// Writes the subscribed topics down if they are not as they were.
    mutating func writeTopics(_ topics: [SubscribedTopic]) -> Bool {
        guard topics != group.subscribedTopics else { return false }
        records.append(ConsumerGroup.subscribedTopicsRecord(group.id, topics))
        return true
    }

    mutating func bumpEpoch() -> Int32 {
        let epoch = group.epoch &+ 1
        records.append(ConsumerGroup.epochRecord(group.id, epoch))
        return epoch
    }

    // MARK: - Target assignment

    /// Computes the target assignment of an epoch in which `member` has come in the place of `previous`, and writes down
    /// what has changed. Returns what the member shall have.
    mutating func updateTarget(
        epoch: Int32, subscriptions: [MemberSubscription: Int], member: ConsumerGroupMember,
        previous: ConsumerGroupMember?
    ) -> PartitionAssignment {
        var memberIDs = group.memberIDs
        if let previous, previous.id != member.id { memberIDs.removeAll { $0 == previous.id } }
        if memberIDs.partitioned(at: member.id) == nil {
            memberIDs.insert(member.id, at: memberIDs.partitioningIndex { $0 >= member.id })
        }
        let topics = subscriptions.keys.topics(in: image, group.resolvedPatterns)
        let situation = TargetSituation(group, topics, subscriptions)
            .situation(memberIDs, updated: member, replacing: previous)
        var assignors = group.assignors
        assignors.count(previous?.serverAssignor, -1)
        assignors.count(member.serverAssignor, 1)
        let results = settings.assignor(group.preferredAssignor(assignors)).assign(situation)
        var result = PartitionAssignment()
        for (memberID, target) in zip(memberIDs, results) {
            if group.targets[memberID] != target {
                records.append(ConsumerGroup.targetRecord(group.id, memberID, target))
            }
            if memberID == member.id { result = target }
        }
        records.append(ConsumerGroup.targetEpochRecord(group.id, epoch))
        return result
    }

    // MARK: - Reconciliation

    /// Takes the member a step towards its target, unless it is there.
    mutating func reconcile(
        _ member: ConsumerGroupMember, targetEpoch: Int32, target: PartitionAssignment, subscriptionChanged: Bool,
        owned: [ConsumerGroupHeartbeatRequest.TopicPartitions]?
    ) throws(Refusal) -> ConsumerGroupMember {
        if !subscriptionChanged, member.isReconciled(to: targetEpoch) { return member }
        let next = try MemberReconciliation(
            group: group, image: image, member: member, targetEpoch: targetEpoch, target: target,
            subscriptionChanged: subscriptionChanged, owned: owned
        ).next()
        guard next != member else { return member }
        records.append(ConsumerGroup.assignmentRecord(group.id, next))
        // Members of the classic protocol have timers of their own.
        guard !next.usesClassicProtocol else { return next }
        let timer = GroupTimer.revocation(groupID: group.id, memberID: next.id)
        if next.state == .unrevokedPartitions { arm(timer, in: next.rebalanceTimeout) } else { cancel(timer) }
        return next
    }
}

extension [String] {
    /// The position of `element` in an array that is in order.
    fileprivate func partitioned(at element: String) -> Int? {
        let position = partitioningIndex { $0 >= element }
        return position < count && self[position] == element ? position : nil
    }
}

extension GroupSettings {
    /// The assignors that members may ask for.
    var knownAssignors: [String] { consumerAssignors.filter { ConsumerGroupAssignors.named($0) != nil } }

    /// The assignor of that name, or the default.
    func assignor(_ name: String?) -> any ConsumerGroupAssignor.Type {
        let known = knownAssignors
        let chosen = name.flatMap { known.contains($0) ? $0 : nil } ?? known.first
        return chosen.flatMap { ConsumerGroupAssignors.named($0) } ?? UniformAssignor.self
    }
}

extension GroupTimer {
    /// What can be armed for a member.
    static func all(of memberID: String, in groupID: String) -> [GroupTimer] {
        [
            .session(groupID: groupID, memberID: memberID), .revocation(groupID: groupID, memberID: memberID),
            .classicJoin(groupID: groupID, memberID: memberID), .classicSync(groupID: groupID, memberID: memberID),
        ]
    }
}

/// Puts together what an assignor goes by.
private struct TargetSituation {
    private let group: ConsumerGroup
    private let topics: [AssignmentSituation.Topic]
    private let positions: [MemberSubscription: Int]
    private let subscriptions: [[Int]]

    init(_ group: ConsumerGroup, _ subscribed: [SubscribedTopic], _ subscriptions: [MemberSubscription: Int]) {
        self.group = group
        let sorted = subscribed.sorted { $0.id.precedes($1.id) }
        topics = sorted.map { AssignmentSituation.Topic(id: $0.id, partitionCount: Int($0.partitionCount)) }
        var (positions, lists): ([MemberSubscription: Int], [[Int]]) = ([:], [])
        for subscription in subscriptions.keys {
            positions[subscription] = lists.count
            let names = subscription.topics(group.resolvedPatterns)
            lists.append(sorted.indices.filter { names.contains(sorted[$0].name) })
        }
        self.positions = positions
        self.subscriptions = lists
    }

    /// The members with those ids, of which one is updated, and has perhaps replaced another.
    func situation(
        _ memberIDs: [String], updated: ConsumerGroupMember, replacing previous: ConsumerGroupMember?
    ) -> AssignmentSituation {
        AssignmentSituation(
            topics: topics, subscriptions: subscriptions,
            members: memberIDs.compactMap { memberID in
                guard let member = memberID == updated.id ? updated : group.members[memberID] else { return nil }
                let holder = memberID == updated.id ? previous?.id ?? memberID : memberID
                return AssignmentSituation.Member(
                    id: memberID, instanceID: member.instanceID,
                    // To look for the only one that there is would take longer than all the rest.
                    subscription: subscriptions.count == 1 ? 0 : positions[member.subscription] ?? 0,
                    current: group.targets[holder] ?? PartitionAssignment())
            })
    }
}
