package import KafkaProtocol
import NIOCore
import OrderedCollections

/// What stands in the log of a classic group: its last generation.
extension ClassicGroup {
    var recordKey: GroupMetadataKey { .with { $0.group = id } }

    /// The group as it is; `now` becomes the time of its state.
    mutating func record(at now: Timestamp) -> GroupRecord {
        stateTimestamp = now
        return .classicGroup(recordKey, recordValue)
    }

    package var tombstone: GroupRecord { .classicGroup(recordKey, nil) }

    private var recordValue: GroupMetadataValue {
        .with {
            $0.protocolType = protocolType ?? ""
            $0.generation = generation
            $0.protocol = protocolName
            $0.leader = leaderID
            $0.currentStateTimestamp = stateTimestamp?.rawValue ?? -1
            $0.members = members.values.map { member in
                .with {
                    $0.memberID = member.id
                    $0.groupInstanceID = member.instanceID
                    $0.clientID = member.client.clientID
                    $0.clientHost = member.client.clientHost
                    $0.rebalanceTimeout = Int32(clamping: member.rebalanceTimeout.wholeMilliseconds)
                    $0.sessionTimeout = Int32(clamping: member.sessionTimeout.wholeMilliseconds)
                    $0.subscription = protocolName.map(member.metadata) ?? .init()
                    $0.assignment = member.assignment
                }
            }
        }
    }

    /// The group that a record tells of. Its members support the generation's protocol, as far as is known.
    package init(id: String, _ value: GroupMetadataValue) {
        self.init(id: id)
        protocolType = value.protocolType.isEmpty ? nil : value.protocolType
        generation = value.generation
        protocolName = value.protocol
        stateTimestamp = value.currentStateTimestamp < 0 ? nil : Timestamp(value.currentStateTimestamp)
        isPersisted = true
        for record in value.members {
            let sessionTimeout = Duration.milliseconds(Int64(record.sessionTimeout))
            var member = ClassicMember(
                id: record.memberID, instanceID: record.groupInstanceID,
                client: GroupClient(clientID: record.clientID, clientHost: record.clientHost),
                rebalanceTimeout: record.rebalanceTimeout < 0
                    ? sessionTimeout : .milliseconds(Int64(record.rebalanceTimeout)),
                sessionTimeout: sessionTimeout,
                protocols: [.init(name: value.protocol ?? "", metadata: record.subscription)])
            member.assignment = record.assignment
            put(member)
        }
        leaderID = value.leader.flatMap { members[$0] == nil ? nil : $0 } ?? members.keys.first
        state = members.isEmpty ? .empty : .stable(Stable())
        subscribedTopics = computeSubscribedTopics()
    }
}
