// DescribeGroups: v0-6
// Authorization: Describe on Group
// Behaviour: classic groups and their members; what a stable group was assigned. Groups of the consumer protocol are
//   described by ConsumerGroupDescribe and are not found here.
// Version notes: v3 authorized operations; v4 static members; v6 GROUP_ID_NOT_FOUND, where before a group that is not
//   there was described as dead (KIP-1043).
import Coordination
import KafkaProtocol
import NIOCore

struct DescribeGroupsHandler: RequestHandler {
    static let versions: ClosedRange<Int16> = 0...6
    typealias DescribedGroup = DescribeGroupsResponse.DescribedGroup

    let groups: GroupCoordinator
    let authorizer: any Authorizer

    func handle(_ request: DescribeGroupsRequest, _ context: RequestContext) -> Handling<DescribeGroupsResponse> {
        let answers = request.groups.map { describe($0, request, context) }
        let future = EventLoopFuture.whenAllSucceed(answers, on: context.eventLoop)
        return .eventually(future.map { groups in Answer(.with { $0.groups = groups }) })
    }

    private func describe(
        _ groupID: String, _ request: DescribeGroupsRequest, _ context: RequestContext
    ) -> EventLoopFuture<DescribedGroup> {
        guard authorizer.allows(.describe, on: .group(groupID), for: context) else {
            return context.eventLoop.makeSucceededFuture(Self.refused(groupID, .groupAuthorizationFailed))
        }
        let version = context.version
        let described = groups.ask(groupID, on: context.eventLoop) { machine, _, reply in
            GroupOutput(reply, machine.describeClassicGroup(groupID, version: version))
        }
        return described.map { result in
            switch result {
            case .failure(let refusal): return Self.refused(groupID, refusal.code)
            case .success(var group):
                if request.includeAuthorizedOperations, group.errorCode == .none {
                    group.authorizedOperations = authorizer.authorizedOperations(on: .group(groupID), for: context)
                }
                return group
            }
        }
    }

    private static func refused(_ groupID: String, _ code: ErrorCode) -> DescribedGroup {
        .with {
            $0.groupID = groupID
            $0.errorCode = code
        }
    }
}
