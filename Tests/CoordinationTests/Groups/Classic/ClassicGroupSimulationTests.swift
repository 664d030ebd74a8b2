import Foundation
import KafkaProtocol
import NIOCore
import OrderedCollections
import Synchronization
import Testing

@testable import Coordination

/// Groups of clients that join, leave, crash and are slow, against a coordinator that stops, loses power and is compacted.
@Suite struct ClassicGroupSimulationTests {
    private static let seeds: [UInt64] =
        ProcessInfo.processInfo.environment["MARTLET_SEED"].flatMap { UInt64($0) }.map { [$0] } ?? Array(1...400)

    @Test func `partitions have one owner, groups settle, and committed offsets stay`() throws {
        for seed in Self.seeds {
            var simulation = ClassicSimulation(seed: seed)
            do { try simulation.run() } catch { Issue.record("seed \(seed): \(error)") }
        }
    }
}

/// What went wrong, in one sentence.
struct SimulationFault: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

private struct ClassicSimulation {
    private static let partitionCount = 6

    private var random: SplitMix
    private var now = CoordinatorTime(wall: 1_700_000_000_000, uptime: .seconds(1000))
    private var log: SimulatedGroupLog
    private var clients: [SimulatedClient] = []
    /// Who has owned what in each generation, by what clients have heard.
    private var owners: [Int32: [Int: String]] = [:]
    /// Per partition: what was acknowledged last, and what was sent last.
    private var acknowledged: [Int: Int64] = [:]
    private var sent: [Int: Int64] = [:]
    private var generations: Int32 = 0

    init(seed: UInt64) {
        random = SplitMix(state: seed)
        var settings = GroupSettings()
        settings.initialRebalanceDelay =
            [.zero, .milliseconds(300), .seconds(3)].randomElement(using: &random) ?? .zero
        log = SimulatedGroupLog(settings: settings, at: now)
    }

    mutating func run() throws {
        for _ in 0..<Int.random(in: 50...250, using: &random) { try step() }
        try settle()
    }

    private mutating func step() throws {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<8 where clients.count < 8: clients.append(newClient())
        case 8..<12: try leave()
        case 12..<15: clients.indices.randomElement(using: &random).map { clients[$0].isDead = true }
        case 15..<18: clients.indices.randomElement(using: &random).map { clients[$0].isSlow.toggle() }
        case 18..<21: try restart()
        case 21..<23: now.wall = now.wall.advanced(byMilliseconds: .random(in: -9_000_000...9_000_000, using: &random))
        case 23..<30: log.commit()
        default: try pass(.milliseconds(.random(in: 1...1500, using: &random)))
        }
        // Clients that crashed come back as others, or under their instance id.
        for index in clients.indices where clients[index].isDead && Int.random(in: 0..<10, using: &random) == 0 {
            clients[index] = newClient(as: clients[index].instanceID)
        }
    }

    private mutating func newClient(as instanceID: String? = nil) -> SimulatedClient {
        let isStatic = instanceID != nil || Int.random(in: 0..<4, using: &random) == 0
        return SimulatedClient(
            instanceID: isStatic ? instanceID ?? "i\(random.next() % 1000)" : nil,
            version: Bool.random(using: &random) ? 9 : 3)
    }

    /// Time passes, and everybody who is not slow does what is due.
    private mutating func pass(_ time: Duration) throws {
        now.uptime += time
        now.wall = now.wall.advanced(byMilliseconds: time.wholeMilliseconds)
        let moment = now
        try log.handle { $0.advance(to: moment, image: ClusterMetadataImage()) }
        try checkGeneration()
        if Bool.random(using: &random) { log.commit() }
        for index in clients.indices.shuffled(using: &random) where !clients[index].isDead && !clients[index].isSlow {
            try act(index)
        }
    }

    private mutating func checkGeneration() throws {
        guard case .classic(let group)? = log.machine.groups["g"] else { return }
        guard group.generation >= generations else {
            throw SimulationFault("generation \(group.generation) came after \(generations)")
        }
        generations = group.generation
    }

    // MARK: - Clients

    private mutating func act(_ index: Int) throws {
        for heard in clients[index].mailbox.take() { try hear(heard, index) }
        let client = clients[index]
        guard !client.isWaiting else {
            // Its connection times out, and it tries again.
            if now.uptime - client.askedAt > .seconds(400) { clients[index].isWaiting = false }
            return
        }
        switch client.phase {
        case .joining: try join(index)
        case .syncing: try sync(index)
        case .member: try Bool.random(using: &random) ? heartbeat(index) : commit(index)
        }
    }

    private mutating func hear(_ answer: SimulatedClient.Heard, _ index: Int) throws {
        clients[index].isWaiting = false
        switch answer {
        case .joined(let response):
            switch response.errorCode {
            case .none:
                clients[index].heard(response)
            case .memberIDRequired: clients[index].memberID = response.memberID
            case .unknownMemberID: clients[index].memberID = ""
            case .fencedInstanceID: clients[index].isDead = true
            default: break
            }
        case .synced(let response):
            guard response.errorCode == .none else { return refused(index, response.errorCode) }
            clients[index].phase = .member
            let partitions = response.assignment.readableBytesView.map { Int($0) }
            clients[index].partitions = partitions
            try note(partitions, of: clients[index])
        case .lives(let code): if code != .none { refused(index, code) }
        case .committed(let codes, let offsets):
            guard codes.allSatisfy({ $0 == .none }) else { return refused(index, codes.first ?? .none) }
            for (partition, offset) in offsets { acknowledged[partition] = max(acknowledged[partition] ?? -1, offset) }
        case .gone: break
        }
    }

    /// What a member does when it hears that it is not one, or that the others join.
    private mutating func refused(_ index: Int, _ code: ErrorCode) {
        switch code {
        case .rebalanceInProgress, .illegalGeneration: clients[index].phase = .joining
        case .unknownMemberID, .groupIDNotFound:
            clients[index].memberID = ""
            clients[index].phase = .joining
        case .fencedInstanceID: clients[index].isDead = true
        default: clients[index].phase = .joining
        }
        clients[index].partitions = []
    }

    private mutating func note(_ partitions: [Int], of client: SimulatedClient) throws {
        let name = client.instanceID ?? client.memberID
        for partition in partitions {
            if let other = owners[client.generation]?[partition], other != name {
                throw SimulationFault(
                    "partition \(partition) belongs to \(other) and \(name) in generation \(client.generation)")
            }
            owners[client.generation, default: [:]][partition] = name
        }
    }

    private mutating func join(_ index: Int) throws {
        clients[index].ask(at: now.uptime)
        let client = clients[index]
        let request = JoinGroupRequest.with {
            $0.groupID = "g"
            $0.memberID = client.memberID
            $0.groupInstanceID = client.instanceID
            $0.sessionTimeoutMs = 10_000
            $0.rebalanceTimeoutMs = 20_000
            $0.protocolType = "consumer"
            $0.protocols = [.with { $0.name = "range" }]
        }
        let (mailbox, time) = (client.mailbox, now)
        let version = client.instanceID == nil ? client.version : 9
        try log.handle { machine in
            machine.joinGroup(
                request, version: version, from: GroupClient(clientID: "c", clientHost: "/h"),
                image: ClusterMetadataImage(), at: time,
                reply: mailbox.reply { .joined($0) })
        }
    }

    private mutating func sync(_ index: Int) throws {
        clients[index].ask(at: now.uptime)
        let client = clients[index]
        let request = SyncGroupRequest.with {
            $0.groupID = "g"
            $0.memberID = client.memberID
            $0.groupInstanceID = client.instanceID
            $0.generationID = client.generation
            guard !client.members.isEmpty else { return }
            $0.assignments = client.members.enumerated().map { place, member in
                .with {
                    $0.memberID = member
                    let count = client.members.count
                    $0.assignment = ByteBuffer(
                        bytes: (0..<Self.partitionCount).filter { $0 % count == place }.map { UInt8($0) })
                }
            }
        }
        let (mailbox, time) = (client.mailbox, now)
        try log.handle {
            $0.syncGroup(request, image: ClusterMetadataImage(), at: time, reply: mailbox.reply { .synced($0) })
        }
    }

    private mutating func heartbeat(_ index: Int) throws {
        clients[index].ask(at: now.uptime)
        let client = clients[index]
        let request = HeartbeatRequest.with {
            $0.groupID = "g"
            $0.memberID = client.memberID
            $0.groupInstanceID = client.instanceID
            $0.generationID = client.generation
        }
        let (mailbox, time) = (client.mailbox, now)
        try log.handle { $0.heartbeat(request, at: time, reply: mailbox.reply { .lives($0.errorCode) }) }
    }

    private mutating func commit(_ index: Int) throws {
        clients[index].ask(at: now.uptime)
        let client = clients[index]
        var offsets: [(Int, Int64)] = []
        for partition in client.partitions {
            let next = (sent[partition] ?? 0) + .random(in: 1...10, using: &random)
            sent[partition] = next
            offsets.append((partition, next))
        }
        let commit = OffsetCommitment(
            groupID: "g",
            member: GroupMemberIdentity(
                memberID: client.memberID, instanceID: client.instanceID, generationOrEpoch: client.generation),
            offsets: offsets.map {
                OffsetToCommit(topic: "t", partition: PartitionIndex(Int32($0.0)), offset: Offset($0.1))
            }, version: 9)
        let (mailbox, time, told) = (client.mailbox, now, offsets)
        try log.handle { machine in
            machine.commitOffsets(commit, at: time, reply: mailbox.reply { .committed($0, told) })
        }
    }

    private mutating func leave() throws {
        guard let index = clients.indices.randomElement(using: &random) else { return }
        let client = clients.remove(at: index)
        guard !client.memberID.isEmpty, !client.isDead else { return }
        let request = LeaveGroupRequest.with {
            $0.groupID = "g"
            $0.members = [
                .with {
                    $0.memberID = client.memberID
                    $0.groupInstanceID = client.instanceID
                }
            ]
        }
        let time = now
        try log.handle {
            $0.leaveGroup(request, version: 5, image: ClusterMetadataImage(), at: time, reply: Reply { _ in })
        }
    }

    // MARK: - The coordinator

    /// The coordinator stops: some of what was not on disk may be there all the same. Clients connect anew.
    private mutating func restart() throws {
        let kept = Int.random(in: 0...log.uncommittedCount, using: &random)
        try log.restart(keeping: kept, compacting: Bool.random(using: &random), at: now, seed: random.next())
        for index in clients.indices {
            for heard in clients[index].mailbox.take() { try hear(heard, index) }
            clients[index].isWaiting = false
        }
        // What was lost was never answered, so that these generations may come again with other owners.
        if case .classic(let group)? = log.machine.groups["g"] {
            generations = group.generation
        } else {
            generations = 0
        }
        owners = owners.filter { $0.key <= generations }
        try checkOffsets()
    }

    private func checkOffsets() throws {
        for (partition, offset) in acknowledged {
            let found =
                log.machine.offsets.offset(of: "g", "t", PartitionIndex(Int32(partition)))?.offset.rawValue ?? -1
            guard found >= offset, found <= sent[partition] ?? -1 else {
                throw SimulationFault("partition \(partition): \(offset) was acknowledged, and \(found) is there")
            }
        }
    }

    /// Nothing goes wrong any more: everybody who is there becomes a member of one generation.
    private mutating func settle() throws {
        for index in clients.indices {
            clients[index].isSlow = false
            clients[index].isDead = false
        }
        if clients.isEmpty { clients.append(newClient()) }
        var fault: SimulationFault?
        for _ in 0..<2000 {
            try pass(.milliseconds(500))
            log.commit()
            fault = unsettled()
            if fault == nil { break }
        }
        if let fault { throw fault }
        try checkOffsets()
    }

    private func unsettled() -> SimulationFault? {
        guard case .classic(let group)? = log.machine.groups["g"] else { return SimulationFault("the group is gone") }
        // Of two with one instance id the one that came first is fenced.
        let alive = clients.filter { !$0.isDead }
        guard group.isStable, group.members.count == alive.count, alive.allSatisfy({ $0.phase == .member }) else {
            return SimulationFault("\(group.stateName) with \(group.members.count) of \(alive.count) members")
        }
        let owned = alive.flatMap(\.partitions).sorted()
        return owned == Array(0..<Self.partitionCount) ? nil : SimulationFault("the members own \(owned)")
    }
}

/// One consumer.
private struct SimulatedClient {
    enum Phase { case joining, syncing, member }

    enum Heard: Sendable {
        case joined(JoinGroupResponse)
        case synced(SyncGroupResponse)
        case lives(ErrorCode)
        case committed([ErrorCode], [(Int, Int64)])
        case gone
    }

    /// Answers that have left the coordinator and not been read yet.
    final class Mailbox: Sendable {
        private let heard = Mutex<[Heard]>([])

        func take() -> [Heard] {
            heard.withLock { heard in
                defer { heard = [] }
                return heard
            }
        }

        func reply<Response: Sendable>(_ wrap: @escaping @Sendable (Response) -> Heard) -> Reply<Response> {
            Reply { result in
                switch result {
                case .success(let response): self.heard.withLock { $0.append(wrap(response)) }
                case .failure(let refusal): self.heard.withLock { $0.append(.lives(refusal.code)) }
                }
            }
        }
    }

    let instanceID: String?
    let version: Int16
    var mailbox = Mailbox()
    var memberID = ""
    var generation: Int32 = -1
    var phase = Phase.joining
    var isWaiting = false
    var askedAt = Duration.zero
    /// For the leader: everybody.
    var members: [String] = []
    var partitions: [Int] = []
    var isDead = false
    var isSlow = false

    init(instanceID: String?, version: Int16) {
        self.instanceID = instanceID
        self.version = version
    }

    mutating func ask(at uptime: Duration) {
        isWaiting = true
        askedAt = uptime
    }

    mutating func heard(_ response: JoinGroupResponse) {
        memberID = response.memberID
        generation = response.generationID
        phase = .syncing
        members =
            response.leader == response.memberID && !response.skipAssignment ? response.members.map(\.memberID) : []
        partitions = []
    }
}
