// DescribeTopicPartitions: v0
// Authorization: Describe on Topic
// Behaviour: topics in order of name, pages of so many partitions, and a cursor where the next page begins (KIP-966).
// Version notes: none.
import Coordination
import KafkaProtocol
import NIOCore

struct DescribeTopicPartitionsHandler: RequestHandler {
    static let versions: ClosedRange<Int16> = 0...0

    typealias TopicResponse = DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic

    let identity: ClusterIdentity
    let topics: TopicTable
    let authorizer: any Authorizer
    /// `max.request.partition.size.limit`: partitions in one answer.
    let maxPartitions: Int

    init(identity: ClusterIdentity, topics: TopicTable, authorizer: any Authorizer, maxPartitions: Int) {
        self.identity = identity
        self.topics = topics
        self.authorizer = authorizer
        self.maxPartitions = maxPartitions
    }

    func handle(
        _ request: DescribeTopicPartitionsRequest, _ context: RequestContext
    ) -> Handling<DescribeTopicPartitionsResponse> {
        guard request.cursor.map({ $0.partitionIndex >= 0 }) ?? true else {
            return .disconnect("DescribeTopicPartitions with a negative partition in its cursor")
        }
        let wantsAll = request.topics.isEmpty
        let named = wantsAll ? topics.all.map(\.name) : Array(Set(request.topics.map(\.name)))
        let names = named.sorted().filter { $0 >= request.cursor?.topicName ?? "" }
        var left = min(maxPartitions, max(1, Int(request.responsePartitionLimit)))
        var response = DescribeTopicPartitionsResponse()
        for name in names {
            guard authorizer.allows(.describe, on: .topic(name), for: context) else {
                if !wantsAll { response.topics.append(Self.failed(name, .topicAuthorizationFailed)) }
                continue
            }
            guard let topic = topics[name] else {
                let code = TopicName.fault(of: name) == nil ? ErrorCode.unknownTopicOrPartition : .invalidTopicException
                response.topics.append(Self.failed(name, code))
                continue
            }
            let first = name == request.cursor?.topicName ? Int(request.cursor?.partitionIndex.rawValue ?? 0) : 0
            if left == 0 {
                response.nextCursor = Self.cursor(name, first)
                break
            }
            let page = describe(topic, from: first, atMost: left, context)
            response.topics.append(page)
            left -= page.partitions.count
            if first + page.partitions.count < topic.partitions.count {
                response.nextCursor = Self.cursor(name, first + page.partitions.count)
                break
            }
        }
        return .answer(response)
    }

    private static func cursor(_ name: String, _ partition: Int) -> DescribeTopicPartitionsResponse.Cursor {
        .with {
            $0.topicName = name
            $0.partitionIndex = PartitionIndex(Int32(clamping: partition))
        }
    }

    private static func failed(_ name: String, _ code: ErrorCode) -> TopicResponse {
        .with {
            $0.name = name
            $0.errorCode = code
        }
    }

    private func describe(
        _ topic: HostedTopic, from first: Int, atMost limit: Int, _ context: RequestContext
    ) -> TopicResponse {
        .with { response in
            response.name = topic.name
            response.topicID = topic.id
            response.isInternal = topic.isInternal
            response.topicAuthorizedOperations = authorizer.authorizedOperations(on: .topic(topic.name), for: context)
            response.partitions = topic.partitions.enumerated().dropFirst(first).prefix(limit).map { index, partition in
                .with {
                    $0.describe(partition, index, on: identity.nodeID)
                    $0.eligibleLeaderReplicas = []
                    $0.lastKnownEligibleLeaderReplicas = []
                }
            }
        }
    }
}
