// FindCoordinator: v0-6
// Authorization: Describe on Group
// Behaviour: this node, by the address of the listener that the client came by. The first question for a group creates
//   `__consumer_offsets` and waits for it. Transactional ids and share groups have no coordinator here: INVALID_REQUEST.
// Version notes: v1 names the kind of key; v4 asks for several at once (KIP-699); v5 and v6 have nothing new for groups.
import KafkaProtocol
import NIOCore

struct FindCoordinatorHandler: RequestHandler {
    static let versions: ClosedRange<Int16> = 0...6
    typealias Coordinator = FindCoordinatorResponse.Coordinator

    let identity: ClusterIdentity
    let groups: GroupCoordinator
    let authorizer: any Authorizer

    private static let groupKey: Int8 = 0
    private static let transactionKey: Int8 = 1
    private static let shareKey: Int8 = 2

    func handle(_ request: FindCoordinatorRequest, _ context: RequestContext) -> Handling<FindCoordinatorResponse> {
        let keys = context.version >= 4 ? request.coordinatorKeys : [request.key]
        guard request.keyType == Self.groupKey else {
            let refused = keys.map { refusal($0, .invalidRequest, Self.reason(request.keyType)) }
            return .answer(Self.response(refused, version: context.version))
        }
        let endpoint = identity.endpoint(for: context.connection.listener)
        let ready = groups.ready(on: context.eventLoop)
        return .eventually(
            ready.map { code in
                let found = keys.map { key in
                    if !authorizer.allows(.describe, on: .group(key), for: context) {
                        return refusal(key, .groupAuthorizationFailed, nil)
                    }
                    if code != .none {
                        return refusal(key, .coordinatorNotAvailable, "The offsets topic cannot be created: \(code).")
                    }
                    return .with {
                        $0.key = key
                        $0.nodeID = identity.nodeID
                        $0.host = endpoint.host
                        $0.port = Int32(endpoint.port)
                    }
                }
                return Answer(Self.response(found, version: context.version))
            })
    }

    private static func reason(_ keyType: Int8) -> String {
        switch keyType {
        case transactionKey: "This broker has no transaction coordinator."
        case shareKey: "This broker has no share groups."
        default: "The key type \(keyType) is not known; 0 stands for a group."
        }
    }

    private func refusal(_ key: String, _ code: ErrorCode, _ message: String?) -> Coordinator {
        .with {
            $0.key = key
            $0.nodeID = .none
            $0.port = -1
            $0.errorCode = code
            $0.errorMessage = message
        }
    }

    private static func response(_ found: [Coordinator], version: Int16) -> FindCoordinatorResponse {
        .with {
            guard version < 4, let only = found.first else {
                $0.coordinators = found
                return
            }
            $0.errorCode = only.errorCode
            $0.errorMessage = only.errorMessage
            $0.nodeID = only.nodeID
            $0.host = only.host
            $0.port = only.port
        }
    }
}
