import NIOCore
import Synchronization

/// The open connections, counted by host, and the bytes of their open requests together.
final class ConnectionRegistry: Sendable {
    private struct State {
        var nextID: UInt64 = 1
        var channels: [UInt64: any Channel] = [:]
        var byHost: [String: Int] = [:]
        var limits: ConnectionLimits
    }

    enum Refusal: Hashable, Sendable, CustomStringConvertible {
        case tooManyConnections(Int)
        case tooManyFromHost(Int)

        var description: String {
            switch self {
            case .tooManyConnections(let limit): "max.connections=\(limit) reached"
            case .tooManyFromHost(let limit): "max.connections.per.ip=\(limit) reached"
            }
        }
    }

    /// `queued.max.request.bytes`
    private let maxQueuedBytes: Int?
    private let state: Mutex<State>
    private let openBytes = Atomic<Int>(0)

    init(limits: ConnectionLimits) {
        maxQueuedBytes = limits.maxQueuedBytes
        state = Mutex(State(limits: limits))
    }

    /// Puts other bounds on new connections into force; open ones stay.
    func limit(total: Int, perHost: Int, byHost: [String: Int]) {
        state.withLock { state in
            state.limits.maxConnections = total
            state.limits.maxConnectionsPerHost = perHost
            state.limits.maxConnectionsByHost = byHost
        }
    }

    /// How many connections are open.
    var count: Int { state.withLock { $0.channels.count } }

    /// Takes a new connection in, or says why not.
    func register(_ channel: any Channel, host: String) -> Result<UInt64, RefusalError> {
        state.withLock { state in
            let limits = state.limits
            guard state.channels.count < limits.maxConnections else {
                return .failure(RefusalError(refusal: .tooManyConnections(limits.maxConnections)))
            }
            let limit = limits.maxConnectionsByHost[host] ?? limits.maxConnectionsPerHost
            guard state.byHost[host, default: 0] < limit else {
                return .failure(RefusalError(refusal: .tooManyFromHost(limit)))
            }
            defer { state.nextID += 1 }
            state.channels[state.nextID] = channel
            state.byHost[host, default: 0] += 1
            return .success(state.nextID)
        }
    }

    struct RefusalError: Error { package var refusal: Refusal }

    func remove(_ id: UInt64, host: String) {
        state.withLock { state in
            guard state.channels.removeValue(forKey: id) != nil else { return }
            let left = state.byHost[host, default: 1] - 1
            state.byHost[host] = left > 0 ? left : nil
        }
    }

    /// Asks every connection to end once the answers to what it has asked have left, and returns when all have or the
    /// time is over; then the rest is closed.
    func closeAll(within limit: TimeAmount) async {
        let deadline = NIODeadline.now() + limit
        for channel in open { channel.pipeline.fireUserInboundEventTriggered(ConnectionEvent.drain) }
        while count > 0, NIODeadline.now() < deadline {
            do { try await Task.sleep(for: .milliseconds(5)) } catch { break }
        }
        for channel in open { channel.close(mode: .all, promise: nil) }
        while count > 0 { await Task.yield() }
    }

    private var open: [any Channel] { state.withLock { Array($0.channels.values) } }

    /// Whether another request may be taken in under `queued.max.request.bytes`.
    var hasRoom: Bool {
        guard let limit = maxQueuedBytes else { return true }
        return openBytes.load(ordering: .relaxed) < limit
    }

    /// Bytes of the open requests of all connections.
    var queuedBytes: Int { openBytes.load(ordering: .relaxed) }

    func opened(bytes: Int) { openBytes.add(bytes, ordering: .relaxed) }
    func closed(bytes: Int) { openBytes.subtract(bytes, ordering: .relaxed) }
}

/// What a connection is told from outside its channel.
enum ConnectionEvent: Sendable {
    /// Take no more requests; close when the open ones are answered.
    case drain
}
