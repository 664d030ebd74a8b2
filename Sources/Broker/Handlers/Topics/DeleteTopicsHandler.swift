// DeleteTopics: v1-6
// Authorization: Delete on Topic
// Behaviour: answered when the deletion is durable and the topics are served no more; their files go a while later
//   (file.delete.delay.ms). Who waits on them is released with UNKNOWN_TOPIC_OR_PARTITION.
// Version notes: v5 error messages; v6 topics may be named by id.
import Coordination
import KafkaProtocol
import NIOCore

struct DeleteTopicsHandler: RequestHandler {
    static let versions: ClosedRange<Int16> = 1...6

    typealias TopicResult = DeleteTopicsResponse.DeletableTopicResult

    let metadata: MetadataWriter
    let topics: TopicTable
    let authorizer: any Authorizer
    /// `delete.topic.enable`
    let isAllowed: Bool

    func handle(_ request: DeleteTopicsRequest, _ context: RequestContext) -> Handling<DeleteTopicsResponse> {
        let wanted =
            context.version >= 6 ? request.topics.map(TopicReference.init) : request.topicNames.map { .name($0) }
        var refused: [TopicResult] = []
        let permitted = wanted.filter { reference in
            let name = name(of: reference)
            if authorizer.allows(.delete, on: .topic(name ?? ""), for: context) { return true }
            refused.append(Self.result(reference, name: name, .topicAuthorizationFailed, nil))
            return false
        }
        let names = Dictionary(wanted.map { ($0, name(of: $0)) }, uniquingKeysWith: { first, _ in first })
        let future = metadata.submit(on: context.eventLoop) { [isAllowed] machine in
            machine.deleteTopics(permitted, isAllowed: isAllowed)
        }
        return .eventually(
            future.map { [refused] outcomes in
                let results = outcomes.map { outcome in
                    switch outcome.result {
                    case .success(let deleted):
                        TopicResult.with {
                            $0.name = deleted.name
                            $0.topicID = deleted.id
                        }
                    case .failure(let refusal):
                        Self.result(
                            outcome.subject, name: names[outcome.subject] ?? nil, refusal.code, refusal.message)
                    }
                }
                return Answer(.with { $0.responses = results + refused })
            })
    }

    private func name(of reference: TopicReference) -> String? {
        switch reference {
        case .name(let name): name
        case .id(let id): topics[id]?.name
        }
    }

    private static func result(
        _ reference: TopicReference, name: String?, _ code: ErrorCode, _ message: String?
    ) -> TopicResult {
        .with {
            $0.name = name
            if case .id(let id) = reference { $0.topicID = id }
            $0.errorCode = code
            $0.errorMessage = message
        }
    }
}

extension TopicReference {
    init(_ topic: DeleteTopicsRequest.DeleteTopicState) {
        if let name = topic.name { self = .name(name) } else { self = .id(topic.topicID) }
    }
}
