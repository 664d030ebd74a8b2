// LeaveGroup: v0-5
// Authorization: Read on Group
// Behaviour: the members go at once, and the others share their work anew. An administrator names static members by
//   their instance id alone.
// Version notes: v3 several members (KIP-345); v5 reason (KIP-800).
import Coordination
import KafkaProtocol
import NIOCore

struct LeaveGroupHandler: RequestHandler {
    static let versions: ClosedRange<Int16> = 0...5

    let groups: GroupCoordinator
    let authorizer: any Authorizer

    func handle(_ request: LeaveGroupRequest, _ context: RequestContext) -> Handling<LeaveGroupResponse> {
        guard authorizer.allows(.read, on: .group(request.groupID), for: context) else {
            return .answer(.with { $0.errorCode = .groupAuthorizationFailed })
        }
        let version = context.version
        let image = groups.image
        return groups.handle(request.groupID, context, .changing) { machine, now, reply in
            machine.leaveGroup(request, version: version, image: image, at: now, reply: reply)
        } answer: { result in
            switch result {
            case .success(let response): response
            case .failure(let refusal): .with { $0.errorCode = refusal.code }
            }
        }
    }
}
