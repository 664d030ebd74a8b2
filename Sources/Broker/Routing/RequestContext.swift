import KafkaProtocol
import NIOCore
import Synchronization

/// Who asks, over which connection, and by which listener it came in.
struct RequestContext: Sendable {
    var header: RequestHeader
    /// Where the request is handled and its answer is written.
    var eventLoop: any EventLoop
    var connection: ConnectionIdentity

    var version: Int16 { header.apiVersion }
    var clientID: String { header.clientID ?? "" }
    var principal: Principal { connection.principal }
}

/// What is known of a connection from its first byte on.
struct ConnectionIdentity: Sendable {
    var id: UInt64
    /// The name of the listener, as in `listeners`.
    var listener: String
    /// The peer's address without its port.
    var host: String
    /// The peer's port; 0 where it is not known.
    var port = 0
    var principal = Principal.anonymous
    let software = ClientSoftware()
}

/// The client library at the other end, once its ApiVersions request has said it (KIP-511).
final class ClientSoftware: Sendable {
    private let value = Mutex((name: "unknown", version: "unknown"))

    var name: String { value.withLock(\.name) }
    var version: String { value.withLock(\.version) }

    func set(name: String, version: String) { value.withLock { $0 = (name, version) } }
}

/// An authenticated identity, as `type:name`.
struct Principal: Hashable, Sendable, CustomStringConvertible {
    var type: String
    var name: String
    static let anonymous = Principal(type: "User", name: "ANONYMOUS")
    var description: String { "\(type):\(name)" }
}
