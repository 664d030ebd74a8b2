import KafkaProtocol
import Testing

@testable import Coordination

@Suite struct AssignorsTests {
    private static func id(_ number: Int) -> TopicID { TopicID(KafkaUUID(high: 1, low: UInt64(number))) }

    /// A group that changes at random.
    private struct RandomGroup {
        var generator: SeededGenerator
        var counts: [Int]
        var subscriptions: [[Int]]
        /// By id: the instance id, the subscription, and what the member has.
        var members: [String: (instanceID: String?, subscription: Int, current: PartitionAssignment)] = [:]
        private var nextID = 0

        init(seed: UInt64, isHomogeneous: Bool) {
            var generator = SeededGenerator(seed: seed)
            let topicCount = Int.random(in: 1...5, using: &generator)
            counts = (0..<topicCount).map { _ in Int.random(in: 0...9, using: &generator) }
            subscriptions = [Array(0..<topicCount)]
            if !isHomogeneous {
                subscriptions = (0..<Int.random(in: 2...4, using: &generator)).map { _ in
                    (0..<topicCount).filter { _ in Bool.random(using: &generator) }
                }
            }
            self.generator = generator
            for _ in 0..<Int.random(in: 1...8, using: &self.generator) { join() }
        }

        mutating func join() {
            nextID += 1
            let id = "\(Int.random(in: 100...999, using: &generator))-\(nextID)"
            let instanceID = Int.random(in: 0...2, using: &generator) == 0 ? "i\(nextID)" : nil
            members[id] = (instanceID, Int.random(in: subscriptions.indices, using: &generator), .init())
        }

        mutating func change() {
            switch Int.random(in: 0...3, using: &generator) {
            case 0, 1: join()
            case 2:
                if members.count > 1, let id = members.keys.sorted().randomElement(using: &generator) {
                    members[id] = nil
                }
            default:
                let topic = Int.random(in: counts.indices, using: &generator)
                counts[topic] += Int.random(in: 1...3, using: &generator)
            }
        }

        var situation: AssignmentSituation {
            AssignmentSituation(
                topics: counts.enumerated().map { .init(id: AssignorsTests.id($0.offset), partitionCount: $0.element) },
                subscriptions: subscriptions,
                members: members.sorted { $0.key < $1.key }.map {
                    .init(
                        id: $0.key, instanceID: $0.value.instanceID, subscription: $0.value.subscription,
                        current: $0.value.current)
                })
        }

        mutating func adopt(_ assignments: [PartitionAssignment]) {
            for (id, assignment) in zip(members.keys.sorted(), assignments) { members[id]?.current = assignment }
        }
    }

    /// Each partition that somebody is subscribed to belongs to one of its subscribers.
    private func checkComplete(_ situation: AssignmentSituation, _ result: [PartitionAssignment], _ place: String) {
        #expect(result.count == situation.members.count, "\(place)")
        var owners: [TopicPartitionID: Int] = [:]
        for (position, assignment) in result.enumerated() {
            let topics = Set(
                situation.subscriptions[situation.members[position].subscription].map { situation.topics[$0].id })
            assignment.forEach { partition in
                #expect(owners.updateValue(position, forKey: partition) == nil, "\(place): twice")
                #expect(topics.contains(partition.topic), "\(place): not subscribed")
            }
        }
        let wanted = Set(situation.members.flatMap { situation.subscriptions[$0.subscription] })
        #expect(owners.count == wanted.reduce(0) { $0 + situation.topics[$1].partitionCount }, "\(place)")
    }

    private func moved(_ situation: AssignmentSituation, _ result: [PartitionAssignment]) -> Int {
        zip(situation.members, result).reduce(0) { $0 + $1.0.current.subtracting($1.1).count }
    }

    @Test(arguments: 1...200 as ClosedRange<UInt64>)
    func `uniform is balanced and moves as few as possible`(seed: UInt64) {
        var group = RandomGroup(seed: seed, isHomogeneous: true)
        for step in 1...12 {
            let situation = group.situation
            let result = UniformAssignor.assign(situation)
            let place = "seed \(seed), step \(step)"
            checkComplete(situation, result, place)
            let sizes = result.map(\.count)
            #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1, "\(place): \(sizes)")
            #expect(moved(situation, result) == fewestMoves(situation), "\(place)")
            group.adopt(result)
            #expect(UniformAssignor.assign(group.situation) == result, "\(place): it settles")
            group.change()
        }
    }

    /// What has to be taken from those who have too much, if the longer shares go to those who have most.
    private func fewestMoves(_ situation: AssignmentSituation) -> Int {
        let total = situation.topics.reduce(0) { $0 + $1.partitionCount }
        let (least, longer) = total.quotientAndRemainder(dividingBy: situation.members.count)
        return situation.members.map(\.current.count).sorted(by: >).enumerated().reduce(0) {
            $0 + max(0, $1.element - least - ($1.offset < longer ? 1 : 0))
        }
    }

    @Test(arguments: 1...200 as ClosedRange<UInt64>)
    func `uniform leaves no partition where it could move to somebody with less`(seed: UInt64) {
        var group = RandomGroup(seed: seed, isHomogeneous: false)
        for step in 1...12 {
            let situation = group.situation
            let result = UniformAssignor.assign(situation)
            let place = "seed \(seed), step \(step)"
            checkComplete(situation, result, place)
            for (position, assignment) in result.enumerated() {
                for topic in assignment.topics {
                    let index = situation.position(of: topic.id) ?? -1
                    for (other, member) in situation.members.enumerated()
                    where situation.subscriptions[member.subscription].contains(index) {
                        #expect(result[position].count - result[other].count <= 1, "\(place)")
                    }
                }
            }
            group.adopt(result)
            #expect(UniformAssignor.assign(group.situation) == result, "\(place): it settles")
            group.change()
        }
    }

    @Test(arguments: 1...100 as ClosedRange<UInt64>, [true, false])
    func `range gives each member a range of each topic`(seed: UInt64, isHomogeneous: Bool) {
        var group = RandomGroup(seed: seed, isHomogeneous: isHomogeneous)
        for step in 1...8 {
            let situation = group.situation
            let result = RangeAssignor.assign(situation)
            let place = "seed \(seed), step \(step)"
            checkComplete(situation, result, place)
            for topic in situation.topics {
                let index = situation.position(of: topic.id) ?? -1
                let sizes = zip(situation.members, result).filter {
                    situation.subscriptions[$0.0.subscription].contains(index)
                }.map { $0.1[topic.id] }
                for partitions in sizes where !partitions.isEmpty {
                    #expect(
                        Int32(partitions.count) - 1 == partitions[partitions.count - 1].rawValue
                            - partitions[0].rawValue,
                        "\(place)")
                }
                #expect((sizes.map(\.count).max() ?? 0) - (sizes.map(\.count).min() ?? 0) <= 1, "\(place)")
            }
            group.adopt(result)
            group.change()
        }
    }

    @Test func `range cuts topics alike, and static members come first`() {
        let situation = AssignmentSituation(
            topics: [.init(id: Self.id(0), partitionCount: 5), .init(id: Self.id(1), partitionCount: 5)],
            subscriptions: [[0, 1]],
            members: [
                .init(id: "a"), .init(id: "b", instanceID: "y"), .init(id: "c", instanceID: "x"),
            ])
        let result = RangeAssignor.assign(situation)
        #expect(result.map { $0[Self.id(0)] } == [[4], [2, 3], [0, 1]])
        #expect(result.map { $0[Self.id(1)] } == result.map { $0[Self.id(0)] })
    }

    @Test func `damaged assignments are taken for what is possible`() {
        let current = PartitionAssignment([(id: Self.id(0), partitions: [0, 1, 9]), (id: Self.id(7), partitions: [0])])
        for subscriptions in [[[0]], [[0], [0]]] {
            let situation = AssignmentSituation(
                topics: [.init(id: Self.id(0), partitionCount: 3)], subscriptions: subscriptions,
                members: [
                    .init(id: "a", current: current),
                    .init(id: "b", subscription: subscriptions.count - 1, current: current),
                ])
            checkComplete(situation, UniformAssignor.assign(situation), "\(subscriptions.count)")
        }
    }

    @Test func `nobody gets nothing`() {
        let situation = AssignmentSituation(topics: [], subscriptions: [], members: [])
        #expect(UniformAssignor.assign(situation) == [] && RangeAssignor.assign(situation) == [])
        let idle = AssignmentSituation(topics: [], subscriptions: [[]], members: [.init(id: "a")])
        #expect(UniformAssignor.assign(idle) == [.init()] && RangeAssignor.assign(idle) == [.init()])
    }
}
