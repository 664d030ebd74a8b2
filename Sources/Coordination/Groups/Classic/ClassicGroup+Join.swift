import KafkaProtocol
import OrderedCollections

/// A JoinGroup request and where its answer goes.
struct ClassicJoin {
    let request: JoinGroupRequest
    let version: Int16
    let client: GroupClient
    let reply: Reply<JoinGroupResponse>

    /// A dynamic member has to learn its id before it counts (KIP-394, v4).
    var requiresKnownMemberID: Bool { version >= 4 && request.groupInstanceID == nil }

    /// A static leader that comes back may keep the assignment (KIP-814, v9).
    var supportsSkippingAssignment: Bool { version >= 9 }

    var sessionTimeout: Duration { .milliseconds(Int64(request.sessionTimeoutMs)) }

    /// The first version has one timeout for both.
    var rebalanceTimeout: Duration {
        version == 0 ? sessionTimeout : .milliseconds(Int64(max(request.rebalanceTimeoutMs, 0)))
    }

    func member(id: String) -> ClassicMember {
        ClassicMember(
            id: id, instanceID: request.groupInstanceID, client: client, rebalanceTimeout: rebalanceTimeout,
            sessionTimeout: sessionTimeout, protocols: request.protocols.map(ClassicMember.AssignmentProtocol.init))
    }

    func refused(_ code: ErrorCode, memberID: String) -> JoinGroupResponse {
        .with {
            $0.errorCode = code
            $0.memberID = memberID
        }
    }
}

extension ClassicGroup {
    /// A member joins, or joins again.
    ///
    /// - Parameter newMemberID: the id for a member that has none.
    mutating func join(_ join: ClassicJoin, newMemberID: String, _ effects: inout GroupEffects) {
        let memberID = join.request.memberID
        guard accepts(memberID, maxSize: effects.settings.maxSize), hasRoom(for: join) else {
            return removeAndRefuse(join, &effects)
        }
        guard supports(type: join.request.protocolType, protocols: join.request.protocols) else {
            return effects.answer(join.reply, join.refused(.inconsistentGroupProtocol, memberID: memberID))
        }
        if memberID.isEmpty {
            joinNew(join, as: newMemberID, &effects)
        } else if pendingMembers.contains(memberID), join.request.groupInstanceID == nil {
            add(join.member(id: memberID), join, &effects)
        } else {
            joinAgain(join, &effects)
        }
    }

    /// The group is full. Whoever asked with an id is a member no more.
    private mutating func removeAndRefuse(_ join: ClassicJoin, _ effects: inout GroupEffects) {
        if members[join.request.memberID] != nil { remove(join.request.memberID, &effects) }
        effects.answer(join.reply, join.refused(.groupMaxSizeReached, memberID: ""))
    }

    private mutating func joinNew(_ join: ClassicJoin, as memberID: String, _ effects: inout GroupEffects) {
        if let instanceID = join.request.groupInstanceID, let current = staticMembers[instanceID] {
            replaceStatic(current, by: memberID, join, &effects)
        } else if join.requiresKnownMemberID {
            addPending(memberID, for: join.sessionTimeout, &effects)
            effects.answer(join.reply, join.refused(.memberIDRequired, memberID: memberID))
        } else {
            add(join.member(id: memberID), join, &effects)
        }
    }

    private mutating func addPending(_ memberID: String, for timeout: Duration, _ effects: inout GroupEffects) {
        if pendingMembers.count >= Self.maxPendingMembers {
            let oldest = pendingMembers.removeFirst()
            effects.cancel(.pendingMember(groupID: id, memberID: oldest))
        }
        pendingMembers.append(memberID)
        effects.arm(.pendingMember(groupID: id, memberID: memberID), in: timeout)
    }

    /// A member that the group does not have yet.
    private mutating func add(_ member: ClassicMember, _ join: ClassicJoin, _ effects: inout GroupEffects) {
        var member = member
        member.isNew = true
        if members.isEmpty { protocolType = join.request.protocolType }
        whilePreparing { $0.initialDelay?.newMemberCame = true }
        put(member)
        if pendingMembers.remove(member.id) != nil {
            effects.cancel(.pendingMember(groupID: id, memberID: member.id))
        }
        effects.arm(.session(groupID: id, memberID: member.id), in: Self.newMemberTimeout)
        rebalance(joining: member.id, join.reply, &effects)
    }

    /// A member that is known joins the next generation, or asks for the present one again.
    private mutating func joinAgain(_ join: ClassicJoin, _ effects: inout GroupEffects) {
        let memberID = join.request.memberID
        let code = validate(memberID, instanceID: join.request.groupInstanceID)
        guard code == .none, let member = members[memberID] else {
            return effects.answer(join.reply, join.refused(code, memberID: memberID))
        }
        let updated = join.member(id: memberID)
        let isUnchanged = member.protocols == updated.protocols
        switch state {
        case .empty: effects.answer(join.reply, join.refused(.unknownMemberID, memberID: memberID))
        // It may not have got the first answer.
        case .completingRebalance where isUnchanged:
            effects.answer(join.reply, joinResponse(for: memberID))
        // A leader joins again because something has changed that it assigns by.
        case .stable where isUnchanged && !isLeader(memberID):
            effects.answer(join.reply, joinResponse(for: memberID))
        case .preparingRebalance, .completingRebalance, .stable: update(member, to: updated, join.reply, &effects)
        }
    }

    private mutating func update(
        _ member: ClassicMember, to updated: ClassicMember, _ reply: Reply<JoinGroupResponse>,
        _ effects: inout GroupEffects
    ) {
        var member = member
        member.client = updated.client
        member.protocols = updated.protocols
        member.rebalanceTimeout = updated.rebalanceTimeout
        member.sessionTimeout = updated.sessionTimeout
        put(member)
        rebalance(joining: member.id, reply, &effects)
    }

    /// What the present generation is; for the leader with all members.
    func joinResponse(for memberID: String, skipAssignment: Bool = false) -> JoinGroupResponse {
        .with {
            $0.generationID = generation
            $0.protocolType = protocolType
            $0.protocolName = protocolName
            $0.leader = leaderID ?? ""
            $0.memberID = memberID
            $0.skipAssignment = skipAssignment
            guard isLeader(memberID), let protocolName else { return }
            $0.members = members.values.map { member in
                .with {
                    $0.memberID = member.id
                    $0.groupInstanceID = member.instanceID
                    $0.metadata = member.metadata(for: protocolName)
                }
            }
        }
    }
}

// MARK: - Static members (KIP-345)

extension ClassicGroup {
    /// A static member has come back under a new id: the old one is fenced.
    private mutating func replaceStatic(
        _ oldID: String, by newID: String, _ join: ClassicJoin, _ effects: inout GroupEffects
    ) {
        guard let old = members[oldID] else { return }
        let (wasLeader, formerLeader) = (isLeader(oldID), leaderID)
        fence(oldID, join, &effects)
        let position = members.index(forKey: oldID) ?? 0
        removeMember(oldID)
        var member = join.member(id: newID)
        member.assignment = old.assignment
        put(member)
        // At the place of the old one.
        let added = members.elements[members.count - 1]
        members.removeLast()
        members.updateValue(added.value, forKey: added.key, insertingAt: min(position, members.count))
        if wasLeader { leaderID = newID }
        effects.cancel(.session(groupID: id, memberID: oldID))
        effects.arm(.session(groupID: id, memberID: newID), in: member.sessionTimeout)
        switch state {
        case .stable where selectProtocol() == protocolName:
            answerStatic(newID, formerLeader: formerLeader, join, &effects)
        case .stable, .completingRebalance, .preparingRebalance, .empty:
            // While a rebalance completes the old id may be with the leader already: it would assign to a stranger.
            rebalance(joining: newID, join.reply, &effects)
        }
    }

    /// Nothing has changed for the group but an id, which is written down. With v9 a leader is told that it is one, but
    /// need not assign; before, that it is not, so that it does not.
    private mutating func answerStatic(
        _ memberID: String, formerLeader: String?, _ join: ClassicJoin, _ effects: inout GroupEffects
    ) {
        effects.write(record(at: effects.now.wall))
        let isLeader = isLeader(memberID)
        var response = joinResponse(for: memberID, skipAssignment: join.supportsSkippingAssignment && isLeader)
        if !join.supportsSkippingAssignment {
            response.members = []
            response.leader = formerLeader ?? ""
        }
        effects.answer(join.reply, response)
    }

    private mutating func fence(_ memberID: String, _ join: ClassicJoin, _ effects: inout GroupEffects) {
        whilePreparing { preparing in
            guard let reply = preparing.joined.removeValue(forKey: memberID) else { return }
            effects.answer(reply, join.refused(.fencedInstanceID, memberID: memberID))
        }
        whileCompleting { completing in
            completing.pendingSync.remove(memberID)
            guard let reply = completing.waiting.removeValue(forKey: memberID) else { return }
            effects.answer(reply, .with { $0.errorCode = .fencedInstanceID })
        }
    }
}
