import KafkaProtocol
import LogStorage
import NIOCore

/// Carries out a ``FetchPlan``: finds the ranges of the segments, copies nothing.
struct FetchExecution {
    /// What one partition gives.
    struct PartitionResult {
        var key: FetchPartitionKey
        var data: FetchResponse.PartitionData
        var slices: [LogSlice] = []

        /// The same, once what had to come from the disk could not be read.
        var unreadable: PartitionResult {
            var result = self
            if !slices.isEmpty { result.data.fail(.kafkaStorageError) }
            return result
        }
    }

    let topics: TopicTable
    let authorizer: any Authorizer
    let nodeID: BrokerID
    let context: RequestContext

    private(set) var results: [PartitionResult] = []
    /// Bytes of records that were found.
    private(set) var byteCount = 0
    /// Something that the client has to hear of at once: an error or a diverging epoch.
    private(set) var isUrgent = false
    /// The partitions whose advance may give more.
    private(set) var partitions: [Partition] = []
    /// How far each of them was when it was read.
    private(set) var highWatermarks: [Offset] = []
    /// The topic of the last partition.
    private var topic: HostedTopic?

    init(topics: TopicTable, authorizer: any Authorizer, nodeID: BrokerID, context: RequestContext) {
        self.topics = topics
        self.authorizer = authorizer
        self.nodeID = nodeID
        self.context = context
    }

    mutating func run(_ plan: FetchPlan) {
        results = []
        results.reserveCapacity(plan.items.count)
        partitions = []
        highWatermarks = []
        topic = nil
        byteCount = 0
        isUrgent = false
        for item in plan.items { results.append(read(item, plan)) }
    }

    private mutating func read(_ item: FetchPlan.Item, _ plan: FetchPlan) -> PartitionResult {
        var result = PartitionResult(key: item.key, data: .init())
        result.data.partitionIndex = item.key.partition
        result.data.abortedTransactions = nil
        result.data.records = .bytes(ByteBuffer())
        do throws(FetchRefusal) {
            let partition = try find(item, plan)
            partitions.append(partition)
            highWatermarks.append(partition.reader.offsets.highWatermark)
            try read(partition, item, plan, &result)
        } catch {
            isUrgent = true
            result.data.fail(error.code)
            if let epoch = error.leaderEpoch {
                result.data.currentLeader.leaderID = nodeID
                result.data.currentLeader.leaderEpoch = epoch
            }
        }
        return result
    }

    private mutating func find(_ item: FetchPlan.Item, _ plan: FetchPlan) throws(FetchRefusal) -> Partition {
        do throws(TopicLookupError) {
            if plan.version >= 13, item.key.topicID == .zero { throw TopicLookupError(.unknownTopicID) }
            let topic = try find(item.key)
            if plan.version < 10, topic.configuration.compressionType == .zstd {
                throw TopicLookupError(.unsupportedCompressionType)
            }
            return try topic.partition(item.key.partition)
        } catch {
            throw FetchRefusal(error.code)
        }
    }

    /// The topic, if it may be read. Partitions of one topic follow each other.
    private mutating func find(_ key: FetchPartitionKey) throws(TopicLookupError) -> HostedTopic {
        if let topic, topic.id == key.topicID || (key.topicID == .zero && topic.name == key.topic) { return topic }
        let found = try topics.find(name: key.topic, id: key.topicID)
        guard authorizer.allows(.read, on: .topic(found.name), for: context) else {
            throw TopicLookupError(.topicAuthorizationFailed)
        }
        topic = found
        return found
    }

    private mutating func read(
        _ partition: Partition, _ item: FetchPlan.Item, _ plan: FetchPlan, _ result: inout PartitionResult
    ) throws(FetchRefusal) {
        try FetchRefusal.check(item.currentLeaderEpoch, of: partition)
        let offsets = partition.reader.offsets
        result.data.highWatermark = offsets.highWatermark
        result.data.lastStableOffset = offsets.lastStable
        result.data.logStartOffset = offsets.logStart
        if let end = divergence(partition, item) {
            result.data.divergingEpoch = end
            isUrgent = true
            return
        }
        guard item.fetchOffset >= offsets.logStart, item.fetchOffset <= offsets.logEnd else {
            throw FetchRefusal(.offsetOutOfRange)
        }
        let bound = plan.isolation == .readCommitted ? offsets.lastStable : offsets.highWatermark
        if plan.isolation == .readCommitted { result.data.abortedTransactions = [] }
        let budget = plan.budget(for: item, used: byteCount)
        guard item.fetchOffset < bound, budget.bytes > 0 || budget.atLeastOneBatch else { return }
        try take(partition, from: item.fetchOffset, upTo: bound, budget, plan, &result)
    }

    private mutating func take(
        _ partition: Partition, from start: Offset, upTo bound: Offset, _ budget: (bytes: Int, atLeastOneBatch: Bool),
        _ plan: FetchPlan, _ result: inout PartitionResult
    ) throws(FetchRefusal) {
        do throws(LogError) {
            let read = try partition.reader.read(
                from: start, maxBytes: budget.bytes, minOneBatch: budget.atLeastOneBatch, upTo: bound)
            let count = read.byteCount
            guard count > 0 else { return }
            if plan.isolation == .readCommitted {
                result.data.abortedTransactions = try aborted(partition, in: start..<bound)
            }
            result.slices = read.slices
            byteCount += count
            result.data.records = .external(byteCount: count)
        } catch {
            throw FetchRefusal(error.errorCode)
        }
    }

    /// The aborted transactions of a range that has just been read. The list is whole only if the log still begins at or
    /// before the range: retention takes a segment's transactions with it.
    private func aborted(
        _ partition: Partition, in range: Range<Offset>
    ) throws(LogError) -> [FetchResponse.AbortedTransaction] {
        let found = try partition.reader.abortedTransactions(in: range)
        let offsets = partition.reader.offsets
        guard offsets.logStart <= range.lowerBound else {
            throw .offsetOutOfRange(requested: range.lowerBound, valid: offsets.logStart...offsets.logEnd)
        }
        return found.map { aborted in
            .with {
                $0.producerID = aborted.producerID
                $0.firstOffset = aborted.firstOffset
            }
        }
    }

    /// Where the reader's history ends to agree with the log's (KIP-595); nil if it agrees.
    private func divergence(_ partition: Partition, _ item: FetchPlan.Item) -> FetchResponse.EpochEndOffset? {
        guard item.lastFetchedEpoch >= 0 else { return nil }
        guard let (epoch, endOffset) = partition.reader.endOffset(forLeaderEpoch: item.lastFetchedEpoch) else {
            return nil
        }
        guard epoch < item.lastFetchedEpoch || endOffset < item.fetchOffset else { return nil }
        return .with {
            $0.epoch = epoch.rawValue
            $0.endOffset = endOffset
        }
    }
}

extension FetchResponse.PartitionData {
    /// Says why there is nothing, in the place of everything that might be taken for an offset.
    mutating func fail(_ code: ErrorCode) {
        errorCode = code
        (highWatermark, lastStableOffset, logStartOffset) = (.none, .none, .none)
        abortedTransactions = nil
        records = .bytes(ByteBuffer())
    }
}

/// Why a partition cannot be read.
struct FetchRefusal: Error {
    var code: ErrorCode
    /// The epoch to go on with, where the client's is wrong.
    var leaderEpoch: LeaderEpoch?

    init(_ code: ErrorCode, leaderEpoch: LeaderEpoch? = nil) {
        self.code = code
        self.leaderEpoch = leaderEpoch
    }

    /// Compares the leader epoch that a client goes by with the partition's (KIP-320).
    static func check(_ epoch: LeaderEpoch, of partition: Partition) throws(FetchRefusal) {
        if let end = partition.end { throw FetchRefusal(end) }
        guard epoch >= 0 else { return }
        let current = partition.leaderEpoch
        if epoch < current { throw FetchRefusal(.fencedLeaderEpoch, leaderEpoch: current) }
        if epoch > current { throw FetchRefusal(.unknownLeaderEpoch, leaderEpoch: current) }
    }
}
