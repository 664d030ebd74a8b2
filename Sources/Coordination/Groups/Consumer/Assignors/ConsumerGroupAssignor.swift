package import KafkaProtocol

/// A way of sharing out the partitions of a group's topics among its members.
package protocol ConsumerGroupAssignor: Sendable {
    /// As `group.consumer.assignors` and members name it.
    static var name: String { get }

    /// What each member shall have, in the order of the members. Each partition of a topic that somebody is subscribed to
    /// goes to exactly one of its subscribers.
    static func assign(_ situation: AssignmentSituation) -> [PartitionAssignment]
}

/// The assignors that there are.
enum ConsumerGroupAssignors {
    static let all: [any ConsumerGroupAssignor.Type] = [UniformAssignor.self, RangeAssignor.self]

    static func named(_ name: String) -> (any ConsumerGroupAssignor.Type)? { all.first { $0.name == name } }
}

/// What an assignor goes by.
package struct AssignmentSituation: Sendable {
    package struct Topic: Sendable {
        package let id: TopicID
        package let partitionCount: Int

        package init(id: TopicID, partitionCount: Int) {
            self.id = id
            self.partitionCount = partitionCount
        }
    }

    package struct Member: Sendable {
        package let id: String
        package let instanceID: String?
        /// The position of what it is subscribed to.
        package let subscription: Int
        /// What it should have until now.
        package let current: PartitionAssignment

        package init(
            id: String, instanceID: String? = nil, subscription: Int = 0,
            current: PartitionAssignment = PartitionAssignment()
        ) {
            self.id = id
            self.instanceID = instanceID
            self.subscription = subscription
            self.current = current
        }
    }

    /// By id: all that somebody is subscribed to.
    package let topics: [Topic]
    /// Positions of topics, ascending, for each subscription that there is.
    package let subscriptions: [[Int]]
    /// By id.
    package let members: [Member]

    package init(topics: [Topic], subscriptions: [[Int]], members: [Member]) {
        self.topics = topics
        self.subscriptions = subscriptions
        self.members = members
    }

    /// Whether all members are subscribed to the same topics.
    var isHomogeneous: Bool { subscriptions.count <= 1 }

    /// The position of a topic; nil if nobody is subscribed to it.
    func position(of id: TopicID) -> Int? {
        let position = topics.partitioningIndex { !$0.id.precedes(id) }
        return position < topics.count && topics[position].id == id ? position : nil
    }

    /// The assignments in which each partition goes to the member whose position stands for it; -1 for none.
    func assignments(ofOwners owners: [[Int]]) -> [PartitionAssignment] {
        var result = [[PartitionAssignment.Topic]](repeating: [], count: members.count)
        var partitions = [[PartitionIndex]](repeating: [], count: members.count)
        for (topic, owners) in zip(topics, owners) {
            var touched: [Int] = []
            for (partition, owner) in owners.enumerated() where owner >= 0 {
                if partitions[owner].isEmpty { touched.append(owner) }
                partitions[owner].append(PartitionIndex(Int32(partition)))
            }
            for owner in touched {
                result[owner].append(PartitionAssignment.Topic(id: topic.id, partitions: partitions[owner]))
                partitions[owner] = []
            }
        }
        return result.map { PartitionAssignment(ordered: $0) }
    }
}
