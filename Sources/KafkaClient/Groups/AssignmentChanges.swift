import DequeModule
public import KafkaProtocol
import Synchronization

/// A change of what a ``GroupConsumer`` reads.
public enum AssignmentChange: Hashable, Sendable {
    /// These partitions are read from now on. Seeking in them is possible.
    case assigned([TopicPartition])
    /// These partitions are given up now. Their offsets are committed, if `enable.auto.commit` says so; others begin to
    /// read them when the handler has returned.
    case revoked([TopicPartition])
    /// These partitions belong to others already: nothing can be committed for them.
    case lost([TopicPartition])
}

/// What the membership, on its event loop, wants of the application, in order. The application's task takes it up when it
/// asks for records.
final class AssignmentChanges: Sendable {
    enum Wish: Equatable {
        case own([TopicPartition])
        case revoke([TopicPartition])
        case lose([TopicPartition])
    }

    struct Turn {
        var wish: Wish
        /// Counts losses: what was wished for before one has become void.
        var round: Int
        /// What the application reads so far.
        var held: Set<TopicPartition>
    }

    private struct State {
        var wishes: Deque<Wish> = []
        var round = 0
        var isTaken = false
        /// What the application was told that it has.
        var held: Set<TopicPartition> = []
        var wasAssigned = false
        var failure: KafkaError?
    }

    private let state = Mutex(State())

    // MARK: The membership's side

    func post(_ wish: Wish) {
        state.withLock { state in
            if case .lose = wish {
                state.round += 1
                state.wishes = state.wishes.filter { if case .lose = $0 { true } else { false } }
            }
            state.wishes.append(wish)
        }
    }

    func fail(_ error: KafkaError) { state.withLock { $0.failure = error } }

    var round: Int { state.withLock { $0.round } }

    // MARK: The application's side

    /// Why there is nothing more to come.
    var failure: KafkaError? { state.withLock { $0.failure } }

    /// Whether somebody should call ``take()``.
    var hasNews: Bool { state.withLock { !$0.isTaken && !$0.wishes.isEmpty || $0.failure != nil } }

    /// Whether the application knows all that it has, if only that it is nothing.
    var wasAssigned: Bool { state.withLock { $0.wasAssigned } }

    /// What the application was told that it has.
    var held: Set<TopicPartition> { state.withLock { $0.held } }

    /// The next wish; nil if there is none, or another task is at it.
    func take() -> Turn? {
        state.withLock { state in
            guard !state.isTaken, let wish = state.wishes.first else { return nil }
            state.isTaken = true
            return Turn(wish: wish, round: state.round, held: state.held)
        }
    }

    /// The wish was granted: the application has been told.
    func granted(_ turn: Turn) {
        state.withLock { state in
            state.isTaken = false
            switch turn.wish {
            case .own(let partitions):
                (state.held, state.wasAssigned) = (Set(partitions), true)
            case .revoke(let partitions), .lose(let partitions):
                // Until the next assignment nobody knows what this member reads in all.
                state.held.subtract(partitions)
                state.wasAssigned = false
            }
            // After a loss in the meantime the queue begins with that.
            if state.wishes.first == turn.wish { state.wishes.removeFirst() }
        }
    }

    /// It could not be granted now, or has become void; whatever is wished for then comes next.
    func putBack() { state.withLock { $0.isTaken = false } }
}
