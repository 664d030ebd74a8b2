package import KafkaProtocol

/// One member of a consumer group: what it says of itself, and how far it has come with what it shall have.
package struct ConsumerGroupMember: Equatable, Sendable {
    package typealias ClassicMetadata = ConsumerGroupMemberMetadataValue.ClassicMemberMetadata

    package let id: String
    /// The static member that it is; nil for a dynamic one.
    package var instanceID: String?
    package var rackID: String?
    package var client = GroupClient(clientID: "", clientHost: "")
    package var subscription = MemberSubscription()
    package var rebalanceTimeoutMs: Int32 = -1
    package var serverAssignor: String?
    /// What a member of the classic protocol says; nil for one of the consumer protocol.
    package var classicMetadata: ClassicMetadata?

    /// -1 for one that is leaving, -2 for a static member that is away for a while.
    package var epoch: Int32 = 0
    package var previousEpoch: Int32 = -1
    package var state = MemberState.stable
    package var assigned = PartitionAssignment()
    /// What it has to give back before it gets anything else.
    package var pendingRevocation = PartitionAssignment()

    package init(id: String) { self.id = id }

    package var usesClassicProtocol: Bool { classicMetadata != nil }
    var rebalanceTimeout: Duration { .milliseconds(Int64(rebalanceTimeoutMs)) }

    /// Whether it has what the target of that epoch gives it.
    func isReconciled(to targetEpoch: Int32) -> Bool { state == .stable && epoch == targetEpoch }

    /// The same static member under a new id, which has to take over the assignment.
    func renamed(_ id: String) -> ConsumerGroupMember {
        var member = ConsumerGroupMember(id: id)
        member.apply(metadataValue)
        member.state = state
        member.assigned = assigned
        member.pendingRevocation = pendingRevocation
        member.epoch = 0
        member.previousEpoch = 0
        return member
    }

    /// Goes on to an epoch; the last one is remembered, for the case that the answer is lost.
    mutating func advance(to epoch: Int32) {
        previousEpoch = self.epoch
        self.epoch = epoch
    }
}

/// How far a member has come with its target.
package enum MemberState: Int8, Sendable {
    /// It has what it shall have, as of its epoch.
    case stable = 1
    /// It has partitions to give back, and stays in its epoch until then.
    case unrevokedPartitions = 2
    /// It waits for partitions that others have to give back.
    case unreleasedPartitions = 3
    /// Of a newer version of the software.
    case unknown = 127
}

/// What a member wants to read.
package struct MemberSubscription: Hashable, Sendable {
    /// In order, each once.
    package let topicNames: [String]
    /// A regular expression; empty for none.
    package let pattern: String

    package init(topicNames: [String] = [], pattern: String = "") {
        self.topicNames = topicNames.isEmpty ? topicNames : Set(topicNames).sorted()
        self.pattern = pattern
    }

    func names(_ topic: String) -> Bool {
        let position = topicNames.partitioningIndex { $0 >= topic }
        return position < topicNames.count && topicNames[position] == topic
    }

    /// The topics that it comes to.
    func topics(_ patterns: [String: ResolvedPattern]) -> Set<String> {
        let matches = pattern.isEmpty ? [] : patterns[pattern]?.topics ?? []
        return matches.union(topicNames)
    }

    func includes(_ topic: String, _ patterns: [String: ResolvedPattern]) -> Bool {
        names(topic) || (!pattern.isEmpty && patterns[pattern]?.topics.contains(topic) == true)
    }
}

/// The topics that match a pattern, as of some time.
package struct ResolvedPattern: Hashable, Sendable {
    package var topics: Set<String>
    /// Rises whenever the group's patterns are matched.
    package var version: Int64
    package var time: Timestamp
}

// MARK: - Records

extension ConsumerGroupMember {
    var metadataValue: ConsumerGroupMemberMetadataValue {
        .with {
            $0.instanceID = instanceID
            $0.rackID = rackID
            $0.clientID = client.clientID
            $0.clientHost = client.clientHost
            $0.subscribedTopicNames = subscription.topicNames
            $0.subscribedTopicRegex = subscription.pattern
            $0.rebalanceTimeoutMs = rebalanceTimeoutMs
            $0.serverAssignor = serverAssignor
            $0.classicMemberMetadata = classicMetadata
        }
    }

    mutating func apply(_ value: ConsumerGroupMemberMetadataValue) {
        instanceID = value.instanceID
        rackID = value.rackID
        client = GroupClient(clientID: value.clientID, clientHost: value.clientHost)
        subscription = MemberSubscription(
            topicNames: value.subscribedTopicNames, pattern: value.subscribedTopicRegex ?? "")
        rebalanceTimeoutMs = value.rebalanceTimeoutMs
        serverAssignor = value.serverAssignor
        classicMetadata = value.classicMemberMetadata
    }

    var assignmentValue: ConsumerGroupCurrentMemberAssignmentValue {
        func topics(_ assignment: PartitionAssignment) -> [ConsumerGroupCurrentMemberAssignmentValue.TopicPartitions] {
            assignment.topics.map { topic in
                .with {
                    $0.topicID = topic.id
                    $0.partitions = topic.partitions
                }
            }
        }
        return .with {
            $0.memberEpoch = epoch
            $0.previousMemberEpoch = previousEpoch
            $0.state = state.rawValue
            $0.assignedPartitions = topics(assigned)
            $0.partitionsPendingRevocation = topics(pendingRevocation)
        }
    }

    mutating func apply(_ value: ConsumerGroupCurrentMemberAssignmentValue) {
        epoch = value.memberEpoch
        previousEpoch = value.previousMemberEpoch
        state = MemberState(rawValue: value.state) ?? .unknown
        assigned = PartitionAssignment(value.assignedPartitions.lazy.map { ($0.topicID, $0.partitions) })
        pendingRevocation = PartitionAssignment(
            value.partitionsPendingRevocation.lazy.map { ($0.topicID, $0.partitions) })
    }

    /// Its assignment has been taken away, before it is.
    mutating func clearAssignment() {
        epoch = ConsumerGroup.leavingEpoch
        previousEpoch = ConsumerGroup.leavingEpoch
        assigned = PartitionAssignment()
        pendingRevocation = PartitionAssignment()
    }
}
