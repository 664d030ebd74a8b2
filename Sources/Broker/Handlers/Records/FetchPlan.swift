import KafkaProtocol
import OrderedCollections

/// What one fetch is to read: partitions in order, bounds on bytes, and how far. Knows no log.
struct FetchPlan: Hashable, Sendable {
    /// One partition's part of the plan.
    struct Item: Hashable, Sendable {
        var key: FetchPartitionKey
        var fetchOffset: Offset
        var maxBytes: Int
        var currentLeaderEpoch: LeaderEpoch
        var lastFetchedEpoch: LeaderEpoch
    }

    var items: [Item]
    var minBytes: Int
    var maxBytes: Int
    var isolation: IsolationLevel
    var version: Int16

    /// The bytes that the next partition may return, given what others have returned before it.
    ///
    /// The first partition that has data returns at least one batch, however large; the others stay inside the limit
    /// (KIP-74).
    func budget(for item: Item, used: Int) -> (bytes: Int, atLeastOneBatch: Bool) {
        (max(0, min(item.maxBytes, maxBytes - used)), used == 0)
    }
}

/// How much of a transaction's fate a reader waits for (KIP-98).
enum IsolationLevel: Int8, Sendable {
    case readUncommitted = 0
    case readCommitted = 1
}

/// A partition as fetch requests name it: by name, or by id from version 13 on.
struct FetchPartitionKey: Hashable, Sendable {
    var partition: PartitionIndex
    var topicID: TopicID
    var topic: String

    init(topic: String, topicID: TopicID, partition: PartitionIndex) {
        self.topic = topic
        self.topicID = topicID
        self.partition = partition
    }
}

extension FetchPlan.Item {
    init(_ topic: FetchRequest.FetchTopic, _ partition: FetchRequest.FetchPartition) {
        key = FetchPartitionKey(topic: topic.topic, topicID: topic.topicID, partition: partition.partition)
        fetchOffset = partition.fetchOffset
        maxBytes = Int(max(partition.partitionMaxBytes, 0))
        currentLeaderEpoch = partition.currentLeaderEpoch
        lastFetchedEpoch = partition.lastFetchedEpoch
    }
}

extension FetchRequest {
    /// The partitions that the request names, in order. Of a partition that is named more than once the last mention
    /// counts.
    var planItems: [FetchPlan.Item] {
        let items = topics.flatMap { topic in topic.partitions.map { FetchPlan.Item(topic, $0) } }
        // A few are compared with one another sooner than hashed.
        if items.count <= 16,
            items.indices.allSatisfy({ index in !items[..<index].contains { $0.key == items[index].key } })
        {
            return items
        }
        let byKey = OrderedDictionary(items.map { ($0.key, $0) }, uniquingKeysWith: { _, last in last })
        return byKey.count == items.count ? items : Array(byKey.values)
    }

    var forgottenKeys: [FetchPartitionKey] {
        forgottenTopicsData.flatMap { topic in
            topic.partitions.map {
                FetchPartitionKey(topic: topic.topic, topicID: topic.topicID, partition: $0)
            }
        }
    }
}
