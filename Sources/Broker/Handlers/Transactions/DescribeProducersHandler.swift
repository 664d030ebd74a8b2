// DescribeProducers: v0
// Authorization: Read on Topic
// Behaviour: the producers that a partition's log knows, with the last sequence and time of each and where its open
//   transaction begins (KIP-664): an operator finds transactions that hang. A partition that is named twice is told of
//   once.
// Version notes: none
import Coordination
import KafkaProtocol
import LogStorage
import NIOCore

struct DescribeProducersHandler: RequestHandler {
    static let versions: ClosedRange<Int16> = 0...0

    typealias PartitionAnswer = DescribeProducersResponse.PartitionResponse

    let topics: TopicTable
    let reads: ReaderPool
    let authorizer: any Authorizer

    func handle(_ request: DescribeProducersRequest, _ context: RequestContext) -> Handling<DescribeProducersResponse> {
        // The log's lock may be held by an append that waits for its disk.
        .eventually(
            reads.run(on: context.eventLoop) {
                var seen: Set<TopicPartition> = []
                return Answer(
                    .with { response in
                        response.topics = request.topics.map { topic in
                            .with { answer in
                                answer.name = topic.name
                                answer.partitions = describe(topic, context, &seen)
                            }
                        }
                    })
            })
    }

    private func describe(
        _ request: DescribeProducersRequest.TopicRequest, _ context: RequestContext, _ seen: inout Set<TopicPartition>
    ) -> [PartitionAnswer] {
        let indices = request.partitionIndexes.filter {
            seen.insert(TopicPartition(topic: request.name, partition: $0)).inserted
        }
        let topic: HostedTopic
        do throws(Refusal) { topic = try find(request.name, context) } catch {
            return indices.map { index in
                .with {
                    $0.partitionIndex = index
                    $0.errorCode = error.code
                    $0.errorMessage = error.message
                }
            }
        }
        return indices.map { index in
            .with { answer in
                answer.partitionIndex = index
                do throws(TopicLookupError) {
                    let partition = try topic.partition(index)
                    if let end = partition.end { throw TopicLookupError(end) }
                    answer.activeProducers = partition.activeProducers.map(PartitionAnswer.producer)
                } catch {
                    answer.errorCode = error.code
                }
            }
        }
    }

    private func find(_ name: String, _ context: RequestContext) throws(Refusal) -> HostedTopic {
        if let fault = TopicName.fault(of: name) {
            throw Refusal(.invalidTopicException, "Topic name is invalid: \(fault)")
        }
        guard authorizer.allows(.read, on: .topic(name), for: context) else {
            throw Refusal(.topicAuthorizationFailed, "You may not read this topic.")
        }
        guard let topic = topics[name] else {
            throw Refusal(.unknownTopicOrPartition, "There is no topic \(name).")
        }
        return topic
    }
}

extension DescribeProducersResponse.PartitionResponse {
    fileprivate static func producer(_ producer: ActiveProducer) -> DescribeProducersResponse.ProducerState {
        .with {
            $0.producerID = producer.id
            $0.producerEpoch = Int32(producer.epoch.rawValue)
            $0.lastSequence = producer.lastSequence.rawValue
            $0.lastTimestamp = producer.lastTimestamp.rawValue
            $0.coordinatorEpoch = producer.coordinatorEpoch
            $0.currentTxnStartOffset = producer.transactionFirstOffset ?? -1
        }
    }
}
