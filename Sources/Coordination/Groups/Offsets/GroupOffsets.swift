package import KafkaProtocol

/// How far a group has come in a partition.
package struct CommittedOffset: Hashable, Sendable {
    /// The next record to read.
    package var offset: Offset
    /// The epoch of the last record that was read; -1 where the client does not know it (KIP-320).
    package var leaderEpoch: LeaderEpoch
    /// What the client wants to remember beside it.
    package var metadata: String
    package var commitTime: Timestamp
    /// When it ends whatever happens, as clients before 2.1 ask for; nil for the group's own rule.
    package var expiry: Timestamp?
    /// The topic's id; zero where the client did not say it and the topic was not known.
    package var topicID: TopicID
    /// Which record of the log it was, counted from the beginning of the replay.
    fileprivate(set) var order = 0

    package init(
        offset: Offset, leaderEpoch: LeaderEpoch = .none, metadata: String = "", commitTime: Timestamp,
        expiry: Timestamp? = nil, topicID: TopicID = .zero
    ) {
        self.offset = offset
        self.leaderEpoch = leaderEpoch
        self.metadata = metadata
        self.commitTime = commitTime
        self.expiry = expiry
        self.topicID = topicID
    }

    init(_ value: OffsetCommitValue) {
        self.init(
            offset: value.offset, leaderEpoch: value.leaderEpoch, metadata: value.metadata,
            commitTime: Timestamp(value.commitTimestamp),
            expiry: value.expireTimestamp < 0 ? nil : Timestamp(value.expireTimestamp), topicID: value.topicID)
    }

    var recordValue: OffsetCommitValue {
        .with {
            $0.offset = offset
            $0.leaderEpoch = leaderEpoch
            $0.metadata = metadata
            $0.commitTimestamp = commitTime.rawValue
            $0.expireTimestamp = expiry?.rawValue ?? -1
            $0.topicID = topicID
        }
    }
}

/// The offsets that groups have committed, and those of transactions that are not decided yet.
package struct GroupOffsets: Sendable {
    package typealias Partitions = [PartitionIndex: CommittedOffset]

    /// By group and topic.
    private var committed: [String: [String: Partitions]] = [:]
    /// By producer, group and topic: what a transaction has written and has not committed yet.
    private var pending: [ProducerID: [String: [String: Partitions]]] = [:]
    /// How many transactions write to each partition of a group.
    private var pendingCounts: [String: [TopicPartition: Int]] = [:]
    package private(set) var count = 0
    /// Records so far.
    private var recordCount = 0

    package init() {}

    package func hasOffsets(of group: String) -> Bool { committed[group] != nil }
    package func offsets(of group: String) -> [String: Partitions] { committed[group] ?? [:] }
    package var groupIDs: some Sequence<String> { committed.keys }

    /// All that is committed, in no order.
    package func forEach(_ body: (_ group: String, _ topic: String, PartitionIndex, CommittedOffset) -> Void) {
        for (group, topics) in committed {
            for (topic, partitions) in topics {
                for (partition, offset) in partitions { body(group, topic, partition, offset) }
            }
        }
    }

    package func offset(of group: String, _ topic: String, _ partition: PartitionIndex) -> CommittedOffset? {
        committed[group]?[topic]?[partition]
    }

    /// Whether a transaction that is not decided has an offset for the partition (KIP-447).
    package func isPending(_ group: String, _ topic: String, _ partition: PartitionIndex) -> Bool {
        pendingCounts[group]?[TopicPartition(topic: topic, partition: partition)] != nil
    }

    package func hasPending(of group: String) -> Bool { pendingCounts[group] != nil }

    // MARK: - The steps of a replay

    mutating func set(_ key: OffsetCommitKey, _ offset: CommittedOffset) {
        recordCount += 1
        var offset = offset
        offset.order = recordCount
        put(key, offset)
    }

    private mutating func put(_ key: OffsetCommitKey, _ offset: CommittedOffset) {
        let old = committed[key.group, default: [:]][key.topic, default: [:]].updateValue(offset, forKey: key.partition)
        if old == nil { count += 1 }
    }

    /// Also what transactions that are under way have for the partition.
    mutating func remove(_ key: OffsetCommitKey) {
        if isPending(key.group, key.topic, key.partition) { removePending(key) }
        guard committed[key.group]?[key.topic]?.removeValue(forKey: key.partition) != nil else { return }
        count -= 1
        if committed[key.group]?[key.topic]?.isEmpty == true { committed[key.group]?[key.topic] = nil }
        if committed[key.group]?.isEmpty == true { committed[key.group] = nil }
    }

    private mutating func removePending(_ key: OffsetCommitKey) {
        for producer in pending.keys {
            guard pending[producer]?[key.group]?[key.topic]?.removeValue(forKey: key.partition) != nil else { continue }
            forgetPending(key.group, TopicPartition(topic: key.topic, partition: key.partition))
        }
    }

    mutating func setPending(_ key: OffsetCommitKey, _ offset: CommittedOffset, of producer: ProducerID) {
        recordCount += 1
        var offset = offset
        offset.order = recordCount
        let old = pending[producer, default: [:]][key.group, default: [:]][key.topic, default: [:]]
            .updateValue(offset, forKey: key.partition)
        guard old == nil else { return }
        let partition = TopicPartition(topic: key.topic, partition: key.partition)
        pendingCounts[key.group, default: [:]][partition, default: 0] += 1
    }

    /// A transaction is decided: its offsets count from now on, or never have been. Of two for a partition the one counts
    /// whose record stands later in the log: it is the one that compaction keeps.
    mutating func endTransaction(of producer: ProducerID, isCommitted: Bool) {
        guard let groups = pending.removeValue(forKey: producer) else { return }
        for (group, topics) in groups {
            for (topic, partitions) in topics {
                for (partition, offset) in partitions {
                    forgetPending(group, TopicPartition(topic: topic, partition: partition))
                    guard isCommitted else { continue }
                    let key = OffsetCommitKey.with {
                        $0.group = group
                        $0.topic = topic
                        $0.partition = partition
                    }
                    if let other = committed[group]?[topic]?[partition], other.order > offset.order { continue }
                    put(key, offset)
                }
            }
        }
    }

    private mutating func forgetPending(_ group: String, _ partition: TopicPartition) {
        let count = (pendingCounts[group]?[partition] ?? 0) - 1
        pendingCounts[group]?[partition] = count > 0 ? count : nil
        if pendingCounts[group]?.isEmpty == true { pendingCounts[group] = nil }
    }
}

extension GroupCoordinatorStateMachine {
    /// An offset for a group that is not there makes it one without members, as clients do that assign partitions
    /// themselves.
    mutating func replay(_ key: OffsetCommitKey, _ value: OffsetCommitValue?) {
        guard let value else { return offsets.remove(key) }
        if groups[key.group] == nil { groups[key.group] = .classic(ClassicGroup(id: key.group)) }
        offsets.set(key, CommittedOffset(value))
    }

    /// Applies a record of a transaction, which counts when the transaction is committed.
    package mutating func replay(
        _ record: GroupRecord, ofTransactionBy producer: ProducerID
    ) throws(CoordinatorReplayError) {
        guard case .offset(let key, let value?) = record else {
            throw CoordinatorReplayError("a transaction holds something else than offsets")
        }
        if groups[key.group] == nil { groups[key.group] = .classic(ClassicGroup(id: key.group)) }
        offsets.setPending(key, CommittedOffset(value), of: producer)
    }

    /// Applies a transaction marker.
    package mutating func replayEndOfTransaction(of producer: ProducerID, isCommitted: Bool) {
        offsets.endTransaction(of: producer, isCommitted: isCommitted)
    }
}
