// Heartbeat: v0-4
// Authorization: Read on Group
// Behaviour: begins the member's session timeout anew; REBALANCE_IN_PROGRESS asks it to join again.
// Version notes: v3 static members.
import Coordination
import KafkaProtocol
import NIOCore

struct HeartbeatHandler: RequestHandler {
    static let versions: ClosedRange<Int16> = 0...4

    let groups: GroupCoordinator
    let authorizer: any Authorizer

    func handle(_ request: HeartbeatRequest, _ context: RequestContext) -> Handling<HeartbeatResponse> {
        guard authorizer.allows(.read, on: .group(request.groupID), for: context) else {
            return .answer(.with { $0.errorCode = .groupAuthorizationFailed })
        }
        return groups.handle(request.groupID, context, .changing) { machine, now, reply in
            machine.heartbeat(request, at: now, reply: reply)
        } answer: { result in
            switch result {
            case .success(let response): response
            // A client that looks for its coordinator again would lose time: it tries again all the same.
            case .failure(let refusal):
                .with { $0.errorCode = refusal.code == .coordinatorLoadInProgress ? .none : refusal.code }
            }
        }
    }
}
