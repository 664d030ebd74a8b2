import KafkaProtocol
import NIOCore
import Synchronization

/// The fetch sessions of all clients, bounded in number.
///
/// When all places are taken, a new session takes that of the one that was used least recently, if nobody has used it
/// for a while; else the client gets none and names all partitions each time.
final class FetchSessionCache: Sendable {
    private struct Entry {
        var session: FetchSession
        var lastUse: NIODeadline
    }

    private struct State {
        var entries: [Int32: Entry] = [:]
        /// Partitions of all sessions together.
        var partitionCount = 0

        mutating func remove(_ id: Int32) {
            partitionCount -= entries.removeValue(forKey: id)?.session.partitionCount ?? 0
        }
    }

    private let capacity: Int
    private let maxPartitions: Int
    private let evictable: TimeAmount
    private let state = Mutex(State())

    /// - Parameters:
    ///   - capacity: `max.incremental.fetch.session.cache.slots`
    ///   - maxPartitions: partitions that all sessions together may remember.
    ///   - evictable: how long a session must have been unused before another may take its place.
    init(capacity: Int, maxPartitions: Int = 500_000, evictable: TimeAmount = .minutes(2)) {
        self.capacity = capacity
        self.maxPartitions = maxPartitions
        self.evictable = evictable
    }

    var count: Int { state.withLock { $0.entries.count } }

    /// Opens a session; 0 when there is no place.
    func open(usesTopicIDs: Bool, items: [FetchPlan.Item], now: NIODeadline) -> Int32 {
        state.withLock { state in
            if state.entries.count >= capacity {
                guard let oldest = state.entries.min(by: { $0.value.lastUse < $1.value.lastUse }),
                    oldest.value.lastUse + evictable < now
                else { return 0 }
                state.remove(oldest.key)
            }
            guard state.partitionCount + items.count <= maxPartitions else { return 0 }
            var id: Int32
            repeat { id = Int32.random(in: 1...Int32.max) } while state.entries[id] != nil
            let session = FetchSession(id: id, usesTopicIDs: usesTopicIDs, items: items)
            state.entries[id] = Entry(session: session, lastUse: now)
            state.partitionCount += session.partitionCount
            return id
        }
    }

    func close(_ id: Int32) { state.withLock { $0.remove(id) } }

    /// Moves a session on by one request and returns what it is to read now.
    func advance(
        _ request: FetchRequest, usesTopicIDs: Bool, now: NIODeadline
    ) -> Result<[FetchPlan.Item], FetchSessionError> {
        state.withLock { state in
            guard var entry = state.entries[request.sessionID] else {
                return .failure(.init(code: .fetchSessionIDNotFound))
            }
            guard entry.session.epoch == request.sessionEpoch else {
                return .failure(.init(code: .invalidFetchSessionEpoch))
            }
            guard entry.session.usesTopicIDs == usesTopicIDs else {
                return .failure(.init(code: .fetchSessionTopicIDError))
            }
            state.remove(request.sessionID)
            entry.session.update(request.planItems, forgetting: request.forgottenKeys)
            entry.lastUse = now
            let count = entry.session.partitionCount
            guard state.partitionCount + count <= maxPartitions else {
                return .failure(.init(code: .fetchSessionIDNotFound))
            }
            let items = entry.session.items
            if count > 0 { state.entries[request.sessionID] = entry }
            state.partitionCount += count
            return .success(items)
        }
    }

    /// Leaves out of an incremental answer what the client knows already.
    func tells(_ id: Int32, _ key: FetchPartitionKey, _ data: FetchResponse.PartitionData) -> Bool {
        state.withLock { state in
            state.entries[id]?.session.tells(key, data, hasRecords: data.records.byteCount > 0) ?? true
        }
    }
}

/// Why a request does not fit its session.
struct FetchSessionError: Error, Hashable, Sendable {
    var code: ErrorCode
}
