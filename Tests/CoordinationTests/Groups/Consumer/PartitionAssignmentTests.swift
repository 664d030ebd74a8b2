import KafkaProtocol
import Testing

@testable import Coordination

@Suite struct PartitionAssignmentTests {
    private static func id(_ number: UInt64) -> TopicID { TopicID(KafkaUUID(high: number % 2, low: number)) }

    private func random(_ generator: inout SeededGenerator) -> (PartitionAssignment, Set<TopicPartitionID>) {
        let partitions = (0..<Int.random(in: 0...12, using: &generator)).map { _ in
            TopicPartitionID(
                topic: Self.id(.random(in: 0...3, using: &generator)),
                partition: PartitionIndex(.random(in: 0...4, using: &generator)))
        }
        return (PartitionAssignment(partitions.map { ($0.topic, [$0.partition]) }), Set(partitions))
    }

    private func elements(_ assignment: PartitionAssignment) -> [TopicPartitionID] {
        var result: [TopicPartitionID] = []
        assignment.forEach { result.append($0) }
        return result
    }

    @Test(arguments: 1...300 as ClosedRange<UInt64>)
    func `it is a set`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let (one, first) = random(&generator)
        let (other, second) = random(&generator)
        for (result, expected) in [
            (one, first), (one.union(other), first.union(second)),
            (one.intersection(other), first.intersection(second)), (one.subtracting(other), first.subtracting(second)),
            (one.filter { $0.partition > 2 }, first.filter { $0.partition > 2 }),
            (one.filterTopics { $0 != Self.id(1) }, first.filter { $0.topic != Self.id(1) }),
        ] {
            #expect(Set(elements(result)) == expected && result.count == expected.count, "seed \(seed)")
            #expect(result == PartitionAssignment(expected.map { ($0.topic, [$0.partition]) }), "seed \(seed)")
            #expect(result.isEmpty == expected.isEmpty)
        }
        for topic in (0...3 as ClosedRange<UInt64>).map(Self.id) {
            for partition in (0...5 as ClosedRange<Int32>).map(PartitionIndex.init) {
                let isIn = first.contains(TopicPartitionID(topic: topic, partition: partition))
                #expect(one.contains(topic, partition) == isIn && one[topic].contains(partition) == isIn)
            }
        }
    }
}
