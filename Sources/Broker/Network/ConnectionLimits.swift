/// The bounds that hold for every connection, whoever its peer is.
struct ConnectionLimits: Sendable {
    /// `socket.request.max.bytes`: a larger frame closes the connection.
    var maxFrameSize: Int32 = 104_857_600
    /// Requests of one connection that may be open before its socket is read no more.
    var maxOpenRequests = 256
    /// Bytes of open requests of one connection before its socket is read no more; one request is always let in.
    var maxOpenBytes = 16 << 20
    /// Bytes of answers that the peer has not yet taken before its socket is read no more.
    var maxUnsentBytes = 1 << 20
    /// `connections.max.idle.ms`; nil never closes an idle connection.
    var maxIdle: Duration? = .seconds(600)
    /// `max.connections`
    var maxConnections = Int.max
    /// `max.connections.per.ip`
    var maxConnectionsPerHost = Int.max
    /// `max.connections.per.ip.overrides`
    var maxConnectionsByHost: [String: Int] = [:]
    /// `queued.max.request.bytes`: bytes of open requests of all connections together; nil sets no bound.
    var maxQueuedBytes: Int?

    init() {}
}

/// The bounds on the number of connections, which a running broker takes anew.
struct ConnectionBounds: Hashable, Sendable {
    var total: Int
    var perAddress: Int
    var byAddress: [String: Int]

    init(_ resolver: ConfigurationResolver) {
        total = resolver.brokerValue("max.connections").flatMap { Int($0) } ?? .max
        perAddress = resolver.brokerValue("max.connections.per.ip").flatMap { Int($0) } ?? .max
        byAddress = resolver.brokerValue("max.connections.per.ip.overrides").flatMap(AddressCounts.parse) ?? [:]
    }
}
