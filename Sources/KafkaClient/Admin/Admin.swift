import KafkaProtocol
public import Logging
public import NIOCore
import NIOPosix

/// Creates, describes and changes what a cluster holds.
///
/// Calls that concern several topics or resources answer for each on its own; a call throws only if the cluster could
/// not be asked at all. Calls are retried while that may help, at most for `default.api.timeout.ms`.
public final class Admin: Sendable {
    let cluster: Cluster

    /// Nothing is sent before the first call.
    ///
    /// - Parameter group: where the connections live; nil is NIO's shared group.
    public init(
        _ configuration: ClientConfiguration, logger: Logger = Logger(label: "kafka.admin"),
        on group: (any EventLoopGroup)? = nil
    ) {
        cluster = Cluster(
            configuration: configuration, logger: logger,
            group: group ?? MultiThreadedEventLoopGroup.singleton)
    }

    deinit { cluster.close() }

    /// Closes the connections. Calls under way fail with `closed`.
    public func close() { cluster.close() }

    /// How long a broker may take over a request of ours, in its own words.
    var wireTimeout: Int32 { cluster.configuration.requestTimeout.wireMilliseconds }
}

/// What each of several things came to.
public typealias Outcomes<Key: Hashable, Value> = [Key: Result<Value, KafkaError>]

extension KafkaError {
    /// Throws if the code means that another broker or another moment would do better.
    static func throwIfRetriable(_ code: ErrorCode, _ what: String) throws {
        if code == .notController { throw KafkaError(broker: code, what) }
    }
}
