import KafkaProtocol
import NIOCore
import OrderedCollections

extension ClassicGroup {
    /// The member joins the next generation, and waits for the others.
    mutating func rebalance(
        joining memberID: String, _ reply: Reply<JoinGroupResponse>, _ effects: inout GroupEffects
    ) {
        let wasPreparing = isPreparing
        if !wasPreparing { prepareRebalance(&effects) }
        whilePreparing { preparing in
            // The connection of an earlier try has gone, or its client does not wait any more.
            if let earlier = preparing.joined.updateValue(reply, forKey: memberID) {
                effects.answer(
                    earlier,
                    .with {
                        $0.errorCode = .rebalanceInProgress
                        $0.memberID = memberID
                    })
            }
        }
        completeJoinIfAllAreThere(&effects)
    }

    /// All members are to join anew; who waited for an assignment is told so.
    ///
    /// A group that was empty waits for more members first.
    mutating func prepareRebalance(_ effects: inout GroupEffects) {
        if case .completingRebalance(let completing) = state {
            for memberID in members.keys {
                members[memberID]?.assignment.clear()
                guard let reply = completing.waiting[memberID] else { continue }
                effects.answer(reply, .with { $0.errorCode = .rebalanceInProgress })
                keepAlive(memberID, &effects)
            }
        }
        effects.cancel(.sync(groupID: id))
        var preparing = PreparingRebalance()
        if isEmpty {
            let delay = effects.settings.initialRebalanceDelay
            preparing.initialDelay = InitialDelay(
                delay: delay, remaining: max(rebalanceTimeout - delay, .zero))
            effects.arm(.join(groupID: id), in: delay)
        } else {
            effects.arm(.join(groupID: id), in: rebalanceTimeout)
        }
        state = .preparingRebalance(preparing)
        // Nothing to wait for: the same event completes it.
        if effects.settings.initialRebalanceDelay == .zero { whilePreparing { $0.initialDelay = nil } }
    }

    /// The wait is over as soon as everybody is there, but for the initial one, which waits for who is not known yet.
    mutating func completeJoinIfAllAreThere(_ effects: inout GroupEffects) {
        guard case .preparingRebalance(let preparing) = state, preparing.initialDelay == nil, haveAllJoined else {
            return
        }
        completeJoin(&effects)
    }

    /// The time to join is over.
    mutating func joinTimedOut(_ effects: inout GroupEffects) {
        guard case .preparingRebalance(let preparing) = state else { return }
        if let initial = preparing.initialDelay, initial.newMemberCame, initial.remaining > .zero {
            let delay = min(effects.settings.initialRebalanceDelay, initial.remaining)
            whilePreparing {
                $0.initialDelay = InitialDelay(delay: delay, remaining: max(initial.remaining - delay, .zero))
            }
            effects.arm(.join(groupID: id), in: delay)
        } else {
            completeJoin(&effects)
        }
    }

    /// The next generation: of those who have joined, and of the static ones that may come back.
    private mutating func completeJoin(_ effects: inout GroupEffects) {
        effects.cancel(.join(groupID: id))
        for member in Array(members.values) where !hasJoined(member.id) && member.instanceID == nil {
            removeMember(member.id)
            effects.cancel(.session(groupID: id, memberID: member.id))
        }
        guard members.isEmpty || electLeader() else {
            // Nobody is there to assign; sessions end, or somebody joins.
            whilePreparing { $0.initialDelay = nil }
            return effects.arm(.join(groupID: id), in: rebalanceTimeout)
        }
        generation = generation == .max ? 1 : generation + 1
        if members.isEmpty { return becomeEmpty(&effects) }
        protocolName = selectProtocol()
        subscribedTopics = computeSubscribedTopics()
        let waiting = joined ?? [:]
        state = .completingRebalance(CompletingRebalance(pendingSync: Set(members.keys)))
        for memberID in members.keys {
            members[memberID]?.isNew = false
            keepAlive(memberID, &effects)
            if let reply = waiting[memberID] { effects.answer(reply, joinResponse(for: memberID)) }
        }
        effects.arm(.sync(groupID: id), in: rebalanceTimeout)
    }

    /// The leader must be there; if it is not, another one becomes it.
    private mutating func electLeader() -> Bool {
        if let leaderID, hasJoined(leaderID) { return true }
        guard let next = members.keys.first(where: hasJoined) else { return false }
        leaderID = next
        return true
    }

    /// Without members: durable, as the offsets' time begins to run.
    private mutating func becomeEmpty(_ effects: inout GroupEffects) {
        state = .empty
        protocolName = nil
        leaderID = nil
        subscribedTopics = computeSubscribedTopics()
        effects.write(record(at: effects.now.wall))
    }

    // MARK: - Sessions

    /// The member was heard of.
    func keepAlive(_ memberID: String, _ effects: inout GroupEffects) {
        guard let member = members[memberID] else { return }
        effects.arm(.session(groupID: id, memberID: memberID), in: member.sessionTimeout)
    }

    /// A member was not heard of for too long.
    mutating func sessionExpired(_ memberID: String, _ effects: inout GroupEffects) {
        guard let member = members[memberID] else { return }
        // Whoever waits for the others cannot send heartbeats; but who waits for its first answer is gone by now.
        if !member.isNew, waits(memberID) { return }
        remove(memberID, &effects)
    }

    private func waits(_ memberID: String) -> Bool {
        switch state {
        case .preparingRebalance(let preparing): preparing.joined[memberID] != nil
        case .completingRebalance(let completing): completing.waiting[memberID] != nil
        case .empty, .stable: false
        }
    }

    /// An id that was handed out was not used.
    mutating func pendingMemberExpired(_ memberID: String, _ effects: inout GroupEffects) {
        guard pendingMembers.remove(memberID) != nil else { return }
        completeJoinIfAllAreThere(&effects)
    }

    /// Members that have not asked for their assignment in time are gone.
    mutating func syncTimedOut(_ effects: inout GroupEffects) {
        let missing = pendingSync
        guard !missing.isEmpty else { return }
        for memberID in missing { drop(memberID, &effects) }
        prepareRebalance(&effects)
        completeJoinIfAllAreThere(&effects)
    }

    /// Removes a member, and sees to it that the others go on.
    mutating func remove(_ memberID: String, _ effects: inout GroupEffects) {
        drop(memberID, &effects)
        goOnWithout(&effects)
    }

    /// After members have gone: those that are left share their work anew.
    mutating func goOnWithout(_ effects: inout GroupEffects) {
        switch state {
        case .stable, .completingRebalance:
            prepareRebalance(&effects)
            completeJoinIfAllAreThere(&effects)
        case .preparingRebalance: completeJoinIfAllAreThere(&effects)
        case .empty: break
        }
    }

    /// Takes a member out; if it waits it is told.
    mutating func drop(_ memberID: String, _ effects: inout GroupEffects) {
        whilePreparing { preparing in
            guard let reply = preparing.joined.removeValue(forKey: memberID) else { return }
            effects.answer(
                reply,
                .with {
                    $0.errorCode = .unknownMemberID
                    $0.memberID = memberID
                })
        }
        whileCompleting { completing in
            completing.pendingSync.remove(memberID)
            guard let reply = completing.waiting.removeValue(forKey: memberID) else { return }
            effects.answer(reply, .with { $0.errorCode = .unknownMemberID })
        }
        noteSync(of: memberID)
        removeMember(memberID)
        effects.cancel(.session(groupID: id, memberID: memberID))
    }
}
