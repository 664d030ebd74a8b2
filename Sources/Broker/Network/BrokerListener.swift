import KafkaProtocol
import Logging
import NIOCore
import NIOPosix

/// Accepts the connections of one listener.
struct BrokerListener: Sendable {
    /// The name in `listeners`.
    let name: String
    let channel: any Channel

    /// The port that is really bound: the one that was asked for, or the one that the system chose for port 0.
    var port: Int { channel.localAddress?.port ?? 0 }

    /// What a listener needs to know of the socket's options; -1 leaves the system's default.
    struct SocketOptions: Sendable {
        var sendBufferBytes = 102_400
        var receiveBufferBytes = -1
        var backlog = 50

        init() {}
    }

    static func bind(
        name: String, host: String, port: Int, options: SocketOptions, group: any EventLoopGroup, router: Router,
        registry: ConnectionRegistry, limits: ConnectionLimits, logger: Logger
    ) async throws -> BrokerListener {
        var bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: Int32(options.backlog))
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.recvAllocator, value: receiveAllocator)
            .childChannelOption(.maxMessagesPerRead, value: 4)
            .childChannelOption(
                .writeBufferWaterMark,
                value: .init(low: limits.maxUnsentBytes / 2, high: limits.maxUnsentBytes)
            )
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try accept(
                        channel, listener: name, router: router, registry: registry, limits: limits, logger: logger)
                }
            }
        if options.receiveBufferBytes > 0 {
            let size = ChannelOptions.Types.SocketOption.Value(options.receiveBufferBytes)
            bootstrap = bootstrap.serverChannelOption(.socketOption(.so_rcvbuf), value: size)
        }
        if options.sendBufferBytes > 0 {
            let size = ChannelOptions.Types.SocketOption.Value(options.sendBufferBytes)
            bootstrap = bootstrap.childChannelOption(.socketOption(.so_sndbuf), value: size)
        }
        let channel = try await bootstrap.bind(host: host, port: port).get()
        return BrokerListener(name: name, channel: channel)
    }

    /// Reads grow with what a peer sends, so that a frame of usual size comes in few pieces and an idle connection
    /// holds little.
    private static var receiveAllocator: AdaptiveRecvByteBufferAllocator {
        AdaptiveRecvByteBufferAllocator(minimum: 1024, initial: 4096, maximum: 256 << 10)
    }

    private static func accept(
        _ channel: any Channel, listener: String, router: Router, registry: ConnectionRegistry,
        limits: ConnectionLimits, logger: Logger
    ) throws {
        let host = channel.remoteAddress?.ipAddress ?? "unknown"
        let id: UInt64
        switch registry.register(channel, host: host) {
        case .success(let given): id = given
        case .failure(let error):
            logger.warning(
                "connection refused", metadata: ["peer": "\(host)", "reason": "\(error.refusal)"])
            throw error
        }
        let identity = ConnectionIdentity(
            id: id, listener: listener, host: host, port: channel.remoteAddress?.port ?? 0)
        let connection = Connection(
            identity: identity, router: router, registry: registry, limits: limits, logger: logger)
        try channel.pipeline.syncOperations.addHandler(connection)
    }
}
