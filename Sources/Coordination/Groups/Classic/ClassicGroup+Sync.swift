import KafkaProtocol
import NIOCore
import OrderedCollections

extension ClassicGroup {
    /// A member asks for its assignment; the leader brings everybody's.
    mutating func sync(
        _ request: SyncGroupRequest, _ reply: Reply<SyncGroupResponse>, _ effects: inout GroupEffects
    ) {
        let code = refusal(of: request)
        guard code == .none else { return effects.answer(reply, .with { $0.errorCode = code }) }
        switch state {
        case .empty: effects.answer(reply, .with { $0.errorCode = .unknownMemberID })
        case .preparingRebalance: effects.answer(reply, .with { $0.errorCode = .rebalanceInProgress })
        case .completingRebalance:
            wait(request.memberID, reply, &effects)
            if isLeader(request.memberID) { assign(request.assignments, &effects) }
        case .stable:
            noteSync(of: request.memberID)
            keepAlive(request.memberID, &effects)
            effects.answer(reply, syncResponse(members[request.memberID]?.assignment ?? ByteBuffer()))
        }
    }

    private func refusal(of request: SyncGroupRequest) -> ErrorCode {
        let code = validate(request.memberID, instanceID: request.groupInstanceID)
        if code != .none { return code }
        if request.generationID != generation { return .illegalGeneration }
        if let type = request.protocolType, type != protocolType { return .inconsistentGroupProtocol }
        if let name = request.protocolName, let protocolName, name != protocolName { return .inconsistentGroupProtocol }
        return .none
    }

    private mutating func wait(
        _ memberID: String, _ reply: Reply<SyncGroupResponse>, _ effects: inout GroupEffects
    ) {
        whileCompleting { completing in
            completing.pendingSync.remove(memberID)
            if let earlier = completing.waiting.updateValue(reply, forKey: memberID) {
                effects.answer(earlier, .with { $0.errorCode = .rebalanceInProgress })
            }
        }
    }

    /// The leader has assigned: written down, and then every member gets its own. Members that it has left out get
    /// nothing; what it has for strangers is dropped.
    private mutating func assign(
        _ assignments: [SyncGroupRequest.SyncGroupRequestAssignment], _ effects: inout GroupEffects
    ) {
        guard case .completingRebalance(let completing) = state else { return }
        guard assignments.reduce(0, { $0 + $1.assignment.readableBytes }) <= Self.maxAssignmentByteCount else {
            return refuseAssignment(&effects)
        }
        for memberID in members.keys { members[memberID]?.assignment = ByteBuffer() }
        for assignment in assignments { members[assignment.memberID]?.assignment = assignment.assignment }
        effects.write(record(at: effects.now.wall))
        for member in members.values {
            guard let reply = completing.waiting[member.id] else { continue }
            keepAlive(member.id, &effects)
            effects.answer(reply, syncResponse(member.assignment))
        }
        state = .stable(Stable(from: completing))
        if completing.pendingSync.isEmpty { effects.cancel(.sync(groupID: id)) }
    }

    /// The leader's assignment is more than a record holds: everybody hears that, and joins again, as in Kafka.
    private mutating func refuseAssignment(_ effects: inout GroupEffects) {
        let memberIDs = Array(members.keys)
        whileCompleting { completing in
            for memberID in memberIDs {
                guard let reply = completing.waiting.removeValue(forKey: memberID) else { continue }
                effects.answer(reply, .with { $0.errorCode = .unknownServerError })
            }
        }
        for memberID in memberIDs { keepAlive(memberID, &effects) }
        prepareRebalance(&effects)
    }

    private func syncResponse(_ assignment: ByteBuffer) -> SyncGroupResponse {
        .with {
            $0.protocolType = protocolType
            $0.protocolName = protocolName
            $0.assignment = assignment
        }
    }

    /// A member says that it lives, and hears whether it has to join again.
    mutating func heartbeat(_ request: HeartbeatRequest, _ effects: inout GroupEffects) -> ErrorCode {
        let code = validate(request.memberID, instanceID: request.groupInstanceID)
        if code != .none { return code }
        if request.generationID != generation { return .illegalGeneration }
        switch state {
        case .empty: return .unknownMemberID
        case .preparingRebalance:
            keepAlive(request.memberID, &effects)
            return .rebalanceInProgress
        // Consumers may begin as soon as they know their generation.
        case .completingRebalance, .stable:
            keepAlive(request.memberID, &effects)
            return .none
        }
    }

    /// Members leave, or are removed by an administrator, who names static ones by their instance id alone.
    ///
    /// - Returns: what became of each.
    mutating func leave(
        _ identities: [LeaveGroupRequest.MemberIdentity], _ effects: inout GroupEffects
    ) -> [LeaveGroupResponse.MemberResponse] {
        var hasLost = false
        let results = identities.map { identity in
            let (memberID, code) = leaving(identity)
            if code == .none {
                if pendingMembers.remove(memberID) != nil {
                    effects.cancel(.pendingMember(groupID: id, memberID: memberID))
                } else {
                    drop(memberID, &effects)
                }
                hasLost = true
            }
            return LeaveGroupResponse.MemberResponse.with {
                $0.memberID = identity.memberID
                $0.groupInstanceID = identity.groupInstanceID
                $0.errorCode = code
            }
        }
        if hasLost { goOnWithout(&effects) }
        return results
    }

    private func leaving(_ identity: LeaveGroupRequest.MemberIdentity) -> (memberID: String, code: ErrorCode) {
        if identity.memberID.isEmpty {
            guard let instanceID = identity.groupInstanceID, let memberID = staticMembers[instanceID] else {
                return ("", .unknownMemberID)
            }
            return (memberID, .none)
        }
        if pendingMembers.contains(identity.memberID) { return (identity.memberID, .none) }
        return (identity.memberID, validate(identity.memberID, instanceID: identity.groupInstanceID))
    }
}
