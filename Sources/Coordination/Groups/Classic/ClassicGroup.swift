package import KafkaProtocol
package import NIOCore
package import OrderedCollections

/// A group whose members assign the partitions among themselves: one of them, the leader, does it for all, once in a
/// generation (JoinGroup, SyncGroup; eager and cooperative alike, which differ in the clients alone).
///
/// A value that events change; what they come to stands in ``GroupEffects``. What outlives the process is the record of
/// the last generation.
package struct ClassicGroup: Sendable {
    package let id: String
    /// `consumer`, `connect` …; nil until a member has come, and for groups that only commit offsets.
    package internal(set) var protocolType: String?
    package internal(set) var generation: Int32 = 0
    /// How the generation was assigned; nil while the group is empty.
    package internal(set) var protocolName: String?
    package internal(set) var leaderID: String?
    /// In the order in which they came.
    package internal(set) var members: OrderedDictionary<String, ClassicMember> = [:]
    /// Member ids by instance id.
    var staticMembers: [String: String] = [:]
    /// Ids that were handed out and have not joined yet (KIP-394), the oldest first.
    var pendingMembers: OrderedSet<String> = []
    var state = State.empty
    /// When the state was last entered that the record tells of.
    package internal(set) var stateTimestamp: Timestamp?
    /// The topics of all members' subscriptions; nil where they are not known.
    package internal(set) var subscribedTopics: Set<String>?
    /// How many members support each protocol.
    var supportedProtocols: [String: Int] = [:]
    /// What the members say for all their protocols, in bytes.
    private(set) var metadataByteCount = 0
    /// Whether the log has a record of the group.
    var isPersisted = false

    package init(id: String) { self.id = id }

    /// The protocol type of consumers.
    static let consumerProtocolType = "consumer"
    /// Ids that may be handed out and not used yet; with one more the oldest is forgotten.
    static let maxPendingMembers = 10_000
    /// What the members may say, and what they may be assigned, in bytes: the group stands in one record.
    static let maxMetadataByteCount = 6 << 20
    static let maxAssignmentByteCount = 6 << 20
    /// How long a member that waits for its first answer is kept: it cannot send heartbeats, as it has no id yet.
    static let newMemberTimeout = Duration.seconds(300)

    package var usesConsumerProtocol: Bool { protocolType == Self.consumerProtocolType }
    func isLeader(_ memberID: String) -> Bool { leaderID == memberID }

    /// The longest of the members.
    var rebalanceTimeout: Duration { members.values.lazy.map(\.rebalanceTimeout).max() ?? .zero }

    /// Whether all of them have joined, and nobody is about to.
    var haveAllJoined: Bool { members.count <= (joined?.count ?? 0) && pendingMembers.isEmpty }

    /// Consumers whose subscriptions are not known may be subscribed to anything.
    package func isSubscribed(to topic: String) -> Bool {
        subscribedTopics?.contains(topic) ?? usesConsumerProtocol
    }

    // MARK: - Checks

    /// Whether a member of that kind fits to those that are there.
    func supports(type: String, protocols: [JoinGroupRequest.JoinGroupRequestProtocol]) -> Bool {
        if isEmpty || members.isEmpty { return !type.isEmpty && !protocols.isEmpty }
        return protocolType == type && protocols.contains { supportedProtocols[$0.name] == members.count }
    }

    /// Whether the request comes from who it says: UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID.
    func validate(_ memberID: String, instanceID: String?) -> ErrorCode {
        if let instanceID {
            guard let current = staticMembers[instanceID] else { return .unknownMemberID }
            if current != memberID { return .fencedInstanceID }
        }
        return members[memberID] == nil ? .unknownMemberID : .none
    }

    /// Whether the group has room for who joins.
    func accepts(_ memberID: String, maxSize: Int) -> Bool {
        switch state {
        case .empty: true
        // Who has waited for the next generation stays; those of the last one may have gone.
        case .preparingRebalance(let preparing):
            preparing.joined[memberID] != nil || preparing.joined.count < maxSize
        case .completingRebalance, .stable: members[memberID] != nil || members.count < maxSize
        }
    }

    /// Whether what a member says still fits into the group's record.
    func hasRoom(for join: ClassicJoin) -> Bool {
        let before = members[join.request.memberID]?.metadataByteCount ?? 0
        let byteCount = join.request.protocols.reduce(0) { $0 + $1.name.utf8.count + $1.metadata.readableBytes }
        return metadataByteCount - before + byteCount <= Self.maxMetadataByteCount
    }

    // MARK: - Members

    mutating func put(_ member: ClassicMember) {
        if let old = members[member.id] {
            count(old.protocols, -1)
            metadataByteCount -= old.metadataByteCount
        }
        metadataByteCount += member.metadataByteCount
        members[member.id] = member
        count(member.protocols, 1)
        if let instanceID = member.instanceID { staticMembers[instanceID] = member.id }
        if leaderID == nil { leaderID = member.id }
    }

    @discardableResult
    mutating func removeMember(_ memberID: String) -> ClassicMember? {
        guard let member = members.removeValue(forKey: memberID) else { return nil }
        count(member.protocols, -1)
        metadataByteCount -= member.metadataByteCount
        if let instanceID = member.instanceID, staticMembers[instanceID] == memberID { staticMembers[instanceID] = nil }
        if leaderID == memberID { leaderID = members.keys.first }
        return member
    }

    /// Protocols of one member count once, however often it names them.
    private mutating func count(_ protocols: [ClassicMember.AssignmentProtocol], _ step: Int) {
        for name in Set(protocols.map(\.name)) {
            let count = (supportedProtocols[name] ?? 0) + step
            supportedProtocols[name] = count > 0 ? count : nil
        }
    }

    /// The protocol that most members prefer, of those that all support.
    func selectProtocol() -> String? {
        var votes: [String: Int] = [:]
        for member in members.values {
            if let vote = member.protocols.first(where: { supportedProtocols[$0.name] == members.count }) {
                votes[vote.name, default: 0] += 1
            }
        }
        // Equal ones: by name, so that it is always the same.
        return votes.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
    }

    /// The topics that members are subscribed to, where they are consumers and say so in a way that can be read.
    func computeSubscribedTopics() -> Set<String>? {
        guard usesConsumerProtocol else { return nil }
        if members.isEmpty { return [] }
        guard let protocolName else { return nil }
        var topics: Set<String> = []
        for member in members.values {
            guard let subscription = ConsumerProtocolSubscription.read(member.metadata(for: protocolName)) else {
                return nil
            }
            topics.formUnion(subscription.topics)
        }
        return topics
    }
}

extension ConsumerProtocolSubscription {
    /// What a consumer tells its leader; nil where the bytes are something else.
    package static func read(_ metadata: ByteBuffer) -> ConsumerProtocolSubscription? {
        var body = metadata
        guard let version = body.readInteger(as: Int16.self), version >= versions.lowerBound else { return nil }
        return try? decodePrefix(of: &body, version: min(version, versions.upperBound))
    }
}
