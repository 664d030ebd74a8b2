import KafkaProtocol
import Synchronization

/// Who this node is, and where clients of each listener find it.
final class ClusterIdentity: Sendable {
    struct Endpoint: Hashable, Sendable {
        var host: String
        var port: Int

        init(host: String, port: Int) {
            self.host = host
            self.port = port
        }
    }

    let clusterID: String
    let nodeID: BrokerID
    let rack: String?
    /// Known once the listeners are bound: a port may be the system's choice.
    private let endpoints = Mutex<[String: Endpoint]>([:])

    init(clusterID: String, nodeID: BrokerID, rack: String?) {
        self.clusterID = clusterID
        self.nodeID = nodeID
        self.rack = rack
    }

    func advertise(_ endpoint: Endpoint, on listener: String) {
        endpoints.withLock { $0[listener] = endpoint }
    }

    /// The address for a client that came by `listener`.
    func endpoint(for listener: String) -> Endpoint {
        endpoints.withLock { $0[listener] ?? $0.values.first } ?? Endpoint(host: "127.0.0.1", port: 9092)
    }
}
