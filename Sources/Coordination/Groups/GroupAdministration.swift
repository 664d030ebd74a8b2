package import KafkaProtocol
import NIOCore
import OrderedCollections

/// What operators ask and order.
extension GroupCoordinatorStateMachine {
    /// Whether the group's name is free, or has the same bytes: canonically equivalent texts are equal to Swift.
    package func spells(_ groupID: String) -> Bool {
        guard let position = groups.index(forKey: groupID) else { return true }
        return groups.keys[position].utf8.elementsEqual(groupID.utf8)
    }

    /// The groups whose state and type are among those asked for; nil for any. Names are compared without case.
    package func listGroups(states: [String]?, types: [String]?) -> [ListGroupsResponse.ListedGroup] {
        let states = states.map { Set($0.map { $0.lowercased() }) }
        let types = types.map { Set($0.map { $0.lowercased() }) }
        return groups.keys.sorted().compactMap { groupID in
            guard let group = groups[groupID] else { return nil }
            let listed = group.listed(as: groupID)
            if let states, !states.contains(listed.groupState.lowercased()) { return nil }
            if let types, !types.contains(listed.groupType.lowercased()) { return nil }
            return listed
        }
    }

    /// DescribeGroups, for classic groups. Before v6 what is not there is described as dead.
    package func describeClassicGroup(_ groupID: String, version: Int16) -> DescribeGroupsResponse.DescribedGroup {
        guard case .classic(let group)? = groups[groupID] else {
            return .with {
                $0.groupID = groupID
                $0.groupState = "Dead"
                guard version >= 6 else { return }
                $0.errorCode = .groupIDNotFound
                $0.errorMessage =
                    groups[groupID] == nil
                    ? "Group \(groupID) not found." : "Group \(groupID) is not a classic group."
            }
        }
        return .with {
            $0.groupID = groupID
            $0.groupState = group.stateName
            $0.protocolType = group.protocolType ?? ""
            // While members join, what they were assigned by is no longer what they will be.
            let protocolName = group.isStable ? group.protocolName : nil
            $0.protocolData = protocolName ?? ""
            $0.members = group.members.values.map { member in
                .with {
                    $0.memberID = member.id
                    $0.groupInstanceID = member.instanceID
                    $0.clientID = member.client.clientID
                    $0.clientHost = member.client.clientHost
                    $0.memberMetadata = protocolName.map(member.metadata) ?? .init()
                    $0.memberAssignment = group.isStable ? member.assignment : .init()
                }
            }
        }
    }

    /// DeleteGroups: the group and its offsets. The answer is the code.
    package func deleteGroup(_ groupID: String, reply: Reply<ErrorCode>) -> GroupOutput {
        let code: ErrorCode
        var records: [GroupRecord] = []
        switch groups[groupID] {
        case nil: code = .groupIDNotFound
        case .classic(let group):
            // An id that was handed out is nobody yet.
            code = group.isEmpty ? .none : .nonEmptyGroup
            records = [group.tombstone]
        case .consumer(let group):
            code = group.isEmpty ? .none : .nonEmptyGroup
            records = group.tombstones
        }
        return GroupOutput(reply, code, records: code == .none ? offsetTombstones(groupID) + records : [])
    }
}

extension Group {
    fileprivate func listed(as groupID: String) -> ListGroupsResponse.ListedGroup {
        .with {
            $0.groupID = groupID
            switch self {
            case .classic(let group):
                $0.protocolType = group.protocolType ?? ""
                $0.groupState = group.stateName
                $0.groupType = "classic"
            case .consumer(let group):
                $0.protocolType = ClassicGroup.consumerProtocolType
                $0.groupState = group.stateName
                $0.groupType = "consumer"
            }
        }
    }
}
