// OffsetForLeaderEpoch: v2-4
// Authorization: Describe on Topic
// Behaviour: says where the records of a leader epoch end, so that a client notices what was cut off behind its back
//   (KIP-320).
// Version notes: v3 the replica id of a debugging client; v4 flexible.
import KafkaProtocol
import LogStorage
import NIOCore

struct OffsetForLeaderEpochHandler: RequestHandler {
    static let versions: ClosedRange<Int16> = 2...4

    let topics: TopicTable
    let authorizer: any Authorizer

    init(topics: TopicTable, authorizer: any Authorizer) {
        self.topics = topics
        self.authorizer = authorizer
    }

    func handle(
        _ request: OffsetForLeaderEpochRequest, _ context: RequestContext
    ) -> Handling<OffsetForLeaderEpochResponse> {
        let response = OffsetForLeaderEpochResponse.with { response in
            response.topics = request.topics.map { topic in
                .with { answer in
                    answer.topic = topic.topic
                    answer.partitions = topic.partitions.map { find($0, topic.topic, context) }
                }
            }
        }
        return .answer(response)
    }

    private func find(
        _ item: OffsetForLeaderEpochRequest.OffsetForLeaderPartition, _ topic: String, _ context: RequestContext
    ) -> OffsetForLeaderEpochResponse.EpochEndOffset {
        var response = OffsetForLeaderEpochResponse.EpochEndOffset.with { $0.partition = item.partition }
        do throws(FetchRefusal) {
            let key = TopicPartition(topic: topic, partition: item.partition)
            let partition = try topics.partition(key, allowing: .describe, authorizer, context)
            try FetchRefusal.check(item.currentLeaderEpoch, of: partition)
            guard let (epoch, endOffset) = partition.reader.endOffset(forLeaderEpoch: item.leaderEpoch) else {
                return response
            }
            (response.leaderEpoch, response.endOffset) = (epoch, endOffset)
        } catch {
            response.errorCode = error.code
        }
        return response
    }
}
