import KafkaProtocol

@testable import Coordination

/// A client of the classic protocol, eager or cooperative, which may be the leader of a classic group.
struct SimulatedClassicConsumer {
    enum Phase {
        case needsJoin
        case joining(ReplyBox<JoinGroupResponse>)
        case needsSync(JoinGroupResponse)
        case syncing(ReplyBox<SyncGroupResponse>)
        case stable
    }

    var memberID = ""
    var instanceID: String?
    let isEager: Bool
    let topics: [String]
    var phase = Phase.needsJoin
    var generation: Int32 = -1
    var owned = PartitionAssignment()
    /// It has its assignment from a consumer group.
    var isOfConsumerGroup = false
    var isSilent = false

    init(instanceID: String?, isEager: Bool, topics: [String]) {
        self.instanceID = instanceID
        self.isEager = isEager
        self.topics = topics
    }

    /// Does what comes next; waits if an answer has not come.
    mutating func act(_ fixture: inout ConsumerGroupFixture) throws {
        switch phase {
        case .needsJoin:
            if isEager { owned = PartitionAssignment() }
            phase = .joining(try fixture.classicJoin(memberID, topics, owning: owned, instanceID: instanceID))
        case .joining(let box): if let result = box.value { joined(result) }
        case .needsSync(let joined):
            let assignments = joined.leader == memberID ? Self.assign(joined.members, fixture.image) : [:]
            phase = .syncing(
                try fixture.classicSync(memberID, generation, instanceID: instanceID, assigning: assignments))
        case .syncing(let box): if let result = box.value { synced(result, fixture.image) }
        case .stable: heard(try fixture.classicHeartbeat(memberID, generation, instanceID: instanceID))
        }
    }

    private mutating func joined(_ result: Result<JoinGroupResponse, Refusal>) {
        guard case .success(let response) = result else { return phase = .needsJoin }
        switch response.errorCode {
        case .none:
            memberID = response.memberID
            generation = response.generationID
            isOfConsumerGroup = response.leader.isEmpty
            phase = response.skipAssignment ? .needsJoin : .needsSync(response)
        case .memberIDRequired:
            memberID = response.memberID
            phase = .needsJoin
        case let code: heard(code)
        }
    }

    private mutating func synced(_ result: Result<SyncGroupResponse, Refusal>, _ image: ClusterMetadataImage) {
        guard case .success(let response) = result, response.errorCode == .none,
            let assigned = response.assigned(image)
        else { return heard((try? result.get().errorCode) ?? .rebalanceInProgress) }
        let hasRevoked = !owned.subtracting(assigned).isEmpty
        owned = assigned
        // What it has given back others get when it joins again.
        phase = hasRevoked ? .needsJoin : .stable
    }

    private mutating func heard(_ code: ErrorCode) {
        switch code {
        case .none: break
        case .rebalanceInProgress: phase = .needsJoin
        default:
            if code != .illegalGeneration { memberID = "" }
            owned = PartitionAssignment()
            generation = -1
            isOfConsumerGroup = false
            phase = .needsJoin
        }
    }

    /// As a leader does it: in turns, but nobody gets what another still has.
    private static func assign(
        _ members: [JoinGroupResponse.JoinGroupResponseMember], _ image: ClusterMetadataImage
    ) -> [String: PartitionAssignment] {
        var owners: [TopicPartitionID: String] = [:]
        var names: Set<String> = []
        for member in members {
            guard let subscription = ConsumerProtocolSubscription.read(member.metadata) else { continue }
            names.formUnion(subscription.topics)
            for topic in subscription.ownedPartitions {
                guard let id = image.topic(named: topic.topic)?.id else { continue }
                for partition in topic.partitions {
                    owners[TopicPartitionID(topic: id, partition: partition)] = member.memberID
                }
            }
        }
        var result: [String: PartitionAssignment] = [:]
        let ids = members.map(\.memberID).sorted()
        for topic in names.sorted().compactMap({ image.topic(named: $0) }) {
            for index in topic.partitions.indices {
                let partition = PartitionIndex(Int32(index))
                let member = ids[index % ids.count]
                let owner = owners[TopicPartitionID(topic: topic.id, partition: partition)] ?? member
                guard owner == member else { continue }
                let one = PartitionAssignment([(id: topic.id, partitions: [partition])])
                result[member] = (result[member] ?? .init()).union(one)
            }
        }
        return result
    }
}
