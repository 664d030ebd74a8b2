import KafkaProtocol

/// Kafka's `cooperative-sticky` (KIP-429): as even as the subscriptions allow, with as few moves as that takes. What
/// moves is given to nobody at first: its owner gives it up, joins again, and then the new owner gets it.
enum CooperativeStickyAssignor {
    static func assign(_ members: [GroupMember], partitionCounts: [String: Int]) -> [String: [TopicPartition]] {
        var balance = PartitionBalance(members, partitionCounts: partitionCounts)
        balance.dealUnowned()
        balance.even()
        let owners = balance.ownersAtFirst
        return balance.assignments.reduce(into: [:]) { result, entry in
            let member = entry.key
            result[member] = entry.value.filter { owners[$0] == nil || owners[$0] == member }.sorted()
        }
    }
}

/// Who has which partitions, while they are distributed.
private struct PartitionBalance {
    private let members: [GroupMember]
    private let readers: [String: [Int]]
    private let partitions: [TopicPartition]
    private var owner: [TopicPartition: Int] = [:]
    private var loads: [Int]
    private(set) var ownersAtFirst: [TopicPartition: String] = [:]

    init(_ members: [GroupMember], partitionCounts: [String: Int]) {
        self.members = GroupMember.inOrder(members)
        loads = Array(repeating: 0, count: members.count)
        var readers: [String: [Int]] = [:]
        for (place, member) in self.members.enumerated() {
            for topic in member.topics { readers[topic, default: []].append(place) }
        }
        self.readers = readers
        partitions = readers.keys.sorted().flatMap { topic in
            (0..<(partitionCounts[topic] ?? 0)).map {
                TopicPartition(topic: topic, partition: PartitionIndex(Int32($0)))
            }
        }
        claim()
    }

    /// Members keep what they have. Of two who say that they have a partition the one of the later generation does; in
    /// the same generation neither.
    private mutating func claim() {
        let known = Set(partitions)
        var claims: [TopicPartition: (place: Int?, generation: Int32)] = [:]
        for (place, member) in members.enumerated() {
            for partition in Set(member.owned) where known.contains(partition) {
                guard let other = claims[partition], other.generation >= member.generation else {
                    claims[partition] = (place, member.generation)
                    continue
                }
                if other.generation == member.generation { claims[partition] = (nil, member.generation) }
            }
        }
        for (partition, claim) in claims {
            guard let place = claim.place else { continue }
            ownersAtFirst[partition] = members[place].id
            // Who is no longer subscribed gives it up, and until then nobody else gets it.
            guard members[place].topics.contains(partition.topic) else { continue }
            owner[partition] = place
            loads[place] += 1
        }
    }

    /// Each partition that nobody has goes to the reader with the fewest.
    mutating func dealUnowned() {
        for partition in partitions where owner[partition] == nil {
            guard let place = lightest(of: partition.topic) else { continue }
            owner[partition] = place
            loads[place] += 1
        }
    }

    /// Moves partitions to readers who have at least two fewer, until there are none. Each move makes the loads more
    /// even, so it ends.
    mutating func even() {
        var hasMoved = true
        while hasMoved {
            hasMoved = false
            for partition in partitions {
                guard let from = owner[partition], let to = lightest(of: partition.topic), loads[to] + 1 < loads[from]
                else { continue }
                owner[partition] = to
                loads[from] -= 1
                loads[to] += 1
                hasMoved = true
            }
        }
    }

    private func lightest(of topic: String) -> Int? { readers[topic]?.min { (loads[$0], $0) < (loads[$1], $1) } }

    var assignments: [String: [TopicPartition]] {
        var assignments = Dictionary(members.map { ($0.id, [TopicPartition]()) }) { first, _ in first }
        for (partition, place) in owner { assignments[members[place].id]?.append(partition) }
        return assignments
    }
}
