import KafkaProtocol
import NIOCore
import OrderedCollections

/// Groups go over from one protocol to the other while members are there (KIP-848): to this one when the first member of
/// it joins, and back when the last one goes.
extension GroupCoordinatorStateMachine {
    /// Begins a consumer group in the place of a classic one, whose members go on as classic members of it.
    func convertToConsumerGroup(
        _ classic: ClassicGroup, image: ClusterMetadataImage, at now: CoordinatorTime
    ) throws(Refusal) -> ConsumerGroupDecision {
        var group = ConsumerGroup(id: classic.id)
        var records: [GroupRecord] = []
        if !classic.isEmpty {
            try checkUpgrade(of: classic)
            records = try classic.consumerGroupRecords(image)
            for record in records { group.apply(record) }
        }
        var decision = ConsumerGroupDecision(group, image, settings, at: now)
        decision.records = [classic.tombstone] + records
        // Who waits for a rebalance that does not come any more joins again, and joins the new group.
        decision.answers = classic.abandoned(
            Refusal(.rebalanceInProgress, "The group has become one of the consumer protocol; join again."))
        decision.cancel(.join(groupID: classic.id))
        decision.cancel(.sync(groupID: classic.id))
        for memberID in classic.pendingMembers {
            decision.cancel(.pendingMember(groupID: classic.id, memberID: memberID))
        }
        for member in classic.members.values {
            decision.arm(.session(groupID: classic.id, memberID: member.id), in: member.sessionTimeout)
        }
        return decision
    }

    private func checkUpgrade(of classic: ClassicGroup) throws(Refusal) {
        func refusal(_ reason: String) -> Refusal {
            Refusal(.groupIDNotFound, "Cannot upgrade classic group \(classic.id) to consumer group because \(reason).")
        }
        guard settings.migrationPolicy.allowsUpgrade else { throw refusal("online upgrade is disabled") }
        guard classic.usesConsumerProtocol else {
            throw refusal("the group does not use the consumer embedded protocol")
        }
        guard classic.members.count <= settings.consumerMaxSize else {
            throw refusal("the group size exceeds the consumer group maximum size")
        }
    }

    /// Puts a classic group into the place of a consumer group. It begins with a rebalance.
    mutating func convert(
        _ group: ConsumerGroup, to classic: ClassicGroup, at now: CoordinatorTime,
        _ then: (inout ClassicGroup, inout GroupEffects) -> Void = { _, _ in }
    ) -> GroupOutput {
        groups[group.id] = .classic(classic)
        return changeClassic(group.id, at: now) { classic, effects in
            effects.output.records = group.tombstones
            // Of the generation that is to come: after a restart, which ends the rebalance, members have to join all the
            // same, as nobody has what those who went had.
            var next = classic
            next.generation &+= 1
            effects.write(next.record(at: now.wall))
            classic.stateTimestamp = next.stateTimestamp
            for memberID in group.memberIDs {
                for timer in GroupTimer.all(of: memberID, in: group.id) { effects.cancel(timer) }
            }
            for memberID in classic.members.keys { classic.keepAlive(memberID, &effects) }
            classic.prepareRebalance(&effects)
            then(&classic, &effects)
        } ?? GroupOutput()
    }
}

extension ClassicGroup {
    /// The consumer group that this one becomes: everybody has what it has, in an epoch that is the generation.
    fileprivate func consumerGroupRecords(_ image: ClusterMetadataImage) throws(Refusal) -> [GroupRecord] {
        var taken = PartitionAssignment()
        var converted: [ConsumerGroupMember] = []
        for member in members.values {
            var member = try consumerGroupMember(member, image)
            // Two that were assigned the same by a client's own assignor.
            member.assigned = member.assigned.subtracting(taken)
            taken = taken.union(member.assigned)
            converted.append(member)
        }
        return converted.map { ConsumerGroup.memberRecord(id, $0) } + [ConsumerGroup.epochRecord(id, generation)]
            + converted.map { ConsumerGroup.targetRecord(id, $0.id, $0.assigned) }
            + [ConsumerGroup.targetEpochRecord(id, generation)]
            + converted.map { ConsumerGroup.assignmentRecord(id, $0) }
    }

    private func consumerGroupMember(
        _ member: ClassicMember, _ image: ClusterMetadataImage
    ) throws(Refusal) -> ConsumerGroupMember {
        let name = protocolName ?? member.protocols.first?.name ?? ""
        guard let subscription = ConsumerProtocolSubscription.read(member.metadata(for: name)),
            let assignment = ConsumerProtocolAssignment.read(member.assignment)
        else {
            throw Refusal(
                .groupIDNotFound,
                "Cannot upgrade classic group \(id) to consumer group because the embedded consumer protocol is "
                    + "malformed.")
        }
        guard (assignment.userData?.readableBytes ?? 0) == 0 else {
            throw Refusal(
                .groupIDNotFound,
                "Cannot upgrade classic group \(id) to consumer group because an unsupported custom assignor is in use. "
                    + "Please switch to a default assignor before re-attempting the upgrade.")
        }
        var result = ConsumerGroupMember(id: member.id)
        result.instanceID = member.instanceID
        result.rackID = subscription.rackID
        result.client = member.client
        result.subscription = MemberSubscription(topicNames: subscription.topics)
        result.rebalanceTimeoutMs = Int32(clamping: member.rebalanceTimeout.wholeMilliseconds)
        result.classicMetadata = member.classicMetadata
        result.epoch = generation
        result.previousEpoch = generation
        result.assigned = assignment.partitions(image)
        return result
    }
}

extension ClassicMember {
    var classicMetadata: ConsumerGroupMember.ClassicMetadata {
        .with {
            $0.sessionTimeoutMs = Int32(clamping: sessionTimeout.wholeMilliseconds)
            $0.supportedProtocols = protocols.map { item in
                .with {
                    $0.name = item.name
                    $0.metadata = item.metadata
                }
            }
        }
    }
}

extension ConsumerGroup {
    /// The classic group that is left when members go; nil if others of the consumer protocol stay, or if it must not be.
    /// Nobody need stay where somebody comes in the place of who goes.
    func downgraded(
        without leaving: Set<String>, isReplacement: Bool = false, _ image: ClusterMetadataImage,
        _ settings: GroupSettings
    ) -> ClassicGroup? {
        // Nearly all groups.
        guard classicMemberCount > 0 || isReplacement, settings.migrationPolicy.allowsDowngrade else { return nil }
        let staying = memberIDs.filter { !leaving.contains($0) }.compactMap { members[$0] }
        guard !staying.isEmpty || isReplacement, staying.count <= settings.maxSize,
            staying.allSatisfy(\.usesClassicProtocol)
        else {
            return nil
        }
        var classic = ClassicGroup(id: id)
        classic.protocolType = ClassicGroup.consumerProtocolType
        classic.generation = epoch
        for member in staying { classic.put(classicMember(member, image)) }
        if staying.isEmpty { return classic }
        guard let protocolName = classic.selectProtocol() else { return nil }
        classic.protocolName = protocolName
        classic.subscribedTopics = classic.computeSubscribedTopics()
        classic.state = .stable(ClassicGroup.Stable())
        return classic
    }

    private func classicMember(_ member: ConsumerGroupMember, _ image: ClusterMetadataImage) -> ClassicMember {
        var result = ClassicMember(
            id: member.id, instanceID: member.instanceID, client: member.client,
            rebalanceTimeout: member.rebalanceTimeout, sessionTimeout: member.classicSessionTimeout,
            protocols: member.classicMetadata?.supportedProtocols.map { .init(name: $0.name, metadata: $0.metadata) }
                ?? [])
        // What it still has, and not what it should have: the rebalance that follows decides on that.
        result.assignment = member.assigned.union(member.pendingRevocation)
            .consumerProtocolBytes(version: member.consumerProtocolVersion, image)
        return result
    }
}

extension ConsumerGroupMember {
    /// Of a member of the classic protocol.
    var classicSessionTimeout: Duration { .milliseconds(Int64(classicMetadata?.sessionTimeoutMs ?? 0)) }

    /// The version of the embedded protocol that a classic member can read.
    var consumerProtocolVersion: Int16 {
        let metadata = classicMetadata?.supportedProtocols.first?.metadata
        return metadata.flatMap { $0.getInteger(at: $0.readerIndex, as: Int16.self) } ?? 0
    }
}

// MARK: - Assignments of the embedded protocol

extension ConsumerProtocolAssignment {
    /// What a leader has assigned: nothing, where there are no bytes; nil where they are something else.
    static func read(_ bytes: ByteBuffer) -> ConsumerProtocolAssignment? {
        var body = bytes
        guard body.readableBytes > 0 else { return ConsumerProtocolAssignment() }
        guard let version = body.readInteger(as: Int16.self), version >= versions.lowerBound else { return nil }
        return try? decodePrefix(of: &body, version: min(version, versions.upperBound))
    }

    func partitions(_ image: ClusterMetadataImage) -> PartitionAssignment {
        PartitionAssignment(
            assignedPartitions.lazy.compactMap { topic in
                image.topic(named: topic.topic).map { ($0.id, topic.partitions) }
            })
    }
}

extension PartitionAssignment {
    /// As members of the classic protocol get it. Topics that have gone are left out.
    func consumerProtocolBytes(version: Int16, _ image: ClusterMetadataImage) -> ByteBuffer {
        let versions = ConsumerProtocolAssignment.versions
        let version = min(max(version, versions.lowerBound), versions.upperBound)
        let assignment = ConsumerProtocolAssignment.with {
            $0.assignedPartitions = topics.compactMap { topic in
                image.topic(id: topic.id).map { topicImage in
                    .with {
                        $0.topic = topicImage.name
                        $0.partitions = topic.partitions
                    }
                }
            }
        }
        var bytes = ByteBuffer()
        bytes.writeInteger(version)
        // Names of topics are short enough for any message.
        _ = try? assignment.encode(into: &bytes, version: version)
        return bytes
    }
}
