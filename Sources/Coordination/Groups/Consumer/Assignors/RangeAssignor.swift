import KafkaProtocol

/// Gives each member a range of each topic. Topics with as many partitions and the same subscribers are cut at the same
/// places, so that whoever joins them by key finds both sides.
///
/// Static members come first, by instance id, and then the others by member id: where members come and go it is as
/// sticky as that order.
package enum RangeAssignor: ConsumerGroupAssignor {
    package static let name = "range"

    package static func assign(_ situation: AssignmentSituation) -> [PartitionAssignment] {
        var subscribers = [Int](repeating: 0, count: situation.topics.count)
        for member in situation.members {
            for topic in situation.subscriptions[member.subscription] { subscribers[topic] += 1 }
        }
        var ranges = zip(situation.topics, subscribers).map { topic, count in
            Ranges(partitionCount: topic.partitionCount, subscriberCount: count)
        }
        var result = [PartitionAssignment](repeating: PartitionAssignment(), count: situation.members.count)
        for position in order(of: situation.members) {
            let member = situation.members[position]
            var topics: [PartitionAssignment.Topic] = []
            for topic in situation.subscriptions[member.subscription] {
                let range = ranges[topic].next()
                guard !range.isEmpty else { continue }
                topics.append(
                    PartitionAssignment.Topic(
                        id: situation.topics[topic].id, partitions: range.map { PartitionIndex(Int32($0)) }))
            }
            result[position] = PartitionAssignment(ordered: topics)
        }
        return result
    }

    private static func order(of members: [AssignmentSituation.Member]) -> [Int] {
        let named = members.indices.compactMap { position in
            members[position].instanceID.map { (position: position, instanceID: $0) }
        }
        let dynamic = members.indices.filter { members[$0].instanceID == nil }
        return named.sorted { $0.instanceID < $1.instanceID }.map(\.position) + dynamic
    }

    /// Cuts one topic into ranges, the longer ones first.
    private struct Ranges {
        private let length: Int
        private var longer: Int
        private var start = 0

        init(partitionCount: Int, subscriberCount: Int) {
            length = partitionCount / max(subscriberCount, 1)
            longer = partitionCount % max(subscriberCount, 1)
        }

        mutating func next() -> Range<Int> {
            let end = start + length + (longer > 0 ? 1 : 0)
            longer -= 1
            defer { start = end }
            return start..<end
        }
    }
}
