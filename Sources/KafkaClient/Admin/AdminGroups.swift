import KafkaProtocol

extension Admin {
    /// The groups of the cluster, sorted by name.
    ///
    /// - Parameters:
    ///   - states: only groups in one of these; empty for any (KIP-518; brokers since Kafka 2.6).
    ///   - types: only groups of one of these; empty for any (KIP-1043; brokers since Kafka 3.8).
    /// - Throws: `unsupportedVersion` where a broker cannot select so.
    public func listGroups(states: Set<GroupState> = [], types: Set<GroupType> = []) async throws -> [GroupListing] {
        let brokers = try await describeCluster().brokers.map(\.id)
        var groups: [String: GroupListing] = [:]
        for broker in brokers {
            let response = try await cluster.retrying {
                try await listGroups(at: broker, states.map(\.rawValue).sorted(), types.map(\.rawValue).sorted())
            }
            for group in response.groups {
                groups[group.groupID] = GroupListing(
                    id: group.groupID, protocolType: group.protocolType,
                    state: group.groupState.isEmpty ? nil : GroupState(rawValue: group.groupState),
                    type: group.groupType.isEmpty ? nil : GroupType(rawValue: group.groupType))
            }
        }
        return groups.values.sorted { $0.id < $1.id }
    }

    private func listGroups(at broker: BrokerID, _ states: [String], _ types: [String]) async throws
        -> ListGroupsResponse
    {
        let version = try await cluster.versions(of: .broker(broker)).version(of: ListGroupsRequest.self)
        guard states.isEmpty || version >= 4, types.isEmpty || version >= 5 else {
            let what = version >= 4 ? "type" : "state"
            throw KafkaError(.unsupportedVersion, "broker \(broker) cannot select groups by their \(what)")
        }
        let response = try await cluster.send(
            ListGroupsRequest.with { ($0.statesFilter, $0.typesFilter) = (states, types) }, to: .broker(broker))
        guard response.errorCode == .none else {
            throw KafkaError(broker: response.errorCode, "broker \(broker) does not list its groups")
        }
        return response
    }

    /// Describes groups of consumers, whichever protocol they speak.
    ///
    /// - Returns: for a group that does not exist, GROUP_ID_NOT_FOUND.
    public func describeGroups(_ groups: [String]) async throws -> Outcomes<String, GroupDescription> {
        try await cluster.atCoordinators(of: groups) { broker, groups in
            var outcomes = try await describeConsumerGroups(groups, at: broker)
            // A coordinator does not tell a classic group from one that does not exist, when asked for the other kind.
            let rest = groups.filter { group in
                if case .failure(let error) = outcomes[group] { return error.brokerCode == .groupIDNotFound }
                return outcomes[group] == nil
            }
            outcomes.merge(try await describeClassicGroups(rest, at: broker)) { $1 }
            return outcomes
        }
    }

    private func describeConsumerGroups(
        _ groups: [String], at broker: BrokerID
    ) async throws -> Outcomes<String, GroupDescription> {
        let request = ConsumerGroupDescribeRequest.with { $0.groupIDs = groups }
        do {
            return try await cluster.send(request, to: .broker(broker)).groups.reduce(into: [:]) { outcomes, group in
                outcomes[group.groupID] = Self.outcome(
                    group.errorCode, "cannot describe group '\(group.groupID)'", group.errorMessage
                ) { GroupDescription(group, coordinator: broker) }
            }
        } catch let error as KafkaError where error.code == .unsupportedVersion {
            return [:]
        }
    }

    private func describeClassicGroups(
        _ groups: [String], at broker: BrokerID
    ) async throws -> Outcomes<String, GroupDescription> {
        guard !groups.isEmpty else { return [:] }
        let request = DescribeGroupsRequest.with { $0.groups = groups }
        return try await cluster.send(request, to: .broker(broker)).groups.reduce(into: [:]) { outcomes, group in
            // Before version 6 a group that does not exist is described as dead.
            let isMissing = group.errorCode == .none && group.groupState == GroupState.dead.rawValue
            let code = isMissing ? .groupIDNotFound : group.errorCode
            let what =
                code == .groupIDNotFound
                ? "group '\(group.groupID)' does not exist" : "cannot describe group '\(group.groupID)'"
            let detail = code == .groupIDNotFound ? nil : group.errorMessage
            outcomes[group.groupID] = Self.outcome(code, what, detail) {
                GroupDescription(group, coordinator: broker)
            }
        }
    }

    /// Deletes groups and what they have committed.
    ///
    /// - Returns: for a group with members, NON_EMPTY_GROUP.
    public func deleteGroups(_ groups: [String]) async throws -> Outcomes<String, Void> {
        try await cluster.atCoordinators(of: groups) { broker, groups in
            let request = DeleteGroupsRequest.with { $0.groupsNames = groups }
            return try await cluster.send(request, to: .broker(broker)).results.reduce(into: [:]) { outcomes, result in
                let code = result.errorCode
                let what =
                    switch code {
                    case .groupIDNotFound: "group '\(result.groupID)' does not exist"
                    case .nonEmptyGroup: "group '\(result.groupID)' has members; stop them first"
                    default: "cannot delete group '\(result.groupID)'"
                    }
                outcomes[result.groupID] = Self.outcome(code, what, nil) {}
            }
        }
    }
}

// MARK: - Members

extension Admin {
    /// Makes members of a classic group leave it. Those that still run join it again. Members of the consumer protocol
    /// leave on their own only: brokers answer UNKNOWN_MEMBER_ID for them.
    ///
    /// - Parameters:
    ///   - instances: the `group.instance.id`s of static members (KIP-345); nil takes every member.
    ///   - reason: stands in the broker's log (KIP-800).
    /// - Returns: an outcome for each member: by its instance id, or without one by its member id.
    public func removeMembers(
        of group: String, instances: [String]? = nil, reason: String = "removed by an administrator"
    ) async throws -> Outcomes<String, Void> {
        let members: [LeaveGroupRequest.MemberIdentity]
        if let instances {
            members = instances.map { instance in .with { ($0.groupInstanceID, $0.reason) = (instance, reason) } }
        } else {
            members =
                try await describeGroups([group])[group]?.get().members.map { member in
                    // A static member is told by its instance, whoever holds it by now.
                    .with {
                        $0.memberID = member.instanceID == nil ? member.id : ""
                        ($0.groupInstanceID, $0.reason) = (member.instanceID, reason)
                    }
                } ?? []
        }
        guard !members.isEmpty else { return [:] }
        return try await cluster.retrying(atCoordinatorOf: group) {
            try await leave(group, members)
        }
    }

    private func leave(
        _ group: String, _ members: [LeaveGroupRequest.MemberIdentity]
    ) async throws -> Outcomes<String, Void> {
        let version = try await cluster.versions(of: .coordinator(of: group)).version(of: LeaveGroupRequest.self)
        guard version >= 3 else {
            throw KafkaError(.unsupportedVersion, "the broker lets members leave only on their own (before Kafka 2.4)")
        }
        let request = LeaveGroupRequest.with { ($0.groupID, $0.members) = (group, members) }
        let response = try await cluster.send(request, to: .coordinator(of: group))
        guard response.errorCode == .none else {
            throw KafkaError(broker: response.errorCode, "cannot remove members of group '\(group)'")
        }
        return response.members.reduce(into: [:]) { outcomes, member in
            let name = member.groupInstanceID.flatMap { $0.isEmpty ? nil : $0 } ?? member.memberID
            let what = "cannot remove member '\(name)' of group '\(group)'"
            outcomes[name] = Self.outcome(member.errorCode, what, nil) {}
        }
    }
}
