import KafkaProtocol
import Logging
import NIOCore

/// The connections of one client and what it knows about the cluster. Lives on one event loop; every function is called
/// there and calls back there.
final class ClusterCore {
    /// Which broker a request is for.
    enum Target: Hashable, Sendable {
        case any
        case controller
        case broker(BrokerID)
        /// The coordinator of a group.
        case coordinator(of: String)
        /// The same, on a connection of its own: a join waits there for the other members, and what a broker is asked
        /// behind it on the same connection waits, too.
        case membership(of: String)
    }

    /// A place to connect to: an address from the configuration, or a broker of the cluster.
    enum Node: Hashable {
        case seed(BrokerAddress)
        case broker(BrokerID)
        /// A second connection to a broker, for membership in groups.
        case membership(BrokerID)
    }

    /// The one connection to a node and how it is doing.
    final class Link {
        enum State {
            case idle
            case connecting([Completion<BrokerConnection>])
            case open(BrokerConnection)
        }

        var state = State.idle
        var backoff: Backoff
        /// After a failure, no attempt before this.
        var notBefore = NIODeadline.uptimeNanoseconds(0)

        init(backoff: Backoff) { self.backoff = backoff }

        var openConnection: BrokerConnection? {
            if case .open(let connection) = state { connection } else { nil }
        }
    }

    let configuration: ClientConfiguration
    let logger: Logger
    let loop: any EventLoop
    var metadata = ClusterMetadata()
    var metadataAge = NIODeadline.uptimeNanoseconds(0)
    var metadataRefresh: MetadataRefresh
    /// The coordinators of groups that were looked up.
    var coordinators: [String: BrokerID] = [:]
    private var links: [Node: Link] = [:]
    private(set) var closedError: KafkaError?

    init(configuration: ClientConfiguration, logger: Logger, loop: any EventLoop) {
        self.configuration = configuration
        self.logger = logger
        self.loop = loop
        metadataRefresh = MetadataRefresh(
            backoff: Backoff(first: configuration.retryBackoff, longest: configuration.retryBackoffMax))
    }

    /// Runs `task` on the loop, later.
    @discardableResult
    func schedule(after delay: Duration, _ task: @escaping () -> Void) -> Scheduled<Void> {
        loop.assumeIsolated().scheduleTask(in: TimeAmount(delay), task)
    }

    // MARK: Connections

    /// An open connection to a broker of the cluster, without waiting.
    func openConnection(to broker: BrokerID) -> BrokerConnection? { links[.broker(broker)]?.openConnection }

    /// The connection to a node, opened if need be; after failures not before the backoff has passed.
    func connection(to node: Node, _ completion: @escaping Completion<BrokerConnection>) {
        if let closedError { return completion(.failure(closedError)) }
        guard let address = address(of: node) else {
            return completion(.failure(KafkaError(.cannotConnect, "the cluster has no broker \(node)")))
        }
        let link = link(to: node)
        switch link.state {
        case .open(let connection):
            completion(.success(connection))
        case .connecting(let waiters):
            link.state = .connecting(waiters + [completion])
        case .idle:
            link.state = .connecting([completion])
            let delay = link.notBefore - NIODeadline.now()
            guard delay > .zero else { return open(link, address) }
            loop.assumeIsolated().scheduleTask(in: delay) { [weak self] in self?.open(link, address) }
        }
    }

    private func link(to node: Node) -> Link {
        if let link = links[node] { return link }
        let link = Link(
            backoff: Backoff(first: configuration.reconnectBackoff, longest: configuration.reconnectBackoffMax))
        links[node] = link
        return link
    }

    private func address(of node: Node) -> BrokerAddress? {
        switch node {
        case .seed(let address): address
        case .broker(let id), .membership(let id): metadata.brokers[id]?.address
        }
    }

    private func open(_ link: Link, _ address: BrokerAddress) {
        BrokerConnection.open(address, configuration: configuration, logger: logger, on: loop) { result in
            guard case .connecting(let waiters) = link.state else {
                if case .success(let connection) = result { connection.close(Self.closed) }
                return
            }
            switch result {
            case .success(let connection):
                link.backoff.reset()
                link.state = .open(connection)
                connection.onClose = {
                    link.state = .idle
                    link.notBefore = .now() + TimeAmount(link.backoff.next())
                }
            case .failure:
                link.state = .idle
                link.notBefore = .now() + TimeAmount(link.backoff.next())
            }
            for waiter in waiters { waiter(result) }
        }
    }

    /// A connection to some broker: one that is open, else the first that opens; one round over all of them after
    /// another until `bootstrapTimeout` has passed.
    func anyConnection(_ completion: @escaping Completion<BrokerConnection>) {
        // One for membership may be held up by a join.
        let open = links.lazy.filter { if case .membership = $0.key { false } else { true } }
            .compactMap(\.value.openConnection)
        if let idlest = open.min(by: { $0.inFlight < $1.inFlight }) { return completion(.success(idlest)) }
        let deadline = NIODeadline.now() + TimeAmount(configuration.bootstrapTimeout)
        tryNodes(allNodes()[...], failures: [], until: deadline, completion)
    }

    private func allNodes() -> [Node] {
        metadata.brokers.keys.shuffled().map(Node.broker)
            + configuration.bootstrapServers.shuffled().map(Node.seed)
    }

    private func tryNodes(
        _ nodes: ArraySlice<Node>, failures: [KafkaError], until deadline: NIODeadline,
        _ completion: @escaping Completion<BrokerConnection>
    ) {
        if let closedError { return completion(.failure(closedError)) }
        if let node = nodes.first {
            return connection(to: node) { [self] result in
                switch result {
                case .success: completion(result)
                case .failure(let error):
                    tryNodes(nodes.dropFirst(), failures: failures + [error], until: deadline, completion)
                }
            }
        }
        guard NIODeadline.now() < deadline else {
            let places = configuration.bootstrapServers.map(\.description).joined(separator: ", ")
            let error = KafkaError(
                .cannotConnect, "no broker can be reached at \(places)", cause: failures.last?.cause ?? failures.last)
            return completion(.failure(error))
        }
        // Each node's own backoff holds up the next round.
        tryNodes(allNodes()[...], failures: [], until: deadline, completion)
    }

    /// The connection for `target`; looks the cluster up first where that is needed.
    func connection(for target: Target, _ completion: @escaping Completion<BrokerConnection>) {
        switch target {
        case .any:
            anyConnection(completion)
        case .coordinator(let group):
            coordinatorConnection(of: group, Node.broker, completion)
        case .membership(let group):
            coordinatorConnection(of: group, Node.membership, completion)
        case .broker(let id) where metadata.brokers[id] != nil:
            connection(to: .broker(id), completion)
        case .controller where metadata.controller != nil:
            guard let id = metadata.controller, metadata.brokers[id] != nil else { return anyConnection(completion) }
            connection(to: .broker(id), completion)
        case .broker, .controller:
            fetchMetadata(of: [], timeout: configuration.requestTimeout) { [self] result in
                if case .failure(let error) = result { return completion(.failure(error)) }
                if target == .controller, metadata.controller == nil { return anyConnection(completion) }
                if case .broker(let id) = target { return connection(to: .broker(id), completion) }
                connection(for: target, completion)
            }
        }
    }

    /// Sends a request to `target` once, made for the version that both sides speak; errors of connections and answers
    /// alike go to `completion`.
    func send<Request: RequestMessage>(
        _ request: @escaping (_ version: Int16) -> Request, to target: Target, timeout: Duration? = nil,
        atMost limit: Int16 = .max, _ completion: @escaping Completion<Request.Response>
    ) {
        connection(for: target) { result in
            do throws(KafkaError) {
                let connection = try result.get()
                let version = try connection.versions.version(of: Request.self, atMost: limit)
                connection.send(request(version), version: version, timeout: timeout, completion: completion)
            } catch {
                completion(.failure(error))
            }
        }
    }

    /// Sends a request that is the same in every version.
    func send<Request: RequestMessage>(
        _ request: Request, to target: Target, timeout: Duration? = nil, atMost limit: Int16 = .max,
        _ completion: @escaping Completion<Request.Response>
    ) {
        send({ _ in request }, to: target, timeout: timeout, atMost: limit, completion)
    }

    static let closed = KafkaError(.closed, "the client is closed")

    /// Closes every connection; whatever is under way fails with `closed`.
    func close() {
        guard closedError == nil else { return }
        closedError = Self.closed
        for link in links.values {
            switch link.state {
            case .idle: break
            case .connecting(let waiters):
                link.state = .idle
                for waiter in waiters { waiter(.failure(Self.closed)) }
            case .open(let connection): connection.close(Self.closed)
            }
        }
        failMetadataWaiters(Self.closed)
    }
}
