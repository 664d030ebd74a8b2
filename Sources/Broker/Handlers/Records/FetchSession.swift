import KafkaProtocol
import OrderedCollections

/// What a client and the broker have agreed on, so that a fetch need not name every partition and an answer only those
/// that have changed (KIP-227).
struct FetchSession: Sendable {
    /// The state of one partition in the session.
    private struct Entry: Sendable {
        var item: FetchPlan.Item
        /// What the client was told last; nil when it has to be told anew.
        var told: Told?
    }

    private struct Told: Hashable, Sendable {
        var highWatermark: Offset
        var logStartOffset: Offset
    }

    let id: Int32
    /// Whether partitions are named by topic id; a session never changes that.
    let usesTopicIDs: Bool
    /// The epoch that the next request must carry.
    private(set) var epoch: Int32 = 1
    private var entries: OrderedDictionary<FetchPartitionKey, Entry> = [:]

    init(id: Int32, usesTopicIDs: Bool, items: [FetchPlan.Item]) {
        self.id = id
        self.usesTopicIDs = usesTopicIDs
        for item in items { entries[item.key] = Entry(item: item) }
    }

    var items: [FetchPlan.Item] { entries.values.map(\.item) }
    var partitionCount: Int { entries.count }

    /// Takes in what an incremental request changes and moves to the next epoch.
    mutating func update(_ items: [FetchPlan.Item], forgetting forgotten: [FetchPartitionKey]) {
        for key in forgotten { entries.removeValue(forKey: key) }
        for item in items { entries[item.key, default: Entry(item: item)].item = item }
        epoch = Self.next(epoch)
    }

    /// Epochs wrap to 1: 0 opens a session and -1 ends one.
    private static func next(_ epoch: Int32) -> Int32 { epoch == .max ? 1 : epoch + 1 }

    /// Whether an answer must carry this partition, and notes what the client knows then.
    ///
    /// Partitions that returned data move to the end, so that all of them get their turn.
    mutating func tells(_ key: FetchPartitionKey, _ data: FetchResponse.PartitionData, hasRecords: Bool) -> Bool {
        guard var entry = entries[key] else { return true }
        let now = Told(highWatermark: data.highWatermark, logStartOffset: data.logStartOffset)
        let changed = hasRecords || data.errorCode != .none || entry.told != now || data.divergingEpoch != .init()
        entry.told = data.errorCode == .none ? now : nil
        if hasRecords {
            entries.removeValue(forKey: key)
        }
        entries[key] = entry
        return changed
    }
}
