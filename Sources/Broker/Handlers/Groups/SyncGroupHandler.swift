// SyncGroup: v0-5
// Authorization: Read on Group
// Behaviour: answered when the leader's assignment is durable, with the member's own part of it.
// Version notes: v3 static members; v5 protocol type and name, which must be the generation's.
import Coordination
import KafkaProtocol
import NIOCore

struct SyncGroupHandler: RequestHandler {
    static let versions: ClosedRange<Int16> = 0...5

    let groups: GroupCoordinator
    let authorizer: any Authorizer

    func handle(_ request: SyncGroupRequest, _ context: RequestContext) -> Handling<SyncGroupResponse> {
        guard authorizer.allows(.read, on: .group(request.groupID), for: context) else {
            return .answer(.with { $0.errorCode = .groupAuthorizationFailed })
        }
        let image = groups.image
        return groups.handle(request.groupID, context, .changing) { machine, now, reply in
            machine.syncGroup(request, image: image, at: now, reply: reply)
        } answer: { result in
            switch result {
            case .success(let response): response
            case .failure(let refusal): .with { $0.errorCode = refusal.code }
            }
        }
    }
}
