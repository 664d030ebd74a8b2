import KafkaProtocol

/// Kafka's `range`: of each topic every subscribed member gets a contiguous range, the first members one partition more
/// where it does not divide.
enum RangeAssignor {
    static func assign(_ members: [GroupMember], partitionCounts: [String: Int]) -> [String: [TopicPartition]] {
        var assignments = Dictionary(members.map { ($0.id, [TopicPartition]()) }) { first, _ in first }
        let inOrder = GroupMember.inOrder(members)
        for topic in Set(members.flatMap(\.topics)).sorted() {
            let readers = inOrder.filter { $0.topics.contains(topic) }
            let count = partitionCounts[topic] ?? 0
            let (share, rest) = count.quotientAndRemainder(dividingBy: max(1, readers.count))
            var next = 0
            for (place, reader) in readers.enumerated() {
                let end = next + share + (place < rest ? 1 : 0)
                assignments[reader.id]? += (next..<end).map {
                    TopicPartition(topic: topic, partition: PartitionIndex(Int32($0)))
                }
                next = end
            }
        }
        return assignments
    }
}
