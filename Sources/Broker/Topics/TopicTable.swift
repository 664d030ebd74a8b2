import KafkaProtocol
import LogStorage
import Synchronization

/// The topics that are served now, by name and by id. Written by the metadata writer alone, read by every request.
final class TopicTable: Sendable {
    private struct State {
        var byName: [String: HostedTopic] = [:]
        var names: [TopicID: String] = [:]
        /// Topics with a `compression.type` of their own.
        var recompressing: Set<String> = []
    }

    private let state = Mutex(State())
    private let anyRecompresses = Atomic(false)

    /// Whether any topic may want batches in another codec than they came in.
    var recompresses: Bool { anyRecompresses.load(ordering: .relaxed) }

    init() {}

    func put(_ topic: HostedTopic) {
        state.withLock { state in
            state.byName[topic.name] = topic
            state.names[topic.id] = topic.name
            if topic.configuration.compressionType == nil {
                state.recompressing.remove(topic.name)
            } else {
                state.recompressing.insert(topic.name)
            }
            anyRecompresses.store(!state.recompressing.isEmpty, ordering: .relaxed)
        }
    }

    @discardableResult
    func remove(_ name: String) -> HostedTopic? {
        state.withLock { state in
            guard let topic = state.byName.removeValue(forKey: name) else { return nil }
            state.names[topic.id] = nil
            state.recompressing.remove(name)
            anyRecompresses.store(!state.recompressing.isEmpty, ordering: .relaxed)
            return topic
        }
    }

    var all: [HostedTopic] { state.withLock { Array($0.byName.values) } }

    subscript(name: String) -> HostedTopic? { state.withLock { $0.byName[name] } }

    subscript(id: TopicID) -> HostedTopic? {
        state.withLock { state in state.names[id].flatMap { state.byName[$0] } }
    }

    /// The topic that a request names: by id where it gives one, else by name.
    func find(name: String, id: TopicID) throws(TopicLookupError) -> HostedTopic {
        if id != .zero {
            guard let topic = self[id] else { throw TopicLookupError(.unknownTopicID) }
            return topic
        }
        guard let topic = self[name] else {
            // A request that names topics by id leaves the name empty.
            throw TopicLookupError(name.isEmpty ? .unknownTopicID : .unknownTopicOrPartition)
        }
        return topic
    }
}
