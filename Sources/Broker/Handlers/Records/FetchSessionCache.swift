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

    private let capacity: Int
    private let evictable: TimeAmount
    private let entries = Mutex<[Int32: Entry]>([:])

    /// - Parameters:
    ///   - capacity: `max.incremental.fetch.session.cache.slots`
    ///   - evictable: how long a session must have been unused before another may take its place.
    init(capacity: Int, evictable: TimeAmount = .minutes(2)) {
        self.capacity = capacity
        self.evictable = evictable
    }

    var count: Int { entries.withLock { $0.count } }

    /// Opens a session; 0 when there is no place.
    func open(usesTopicIDs: Bool, items: [FetchPlan.Item], now: NIODeadline) -> Int32 {
        entries.withLock { entries in
            if entries.count >= capacity {
                guard let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse }),
                    oldest.value.lastUse + evictable < now
                else { return 0 }
                entries[oldest.key] = nil
            }
            var id: Int32
            repeat { id = Int32.random(in: 1...Int32.max) } while entries[id] != nil
            let session = FetchSession(id: id, usesTopicIDs: usesTopicIDs, items: items)
            entries[id] = Entry(session: session, lastUse: now)
            return id
        }
    }

    func close(_ id: Int32) { entries.withLock { $0[id] = nil } }

    /// Moves a session on by one request and returns what it is to read now.
    func advance(
        _ request: FetchRequest, usesTopicIDs: Bool, now: NIODeadline
    ) -> Result<[FetchPlan.Item], FetchSessionError> {
        entries.withLock { entries in
            guard var entry = entries[request.sessionID] else { return .failure(.init(code: .fetchSessionIDNotFound)) }
            guard entry.session.epoch == request.sessionEpoch else {
                return .failure(.init(code: .invalidFetchSessionEpoch))
            }
            guard entry.session.usesTopicIDs == usesTopicIDs else {
                return .failure(.init(code: .fetchSessionTopicIDError))
            }
            entry.session.update(request.planItems, forgetting: request.forgottenKeys)
            entry.lastUse = now
            let items = entry.session.items
            entries[request.sessionID] = entry.session.partitionCount == 0 ? nil : entry
            return .success(items)
        }
    }

    /// Leaves out of an incremental answer what the client knows already.
    func tells(_ id: Int32, _ key: FetchPartitionKey, _ data: FetchResponse.PartitionData) -> Bool {
        entries.withLock { entries in
            entries[id]?.session.tells(key, data, hasRecords: data.records.byteCount > 0) ?? true
        }
    }
}

/// Why a request does not fit its session.
struct FetchSessionError: Error, Hashable, Sendable {
    var code: ErrorCode
}
