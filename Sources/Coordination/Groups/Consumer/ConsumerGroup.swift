package import KafkaProtocol

/// A group of the consumer protocol (KIP-848): the broker assigns the partitions, and members go at their own pace from
/// what they have to what they shall have.
///
/// The group's epoch rises with whatever calls for a new assignment; the target assignment is computed for an epoch; each
/// member reaches that epoch when it has given back what others shall have. All of it is durable, and changes only when
/// records are replayed; ``soft`` does not outlive the process.
package struct ConsumerGroup: Sendable {
    package let id: String
    package internal(set) var epoch: Int32 = 0
    /// The epoch of the target assignment.
    package internal(set) var assignmentEpoch: Int32 = 0
    package internal(set) var members: [String: ConsumerGroupMember] = [:]
    /// In order, so that what is done for each member is done in the same order every time.
    package internal(set) var memberIDs: [String] = []
    /// What each member shall have.
    package internal(set) var targets: [String: PartitionAssignment] = [:]
    /// The topics that members are subscribed to, by name, as they were at the group's epoch.
    package internal(set) var subscribedTopics: [SubscribedTopic] = []
    package internal(set) var resolvedPatterns: [String: ResolvedPattern] = [:]

    // What follows from the members.
    /// Member ids by instance id.
    var staticMembers: [String: String] = [:]
    /// Who has a partition, or has still to give it back.
    var owners: [TopicPartitionID: String] = [:]
    /// How many members have each subscription. Most groups have one.
    var subscriptions: [MemberSubscription: Int] = [:]
    /// How many members ask for each assignor.
    var assignors: [String: Int] = [:]
    /// Members of the classic protocol, and how many of them support each of their protocols.
    var classicMemberCount = 0
    var classicProtocols: [String: Int] = [:]

    var soft = Soft()

    package init(id: String) { self.id = id }

    /// The epoch in a request to leave.
    static let leavingEpoch: Int32 = -1
    /// The epoch of a static member that is away for a while, and in the request that says so.
    static let staticLeavingEpoch: Int32 = -2

    /// What is known only as long as the process lives.
    struct Soft: Sendable {
        /// In which the subscribed topics were looked at last.
        var image: ClusterMetadataImage?
        /// With whose topics the patterns were asked to be matched last.
        var patternImage: ClusterMetadataImage?
        /// Patterns are being matched since then.
        var matchingSince: Duration?
    }
}

/// A topic that a group is subscribed to.
package struct SubscribedTopic: Hashable, Sendable {
    package let name: String
    package let id: TopicID
    package let partitionCount: Int32
}

/// Two groups are equal if the log says the same of them.
extension ConsumerGroup: Equatable {
    package static func == (left: ConsumerGroup, right: ConsumerGroup) -> Bool {
        left.id == right.id && left.epoch == right.epoch && left.assignmentEpoch == right.assignmentEpoch
            && left.members == right.members && left.memberIDs == right.memberIDs && left.targets == right.targets
            && left.subscribedTopics == right.subscribedTopics && left.resolvedPatterns == right.resolvedPatterns
            && left.staticMembers == right.staticMembers && left.owners == right.owners
            && left.subscriptions == right.subscriptions && left.assignors == right.assignors
            && left.classicMemberCount == right.classicMemberCount && left.classicProtocols == right.classicProtocols
    }
}

// MARK: - Questions

extension ConsumerGroup {
    package enum State: String, Sendable {
        case empty = "Empty"
        /// A new target assignment is to be computed.
        case assigning = "Assigning"
        /// Members are on the way to their targets.
        case reconciling = "Reconciling"
        case stable = "Stable"
    }

    package var state: State {
        if members.isEmpty { return .empty }
        if epoch > assignmentEpoch { return .assigning }
        return members.values.allSatisfy { $0.isReconciled(to: assignmentEpoch) } ? .stable : .reconciling
    }

    package var stateName: String { state.rawValue }
    package var isEmpty: Bool { members.isEmpty }

    /// Whether a member reads the topic, so that its offsets are to be kept.
    package func isSubscribed(to topic: String) -> Bool {
        subscriptions.keys.contains { $0.includes(topic, resolvedPatterns) }
    }

    /// The epoch of whoever has the partition; nil if it is free.
    package func ownerEpoch(of partition: TopicPartitionID) -> Int32? {
        owners[partition].flatMap { members[$0]?.epoch }
    }

    func staticMember(_ instanceID: String) -> ConsumerGroupMember? {
        staticMembers[instanceID].flatMap { members[$0] }
    }

    /// What the member shall have, or what the static member shall that it is about to replace.
    func target(of member: ConsumerGroupMember) -> PartitionAssignment {
        let holder = member.instanceID.map { staticMembers[$0] } ?? member.id
        return holder.flatMap { targets[$0] } ?? PartitionAssignment()
    }

    /// How many members have the pattern.
    func subscriberCount(ofPattern pattern: String) -> Int {
        subscriptions.reduce(0) { $1.key.pattern == pattern ? $0 + $1.value : $0 }
    }

    /// How many members have each subscription when `new` has come in the place of `old`.
    func subscriptions(replacing old: ConsumerGroupMember?, by new: ConsumerGroupMember?) -> [MemberSubscription: Int] {
        var result = subscriptions
        result.count(old?.subscription, -1)
        result.count(new?.subscription, 1)
        return result
    }

    /// The assignor that most members ask for.
    func preferredAssignor(_ assignors: [String: Int]) -> String? {
        // Equal ones: by name, so that it is always the same.
        assignors.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
    }
}

extension Dictionary where Value == Int {
    /// Counts `key` up or down; what comes to nothing is forgotten.
    mutating func count(_ key: Key?, _ step: Int) {
        guard let key else { return }
        let count = (self[key] ?? 0) + step
        self[key] = count > 0 ? count : nil
    }
}

extension Sequence<MemberSubscription> {
    /// The topics that exist of those that are subscribed to, by name.
    func topics(in image: ClusterMetadataImage, _ patterns: [String: ResolvedPattern]) -> [SubscribedTopic] {
        var names: Set<String> = []
        for subscription in self { names.formUnion(subscription.topics(patterns)) }
        return names.sorted().compactMap { name in
            image.topic(named: name).map {
                SubscribedTopic(name: name, id: $0.id, partitionCount: Int32(clamping: $0.partitions.count))
            }
        }
    }
}

// MARK: - Offsets

/// Who may commit and fetch offsets.
extension ConsumerGroup {
    /// A commit; one that names no epoch comes from outside of the group, and is good while nobody is in it.
    package func validateOffsetCommit(
        memberID: String, epoch: Int32, version: Int16, isTransactional: Bool = false
    ) throws(Refusal) {
        if epoch < 0, members.isEmpty { return }
        let member = try member(memberID)
        if !isTransactional, !member.usesClassicProtocol, version < 9 {
            throw Refusal(
                .unsupportedVersion,
                "OffsetCommit version 9 or above must be used by members using the modern group protocol.")
        }
        try validate(epoch, of: member)
    }

    /// A fetch; one that names nobody is always good.
    package func validateOffsetFetch(memberID: String?, epoch: Int32) throws(Refusal) {
        if memberID ?? "" == "", epoch < 0 { return }
        try validateMember(memberID: memberID ?? "", epoch: epoch)
    }

    /// Whether it is a member, and in that epoch: UNKNOWN_MEMBER_ID, STALE_MEMBER_EPOCH.
    package func validateMember(memberID: String, epoch: Int32) throws(Refusal) {
        try validate(epoch, of: member(memberID))
    }

    func member(_ memberID: String) throws(Refusal) -> ConsumerGroupMember {
        guard let member = members[memberID] else {
            throw Refusal(.unknownMemberID, "Member \(memberID) is not a member of group \(id).")
        }
        return member
    }

    private func validate(_ epoch: Int32, of member: ConsumerGroupMember) throws(Refusal) {
        guard epoch != member.epoch else { return }
        if member.usesClassicProtocol {
            throw Refusal(
                .illegalGeneration,
                "The received generation id \(epoch) does not match the expected member epoch \(member.epoch).")
        }
        throw Refusal(
            .staleMemberEpoch,
            "The received member epoch \(epoch) does not match the expected member epoch \(member.epoch).")
    }
}

extension GroupCoordinatorStateMachine {
    func validate(_ commit: OffsetCommitment, of group: ConsumerGroup) throws(Refusal) {
        try group.validateOffsetCommit(
            memberID: commit.member.memberID, epoch: commit.member.generationOrEpoch, version: commit.version,
            isTransactional: commit.producer != nil)
    }

    func validateFetch(by member: GroupMemberIdentity, of group: ConsumerGroup) throws(Refusal) {
        try group.validateOffsetFetch(memberID: member.memberID, epoch: member.generationOrEpoch)
    }
}

extension ConsumerGroup {
    /// Nobody waits for an answer: heartbeats are answered at once.
    func abandoned(_ refusal: Refusal) -> [GroupAnswer] { [] }
}
