/// What a group waits for.
package enum GroupTimer: Hashable, Sendable {
    /// A classic group's rebalance: its initial delay, or the time that members have to join.
    case join(groupID: String)
    /// The time that the members of a classic group have to ask for their assignment.
    case sync(groupID: String)
    /// A member has to be heard of.
    case session(groupID: String, memberID: String)
    /// A member id that was handed out has to be used (KIP-394).
    case pendingMember(groupID: String, memberID: String)
    /// A member of a consumer group has to give back partitions (KIP-848).
    case revocation(groupID: String, memberID: String)
    /// A classic member of a consumer group has to join again, or to ask for its assignment.
    case classicJoin(groupID: String, memberID: String)
    case classicSync(groupID: String, memberID: String)

    /// The group that waits.
    var groupID: String {
        switch self {
        case .join(let groupID), .sync(let groupID), .session(let groupID, _), .pendingMember(let groupID, _),
            .revocation(let groupID, _), .classicJoin(let groupID, _), .classicSync(let groupID, _):
            groupID
        }
    }
}
