package import KafkaProtocol

/// Partitions of several topics. Topics stand by id and partitions by number, each once, so that what is equal is
/// written alike, and sets are combined by walking along both.
package struct PartitionAssignment: Hashable, Sendable {
    package struct Topic: Hashable, Sendable {
        package let id: TopicID
        /// Ascending, each once, at least one.
        package let partitions: [PartitionIndex]
    }

    package private(set) var topics: [Topic] = []

    package init() {}

    /// Partitions in any order, and topics that may be named several times.
    package init(_ partitions: some Sequence<(id: TopicID, partitions: [PartitionIndex])>) {
        let topics = partitions.lazy.filter { !$0.partitions.isEmpty }
            .map { Topic(id: $0.id, partitions: Self.ascending($0.partitions)) }
        for topic in topics.sorted(by: { $0.id.precedes($1.id) }) {
            guard let last = self.topics.last, last.id == topic.id else {
                self.topics.append(topic)
                continue
            }
            self.topics.removeLast()
            let both = Self.merged(last.partitions, topic.partitions, .either)
            self.topics.append(Topic(id: topic.id, partitions: both))
        }
    }

    /// Topics that stand in order already.
    init(ordered topics: [Topic]) { self.topics = topics }

    package var isEmpty: Bool { topics.isEmpty }

    /// How many partitions there are.
    package var count: Int { topics.reduce(0) { $0 + $1.partitions.count } }

    /// The partitions of a topic; none if it is not among them.
    package subscript(_ id: TopicID) -> [PartitionIndex] { position(of: id).map { topics[$0].partitions } ?? [] }

    package func contains(_ id: TopicID, _ partition: PartitionIndex) -> Bool {
        guard let position = position(of: id) else { return false }
        let partitions = topics[position].partitions
        let place = partitions.partitioningIndex { $0 >= partition }
        return place < partitions.count && partitions[place] == partition
    }

    private func position(of id: TopicID) -> Int? {
        let position = topics.partitioningIndex { !$0.id.precedes(id) }
        return position < topics.count && topics[position].id == id ? position : nil
    }

    func forEach(_ body: (TopicPartitionID) -> Void) {
        for topic in topics {
            for partition in topic.partitions { body(TopicPartitionID(topic: topic.id, partition: partition)) }
        }
    }

    /// What is left when partitions that do not satisfy `isIncluded` are taken out.
    func filter(_ isIncluded: (TopicPartitionID) -> Bool) -> PartitionAssignment {
        PartitionAssignment(
            ordered: topics.compactMap { topic in
                let kept = topic.partitions.filter {
                    isIncluded(TopicPartitionID(topic: topic.id, partition: $0))
                }
                return kept.isEmpty ? nil : Topic(id: topic.id, partitions: kept)
            })
    }

    func filterTopics(_ isIncluded: (TopicID) -> Bool) -> PartitionAssignment {
        topics.allSatisfy { isIncluded($0.id) }
            ? self : PartitionAssignment(ordered: topics.filter { isIncluded($0.id) })
    }
}

/// A partition of a topic, by the topic's id.
package struct TopicPartitionID: Hashable, Sendable {
    package let topic: TopicID
    package let partition: PartitionIndex
}

// MARK: - Sets

extension PartitionAssignment {
    package func union(_ other: PartitionAssignment) -> PartitionAssignment {
        if isEmpty { return other }
        return other.isEmpty ? self : combined(with: other, .either)
    }

    package func intersection(_ other: PartitionAssignment) -> PartitionAssignment {
        self == other ? self : combined(with: other, .both)
    }

    package func subtracting(_ other: PartitionAssignment) -> PartitionAssignment {
        isEmpty || other.isEmpty ? self : combined(with: other, .firstOnly)
    }

    /// Which members of two sets are wanted.
    private enum Membership {
        case either, both, firstOnly
        var wantsFirstOnly: Bool { self != .both }
        var wantsSecondOnly: Bool { self == .either }
        var wantsBoth: Bool { self != .firstOnly }
    }

    private func combined(with other: PartitionAssignment, _ wanted: Membership) -> PartitionAssignment {
        var result: [Topic] = []
        var (mine, theirs) = (topics[...], other.topics[...])
        while let first = mine.first {
            guard let second = theirs.first else { break }
            if first.id == second.id {
                let partitions = Self.merged(first.partitions, second.partitions, wanted)
                if !partitions.isEmpty { result.append(Topic(id: first.id, partitions: partitions)) }
                mine.removeFirst()
                theirs.removeFirst()
            } else if first.id.precedes(second.id) {
                if wanted.wantsFirstOnly { result.append(first) }
                mine.removeFirst()
            } else {
                if wanted.wantsSecondOnly { result.append(second) }
                theirs.removeFirst()
            }
        }
        if wanted.wantsFirstOnly { result += mine }
        if wanted.wantsSecondOnly { result += theirs }
        return PartitionAssignment(ordered: result)
    }

    private static func merged(
        _ first: [PartitionIndex], _ second: [PartitionIndex], _ wanted: Membership
    ) -> [PartitionIndex] {
        if first == second { return wanted.wantsBoth ? first : [] }
        var result: [PartitionIndex] = []
        var (left, right) = (0, 0)
        while left < first.count, right < second.count {
            let (one, other) = (first[left], second[right])
            if one <= other { left += 1 }
            if other <= one { right += 1 }
            if one == other {
                if wanted.wantsBoth { result.append(one) }
            } else if one < other {
                if wanted.wantsFirstOnly { result.append(one) }
            } else if wanted.wantsSecondOnly {
                result.append(other)
            }
        }
        if wanted.wantsFirstOnly { result += first[left...] }
        if wanted.wantsSecondOnly { result += second[right...] }
        return result
    }

    /// In order, each once.
    private static func ascending(_ partitions: [PartitionIndex]) -> [PartitionIndex] {
        if zip(partitions, partitions.dropFirst()).allSatisfy({ $0 < $1 }) { return partitions }
        var result: [PartitionIndex] = []
        for partition in partitions.sorted() where result.last != partition { result.append(partition) }
        return result
    }
}

extension TopicID {
    /// The order in which assignments name topics.
    func precedes(_ other: TopicID) -> Bool { (uuid.high, uuid.low) < (other.uuid.high, other.uuid.low) }
}

extension RandomAccessCollection where Index == Int {
    /// The first position from which on `belongs` holds, in a collection where it holds for the end only.
    func partitioningIndex(where belongs: (Element) -> Bool) -> Int {
        var (low, high) = (startIndex, endIndex)
        while low < high {
            let middle = low + (high - low) / 2
            if belongs(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
