// DescribeCluster: v0-2
// Authorization: none; authorized operations tell what the client may do with the cluster
// Behaviour: this node, which is broker and controller in one, with the address of the listener that the client came by.
// Version notes: v1 asks for brokers or for controllers (KIP-919); v2 fenced brokers, of which there are none.
import KafkaProtocol
import NIOCore

struct DescribeClusterHandler: RequestHandler {
    static let versions: ClosedRange<Int16> = 0...2

    let identity: ClusterIdentity
    let authorizer: any Authorizer

    init(identity: ClusterIdentity, authorizer: any Authorizer) {
        self.identity = identity
        self.authorizer = authorizer
    }

    /// What `endpointType` may ask for.
    private static let brokers: Int8 = 1

    func handle(
        _ request: DescribeClusterRequest, _ context: RequestContext
    ) -> Handling<DescribeClusterResponse> {
        guard request.endpointType == Self.brokers else {
            return .answer(
                .with {
                    $0.errorCode = request.endpointType == 2 ? .mismatchedEndpointType : .unsupportedEndpointType
                    $0.errorMessage = "This is a broker's listener: ask for endpoint type 1 (brokers)."
                    $0.endpointType = request.endpointType
                })
        }
        let endpoint = identity.endpoint(for: context.connection.listener)
        return .answer(
            .with { response in
                response.clusterID = identity.clusterID
                response.controllerID = identity.nodeID
                response.brokers = [
                    .with {
                        $0.brokerID = identity.nodeID
                        $0.host = endpoint.host
                        $0.port = Int32(endpoint.port)
                        $0.rack = identity.rack
                    }
                ]
                if request.includeClusterAuthorizedOperations {
                    response.clusterAuthorizedOperations = authorizer.authorizedOperations(on: .cluster, for: context)
                }
            })
    }
}
