// DeleteRecords: v0-2
// Authorization: Delete on Topic
// Behaviour: raises the log start of partitions, at most to the high watermark (-1 stands for it). Answered when the new
//   log starts are on disk; retention removes the segments. Topics that are only compacted refuse.
// Version notes: v2 flexible.
import KafkaProtocol
import LogStorage
import NIOCore

struct DeleteRecordsHandler: RequestHandler {
    static let versions: ClosedRange<Int16> = 0...2
    typealias PartitionResult = DeleteRecordsResponse.DeleteRecordsPartitionResult

    let table: TopicTable
    let topics: TopicHost
    let reads: ReaderPool
    let authorizer: any Authorizer

    init(topics: TopicHost, reads: ReaderPool, authorizer: any Authorizer) {
        table = topics.table
        self.topics = topics
        self.reads = reads
        self.authorizer = authorizer
    }

    /// A partition whose log start is to rise.
    private struct Deletion: Sendable {
        var slot: (topic: Int, partition: Int)
        var partition: Partition
        var checkpoint: LogCheckpoint
    }

    func handle(_ request: DeleteRecordsRequest, _ context: RequestContext) -> Handling<DeleteRecordsResponse> {
        var response = DeleteRecordsResponse()
        var deletions: [Deletion] = []
        for topic in request.topics {
            var result = DeleteRecordsResponse.DeleteRecordsTopicResult()
            result.name = topic.name
            for item in topic.partitions {
                var partition = PartitionResult()
                partition.partitionIndex = item.partitionIndex
                partition.lowWatermark = -1
                do throws(FetchRefusal) {
                    let slot = (response.topics.count, result.partitions.count)
                    deletions.append(try admit(item, of: topic.name, slot, context))
                } catch {
                    partition.errorCode = error.code
                }
                result.partitions.append(partition)
            }
            response.topics.append(result)
        }
        guard !deletions.isEmpty else { return .answer(response) }
        return .eventually(
            reads.run(on: context.eventLoop) { [response, deletions] in
                var response = response
                delete(deletions, &response)
                return Answer(response)
            })
    }

    private func admit(
        _ item: DeleteRecordsRequest.DeleteRecordsPartition, of topic: String, _ slot: (Int, Int),
        _ context: RequestContext
    ) throws(FetchRefusal) -> Deletion {
        let key = TopicPartition(topic: topic, partition: item.partitionIndex)
        let partition = try table.partition(key, allowing: .delete, authorizer, context)
        if table[topic]?.isInternal ?? false { throw FetchRefusal(.invalidTopicException) }
        if let end = partition.end { throw FetchRefusal(end) }
        guard partition.configuration.cleanupPolicy != .compact else { throw FetchRefusal(.policyViolation) }
        do throws(LogError) {
            return Deletion(
                slot: slot, partition: partition, checkpoint: try partition.checkpoint(deletingBefore: item.offset))
        } catch {
            throw FetchRefusal(error.errorCode)
        }
    }

    /// Durable first, then seen, then answered. Blocks.
    private func delete(_ deletions: [Deletion], _ response: inout DeleteRecordsResponse) {
        let failures = topics.raiseLogStarts(deletions.map { ($0.partition, $0.checkpoint) })
        for deletion in deletions {
            var result = response.topics[deletion.slot.topic].partitions[deletion.slot.partition]
            do throws(LogError) {
                if let failure = failures[deletion.partition.directory.path] { throw failure }
                let offsets = try deletion.partition.advanceLogStart(to: deletion.checkpoint.logStart)
                result.lowWatermark = offsets.logStart.rawValue
            } catch {
                result.errorCode = error.errorCode
            }
            response.topics[deletion.slot.topic].partitions[deletion.slot.partition] = result
        }
    }
}
