import ArgumentParser
import KafkaClient

struct GroupDescribeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "describe",
        abstract: "Show groups: where they stand in each partition, their members, their state.",
        discussion: """
            Without names all groups are described. LAG is the number of offsets between what a group has committed \
            and the end of the log; CONSUMER-ID is the member that reads the partition now.

            Examples:
              martlet group describe billing
              martlet group describe billing --members
              martlet group describe --state --output json
              martlet group describe billing --watch --interval 5s
            """)

    enum View: String, EnumerableFlag {
        case offsets, members, state

        static func help(for value: View) -> ArgumentHelp? {
            switch value {
            case .offsets: "Offsets and lag of each partition; the default."
            case .members: "The members and what each of them reads."
            case .state: "Coordinator, assignor and state."
            }
        }
    }

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "The groups' names; none for all.") var groups: [String] = []
    @Flag(exclusivity: .exclusive) var view = View.offsets
    @Flag(name: .shortAndLong, help: "Show it again and again, until interrupted.") var watch = false
    @Option(help: "How often --watch looks: 500ms, 2s, 1m.") var interval = TimeSpan(duration: .seconds(2))
    @Option(name: .shortAndLong, help: "text or json.") var output = OutputStyle.text

    func validate() throws {
        if watch, output == .json { throw ValidationError("--watch and --output json exclude each other") }
        if interval.duration < .milliseconds(100) { throw ValidationError("--interval is at least 100ms") }
    }

    func run() async throws {
        let admin = try connection.admin()
        defer { admin.close() }
        let screen = WatchScreen(isWatching: watch)
        repeat {
            do {
                try await show(on: screen, admin)
            } catch let error as KafkaError where watch && error.isRetriable {
                // A broker that is away for a while comes back.
                screen.show("\(error)\n")
            }
            if watch { try await Task.sleep(for: interval.duration) }
        } while watch
    }

    private func show(on screen: WatchScreen, _ admin: Admin) async throws {
        let (reports, failures) = try await GroupReport.gather(groups, view: view, admin)
        if output == .json {
            OutputBuffer.write(JSONValue.array(reports.map(\.json)).text + "\n")
        } else if reports.isEmpty, failures.isEmpty {
            screen.show("there are no groups\n")
        } else {
            let troubles = watch ? failures.map { "\($0.description)\n" }.joined() : ""
            screen.show(GroupReport.text(reports, view) + troubles)
        }
        if !watch { try Failures.throwAll(failures) }
    }
}

/// What `--watch` draws on: each picture replaces the one before, where a person looks at it.
struct WatchScreen {
    var isWatching: Bool
    var isTerminal = isTerminalOutput

    func show(_ text: String) {
        let prefix = isWatching && isTerminal ? "\u{1b}[H\u{1b}[2J" : ""
        OutputBuffer.write(prefix + text + (isWatching && !isTerminal ? "\n" : ""))
    }
}

/// A group with all that is shown of it.
struct GroupReport {
    /// Where a group stands in a partition.
    struct Row: Equatable {
        var partition: TopicPartition
        var committed: Offset?
        var end: Offset?
        var memberID: String?
        var host: String?
        var clientID: String?

        /// Nil where one of the two is not known; never below zero: an end may be older than a commit.
        var lag: Int64? {
            guard let committed, let end else { return nil }
            return max(0, committed.distance(to: end))
        }
    }

    var group: GroupDescription
    var rows: [Row] = []

    /// One row for each partition that the group has an offset in or that a member reads.
    static func rows(
        _ group: GroupDescription, committed: [TopicPartition: Offset], ends: [TopicPartition: Offset]
    ) -> [Row] {
        var readers: [TopicPartition: GroupDescription.Member] = [:]
        for member in group.members {
            for partition in member.assignment { readers[partition] = member }
        }
        return Set(committed.keys).union(readers.keys)
            .sorted { ($0.topic, $0.partition) < ($1.topic, $1.partition) }
            .map { partition in
                let reader = readers[partition]
                return Row(
                    partition: partition, committed: committed[partition], end: ends[partition], memberID: reader?.id,
                    host: reader?.host, clientID: reader?.clientID)
            }
    }

    static func gather(
        _ names: [String], view: GroupDescribeCommand.View, _ admin: Admin
    ) async throws -> (reports: [GroupReport], failures: [KafkaError]) {
        var names = names
        if names.isEmpty {
            // Groups of other kinds cannot be described as consumers.
            names = try await admin.listGroups().filter { group in
                group.type == nil || group.type == .classic || group.type == .consumer
            }.map(\.id)
        }
        guard !names.isEmpty else { return ([], []) }
        let outcomes = try await admin.describeGroups(names)
        var reports: [GroupReport] = []
        var failures: [KafkaError] = []
        for name in names {
            switch outcomes[name] {
            case .success(let group): reports.append(GroupReport(group: group))
            case .failure(let error): failures.append(error)
            case nil: failures.append(KafkaError(.protocolViolation, "the broker's answer leaves out group '\(name)'"))
            }
        }
        if view == .offsets { failures += try await addRows(to: &reports, admin) }
        return (reports, failures)
    }

    /// - Returns: why the offsets of some groups cannot be shown.
    private static func addRows(to reports: inout [GroupReport], _ admin: Admin) async throws -> [KafkaError] {
        var committed: [String: [TopicPartition: Offset]] = [:]
        var failures: [KafkaError] = []
        for (group, outcome) in try await admin.listGroupOffsets(reports.map(\.group.id)) {
            switch outcome {
            case .success(let offsets): committed[group] = offsets.compactMapValues { try? $0.get().offset }
            case .failure(let error): failures.append(error)
            }
        }
        let partitions = Set(committed.values.flatMap(\.keys))
            .union(reports.flatMap { $0.group.members.flatMap(\.assignment) })
        let found = try await admin.listOffsets(
            Dictionary(uniqueKeysWithValues: partitions.map { ($0, OffsetSpecification.latest) }))
        let ends = found.compactMapValues { try? $0.get().offset }
        for place in reports.indices {
            let group = reports[place].group
            reports[place].rows = rows(group, committed: committed[group.id] ?? [:], ends: ends)
        }
        return failures
    }
}

// MARK: - Output

extension GroupReport {
    static func text(_ reports: [GroupReport], _ view: GroupDescribeCommand.View) -> String {
        guard !reports.isEmpty else { return "" }
        return switch view {
        case .offsets: reports.map(\.offsetsText).joined(separator: "\n")
        case .members: membersText(reports)
        case .state: stateText(reports)
        }
    }

    private var offsetsText: String {
        var text = ""
        if group.members.isEmpty { text += "group '\(group.id)' has no members\n" }
        guard !rows.isEmpty else { return text + "group '\(group.id)' has no offsets\n" }
        var table = TextTable(
            "GROUP", "TOPIC", "PARTITION", "CURRENT-OFFSET", "LOG-END-OFFSET", "LAG", "CONSUMER-ID", "HOST", "CLIENT-ID"
        )
        for row in rows {
            table.add(
                group.id, row.partition.topic, "\(row.partition.partition)", Self.cell(row.committed),
                Self.cell(row.end), row.lag.map { "\($0)" } ?? "-", row.memberID ?? "-", row.host ?? "-",
                row.clientID ?? "-")
        }
        return text + table.text
    }

    private static func cell(_ offset: Offset?) -> String { offset.map { "\($0)" } ?? "-" }

    private static func membersText(_ reports: [GroupReport]) -> String {
        var table = TextTable(
            "GROUP", "CONSUMER-ID", "INSTANCE-ID", "HOST", "CLIENT-ID", "EPOCH", "#PARTITIONS", "ASSIGNMENT")
        for report in reports {
            for member in report.group.members {
                table.add(
                    report.group.id, member.id, member.instanceID ?? "-", member.host, member.clientID,
                    member.epoch.map { "\($0)" } ?? "-", "\(member.assignment.count)", Self.list(member.assignment))
            }
        }
        return table.text
    }

    /// `orders:0,1 refunds:2`
    static func list(_ partitions: [TopicPartition]) -> String {
        guard !partitions.isEmpty else { return "-" }
        return Dictionary(grouping: partitions, by: \.topic).sorted { $0.key < $1.key }.map { topic, partitions in
            "\(topic):" + partitions.map(\.partition).sorted().map { "\($0)" }.joined(separator: ",")
        }.joined(separator: " ")
    }

    private static func stateText(_ reports: [GroupReport]) -> String {
        var table = TextTable("GROUP", "TYPE", "STATE", "#MEMBERS", "COORDINATOR", "ASSIGNOR", "EPOCH", "TARGET-EPOCH")
        for report in reports {
            let group = report.group
            table.add(
                group.id, group.type.rawValue, group.state.rawValue, "\(group.members.count)", "\(group.coordinator)",
                group.assignor.isEmpty ? "-" : group.assignor, group.epoch.map { "\($0)" } ?? "-",
                group.assignmentEpoch.map { "\($0)" } ?? "-")
        }
        return table.text
    }

    var json: JSONValue {
        .object([
            ("group", .string(group.id)), ("type", .string(group.type.rawValue)),
            ("protocol", .string(group.protocolType)), ("state", .string(group.state.rawValue)),
            ("coordinator", .number(group.coordinator.rawValue)), ("assignor", .string(group.assignor)),
            ("epoch", group.epoch.map { .number($0) } ?? .null),
            ("assignmentEpoch", group.assignmentEpoch.map { .number($0) } ?? .null),
            ("members", .array(group.members.map(Self.json))), ("offsets", .array(rows.map(Self.json))),
        ])
    }

    private static func json(_ member: GroupDescription.Member) -> JSONValue {
        .object([
            ("consumerId", .string(member.id)), ("instanceId", .optional(member.instanceID)),
            ("host", .string(member.host)), ("clientId", .string(member.clientID)), ("rack", .optional(member.rack)),
            ("epoch", member.epoch.map { .number($0) } ?? .null),
            ("subscribedTopics", .array(member.subscribedTopics.map { .string($0) })),
            ("subscribedRegex", .optional(member.subscribedRegex)),
            ("assignment", .array(member.assignment.map(Self.json))),
            ("target", member.target.map { .array($0.map(Self.json)) } ?? .null),
        ])
    }

    private static func json(_ partition: TopicPartition) -> JSONValue {
        .object([("topic", .string(partition.topic)), ("partition", .number(partition.partition.rawValue))])
    }

    private static func json(_ row: Row) -> JSONValue {
        .object([
            ("topic", .string(row.partition.topic)), ("partition", .number(row.partition.partition.rawValue)),
            ("currentOffset", row.committed.map { .number($0.rawValue) } ?? .null),
            ("logEndOffset", row.end.map { .number($0.rawValue) } ?? .null),
            ("lag", row.lag.map { .number($0) } ?? .null), ("consumerId", .optional(row.memberID)),
            ("host", .optional(row.host)), ("clientId", .optional(row.clientID)),
        ])
    }
}
