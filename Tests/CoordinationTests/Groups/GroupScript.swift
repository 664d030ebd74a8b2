import KafkaProtocol
import NIOCore
import OrderedCollections
import Synchronization

@testable import Coordination

/// Runs a script of events against the groups of one coordinator and says what came of each: a line of the script is an
/// event, and below it stand, behind `> `, the answers and records that it brought about.
///
/// Members have names, by which their ids are written: `join a`, `sync a assign=a:x,b:y`, `heartbeat a`, `leave a`,
/// `commit a t/0=5`, `fetch t/0`, `after 3000` (milliseconds), `restart`, `show`, `list`, `delete`, `expire`.
final class GroupScript {
    private final class Lines: Sendable {
        let all = Mutex<[String]>([])

        func add(_ line: String) { all.withLock { $0.append(line) } }
        func take() -> [String] {
            all.withLock { lines in
                defer { lines = [] }
                return lines
            }
        }
    }

    /// The member ids of the clients: what they have been told.
    private final class Names: Sendable {
        struct Known {
            var ids: [String: String] = [:]
            var generations: [String: Int32] = [:]
        }
        let known = Mutex(Known())

        func name(of id: String) -> String {
            guard !id.isEmpty else { return "-" }
            return known.withLock { known in
                known.ids.filter { $0.value == id }.keys.min().map { "<\($0)>" } ?? "<?>"
            }
        }
    }

    /// Ids must not depend on chance.
    private struct Counter: RandomNumberGenerator, Sendable {
        var value: UInt64 = 0
        mutating func next() -> UInt64 {
            value += 1
            return value
        }
    }

    var machine: GroupCoordinatorStateMachine
    private let group = "g"
    private var now = CoordinatorTime(wall: 1_700_000_000_000, uptime: .seconds(1000))
    private let image = ClusterMetadataImage()
    private let lines = Lines()
    private let names = Names()
    private var records: [GroupRecord] = []
    private let settings: GroupSettings

    init(settings: GroupSettings = GroupSettings()) {
        self.settings = settings
        machine = GroupCoordinatorStateMachine(settings: settings, generator: Counter())
        machine.finishLoading(at: now, image: image)
    }

    /// The script with what came of it.
    static func run(_ script: String, settings: GroupSettings = GroupSettings()) throws -> String {
        let runner = GroupScript(settings: settings)
        var output: [String] = []
        for line in script.split(separator: "\n", omittingEmptySubsequences: false) {
            guard !line.hasPrefix("> ") else { continue }
            output.append(String(line))
            guard !line.isEmpty, !line.hasPrefix("#") else { continue }
            try runner.execute(String(line))
            output += runner.lines.take().map { "> \($0)" }
        }
        return output.joined(separator: "\n")
    }

    private struct Command {
        var verb: String
        var words: [String] = []
        var options: [String: String] = [:]

        init(_ line: String) {
            let parts = line.split(separator: " ").map(String.init)
            verb = parts.first ?? ""
            for part in parts.dropFirst() {
                if let equals = part.firstIndex(of: "="), !part.contains("/") {
                    options[String(part[..<equals])] = String(part[part.index(after: equals)...])
                } else {
                    words.append(part)
                }
            }
        }

        var name: String { words.first ?? "" }
        func number(_ option: String, _ standard: Int) -> Int { options[option].flatMap { Int($0) } ?? standard }
    }

    private func execute(_ line: String) throws {
        let command = Command(line)
        switch command.verb {
        case "join": try join(command)
        case "sync": try sync(command)
        case "heartbeat": try heartbeat(command)
        case "leave": try leave(command)
        case "commit": try commit(command)
        case "fetch": fetch(command)
        case "after": try pass(command.words.first.flatMap { Int($0) } ?? 0)
        case "delete": try perform(machine.deleteGroup(group, reply: reply("delete") { "\($0)" }))
        case "forget":
            let topics = command.words.map { OffsetTopicQuery(topic: $0, partitions: [0, 1]) }
            try perform(machine.deleteOffsets(of: group, topics, reply: reply("forget") { "\($0)" }))
        case "expire": try perform(machine.expireOffsets(at: now))
        case "restart": try restart()
        case "show": show()
        case "list":
            for group in machine.listGroups(states: nil, types: nil) {
                lines.add("\(group.groupID) \(group.groupType) \(group.groupState) '\(group.protocolType)'")
            }
        default: lines.add("unknown command")
        }
    }

    // MARK: - Events

    private func join(_ command: Command) throws {
        let name = command.name
        let version = Int16(command.number("v", 9))
        let request = JoinGroupRequest.with {
            $0.groupID = group
            $0.memberID = memberID(command)
            $0.groupInstanceID = command.options["instance"]
            $0.sessionTimeoutMs = Int32(command.number("session", 10_000))
            $0.rebalanceTimeoutMs = Int32(command.number("rebalance", 60_000))
            $0.protocolType = command.options["type"] ?? "consumer"
            let topics = (command.options["topics"] ?? "t").split(separator: ",").map(String.init)
            $0.protocols = (command.options["protocols"] ?? "range").split(separator: ",").map { protocolName in
                .with {
                    $0.name = String(protocolName)
                    $0.metadata = Self.subscription(topics)
                }
            }
        }
        let (lines, names) = (lines, names)
        let reply = Reply<JoinGroupResponse> { result in
            guard case .success(let response) = result else { return lines.add("\(name): join \(result)") }
            names.known.withLock { known in
                if response.errorCode == .none || response.errorCode == .memberIDRequired {
                    known.ids[name] = response.memberID
                }
                if response.errorCode == .none { known.generations[name] = response.generationID }
            }
            lines.add("\(name): joined \(Self.text(response, names))")
        }
        try perform(
            machine.joinGroup(
                request, version: version, from: GroupClient(clientID: name, clientHost: "/host"), image: image,
                at: now,
                reply: reply))
    }

    private func sync(_ command: Command) throws {
        let request = SyncGroupRequest.with {
            $0.groupID = group
            $0.memberID = memberID(command)
            $0.groupInstanceID = command.options["instance"]
            $0.generationID = generation(command)
            $0.protocolType = command.options["type"]
            $0.protocolName = command.options["protocol"]
            $0.assignments = (command.options["assign"] ?? "").split(separator: ",").map { part in
                let sides = part.split(separator: ":").map(String.init)
                return .with {
                    $0.memberID = names.known.withLock { $0.ids[sides[0]] } ?? sides[0]
                    $0.assignment = ByteBuffer(string: sides[1])
                }
            }
        }
        try perform(
            machine.syncGroup(
                request, image: image, at: now,
                reply: reply("\(command.name): synced") { response in
                    "\(response.errorCode) '\(String(buffer: response.assignment))'"
                }))
    }

    private func heartbeat(_ command: Command) throws {
        let request = HeartbeatRequest.with {
            $0.groupID = group
            $0.memberID = memberID(command)
            $0.groupInstanceID = command.options["instance"]
            $0.generationID = generation(command)
        }
        try perform(
            machine.heartbeat(
                request, at: now, reply: reply("\(command.name): heartbeat") { "\($0.errorCode)" }))
    }

    private func leave(_ command: Command) throws {
        let request = LeaveGroupRequest.with {
            $0.groupID = group
            $0.members = command.words.map { name in
                .with {
                    $0.memberID =
                        command.options["instance"] != nil && command.options["id"] == nil
                        ? "" : memberID(command, name)
                    $0.groupInstanceID = command.options["instance"]
                }
            }
        }
        try perform(
            machine.leaveGroup(
                request, version: 5, image: image, at: now,
                reply: reply("left") { response in
                    "\(response.errorCode) \(response.members.map { "\($0.errorCode)" }.joined(separator: " "))"
                }))
    }

    private func commit(_ command: Command) throws {
        let offsets = command.words.dropFirst().map { word in
            let parts = word.split { $0 == "/" || $0 == "=" || $0 == ":" }.map(String.init)
            return OffsetToCommit(
                topic: parts[0], partition: PartitionIndex(Int32(parts[1]) ?? 0), offset: Offset(Int64(parts[2]) ?? 0),
                leaderEpoch: 3, metadata: parts.count > 3 ? parts[3] : "")
        }
        let isOutsider = command.name == "-"
        let member = GroupMemberIdentity(
            memberID: isOutsider ? "" : memberID(command), generationOrEpoch: isOutsider ? -1 : generation(command))
        let commit = OffsetCommitment(
            groupID: group, member: member, offsets: offsets,
            retention: command.options["retention"].flatMap { Int($0) }.map { .milliseconds($0) },
            version: Int16(command.number("v", 9)))
        try perform(
            machine.commitOffsets(commit, at: now, reply: reply("\(command.name): committed") { "\($0)" }))
    }

    private func fetch(_ command: Command) {
        let fetched = try? machine.fetchOffsets(
            of: group, for: GroupMemberIdentity(), topics: nil, isStable: command.options["stable"] != nil)
        for (topic, partitions) in fetched ?? [] {
            for partition in partitions {
                let offset = partition.committed
                lines.add(
                    "\(topic)/\(partition.partition) \(offset?.offset ?? -1) epoch \(offset?.leaderEpoch ?? -1) "
                        + "'\(offset?.metadata ?? "")' \(partition.code)")
            }
        }
    }

    /// Time passes in small steps, and timers fire in it.
    private func pass(_ milliseconds: Int) throws {
        let pace = milliseconds > 1_000_000 ? 10_000 : 10
        for step in stride(from: 0, to: milliseconds, by: pace) {
            let passed = min(pace, milliseconds - step)
            now.uptime += .milliseconds(passed)
            now.wall = now.wall.advanced(byMilliseconds: Int64(passed))
            try perform(machine.advance(to: now, image: image))
        }
    }

    /// A new coordinator reads what the old one has written.
    private func restart() throws {
        for answer in machine.abandoned(.notCoordinator) { answer.release() }
        machine = GroupCoordinatorStateMachine(settings: settings, generator: Counter(value: 1000))
        for record in records {
            let (key, value) = try record.encoded()
            try machine.replay(GroupRecord(key: key, value: value))
        }
        machine.finishLoading(at: now, image: image)
    }

    private func show() {
        guard case .classic(let group)? = machine.groups[group] else { return lines.add("no group") }
        let leader = group.leaderID.map(names.name) ?? "-"
        lines.add(
            "\(group.stateName) generation \(group.generation) protocol \(group.protocolName ?? "-") leader \(leader)")
        for member in group.members.values {
            let instance = member.instanceID.map { " instance \($0)" } ?? ""
            lines.add("  \(names.name(of: member.id)) '\(String(buffer: member.assignment))'\(instance)")
        }
    }

    // MARK: - What comes of them

    private func perform(_ output: GroupOutput) throws {
        for record in output.records {
            lines.add("record \(text(record))")
            records.append(record)
            try machine.replay(record)
        }
        for answer in output.answers { answer.release() }
    }

    private func reply<Response: Sendable>(
        _ title: String, _ text: @escaping @Sendable (Response) -> String
    ) -> Reply<Response> {
        let lines = lines
        return Reply { result in
            switch result {
            case .success(let response): lines.add("\(title) \(text(response))")
            case .failure(let refusal): lines.add("\(title) \(refusal.code)")
            }
        }
    }

    private func memberID(_ command: Command, _ name: String? = nil) -> String {
        switch command.options["id"] {
        case "new": ""
        case "stranger": "stranger"
        case let other?: names.known.withLock { $0.ids[other] } ?? other
        case nil: names.known.withLock { $0.ids[name ?? command.name] } ?? ""
        }
    }

    private func generation(_ command: Command) -> Int32 {
        command.options["generation"].flatMap { Int32($0) }
            ?? names.known.withLock { $0.generations[command.name] } ?? -1
    }

    static func subscription(_ topics: [String]) -> ByteBuffer {
        var bytes = ByteBuffer()
        bytes.writeInteger(Int16(1))
        _ = try? ConsumerProtocolSubscription.with { $0.topics = topics }.encode(into: &bytes, version: 1)
        return bytes
    }

    private static func text(_ response: JoinGroupResponse, _ names: Names) -> String {
        guard response.errorCode == .none else { return "\(response.errorCode) \(names.name(of: response.memberID))" }
        var text = "generation \(response.generationID) \(response.protocolName ?? "-")"
        text += " as \(names.name(of: response.memberID)) leader \(names.name(of: response.leader))"
        if response.skipAssignment { text += " skips" }
        if !response.members.isEmpty { text += " members \(response.members.count)" }
        return text
    }

    private func text(_ record: GroupRecord) -> String {
        switch record {
        case .offset(let key, let value):
            "offset \(key.topic)/\(key.partition) \(value.map { "\($0.offset)" } ?? "gone")"
        case .classicGroup(let key, let value):
            value.map { "group \(key.group) generation \($0.generation) members \($0.members.count)" }
                ?? "group \(key.group) gone"
        default: "\(record)"
        }
    }
}
