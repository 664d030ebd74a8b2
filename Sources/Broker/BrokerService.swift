import Coordination
import KafkaProtocol
package import LogStorage
package import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization

/// A broker: one data directory, its topics, and the listeners that clients come by.
///
/// ``start()`` and ``stop()`` may be called once each; ``run()`` waits between them for a graceful shutdown.
package final class BrokerService: Service {
    /// What a started broker says of itself.
    package struct Ready: Sendable {
        /// The address of each listener, by its name, in the order of `listeners`.
        package var listeners: [(name: String, host: String, port: Int)]
        package var clusterID: String
        package var duration: Duration
        /// Whether the last stop was clean.
        package var wasClean: Bool
        package var partitionCount: Int
    }

    private let configuration: BrokerConfiguration
    private let environment: LogEnvironment
    private let logger: Logger
    private let onReady: @Sendable (Ready) -> Void
    private let parts = Mutex<Parts?>(nil)

    /// What is alive between start and stop.
    private struct Parts {
        var ready: Ready
        var core: BrokerCore
        var group: MultiThreadedEventLoopGroup
        var listeners: [BrokerListener]
        var connections: ConnectionRegistry
    }

    package init(
        configuration: BrokerConfiguration, environment: LogEnvironment, logger: Logger,
        onReady: @escaping @Sendable (Ready) -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.environment = environment
        self.logger = logger
        self.onReady = onReady
    }

    /// Serves, once started, until it is asked to stop or cannot go on.
    package func run() async throws {
        guard let ready = parts.withLock({ $0?.ready }) else { return }
        onReady(ready)
        let failure = await withTaskGroup(of: (any Error)?.self) { group in
            group.addTask {
                try? await gracefulShutdown()
                return nil
            }
            group.addTask { [self] in await background() }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
        await stop()
        if let failure { throw failure }
    }

    /// What serves requests, while started.
    var core: BrokerCore? { parts.withLock { $0?.core } }
    /// The open connections, while started.
    var connections: ConnectionRegistry? { parts.withLock { $0?.connections } }

    // MARK: - Start

    /// Opens the data directory, recovers what an unclean stop has left, and begins to accept connections.
    @discardableResult
    package func start() async throws -> Ready {
        let clock = ContinuousClock()
        let began = clock.now
        let core = try BrokerCore(configuration: configuration, environment: environment, logger: logger)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: configuration.eventLoopCount)
        let limits = ConnectionLimits(configuration)
        let connections = ConnectionRegistry(limits: limits)
        let apply = { @Sendable (resolver: ConfigurationResolver) in
            let bounds = ConnectionBounds(resolver)
            connections.limit(total: bounds.total, perHost: bounds.perAddress, byHost: bounds.byAddress)
        }
        apply(core.resolver)
        core.settingsObserver.observe(apply)
        var listeners: [BrokerListener] = []
        do {
            for listener in configuration.listeners {
                listeners.append(try await bind(listener, core, group, connections, limits))
            }
        } catch {
            await Self.close(listeners, connections, group)
            await core.stop()
            throw error
        }
        let ready = ready(core, listeners, began.duration(to: clock.now))
        parts.withLock {
            $0 = Parts(ready: ready, core: core, group: group, listeners: listeners, connections: connections)
        }
        return ready
    }

    private func bind(
        _ listener: Listener, _ core: BrokerCore, _ group: any EventLoopGroup, _ connections: ConnectionRegistry,
        _ limits: ConnectionLimits
    ) async throws -> BrokerListener {
        var options = BrokerListener.SocketOptions()
        options.backlog = configuration.listenBacklog
        options.sendBufferBytes = configuration.sendBufferBytes ?? -1
        options.receiveBufferBytes = configuration.receiveBufferBytes ?? -1
        let host = listener.bind.isWildcard ? (listener.bind.host == "::" ? "::" : "0.0.0.0") : listener.bind.host
        do {
            return try await BrokerListener.bind(
                name: listener.name, host: host, port: listener.bind.port, options: options, group: group,
                router: core.router, registry: connections, limits: limits, logger: core.loggers[.network])
        } catch {
            throw BrokerStartError(description: "cannot listen on \(listener.bind): \(error)")
        }
    }

    private func ready(_ core: BrokerCore, _ listeners: [BrokerListener], _ duration: Duration) -> Ready {
        var addresses: [(name: String, host: String, port: Int)] = []
        for (listener, bound) in zip(configuration.listeners, listeners) {
            let endpoint = listener.endpoint(boundPort: bound.port, hostName: HostName.current)
            if listener.advertised == .hostName {
                logger.notice(
                    "a listener accepts on all addresses and has no advertised.listeners entry",
                    metadata: [
                        "listener": "\(listener.name)", "clients are sent to": "\(endpoint.host):\(endpoint.port)",
                    ])
            }
            core.identity.advertise(.init(host: endpoint.host, port: endpoint.port), on: listener.name)
            addresses.append((listener.name, endpoint.host, endpoint.port))
        }
        return Ready(
            listeners: addresses, clusterID: core.identity.clusterID, duration: duration, wasClean: core.wasClean,
            partitionCount: core.partitionCount)
    }

    // MARK: - Work beside requests

    /// Periodic work, until cancelled; part of ``run()``. Returns an error when the broker cannot go on.
    package func background() async -> (any Error)? {
        guard let core else { return nil }
        return await withTaskGroup(of: (any Error)?.self) { group in
            group.addTask {
                await Self.everySecond {
                    core.tick()
                    return core.failure
                }
            }
            group.addTask {
                await Self.everySecond {
                    await core.maintain()
                    return nil
                }
            }
            group.addTask {
                await Self.every(GroupCoordinator.tickInterval) {
                    core.groups.tick()
                    return nil
                }
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
    }

    private static func everySecond(_ work: () async -> (any Error)?) async -> (any Error)? {
        await every(.seconds(1), work)
    }

    private static func every(_ interval: Duration, _ work: () async -> (any Error)?) async -> (any Error)? {
        while !Task.isCancelled {
            do { try await Task.sleep(for: interval) } catch { return nil }
            if let failure = await work() { return failure }
        }
        return nil
    }

    /// The ports that are really open, in the order of `listeners`.
    var boundPorts: [Int] { parts.withLock { $0?.listeners.map(\.port) ?? [] } }

    /// The work of one second, for who drives time himself.
    func tick() async {
        core?.tick()
        await core?.maintain()
    }

    // MARK: - Stop

    /// Accepts no more, lets answers leave, flushes and closes every log, and marks the stop as clean.
    package func stop() async {
        guard let parts = parts.withLock({ $0.take() }) else { return }
        // Who waits for other members of a group would wait until the connection is cut.
        parts.core.groups.release()
        await Self.close(parts.listeners, parts.connections, nil)
        await parts.core.stop()
        try? await parts.group.shutdownGracefully()
        let flushes = parts.core.flushStatistics
        logger.info(
            "stopped", metadata: ["flushes": "\(flushes.flushCount)", "flushedBytes": "\(flushes.flushedBytes)"])
    }

    /// How long a stop waits for answers to leave.
    private static let drainTime = TimeAmount.seconds(5)

    private static func close(
        _ listeners: [BrokerListener], _ connections: ConnectionRegistry, _ group: MultiThreadedEventLoopGroup?
    ) async {
        for listener in listeners { try? await listener.channel.close() }
        await connections.closeAll(within: drainTime)
        try? await group?.shutdownGracefully()
    }
}

/// Why a broker did not start: one sentence for its operator.
package struct BrokerStartError: Error, CustomStringConvertible {
    package let description: String
}

extension ConnectionLimits {
    init(_ configuration: BrokerConfiguration) {
        self.init()
        maxFrameSize = Int32(clamping: configuration.maximumRequestBytes)
        maxConnections = configuration.maximumConnections
        maxConnectionsPerHost = configuration.maximumConnectionsPerAddress
        maxConnectionsByHost = configuration.maximumConnectionsByAddress
        let idle = configuration.idleConnectionTimeout
        maxIdle = idle > .zero ? idle : nil
        maxQueuedBytes = configuration.maximumQueuedRequestBytes
    }
}
