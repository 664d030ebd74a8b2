// ListOffsets: v1-11
// Authorization: Describe on Topic
// Behaviour: earliest is the log's start, latest the high watermark (read_committed: the last stable offset); a
//   timestamp finds the first record that is not older; -3 finds the record with the latest timestamp. Lookups by time
//   read the log and leave the event loop.
// Version notes: v2 isolation level; v4 leader epochs; v7 -3; v8 -4 (local log start); v9 -5, v11 -6 (tiered: none).
import KafkaProtocol
import LogStorage
import NIOCore

struct ListOffsetsHandler: RequestHandler {
    static let versions: ClosedRange<Int16> = 1...11

    typealias PartitionResponse = ListOffsetsResponse.ListOffsetsPartitionResponse

    let topics: TopicTable
    let authorizer: any Authorizer
    let reads: ReaderPool

    init(topics: TopicTable, authorizer: any Authorizer, reads: ReaderPool) {
        self.topics = topics
        self.authorizer = authorizer
        self.reads = reads
    }

    func handle(_ request: ListOffsetsRequest, _ context: RequestContext) -> Handling<ListOffsetsResponse> {
        let needsDisk = request.topics.contains { topic in
            topic.partitions.contains { $0.timestamp >= 0 || $0.timestamp == SpecialTimestamp.maximum }
        }
        guard needsDisk else { return .answer(answer(request, context)) }
        return .eventually(reads.run(on: context.eventLoop) { Answer(answer(request, context)) })
    }

    private func answer(_ request: ListOffsetsRequest, _ context: RequestContext) -> ListOffsetsResponse {
        var seen: Set<TopicPartition> = []
        var duplicates: Set<TopicPartition> = []
        for topic in request.topics {
            for partition in topic.partitions {
                let key = TopicPartition(topic: topic.name, partition: partition.partitionIndex)
                if !seen.insert(key).inserted { duplicates.insert(key) }
            }
        }
        return .with { response in
            response.topics = request.topics.map { topic in
                .with { answer in
                    answer.name = topic.name
                    answer.partitions = topic.partitions.map { partition in
                        let key = TopicPartition(topic: topic.name, partition: partition.partitionIndex)
                        return look(partition, key, request, context, isDuplicate: duplicates.contains(key))
                    }
                }
            }
        }
    }

    private func look(
        _ item: ListOffsetsRequest.ListOffsetsPartition, _ key: TopicPartition, _ request: ListOffsetsRequest,
        _ context: RequestContext, isDuplicate: Bool
    ) -> PartitionResponse {
        var response = PartitionResponse.with { $0.partitionIndex = item.partitionIndex }
        do throws(FetchRefusal) {
            if isDuplicate { throw FetchRefusal(.invalidRequest) }
            let partition = try topics.partition(key, allowing: .describe, authorizer, context)
            try FetchRefusal.check(item.currentLeaderEpoch, of: partition)
            let isolation = IsolationLevel(rawValue: request.isolationLevel) ?? .readUncommitted
            let found = try find(item.timestamp, in: partition, isolation, version: context.version)
            response.offset = found.offset
            response.timestamp = found.timestamp.rawValue
            if context.version >= 4 { response.leaderEpoch = found.leaderEpoch }
        } catch {
            response.errorCode = error.code
        }
        return response
    }

    private struct Found {
        var offset: Offset = .none
        var timestamp: Timestamp = .none
        var leaderEpoch: LeaderEpoch = .none
    }

    private func find(
        _ timestamp: Int64, in partition: Partition, _ isolation: IsolationLevel, version: Int16
    ) throws(FetchRefusal) -> Found {
        let reader = partition.reader
        let offsets = reader.offsets
        let bound = isolation == .readCommitted ? offsets.lastStable : offsets.highWatermark
        switch timestamp {
        case SpecialTimestamp.latest: return Found(offset: bound, leaderEpoch: partition.leaderEpoch)
        case SpecialTimestamp.earliest, SpecialTimestamp.earliestLocal:
            if timestamp == SpecialTimestamp.earliestLocal, version < 8 {
                throw FetchRefusal(.unsupportedVersion)
            }
            return Found(offset: offsets.logStart, leaderEpoch: reader.leaderEpoch(at: offsets.logStart))
        case SpecialTimestamp.latestTiered where version >= 9: return Found()
        case SpecialTimestamp.earliestPendingUpload where version >= 11: return Found()
        case SpecialTimestamp.maximum where version >= 7:
            return try found { () throws(LogError) in try reader.maxTimestamp(upTo: bound) }
        case 0...:
            return try found { () throws(LogError) in
                try reader.offset(forTimestamp: Timestamp(timestamp), upTo: bound)
            }
        default: throw FetchRefusal(.unsupportedVersion)
        }
    }

    private func found(_ lookup: () throws(LogError) -> TimestampedOffset?) throws(FetchRefusal) -> Found {
        do throws(LogError) {
            guard let match = try lookup() else { return Found() }
            return Found(offset: match.offset, timestamp: match.timestamp, leaderEpoch: match.leaderEpoch)
        } catch {
            throw FetchRefusal(error.errorCode)
        }
    }
}

/// Timestamps that ask for something else than a time.
enum SpecialTimestamp {
    static let latest: Int64 = -1
    static let earliest: Int64 = -2
    /// KIP-734
    static let maximum: Int64 = -3
    /// KIP-405
    static let earliestLocal: Int64 = -4
    /// KIP-1005
    static let latestTiered: Int64 = -5
    /// KIP-1023
    static let earliestPendingUpload: Int64 = -6
}

extension TopicTable {
    /// A partition by name, if the client may do `operation` on its topic.
    func partition(
        _ key: TopicPartition, allowing operation: AclOperation, _ authorizer: any Authorizer,
        _ context: RequestContext
    ) throws(FetchRefusal) -> Partition {
        guard authorizer.allows(operation, on: .topic(key.topic), for: context) else {
            throw FetchRefusal(.topicAuthorizationFailed)
        }
        guard let topic = self[key.topic] else { throw FetchRefusal(.unknownTopicOrPartition) }
        do { return try topic.partition(key.partition) } catch { throw FetchRefusal(error.code) }
    }
}
