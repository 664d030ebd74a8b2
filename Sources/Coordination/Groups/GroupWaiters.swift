package import KafkaProtocol

/// The end of a state machine that is unloaded.
extension GroupCoordinatorStateMachine {
    /// Everybody who waits for an answer that will not come any more is told `code`.
    package func abandoned(_ code: ErrorCode) -> [GroupAnswer] {
        let refusal = Refusal(code, "The coordinator does not serve the group any more.")
        return groups.values.flatMap { group -> [GroupAnswer] in
            switch group {
            case .classic(let group): group.abandoned(refusal)
            case .consumer(let group): group.abandoned(refusal)
            }
        }
    }
}

extension ClassicGroup {
    func abandoned(_ refusal: Refusal) -> [GroupAnswer] {
        switch state {
        case .empty, .stable: []
        case .preparingRebalance(let preparing): preparing.joined.values.map { GroupAnswer($0, refusal: refusal) }
        case .completingRebalance(let completing): completing.waiting.values.map { GroupAnswer($0, refusal: refusal) }
        }
    }
}
