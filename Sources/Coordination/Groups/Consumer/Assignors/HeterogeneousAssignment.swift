import HeapModule
import KafkaProtocol

/// The uniform assignment of a group whose members are subscribed to different topics.
///
/// Everybody keeps what it has. What nobody has goes, topic by topic, to the subscriber that has least, the topics first
/// that have least choice. Then partitions move, topic by topic, from the subscriber that has most to the one that has
/// least, as long as that brings them nearer to each other: a few rounds, of which most do nothing.
struct HeterogeneousAssignment {
    private static let maxRounds = 16

    private let situation: AssignmentSituation
    /// Positions of members, by topic.
    private var subscribers: [[Int]]
    /// Positions of members, by topic and partition; -1 for none.
    private var owners: [[Int]]
    /// How many partitions each member has.
    private var loads: [Int]

    init(_ situation: AssignmentSituation) {
        self.situation = situation
        subscribers = Array(repeating: [], count: situation.topics.count)
        for (position, member) in situation.members.enumerated() {
            for topic in situation.subscriptions[member.subscription] { subscribers[topic].append(position) }
        }
        owners = situation.topics.map { Array(repeating: -1, count: $0.partitionCount) }
        loads = Array(repeating: 0, count: situation.members.count)
    }

    mutating func compute() -> [PartitionAssignment] {
        for position in situation.members.indices { keep(position) }
        let topics = situation.topics.indices.filter { !subscribers[$0].isEmpty }.sorted(by: hasLessChoice)
        for topic in topics { assignFree(topic) }
        balance(topics.filter { subscribers[$0].count > 1 })
        return situation.assignments(ofOwners: owners)
    }

    private mutating func keep(_ position: Int) {
        let member = situation.members[position]
        let subscription = situation.subscriptions[member.subscription]
        for topic in member.current.topics {
            guard let index = situation.position(of: topic.id) else { continue }
            let place = subscription.partitioningIndex { $0 >= index }
            guard place < subscription.count, subscription[place] == index else { continue }
            for partition in topic.partitions {
                let partition = Int(partition.rawValue)
                guard owners[index].indices.contains(partition), owners[index][partition] < 0 else { continue }
                owners[index][partition] = position
                loads[position] += 1
            }
        }
    }

    /// More partitions for each subscriber come first, and then fewer subscribers.
    private func hasLessChoice(_ left: Int, _ right: Int) -> Bool {
        // Crosswise, so that nothing is rounded.
        let one = situation.topics[left].partitionCount * subscribers[right].count
        let other = situation.topics[right].partitionCount * subscribers[left].count
        if one != other { return one > other }
        return (subscribers[left].count, left) < (subscribers[right].count, right)
    }

    /// A member and how many partitions it had when it was put into a heap; fewer is less.
    private struct Load: Comparable {
        let count: Int
        let member: Int

        static func < (left: Load, right: Load) -> Bool { (left.count, left.member) < (right.count, right.member) }
    }

    private mutating func assignFree(_ topic: Int) {
        guard owners[topic].contains(-1) else { return }
        var heap = Heap(subscribers[topic].map { Load(count: loads[$0], member: $0) })
        for partition in owners[topic].indices where owners[topic][partition] < 0 {
            guard let least = heap.popMin() else { return }
            owners[topic][partition] = least.member
            loads[least.member] += 1
            heap.insert(Load(count: loads[least.member], member: least.member))
        }
    }

    private mutating func balance(_ topics: [Int]) {
        for _ in 0..<Self.maxRounds {
            var hasMoved = false
            for topic in topics where balance(topic) { hasMoved = true }
            if !hasMoved { return }
        }
    }

    /// Moves partitions of one topic; says whether any has moved.
    private mutating func balance(_ topic: Int) -> Bool {
        let counts = subscribers[topic].map { loads[$0] }
        guard let least = counts.min(), let most = counts.max(), most - least > 1 else { return false }
        var owned: [Int: [Int]] = [:]
        for (partition, owner) in owners[topic].enumerated() { owned[owner, default: []].append(partition) }
        var givers = Heap(owned.keys.map { Load(count: loads[$0], member: $0) })
        var takers = Heap(subscribers[topic].map { Load(count: loads[$0], member: $0) })
        var hasMoved = false
        while let giver = givers.popMax() {
            if giver.count != loads[giver.member] {
                givers.insert(Load(count: loads[giver.member], member: giver.member))
                continue
            }
            guard let taker = popTaker(&takers) else { break }
            guard giver.count - taker.count > 1, let partition = owned[giver.member]?.popLast() else { break }
            owners[topic][partition] = taker.member
            loads[giver.member] -= 1
            loads[taker.member] += 1
            hasMoved = true
            takers.insert(Load(count: loads[taker.member], member: taker.member))
            if owned[giver.member]?.isEmpty == false {
                givers.insert(Load(count: loads[giver.member], member: giver.member))
            }
        }
        return hasMoved
    }

    /// Who has least. A member that has given since it was put in is put in again.
    private func popTaker(_ takers: inout Heap<Load>) -> Load? {
        while let taker = takers.popMin() {
            if taker.count == loads[taker.member] { return taker }
            takers.insert(Load(count: loads[taker.member], member: taker.member))
        }
        return nil
    }
}
