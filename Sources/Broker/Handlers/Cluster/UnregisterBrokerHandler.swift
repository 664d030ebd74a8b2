// UnregisterBroker: v0
// Authorization: Alter on Cluster
// Behaviour: removes the registration of a broker that runs no more, durably. The broker that answers is refused with
//   INVALID_REQUEST: it would be gone from its own cluster. BROKER_ID_NOT_REGISTERED for ids that nobody has.
// Version notes: none
import Coordination
import KafkaProtocol
import NIOCore

struct UnregisterBrokerHandler: RequestHandler {
    static let versions: ClosedRange<Int16> = 0...0

    let metadata: MetadataWriter
    let nodeID: BrokerID
    let authorizer: any Authorizer

    func handle(_ request: UnregisterBrokerRequest, _ context: RequestContext) -> Handling<UnregisterBrokerResponse> {
        guard authorizer.allows(.alter, on: .cluster, for: context) else {
            return .answer(
                .with {
                    $0.errorCode = .clusterAuthorizationFailed
                    $0.errorMessage = "You may not change the cluster."
                })
        }
        let (broker, running) = (request.brokerID, nodeID)
        let future = metadata.submit(on: context.eventLoop) { $0.unregisterBroker(broker, running: [running]) }
        return .eventually(
            future.map { refusal in
                Answer(
                    .with {
                        $0.errorCode = refusal?.code ?? .none
                        $0.errorMessage = refusal?.message
                    })
            })
    }
}
