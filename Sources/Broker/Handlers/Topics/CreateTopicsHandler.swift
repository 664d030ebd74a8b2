// CreateTopics: v2-7
// Authorization: Create on Cluster, or Create on Topic
// Behaviour: each topic is created or refused on its own; the answer leaves when the topics are durable and served.
//   Where every disk is nearly full, all are refused with KAFKA_STORAGE_ERROR.
// Version notes: v4 -1 for the broker's defaults; v5 answers with the settings in force; v7 topic ids.
import Coordination
import KafkaProtocol
import NIOCore

struct CreateTopicsHandler: RequestHandler {
    static let versions: ClosedRange<Int16> = 2...7

    typealias TopicResult = CreateTopicsResponse.CreatableTopicResult
    private typealias Decision = MetadataWriter.Decision<[CommandOutcome<String, CreatedTopic>]>

    let metadata: MetadataWriter
    let directories: LogDirectories
    let defaults: TopicDefaults
    let settings: SettingsView
    let authorizer: any Authorizer

    func handle(_ request: CreateTopicsRequest, _ context: RequestContext) -> Handling<CreateTopicsResponse> {
        let mayCreateAny = authorizer.allows(.create, on: .cluster, for: context)
        let allowed = request.topics.filter {
            mayCreateAny || authorizer.allows(.create, on: .topic($0.name), for: context)
        }
        let refused = Set(request.topics.map(\.name)).subtracting(allowed.map(\.name)).sorted()
        let topics = allowed.map(NewTopic.init)
        let future = metadata.submit(on: context.eventLoop) { [defaults, directories] machine -> Decision in
            if let refusal = directories.refusalOfNewLogs {
                return .init(response: topics.map { CommandOutcome($0.name, .failure(refusal)) })
            }
            var generator = SystemRandomNumberGenerator()
            return machine.createTopics(
                topics, defaults: defaults, validateOnly: request.validateOnly, using: &generator)
        }
        return .eventually(
            future.map { outcomes in
                let refusals = refused.map { name in
                    Self.failed(name, Refusal(.topicAuthorizationFailed, "You may not create topic \(name)."))
                }
                return Answer(.with { $0.topics = outcomes.map(answer) + refusals })
            })
    }

    private static func failed(_ name: String, _ refusal: Refusal) -> TopicResult {
        .with {
            $0.name = name
            $0.errorCode = refusal.code
            $0.errorMessage = refusal.message
            $0.configs = nil
        }
    }

    private func answer(_ outcome: CommandOutcome<String, CreatedTopic>) -> TopicResult {
        switch outcome.result {
        case .failure(let refusal): return Self.failed(outcome.subject, refusal)
        case .success(let topic):
            return .with { result in
                result.name = topic.name
                result.topicID = topic.id
                result.errorMessage = nil
                result.numPartitions = topic.partitionCount
                result.replicationFactor = topic.replicationFactor
                result.configs = settings.resolver.topicEntries(topic.configuration).map { entry in
                    .with {
                        $0.name = entry.name
                        $0.value = entry.value
                        $0.readOnly = entry.isReadOnly
                        $0.configSource = entry.source.rawValue
                        $0.isSensitive = entry.definition.isSensitive
                    }
                }
            }
        }
    }
}

extension NewTopic {
    init(_ topic: CreateTopicsRequest.CreatableTopic) {
        self.init(
            name: topic.name, partitionCount: topic.numPartitions, replicationFactor: topic.replicationFactor,
            assignments: topic.assignments.map { .init(partition: $0.partitionIndex, replicas: $0.brokerIDs) },
            configuration: topic.configs.map { .init($0.name, $0.value) })
    }
}
