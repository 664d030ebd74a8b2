// ConsumerGroupHeartbeat: v0-1
// Authorization: Read on Group, and Describe on each Topic that is subscribed to by name
// Behaviour: a member of the consumer protocol (KIP-848) joins, stays or leaves; what it shall have comes with the answer
//   when it has changed. Answered when what it comes to is durable. Regular expressions are matched beside it, off the
//   event loops. UNSUPPORTED_VERSION while group.version is 0 or group.coordinator.rebalance.protocols leaves it out.
// Version notes: v1 regular expressions, and ids that members choose themselves.
import Coordination
import KafkaProtocol
import NIOCore

struct ConsumerGroupHeartbeatHandler: RequestHandler {
    static let versions: ClosedRange<Int16> = 0...1

    let groups: GroupCoordinator
    let authorizer: any Authorizer

    func handle(
        _ request: ConsumerGroupHeartbeatRequest, _ context: RequestContext
    ) -> Handling<ConsumerGroupHeartbeatResponse> {
        guard authorizer.allows(.read, on: .group(request.groupID), for: context) else {
            return .answer(.with { $0.errorCode = .groupAuthorizationFailed })
        }
        let topics = request.subscribedTopicNames ?? []
        guard topics.allSatisfy({ authorizer.allows(.describe, on: .topic($0), for: context) }) else {
            return .answer(.with { $0.errorCode = .topicAuthorizationFailed })
        }
        let image = groups.image
        guard image.groupVersion >= 1 else {
            return .answer(
                .with {
                    $0.errorCode = .unsupportedVersion
                    $0.errorMessage = "The feature group.version is 0: the consumer protocol is turned off."
                })
        }
        let (version, client) = (context.version, GroupClient(context))
        let overrides = GroupOverrides(image.configuration(of: .group(request.groupID)))
        // Nothing but its records changes the group: where they cannot be written, nothing has happened.
        return groups.handle(request.groupID, context, .pure) { machine, now, reply in
            machine.consumerGroupHeartbeat(
                request, version: version, from: client, image: image, overrides: overrides,
                isValidPattern: { (try? SubscriptionPattern($0)) != nil }, at: now, reply: reply)
        } answer: { result in
            switch result {
            case .success(let response): response
            case .failure(let refusal):
                .with {
                    $0.errorCode = refusal.code
                    $0.errorMessage = refusal.message
                }
            }
        }
    }
}
