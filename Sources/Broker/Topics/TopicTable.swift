import KafkaProtocol
import Synchronization

/// The topics that are served now, by name and by id. Written by the metadata writer alone, read by every request.
final class TopicTable: Sendable {
    private struct State {
        var byName: [String: HostedTopic] = [:]
        var names: [TopicID: String] = [:]
    }

    private let state = Mutex(State())

    init() {}

    func put(_ topic: HostedTopic) {
        state.withLock { state in
            state.byName[topic.name] = topic
            state.names[topic.id] = topic.name
        }
    }

    @discardableResult
    func remove(_ name: String) -> HostedTopic? {
        state.withLock { state in
            guard let topic = state.byName.removeValue(forKey: name) else { return nil }
            state.names[topic.id] = nil
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
