// ConsumerGroupDescribe: v0-1
// Authorization: Describe on Group
// Behaviour: groups of the consumer protocol (KIP-848) with their epochs, members, what these have and what they shall
//   have. Groups of other kinds are not found here.
// Version notes: v1 the protocol that each member speaks.
import Coordination
import KafkaProtocol
import NIOCore

struct ConsumerGroupDescribeHandler: RequestHandler {
    static let versions: ClosedRange<Int16> = 0...1
    typealias DescribedGroup = ConsumerGroupDescribeResponse.DescribedGroup

    let groups: GroupCoordinator
    let authorizer: any Authorizer

    func handle(
        _ request: ConsumerGroupDescribeRequest, _ context: RequestContext
    ) -> Handling<ConsumerGroupDescribeResponse> {
        let answers = request.groupIDs.map { describe($0, request, context) }
        let future = EventLoopFuture.whenAllSucceed(answers, on: context.eventLoop)
        return .eventually(future.map { groups in Answer(.with { $0.groups = groups }) })
    }

    private func describe(
        _ groupID: String, _ request: ConsumerGroupDescribeRequest, _ context: RequestContext
    ) -> EventLoopFuture<DescribedGroup> {
        guard authorizer.allows(.describe, on: .group(groupID), for: context) else {
            return context.eventLoop.makeSucceededFuture(
                Self.refused(groupID, Refusal(.groupAuthorizationFailed, "")))
        }
        let image = groups.image
        let described = groups.ask(groupID, on: context.eventLoop) { machine, _, reply in
            GroupOutput(reply, machine.describeConsumerGroup(groupID, image: image))
        }
        return described.map { result in
            switch result {
            case .failure(let refusal): return Self.refused(groupID, refusal)
            case .success(var group):
                if request.includeAuthorizedOperations, group.errorCode == .none {
                    group.authorizedOperations = authorizer.authorizedOperations(on: .group(groupID), for: context)
                }
                return group
            }
        }
    }

    private static func refused(_ groupID: String, _ refusal: Refusal) -> DescribedGroup {
        .with {
            $0.groupID = groupID
            $0.errorCode = refusal.code
            $0.errorMessage = refusal.message.isEmpty ? nil : refusal.message
        }
    }
}
