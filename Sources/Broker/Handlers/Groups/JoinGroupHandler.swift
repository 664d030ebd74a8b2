// JoinGroup: v0-9
// Authorization: Read on Group
// Behaviour: answered when the next generation begins: when all members have joined or their rebalance timeout is over,
//   and for a group that was empty after group.initial.rebalance.delay.ms. The leader gets all members.
// Version notes: v1 rebalance timeout; v4 a new member gets its id first, with MEMBER_ID_REQUIRED (KIP-394); v5 static
//   members (KIP-345); v7 protocol type; v8 reason; v9 a static leader may be told to skip the assignment (KIP-814).
import Coordination
import KafkaProtocol
import NIOCore

struct JoinGroupHandler: RequestHandler {
    static let versions: ClosedRange<Int16> = 0...9

    let groups: GroupCoordinator
    let authorizer: any Authorizer

    func handle(_ request: JoinGroupRequest, _ context: RequestContext) -> Handling<JoinGroupResponse> {
        let (version, client) = (context.version, GroupClient(context))
        guard authorizer.allows(.read, on: .group(request.groupID), for: context) else {
            return .answer(Self.refusal(of: request, .groupAuthorizationFailed).fitting(version))
        }
        let image = groups.image
        return groups.handle(request.groupID, context, .changing) { machine, now, reply in
            machine.joinGroup(
                request, version: version, from: client, image: image, at: now, reply: reply)
        } answer: { result in
            switch result {
            case .success(let response): response.fitting(version)
            case .failure(let refusal): Self.refusal(of: request, refusal.code).fitting(version)
            }
        }
    }

    private static func refusal(of request: JoinGroupRequest, _ code: ErrorCode) -> JoinGroupResponse {
        .with {
            $0.errorCode = code
            $0.memberID = request.memberID
            $0.protocolName = nil
        }
    }
}

extension JoinGroupResponse {
    /// Before v7 a protocol that is not there is an empty one.
    fileprivate func fitting(_ version: Int16) -> JoinGroupResponse {
        var response = self
        if version < 7 { response.protocolName = protocolName ?? "" }
        return response
    }
}

extension GroupClient {
    /// As Kafka notes who a member is.
    init(_ context: RequestContext) {
        self.init(clientID: context.clientID, clientHost: "/\(context.connection.host)")
    }
}
