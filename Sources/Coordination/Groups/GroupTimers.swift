import KafkaProtocol
import OrderedCollections

/// Time passes.
extension GroupCoordinatorStateMachine {
    /// Whether the time of anything that groups wait for may have come: cheap.
    package func hasDueTimers(by now: CoordinatorTime) -> Bool { timers.mayExpire(by: now.uptime) }

    /// Handles what is due.
    ///
    /// The events of different groups have nothing to do with each other, so that the records of all of them may stand
    /// in one batch.
    package mutating func advance(to now: CoordinatorTime, image: ClusterMetadataImage) -> GroupOutput {
        var output = GroupOutput()
        var ofConsumers: [GroupTimer] = []
        for timer in timers.expire(by: now.uptime) {
            if case .consumer? = groups[timer.groupID] {
                ofConsumers.append(timer)
            } else {
                output.add(expired(timer, at: now))
            }
        }
        output.add(consumerTimersExpired(ofConsumers, at: now, image))
        return output
    }

    private mutating func expired(_ timer: GroupTimer, at now: CoordinatorTime) -> GroupOutput {
        let output: GroupOutput? =
            switch timer {
            case .join(let groupID): changeClassic(groupID, at: now) { $0.joinTimedOut(&$1) }
            case .sync(let groupID): changeClassic(groupID, at: now) { $0.syncTimedOut(&$1) }
            case .pendingMember(let groupID, let memberID):
                changeClassic(groupID, at: now) { $0.pendingMemberExpired(memberID, &$1) }
            case .session(let groupID, let memberID):
                changeClassic(groupID, at: now) { $0.sessionExpired(memberID, &$1) }
            case .revocation, .classicJoin, .classicSync: nil
            }
        return output ?? GroupOutput()
    }

    /// The log has been replayed: members have their whole session timeout from now on to be heard of.
    package mutating func finishLoading(at now: CoordinatorTime, image: ClusterMetadataImage) {
        isLoading = false
        for (groupID, group) in groups {
            switch group {
            case .classic:
                _ = changeClassic(groupID, at: now) { group, effects in
                    for memberID in group.members.keys { group.keepAlive(memberID, &effects) }
                }
            case .consumer(let group):
                let overrides = GroupOverrides(image.configuration(of: .group(groupID)))
                armTimers(of: group, at: now, overrides: overrides)
            }
        }
    }
}
