// CreatePartitions: v0-3
// Authorization: Alter on Topic
// Behaviour: a topic gets more partitions, never fewer; the answer leaves when they are durable and served.
//   Where every disk is nearly full, they are refused with KAFKA_STORAGE_ERROR.
// Version notes: v2 flexible; v3 as v2.
import Coordination
import KafkaProtocol
import NIOCore

struct CreatePartitionsHandler: RequestHandler {
    static let versions: ClosedRange<Int16> = 0...3

    typealias TopicResult = CreatePartitionsResponse.CreatePartitionsTopicResult
    private typealias Decision = MetadataWriter.Decision<[CommandOutcome<String, Int32>]>

    let metadata: MetadataWriter
    let directories: LogDirectories
    let authorizer: any Authorizer

    func handle(_ request: CreatePartitionsRequest, _ context: RequestContext) -> Handling<CreatePartitionsResponse> {
        let isPermitted = { (name: String) in authorizer.allows(.alter, on: .topic(name), for: context) }
        let increases = request.topics.filter { isPermitted($0.name) }.map { topic in
            PartitionIncrease(
                topic: topic.name, count: topic.count, assignments: topic.assignments?.map(\.brokerIDs))
        }
        let refused = request.topics.filter { !isPermitted($0.name) }.map { topic in
            TopicResult.with {
                $0.name = topic.name
                $0.errorCode = .topicAuthorizationFailed
            }
        }
        let future = metadata.submit(on: context.eventLoop) { [directories] machine -> Decision in
            if let refusal = directories.refusalOfNewLogs {
                return .init(response: increases.map { CommandOutcome($0.topic, .failure(refusal)) })
            }
            return machine.createPartitions(increases, validateOnly: request.validateOnly)
        }
        return .eventually(
            future.map { outcomes in
                let results = outcomes.map { outcome in
                    TopicResult.with {
                        $0.name = outcome.subject
                        if case .failure(let refusal) = outcome.result {
                            $0.errorCode = refusal.code
                            $0.errorMessage = refusal.message
                        }
                    }
                }
                return Answer(.with { $0.results = results + refused })
            })
    }
}
