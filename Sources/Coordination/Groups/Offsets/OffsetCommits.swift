package import KafkaProtocol

/// One partition's offset in a commit.
package struct OffsetToCommit: Hashable, Sendable {
    package var topic: String
    package var topicID: TopicID
    package var partition: PartitionIndex
    package var offset: Offset
    package var leaderEpoch: LeaderEpoch
    package var metadata: String

    package init(
        topic: String, topicID: TopicID = .zero, partition: PartitionIndex, offset: Offset,
        leaderEpoch: LeaderEpoch = .none, metadata: String = ""
    ) {
        self.topic = topic
        self.topicID = topicID
        self.partition = partition
        self.offset = offset
        self.leaderEpoch = leaderEpoch
        self.metadata = metadata
    }
}

/// Who commits or asks: a member with its generation or epoch; -1 and no id for somebody outside of the group.
package struct GroupMemberIdentity: Hashable, Sendable {
    package var memberID: String
    package var instanceID: String?
    package var generationOrEpoch: Int32

    package init(memberID: String = "", instanceID: String? = nil, generationOrEpoch: Int32 = -1) {
        self.memberID = memberID
        self.instanceID = instanceID
        self.generationOrEpoch = generationOrEpoch
    }
}

/// A group's commit.
package struct OffsetCommitment: Sendable {
    package var groupID: String
    package var member: GroupMemberIdentity
    package var offsets: [OffsetToCommit]
    /// How long the offsets are kept whatever happens, as clients before 2.1 may ask; nil for the group's own rule.
    package var retention: Duration?
    /// The transaction that the offsets are part of.
    package var producer: ProducerID?
    package var version: Int16

    package init(
        groupID: String, member: GroupMemberIdentity = GroupMemberIdentity(), offsets: [OffsetToCommit],
        retention: Duration? = nil, producer: ProducerID? = nil, version: Int16
    ) {
        self.groupID = groupID
        self.member = member
        self.offsets = offsets
        self.retention = retention
        self.producer = producer
        self.version = version
    }
}

extension GroupCoordinatorStateMachine {
    /// OffsetCommit, and what TxnOffsetCommit stores: each offset is written down or refused on its own. The answer is
    /// the codes, in the order of the commit. The records of a transaction belong into a batch of its producer.
    package mutating func commitOffsets(
        _ commit: OffsetCommitment, at now: CoordinatorTime, reply: Reply<[ErrorCode]>
    ) -> GroupOutput {
        do throws(Refusal) {
            try validate(commit, at: now)
        } catch {
            return GroupOutput(answers: [GroupAnswer(reply, refusal: error)])
        }
        var output = GroupOutput()
        let expiry = commit.retention.map { now.wall.advanced(byMilliseconds: $0.wholeMilliseconds) }
        let codes = commit.offsets.map { offset in
            guard offset.metadata.utf8.count <= settings.maxOffsetMetadataBytes else {
                return ErrorCode.offsetMetadataTooLarge
            }
            let value = CommittedOffset(
                offset: offset.offset, leaderEpoch: offset.leaderEpoch, metadata: offset.metadata,
                commitTime: now.wall, expiry: expiry, topicID: offset.topicID)
            let key = OffsetCommitKey.with {
                $0.group = commit.groupID
                $0.topic = offset.topic
                $0.partition = offset.partition
            }
            output.records.append(.offset(key, value.recordValue))
            return .none
        }
        output.answer(reply, codes)
        return output
    }

    private mutating func validate(_ commit: OffsetCommitment, at now: CoordinatorTime) throws(Refusal) {
        guard !commit.groupID.isEmpty else { throw Refusal(.invalidGroupID, "The group has no name.") }
        switch groups[commit.groupID] {
        case nil:
            guard commit.member.generationOrEpoch >= 0 else { return }
            // Before v9 members of classic groups alone commit, and know this code.
            throw commit.version >= 9 && commit.producer == nil
                ? Refusal(.groupIDNotFound, "There is no group \(commit.groupID).")
                : Refusal(.illegalGeneration, "There is no group \(commit.groupID).")
        case .classic(let group):
            let code = group.refusal(of: commit.member, isTransactional: commit.producer != nil)
            guard code == .none else { throw Refusal(code, "The group \(commit.groupID) is \(group.stateName).") }
            // A commit says that the member lives, too.
            guard commit.producer == nil, !commit.member.memberID.isEmpty else { return }
            var effects = GroupEffects(now: now, settings: settings)
            group.keepAlive(commit.member.memberID, &effects)
            apply(effects)
        case .consumer(let group): try validate(commit, of: group)
        }
    }
}

extension ClassicGroup {
    /// Whether the group lets `member` commit now.
    func refusal(of member: GroupMemberIdentity, isTransactional: Bool) -> ErrorCode {
        if member.generationOrEpoch < 0, isEmpty { return .none }
        if member.generationOrEpoch >= 0 || !member.memberID.isEmpty || member.instanceID != nil {
            let code = validate(member.memberID, instanceID: member.instanceID)
            if code != .none { return code }
            if member.generationOrEpoch != generation { return .illegalGeneration }
        } else if !isTransactional {
            // While there are members they alone commit.
            return .unknownMemberID
        }
        // It knows its generation, but not its assignment yet: it joins again and commits then.
        return !isTransactional && isCompleting ? .rebalanceInProgress : .none
    }
}
