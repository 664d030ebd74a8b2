package import KafkaProtocol
import NIOCore

/// How the leader of a classic group distributes partitions (`partition.assignment.strategy`).
public enum ClassicAssignor: String, Hashable, Sendable, CaseIterable {
    /// Each topic's partitions in contiguous ranges. At each rebalance all members give up all partitions first.
    case range
    /// As even as can be while everybody keeps what he has; only what moves is given up (KIP-429).
    case cooperativeSticky = "cooperative-sticky"

    /// Whether members keep their partitions while the group rebalances.
    var isCooperative: Bool { self == .cooperativeSticky }

    /// Assigns all partitions of the topics that members are subscribed to.
    package func assign(
        _ members: [GroupMember], partitionCounts: [String: Int]
    ) -> [String: [TopicPartition]] {
        switch self {
        case .range: RangeAssignor.assign(members, partitionCounts: partitionCounts)
        case .cooperativeSticky: CooperativeStickyAssignor.assign(members, partitionCounts: partitionCounts)
        }
    }
}

/// A member of a classic group, as its leader sees it.
package struct GroupMember: Hashable, Sendable {
    package var id: String
    package var instanceID: String?
    package var topics: Set<String>
    /// What it says that it reads.
    package var owned: [TopicPartition]
    /// The generation in which it got that; -1 where it does not tell.
    package var generation: Int32

    package init(
        id: String, instanceID: String? = nil, topics: Set<String>, owned: [TopicPartition] = [],
        generation: Int32 = -1
    ) {
        self.id = id
        self.instanceID = instanceID
        self.topics = topics
        self.owned = owned
        self.generation = generation
    }

    /// Bytes that are no subscription make a member that reads nothing.
    init(_ member: JoinGroupResponse.JoinGroupResponseMember) {
        let subscription = ConsumerProtocolSubscription(reading: member.metadata)
        var generation = subscription?.generationID ?? -1
        if generation < 0, var data = subscription?.userData {
            // Before version 2 of the subscription the sticky assignor told it in its own bytes.
            generation = data.readInteger(as: Int32.self) ?? -1
        }
        self.init(
            id: member.memberID, instanceID: member.groupInstanceID, topics: Set(subscription?.topics ?? []),
            owned: subscription?.ownedPartitions.flatMap { topic in
                topic.partitions.map { TopicPartition(topic: topic.topic, partition: $0) }
            } ?? [], generation: generation)
    }

    /// The order in which members are served: static ones first, by their instance, so that it survives restarts.
    static func inOrder(_ members: [GroupMember]) -> [GroupMember] {
        members.sorted { left, right in
            switch (left.instanceID, right.instanceID) {
            case (let left?, let right?): left < right
            case (.some, nil): true
            case (nil, .some): false
            case (nil, nil): left.id < right.id
            }
        }
    }
}
