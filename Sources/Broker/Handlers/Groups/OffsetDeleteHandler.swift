// OffsetDelete: v0
// Authorization: Delete on Group, and Read on each Topic
// Behaviour: forgets what a group has committed for partitions of topics that no member is subscribed to (KIP-496);
//   others get GROUP_SUBSCRIBED_TO_TOPIC. Answered when that is durable.
// Version notes: none
import Coordination
import KafkaProtocol
import NIOCore

struct OffsetDeleteHandler: RequestHandler {
    static let versions: ClosedRange<Int16> = 0...0
    typealias Topic = OffsetDeleteRequest.OffsetDeleteRequestTopic

    let groups: GroupCoordinator
    let topics: TopicTable
    let authorizer: any Authorizer

    func handle(_ request: OffsetDeleteRequest, _ context: RequestContext) -> Handling<OffsetDeleteResponse> {
        guard authorizer.allows(.delete, on: .group(request.groupID), for: context) else {
            return .answer(.with { $0.errorCode = .groupAuthorizationFailed })
        }
        let refusals = request.topics.map { refusal(of: $0, context) }
        let queries = zip(request.topics, refusals).filter { $0.1 == .none }.map { topic, _ in
            OffsetTopicQuery(topic: topic.name, partitions: topic.partitions.map(\.partitionIndex))
        }
        return groups.handle(request.groupID, context, .pure) { machine, _, reply in
            machine.deleteOffsets(of: request.groupID, queries, reply: reply)
        } answer: { result in
            switch result {
            case .failure(let refusal): .with { $0.errorCode = refusal.code }
            case .success(let codes): Self.response(to: request, refusals, codes)
            }
        }
    }

    private func refusal(of topic: Topic, _ context: RequestContext) -> ErrorCode {
        guard authorizer.allows(.read, on: .topic(topic.name), for: context) else { return .topicAuthorizationFailed }
        return topics[topic.name] == nil ? .unknownTopicOrPartition : .none
    }

    private static func response(
        to request: OffsetDeleteRequest, _ refusals: [ErrorCode], _ codes: [ErrorCode]
    ) -> OffsetDeleteResponse {
        var rest = codes[...]
        return .with {
            $0.topics = zip(request.topics, refusals).map { topic, refusal in
                let code = refusal == .none ? rest.popFirst() ?? .none : refusal
                return .with {
                    $0.name = topic.name
                    $0.partitions = topic.partitions.map { partition in
                        .with {
                            $0.partitionIndex = partition.partitionIndex
                            $0.errorCode = code
                        }
                    }
                }
            }
        }
    }
}
