import KafkaProtocol

/// Gives all members as many partitions as the others, and moves few.
///
/// Where all are subscribed to the same topics, everybody keeps what it has up to its share, and who has less gets the
/// rest: O(partitions + members). Where they are not, see ``HeterogeneousAssignment``.
package enum UniformAssignor: ConsumerGroupAssignor {
    package static let name = "uniform"

    package static func assign(_ situation: AssignmentSituation) -> [PartitionAssignment] {
        guard !situation.members.isEmpty else { return [] }
        if situation.isHomogeneous {
            var assignment = HomogeneousAssignment(situation)
            return assignment.compute()
        }
        var assignment = HeterogeneousAssignment(situation)
        return assignment.compute()
    }
}

/// The uniform assignment of a group whose members are all subscribed to the same topics.
private struct HomogeneousAssignment {
    private let situation: AssignmentSituation
    /// Whether somebody has each partition of each topic already.
    private var taken: [[Bool]]
    private var result: [PartitionAssignment] = []
    private var sizes: [Int] = []
    /// What nobody has, in order, and then what has been taken from those who had too much.
    private var free: [TopicPartitionID] = []

    init(_ situation: AssignmentSituation) {
        self.situation = situation
        taken = situation.topics.map { Array(repeating: false, count: $0.partitionCount) }
    }

    mutating func compute() -> [PartitionAssignment] {
        for member in situation.members {
            let kept = keep(member.current)
            result.append(kept)
            sizes.append(kept.count)
        }
        collectFree()
        let shares = shares()
        for position in result.indices where sizes[position] > shares[position] { cut(position, to: shares[position]) }
        fill(shares)
        return result
    }

    /// What of an assignment still exists and nobody else has; the very same if that is all of it.
    private mutating func keep(_ assignment: PartitionAssignment) -> PartitionAssignment {
        var lost: Set<TopicPartitionID> = []
        for topic in assignment.topics {
            let position = situation.position(of: topic.id)
            for partition in topic.partitions {
                let index = Int(partition.rawValue)
                if let position, taken[position].indices.contains(index), !taken[position][index] {
                    taken[position][index] = true
                } else {
                    lost.insert(TopicPartitionID(topic: topic.id, partition: partition))
                }
            }
        }
        return lost.isEmpty ? assignment : assignment.filter { !lost.contains($0) }
    }

    private mutating func collectFree() {
        for (topic, taken) in zip(situation.topics, taken) {
            for (index, isTaken) in taken.enumerated() where !isTaken {
                free.append(TopicPartitionID(topic: topic.id, partition: PartitionIndex(Int32(index))))
            }
        }
    }

    /// How many each member is to have. Those that have one more than the others keep it, as far as there are so many.
    private func shares() -> [Int] {
        let total = situation.topics.reduce(0) { $0 + $1.partitionCount }
        let least = total / result.count
        var longer = total % result.count
        var shares = Array(repeating: least, count: result.count)
        for takesMore in [true, false] {
            for position in shares.indices where longer > 0 && (sizes[position] > least) == takesMore {
                shares[position] += 1
                longer -= 1
            }
        }
        return shares
    }

    private mutating func cut(_ position: Int, to share: Int) {
        var left = share
        var removed: [TopicPartitionID] = []
        result[position] = result[position].filter { partition in
            left -= 1
            if left < 0 { removed.append(partition) }
            return left >= 0
        }
        free += removed
        sizes[position] = share
    }

    private mutating func fill(_ shares: [Int]) {
        var rest = free[...]
        for position in result.indices where sizes[position] < shares[position] {
            let new = rest.prefix(shares[position] - sizes[position])
            rest = rest.dropFirst(new.count)
            result[position] = result[position].union(
                PartitionAssignment(new.lazy.map { ($0.topic, [$0.partition]) }))
        }
    }
}
