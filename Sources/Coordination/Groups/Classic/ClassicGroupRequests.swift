package import KafkaProtocol
import NIOCore
import OrderedCollections

/// The requests of classic members.
extension GroupCoordinatorStateMachine {
    /// JoinGroup: answered when the generation begins.
    package mutating func joinGroup(
        _ request: JoinGroupRequest, version: Int16, from client: GroupClient, image: ClusterMetadataImage,
        at now: CoordinatorTime, reply: Reply<JoinGroupResponse>
    ) -> GroupOutput {
        let join = ClassicJoin(request: request, version: version, client: client, reply: reply)
        let memberID = request.memberID
        guard !request.groupID.isEmpty else {
            return GroupOutput(reply, join.refused(.invalidGroupID, memberID: memberID))
        }
        guard settings.sessionTimeouts.contains(join.sessionTimeout) else {
            return GroupOutput(reply, join.refused(.invalidSessionTimeout, memberID: memberID))
        }
        if case .consumer(let group)? = groups[request.groupID], !group.isEmpty {
            return joinConsumerGroup(group, join, image: image, at: now)
        }
        return joinClassicGroup(join, at: now)
    }

    /// Joins the classic group of that name, which is made if need be.
    private mutating func joinClassicGroup(_ join: ClassicJoin, at now: CoordinatorTime) -> GroupOutput {
        let (groupID, memberID) = (join.request.groupID, join.request.memberID)
        var cleared: [GroupRecord] = []
        switch groups[groupID] {
        case .classic?: break
        case nil, .consumer?:
            guard memberID.isEmpty else {
                return GroupOutput(join.reply, join.refused(.unknownMemberID, memberID: memberID))
            }
            var group = ClassicGroup(id: groupID)
            if case .consumer(let empty)? = groups[groupID] {
                // Durable, so that the offsets have a group whatever becomes of the member.
                group.protocolType = ClassicGroup.consumerProtocolType
                cleared = clearForClassicGroup(empty) + [group.record(at: now.wall)]
            }
            groups[groupID] = .classic(group)
        }
        let newMemberID =
            memberID.isEmpty ? newMemberID(join.request.groupInstanceID ?? join.client.clientID) : ""
        let joined = changeClassic(groupID, at: now) { group, effects in
            group.join(join, newMemberID: newMemberID, &effects)
        }
        guard var output = joined else {
            return GroupOutput(join.reply, join.refused(.inconsistentGroupProtocol, memberID: memberID))
        }
        output.records = cleared + output.records
        return output
    }

    /// SyncGroup: answered when the leader has assigned.
    package mutating func syncGroup(
        _ request: SyncGroupRequest, image: ClusterMetadataImage, at now: CoordinatorTime,
        reply: Reply<SyncGroupResponse>
    ) -> GroupOutput {
        guard !request.groupID.isEmpty else { return GroupOutput(reply, .with { $0.errorCode = .invalidGroupID }) }
        if case .consumer(let group)? = groups[request.groupID] {
            return syncConsumerGroup(group, request, image: image, at: now, reply: reply)
        }
        return changeClassic(request.groupID, at: now) { group, effects in group.sync(request, reply, &effects) }
            ?? GroupOutput(reply, .with { $0.errorCode = .unknownMemberID })
    }

    package mutating func heartbeat(
        _ request: HeartbeatRequest, at now: CoordinatorTime, reply: Reply<HeartbeatResponse>
    ) -> GroupOutput {
        guard !request.groupID.isEmpty else { return GroupOutput(reply, .with { $0.errorCode = .invalidGroupID }) }
        if case .consumer(let group)? = groups[request.groupID] {
            let code = heartbeatConsumerGroup(group, request, at: now)
            return GroupOutput(reply, .with { $0.errorCode = code })
        }
        return changeClassic(request.groupID, at: now) { group, effects in
            let code = group.heartbeat(request, &effects)
            effects.answer(reply, .with { $0.errorCode = code })
        } ?? GroupOutput(reply, .with { $0.errorCode = .unknownMemberID })
    }

    /// LeaveGroup. Before v3 it names one member; the answer for it stands at the top, too.
    package mutating func leaveGroup(
        _ request: LeaveGroupRequest, version: Int16, image: ClusterMetadataImage, at now: CoordinatorTime,
        reply: Reply<LeaveGroupResponse>
    ) -> GroupOutput {
        guard !request.groupID.isEmpty else { return GroupOutput(reply, .with { $0.errorCode = .invalidGroupID }) }
        let identities = version >= 3 ? request.members : [.with { $0.memberID = request.memberID }]
        if case .consumer(let group)? = groups[request.groupID] {
            var (members, output) = leaveConsumerGroup(group, identities, image: image, at: now)
            output.answer(reply, Self.leaveResponse(members, version: version))
            return output
        }
        let left = changeClassic(request.groupID, at: now) { group, effects in
            let members = group.leave(identities, &effects)
            effects.answer(reply, Self.leaveResponse(members, version: version))
        }
        return left
            ?? GroupOutput(
                reply,
                Self.leaveResponse(
                    identities.map { identity in
                        .with {
                            $0.memberID = identity.memberID
                            $0.groupInstanceID = identity.groupInstanceID
                            $0.errorCode = .unknownMemberID
                        }
                    }, version: version))
    }

    static func leaveResponse(
        _ members: [LeaveGroupResponse.MemberResponse], version: Int16
    ) -> LeaveGroupResponse {
        .with {
            if version >= 3 { $0.members = members } else { $0.errorCode = members.first?.errorCode ?? .none }
        }
    }

    // MARK: - Execution

    /// Handles an event of a classic group; nil if there is no such group.
    mutating func changeClassic(
        _ groupID: String, at now: CoordinatorTime, _ event: (inout ClassicGroup, inout GroupEffects) -> Void
    ) -> GroupOutput? {
        guard let position = groups.index(forKey: groupID), case .classic(var group) = groups.values[position] else {
            return nil
        }
        // Out of the table while it changes, so that nothing is copied.
        groups.values[position] = .classic(ClassicGroup(id: ""))
        var effects = GroupEffects(now: now, settings: settings)
        event(&group, &effects)
        let isGone = effects.output.records.isEmpty && isForgettable(group)
        groups.values[position] = .classic(group)
        if isGone { groups[groupID] = nil }
        apply(effects)
        return effects.output
    }

    /// Nothing of it is written down, and nobody is there any more.
    private func isForgettable(_ group: ClassicGroup) -> Bool {
        group.isEmpty && group.members.isEmpty && group.pendingMembers.isEmpty && !group.isPersisted
            && !offsets.hasOffsets(of: group.id)
    }

    mutating func apply(_ effects: GroupEffects) {
        for (timer, delay) in effects.timers {
            if let delay { timers.arm(timer, at: effects.now.uptime + delay) } else { timers.cancel(timer) }
        }
    }

    /// `prefix-` and a random UUID, as Kafka makes the ids of members.
    mutating func newMemberID(_ prefix: String) -> String {
        "\(prefix.prefix(utf8: Self.maxPrefixByteCount))-\(randomUUID())"
    }

    /// What is left of the longest string of the protocol beside a UUID.
    private static let maxPrefixByteCount = 32_700

    private static let digits = Array("0123456789abcdef".utf8)

    private mutating func randomUUID() -> String {
        let high = (generator.next() & 0xffff_ffff_ffff_0fff) | 0x4000
        let low = (generator.next() & 0x3fff_ffff_ffff_ffff) | 0x8000_0000_0000_0000
        var digits: [UInt8] = []
        for word in [high, low] {
            for shift in stride(from: UInt64(60), through: 0, by: -4) {
                digits.append(Self.digits[Int(word >> shift & 15)])
            }
        }
        let parts = [digits[0..<8], digits[8..<12], digits[12..<16], digits[16..<20], digits[20..<32]]
        return parts.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "-")
    }

    // MARK: - Replay

    mutating func replay(_ key: GroupMetadataKey, _ value: GroupMetadataValue?) {
        guard let value else {
            if case .classic = groups[key.group] { removeGroup(key.group) }
            return
        }
        if !isLoading, case .classic(var group)? = groups[key.group] {
            // The event that wrote the record has brought the group there, and who waits with it.
            group.isPersisted = true
            groups[key.group] = .classic(group)
        } else {
            groups[key.group] = .classic(ClassicGroup(id: key.group, value))
        }
    }
}
