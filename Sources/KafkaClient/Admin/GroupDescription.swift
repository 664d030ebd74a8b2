public import KafkaProtocol

/// Which protocol the members of a group speak. Kinds that are not known here keep their name.
public struct GroupType: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue.lowercased() }
    public var description: String { rawValue }

    /// Members join and sync, and one of them assigns.
    public static let classic = GroupType(rawValue: "classic")
    /// Members send heartbeats, and the broker assigns (KIP-848).
    public static let consumer = GroupType(rawValue: "consumer")
    public static let share = GroupType(rawValue: "share")
    public static let streams = GroupType(rawValue: "streams")
}

/// What a group is doing. States that are not known here keep their name.
public struct GroupState: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public var description: String { rawValue }

    /// It has no members.
    public static let empty = GroupState(rawValue: "Empty")
    public static let stable = GroupState(rawValue: "Stable")
    /// Classic: members are joining.
    public static let preparingRebalance = GroupState(rawValue: "PreparingRebalance")
    /// Classic: members wait for their assignment.
    public static let completingRebalance = GroupState(rawValue: "CompletingRebalance")
    /// Consumer: the broker computes a new assignment.
    public static let assigning = GroupState(rawValue: "Assigning")
    /// Consumer: members are giving up and taking over partitions.
    public static let reconciling = GroupState(rawValue: "Reconciling")
    /// It does not exist.
    public static let dead = GroupState(rawValue: "Dead")
}

/// A group, as a list of them shows it.
public struct GroupListing: Hashable, Sendable {
    public var id: String
    /// What its members make of it: `consumer`, `connect`, …; empty for a group that has only committed offsets.
    public var protocolType: String
    /// Nil from brokers that do not tell (before Kafka 2.6).
    public var state: GroupState?
    /// Nil from brokers that do not tell (before Kafka 3.8).
    public var type: GroupType?
}

/// A group and its members.
public struct GroupDescription: Sendable {
    public struct Member: Sendable {
        public var id: String
        /// `group.instance.id`, for static members.
        public var instanceID: String?
        public var clientID: String
        public var host: String
        public var rack: String?
        /// Only in groups of the consumer protocol.
        public var epoch: Int32?
        public var subscribedTopics: [String]
        public var subscribedRegex: String?
        /// Sorted by topic and partition.
        public var assignment: [TopicPartition]
        /// What the member is to have; only in groups of the consumer protocol.
        public var target: [TopicPartition]?
    }

    public var id: String
    public var type: GroupType
    /// `consumer` for consumers; empty for a group that has only committed offsets.
    public var protocolType: String
    public var state: GroupState
    public var coordinator: BrokerID
    /// Who assigns: the classic protocol that was agreed on, or the broker's assignor.
    public var assignor: String
    /// Only in groups of the consumer protocol.
    public var epoch: Int32?
    public var assignmentEpoch: Int32?
    public var members: [Member]
}

extension GroupDescription {
    init(_ group: ConsumerGroupDescribeResponse.DescribedGroup, coordinator: BrokerID) {
        self.init(
            id: group.groupID, type: .consumer, protocolType: "consumer", state: GroupState(rawValue: group.groupState),
            coordinator: coordinator, assignor: group.assignorName, epoch: group.groupEpoch,
            assignmentEpoch: group.assignmentEpoch, members: group.members.map(Member.init))
    }

    init(_ group: DescribeGroupsResponse.DescribedGroup, coordinator: BrokerID) {
        let isConsumer = group.protocolType == "consumer" || group.protocolType.isEmpty
        self.init(
            id: group.groupID, type: .classic, protocolType: group.protocolType,
            state: GroupState(rawValue: group.groupState), coordinator: coordinator, assignor: group.protocolData,
            members: group.members.map { Member($0, isConsumer: isConsumer) })
    }
}

extension GroupDescription.Member {
    init(_ member: ConsumerGroupDescribeResponse.Member) {
        self.init(
            id: member.memberID, instanceID: member.instanceID, clientID: member.clientID, host: member.clientHost,
            rack: member.rackID, epoch: member.memberEpoch, subscribedTopics: member.subscribedTopicNames,
            subscribedRegex: member.subscribedTopicRegex.flatMap { $0.isEmpty ? nil : $0 },
            assignment: Self.partitions(member.assignment), target: Self.partitions(member.targetAssignment))
    }

    private static func partitions(_ assignment: ConsumerGroupDescribeResponse.Assignment) -> [TopicPartition] {
        assignment.topicPartitions.flatMap { topic in
            topic.partitions.map { TopicPartition(topic: topic.topicName, partition: $0) }
        }.sorted()
    }

    /// Only a consumer's bytes are known; Connect's workers tell each other something else.
    init(_ member: DescribeGroupsResponse.DescribedGroupMember, isConsumer: Bool) {
        let subscription = isConsumer ? ConsumerProtocolSubscription(reading: member.memberMetadata) : nil
        let assignment = isConsumer ? ConsumerProtocolAssignment(reading: member.memberAssignment) : nil
        self.init(
            id: member.memberID, instanceID: member.groupInstanceID, clientID: member.clientID,
            host: member.clientHost, rack: subscription?.rackID, subscribedTopics: subscription?.topics.sorted() ?? [],
            assignment: assignment?.partitions.sorted() ?? [])
    }
}

extension Sequence where Element == TopicPartition {
    /// By topic, then by number.
    func sorted() -> [TopicPartition] { sorted { ($0.topic, $0.partition) < ($1.topic, $1.partition) } }
}
