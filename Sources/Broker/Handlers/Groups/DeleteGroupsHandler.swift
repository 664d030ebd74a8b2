// DeleteGroups: v0-2
// Authorization: Delete on Group
// Behaviour: removes groups without members, of any kind, with what they have committed; others get NON_EMPTY_GROUP.
//   Answered when that is durable.
// Version notes: v2 flexible.
import Coordination
import KafkaProtocol
import NIOCore

struct DeleteGroupsHandler: RequestHandler {
    static let versions: ClosedRange<Int16> = 0...2

    let groups: GroupCoordinator
    let authorizer: any Authorizer

    func handle(_ request: DeleteGroupsRequest, _ context: RequestContext) -> Handling<DeleteGroupsResponse> {
        let codes = request.groupsNames.map { groupID in
            guard authorizer.allows(.delete, on: .group(groupID), for: context) else {
                return context.eventLoop.makeSucceededFuture(ErrorCode.groupAuthorizationFailed)
            }
            return groups.ask(groupID, on: context.eventLoop) { machine, _, reply in
                machine.deleteGroup(groupID, reply: reply)
            }.map { result in
                switch result {
                case .success(let code): code
                case .failure(let refusal): refusal.code
                }
            }
        }
        let future = EventLoopFuture.whenAllSucceed(codes, on: context.eventLoop)
        return .eventually(
            future.map { codes in
                Answer(
                    .with {
                        $0.results = zip(request.groupsNames, codes).map { groupID, code in
                            .with {
                                $0.groupID = groupID
                                $0.errorCode = code
                            }
                        }
                    })
            })
    }
}
