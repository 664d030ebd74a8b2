import KafkaProtocol
import NIOCore
import Synchronization

@testable import Coordination

/// Catches the answer to one request.
final class ReplyBox<Response: Sendable>: Sendable {
    private let result = Mutex<Result<Response, Refusal>?>(nil)

    var reply: Reply<Response> { Reply { result in self.result.withLock { $0 = result } } }
    var value: Result<Response, Refusal>? { result.withLock { $0 } }
}

/// Groups with their log: what is decided is encoded, kept, read back and replayed.
struct ConsumerGroupFixture {
    typealias Response = ConsumerGroupHeartbeatResponse

    var machine: GroupCoordinatorStateMachine
    var metadata: MetadataFixture
    var now = CoordinatorTime(wall: 1_000_000_000, uptime: .seconds(100))
    var client = GroupClient(clientID: "c", clientHost: "/127.0.0.1")
    private(set) var log: [GroupRecord] = []
    private var restartCount: UInt64 = 0
    /// Of the last event.
    private(set) var records: [GroupRecord] = []
    /// Patterns to be matched, the oldest first.
    var patterns: [PatternMatching] = []
    /// Patterns that cannot be compiled.
    var badPatterns: Set<String> = ["("]

    init(topics: KeyValuePairs<String, Int32> = [:], settings: GroupSettings = GroupSettings()) throws {
        machine = GroupCoordinatorStateMachine(settings: settings, generator: SeededGenerator(seed: 1))
        metadata = try MetadataFixture()
        machine.finishLoading(at: now, image: metadata.image)
        for (name, count) in topics { try createTopic(name, count) }
    }

    var image: ClusterMetadataImage { metadata.image }

    func group(_ id: String = "g") -> ConsumerGroup? {
        if case .consumer(let group)? = machine.groups[id] { group } else { nil }
    }

    // MARK: - Topics

    mutating func createTopic(_ name: String, _ count: Int32) throws {
        try metadata.create(NewTopic(name: name, partitionCount: count))
    }

    mutating func deleteTopic(_ name: String) throws {
        _ = try metadata.apply(metadata.machine.deleteTopics([.name(name)]))
    }

    mutating func addPartitions(_ name: String, _ count: Int32) throws {
        _ = try metadata.apply(metadata.machine.createPartitions([.init(topic: name, count: count)]))
    }

    func classicGroup(_ id: String = "g") -> ClassicGroup? {
        if case .classic(let group)? = machine.groups[id] { group } else { nil }
    }

    func id(_ topic: String) -> TopicID { image.topic(named: topic)?.id ?? .zero }

    /// Partitions by the topics' names.
    func partitions(_ topics: KeyValuePairs<String, [PartitionIndex]>) -> PartitionAssignment {
        PartitionAssignment(topics.map { (id($0.key), $0.value) })
    }

    // MARK: - Events

    /// A heartbeat as the client writes it down in `fill`; by default one that says nothing new.
    mutating func heartbeat(
        _ memberID: String, _ epoch: Int32, group: String = "g", version: Int16 = 1,
        overrides: GroupOverrides = GroupOverrides(),
        _ fill: (inout ConsumerGroupHeartbeatRequest) -> Void = { _ in }
    ) throws -> Result<Response, Refusal> {
        var request = ConsumerGroupHeartbeatRequest()
        request.groupID = group
        request.memberID = memberID
        request.memberEpoch = epoch
        fill(&request)
        let box = ReplyBox<Response>()
        let bad = badPatterns
        try execute(
            machine.consumerGroupHeartbeat(
                request, version: version, from: client, image: image, overrides: overrides,
                isValidPattern: { !bad.contains($0) }, at: now, reply: box.reply))
        return box.value ?? .failure(Refusal(.unknownServerError, "no answer"))
    }

    /// A first heartbeat.
    @discardableResult
    mutating func join(
        _ memberID: String, _ topics: [String]? = ["t"], pattern: String? = nil, instanceID: String? = nil,
        group: String = "g", assignor: String? = nil
    ) throws -> Response {
        try heartbeat(memberID, 0, group: group) {
            $0.subscribedTopicNames = topics
            $0.subscribedTopicRegex = pattern
            $0.instanceID = instanceID
            $0.rebalanceTimeoutMs = 30_000
            $0.topicPartitions = []
            $0.serverAssignor = assignor
        }.get()
    }

    /// A heartbeat that says what the member has.
    @discardableResult
    mutating func report(_ memberID: String, _ epoch: Int32, owning owned: PartitionAssignment) throws -> Response {
        try heartbeat(memberID, epoch) { $0.topicPartitions = owned.reported }.get()
    }

    // MARK: - Members of the classic protocol

    @discardableResult
    mutating func classicJoin(
        _ memberID: String, _ topics: [String] = ["t"], owning owned: PartitionAssignment = .init(),
        instanceID: String? = nil, type: String = "consumer", protocols: [String] = ["range"], version: Int16 = 9
    ) throws -> ReplyBox<JoinGroupResponse> {
        let metadata = Self.subscription(topics, owned.named(image))
        let request = JoinGroupRequest.with {
            $0.groupID = "g"
            $0.memberID = memberID
            $0.groupInstanceID = instanceID
            $0.sessionTimeoutMs = 10_000
            $0.rebalanceTimeoutMs = 20_000
            $0.protocolType = type
            $0.protocols = protocols.map { name in
                .with {
                    $0.name = name
                    $0.metadata = metadata
                }
            }
        }
        let box = ReplyBox<JoinGroupResponse>()
        try execute(
            machine.joinGroup(
                request, version: version, from: client, image: image, at: now, reply: box.reply))
        return box
    }

    @discardableResult
    mutating func classicSync(
        _ memberID: String, _ generation: Int32, instanceID: String? = nil, protocolName: String? = "range",
        assigning assignments: [String: PartitionAssignment] = [:]
    ) throws -> ReplyBox<SyncGroupResponse> {
        let request = SyncGroupRequest.with {
            $0.groupID = "g"
            $0.memberID = memberID
            $0.groupInstanceID = instanceID
            $0.generationID = generation
            $0.protocolType = "consumer"
            $0.protocolName = protocolName
            $0.assignments = assignments.map { memberID, assignment in
                .with {
                    $0.memberID = memberID
                    $0.assignment = assignment.consumerProtocolBytes(version: 1, image)
                }
            }
        }
        let box = ReplyBox<SyncGroupResponse>()
        try execute(machine.syncGroup(request, image: image, at: now, reply: box.reply))
        return box
    }

    mutating func classicHeartbeat(
        _ memberID: String, _ generation: Int32, instanceID: String? = nil
    ) throws -> ErrorCode {
        let request = HeartbeatRequest.with {
            $0.groupID = "g"
            $0.memberID = memberID
            $0.groupInstanceID = instanceID
            $0.generationID = generation
        }
        let box = ReplyBox<HeartbeatResponse>()
        try execute(machine.heartbeat(request, at: now, reply: box.reply))
        return try box.value?.get().errorCode ?? .unknownServerError
    }

    mutating func classicLeave(_ members: (memberID: String, instanceID: String?)...) throws -> [ErrorCode] {
        let request = LeaveGroupRequest.with {
            $0.groupID = "g"
            $0.members = members.map { member in
                .with {
                    $0.memberID = member.memberID
                    $0.groupInstanceID = member.instanceID
                }
            }
        }
        let box = ReplyBox<LeaveGroupResponse>()
        try execute(machine.leaveGroup(request, version: 5, image: image, at: now, reply: box.reply))
        return try box.value?.get().members.map(\.errorCode) ?? []
    }

    static func subscription(_ topics: [String], _ owned: [String: [PartitionIndex]]) -> ByteBuffer {
        var bytes = ByteBuffer()
        bytes.writeInteger(Int16(1))
        _ = try? ConsumerProtocolSubscription.with {
            $0.topics = topics
            $0.ownedPartitions = owned.map { topic, partitions in
                .with {
                    $0.topic = topic
                    $0.partitions = partitions
                }
            }
        }.encode(into: &bytes, version: 1)
        return bytes
    }

    // MARK: - Execution

    /// Appends and replays, and lets the answers go.
    mutating func execute(_ output: GroupOutput) throws {
        records = []
        for record in output.records {
            let (key, value) = try record.encoded()
            let read = try GroupRecord(key: key, value: value)
            records.append(read)
            log.append(read)
            try machine.replay(read)
        }
        patterns += output.patterns
        for answer in output.answers { answer.release() }
    }

    /// Lets time pass, and whatever is due happen.
    mutating func pass(_ time: Duration) throws {
        now.uptime += time
        now.wall = now.wall.advanced(byMilliseconds: time.wholeMilliseconds)
        try execute(machine.advance(to: now, image: image))
    }

    /// Answers what is asked for about patterns. A pattern is the beginning of the names here, and `.` of all.
    mutating func matchPatterns() throws {
        let asked = patterns
        patterns = []
        for matching in asked {
            let names = image.sortedTopics.map(\.name)
            let matches = matching.patterns.map { pattern in
                (pattern, Result<Set<String>, Refusal>.success(Set(names.filter { Self.matches($0, pattern) })))
            }
            try execute(
                machine.patternsMatched(
                    groupID: matching.groupID, Dictionary(matches) { first, _ in first }, image: image, at: now))
        }
    }

    static func matches(_ name: String, _ pattern: String) -> Bool {
        pattern == "." || name.utf8.starts(with: pattern.utf8)
    }

    // MARK: - Restarts

    /// A machine that has seen nothing but these records.
    func loaded(_ records: [GroupRecord]) throws -> GroupCoordinatorStateMachine {
        var machine = GroupCoordinatorStateMachine(settings: machine.settings, generator: SeededGenerator(seed: 2))
        for record in records { try machine.replay(record) }
        return machine
    }

    /// The last record of each key, as compaction leaves them; tombstones too, if they are young.
    func compacted(keepingTombstones: Bool) throws -> [GroupRecord] {
        var last: [[UInt8]: Int] = [:]
        var isTombstone: [Bool] = []
        for (position, record) in log.enumerated() {
            let (key, value) = try record.encoded()
            last[Array(key.readableBytesView)] = position
            isTombstone.append(value == nil)
        }
        return last.values.sorted().filter { keepingTombstones || !isTombstone[$0] }.map { log[$0] }
    }

    mutating func restart(compacted isCompacted: Bool = false) throws {
        for answer in machine.abandoned(.notCoordinator) { answer.release() }
        machine = try loaded(isCompacted ? compacted(keepingTombstones: false) : log)
        // Other ids than the machine before.
        restartCount += 1
        machine.generator = SeededGenerator(seed: 2 + restartCount)
        patterns = []
        machine.finishLoading(at: now, image: image)
    }
}

extension PartitionAssignment {
    var reported: [ConsumerGroupHeartbeatRequest.TopicPartitions] {
        topics.map { topic in
            .with {
                $0.topicID = topic.id
                $0.partitions = topic.partitions
            }
        }
    }

    /// The partitions of all topics, by name.
    func named(_ image: ClusterMetadataImage) -> [String: [PartitionIndex]] {
        Dictionary(topics.map { (image.topic(id: $0.id)?.name ?? "?", $0.partitions) }) { first, _ in first }
    }
}

extension ConsumerGroupHeartbeatResponse {
    /// What it assigns; nil if it says nothing of that.
    var assigned: PartitionAssignment? {
        assignment.map { PartitionAssignment($0.topicPartitions.map { ($0.topicID, $0.partitions) }) }
    }
}

extension SyncGroupResponse {
    func assigned(_ image: ClusterMetadataImage) -> PartitionAssignment? {
        ConsumerProtocolAssignment.read(assignment)?.partitions(image)
    }
}

extension Result where Failure == Refusal {
    var code: ErrorCode { if case .failure(let refusal) = self { refusal.code } else { .none } }
}

extension GroupRecord {
    /// What the record is, in a few words; tombstones begin with a minus.
    var summary: String {
        switch self {
        case .consumerGroup(_, let value): value.map { "epoch \($0.epoch)" } ?? "-epoch"
        case .subscribedTopics(_, let value):
            value.map { "topics \($0.topics.map { "\($0.topicName):\($0.numPartitions)" }.joined(separator: ","))" }
                ?? "-topics"
        case .consumerMember(let key, let value): "\(value == nil ? "-" : "")member \(key.memberID)"
        case .targetAssignment(_, let value): value.map { "target epoch \($0.assignmentEpoch)" } ?? "-target epoch"
        case .memberTarget(let key, let value): "\(value == nil ? "-" : "")target \(key.memberID)"
        case .memberAssignment(let key, let value):
            value.map { "assignment \(key.memberID) \($0.memberEpoch)" } ?? "-assignment \(key.memberID)"
        case .regularExpression(let key, let value):
            value.map { "pattern \(key.regularExpression) \($0.topics.joined(separator: ","))" }
                ?? "-pattern \(key.regularExpression)"
        case .classicGroup(_, let value): value == nil ? "-classic" : "classic"
        case .offset: "offset"
        case .foreign: "foreign"
        }
    }
}
