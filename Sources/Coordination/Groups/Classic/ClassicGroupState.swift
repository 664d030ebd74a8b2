import KafkaProtocol
import OrderedCollections

extension ClassicGroup {
    /// Where a classic group stands, and what is known only there.
    enum State: Sendable {
        case empty
        case preparingRebalance(PreparingRebalance)
        case completingRebalance(CompletingRebalance)
        case stable(Stable)
    }

    /// Members are to join the next generation.
    struct PreparingRebalance: Sendable {
        /// Who has joined, and waits for the others.
        var joined: [String: Reply<JoinGroupResponse>] = [:]
        /// While the group was empty before: how long it may still wait for more members.
        var initialDelay: InitialDelay?
    }

    /// A group that begins waits a while for more members, and longer while more are coming.
    struct InitialDelay: Sendable {
        /// What the wait under way takes.
        var delay: Duration
        /// What may come after it.
        var remaining: Duration
        var newMemberCame = false
    }

    /// The leader assigns; members wait for what they get.
    struct CompletingRebalance: Sendable {
        /// Who has asked for an assignment.
        var waiting: [String: Reply<SyncGroupResponse>] = [:]
        /// Who has not.
        var pendingSync: Set<String>
    }

    /// Members have their assignments, and some may still have to fetch them.
    struct Stable: Sendable {
        var pendingSync: Set<String> = []

        /// After a load nobody is waited for.
        init() {}

        init(from completing: CompletingRebalance) { pendingSync = completing.pendingSync }
    }

    /// Kafka's name of the state.
    package var stateName: String {
        switch state {
        case .empty: "Empty"
        case .preparingRebalance: "PreparingRebalance"
        case .completingRebalance: "CompletingRebalance"
        case .stable: "Stable"
        }
    }

    package var isEmpty: Bool { if case .empty = state { true } else { false } }
    package var isStable: Bool { if case .stable = state { true } else { false } }
    var isPreparing: Bool { if case .preparingRebalance = state { true } else { false } }
    var isCompleting: Bool { if case .completingRebalance = state { true } else { false } }

    /// Who waits for the others to join, by member; nil when the group does not prepare a rebalance.
    var joined: [String: Reply<JoinGroupResponse>]? {
        if case .preparingRebalance(let preparing) = state { preparing.joined } else { nil }
    }

    func hasJoined(_ memberID: String) -> Bool { joined?[memberID] != nil }

    /// Changes what is known while a rebalance is prepared; nothing in other states.
    mutating func whilePreparing(_ change: (inout PreparingRebalance) -> Void) {
        guard case .preparingRebalance(var preparing) = state else { return }
        // Out of the state first, so that nothing is copied.
        state = .empty
        change(&preparing)
        state = .preparingRebalance(preparing)
    }

    /// Changes what is known while a rebalance completes; nothing in other states.
    mutating func whileCompleting(_ change: (inout CompletingRebalance) -> Void) {
        guard case .completingRebalance(var completing) = state else { return }
        state = .empty
        change(&completing)
        state = .completingRebalance(completing)
    }

    /// The member has asked for its assignment.
    mutating func noteSync(of memberID: String) {
        switch state {
        case .completingRebalance: whileCompleting { $0.pendingSync.remove(memberID) }
        case .stable(var stable):
            stable.pendingSync.remove(memberID)
            state = .stable(stable)
        case .empty, .preparingRebalance: break
        }
    }

    /// Who has not asked for its assignment yet.
    var pendingSync: Set<String> {
        switch state {
        case .completingRebalance(let completing): completing.pendingSync
        case .stable(let stable): stable.pendingSync
        case .empty, .preparingRebalance: []
        }
    }
}
