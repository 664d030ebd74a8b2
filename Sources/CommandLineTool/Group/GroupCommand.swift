import ArgumentParser
import KafkaClient

struct GroupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "group",
        abstract: "List, describe and delete groups, and set where they go on.",
        subcommands: [
            GroupListCommand.self, GroupDescribeCommand.self, GroupResetOffsetsCommand.self,
            GroupDeleteOffsetsCommand.self, GroupDeleteCommand.self,
        ])
}

struct GroupListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List groups.",
        discussion: """
            States: Empty, Stable, PreparingRebalance, CompletingRebalance, Assigning, Reconciling, Dead. Types: \
            classic, consumer, share, streams.

            Examples:
              martlet group list
              martlet group list --state Empty --type classic --output json
            """)

    @OptionGroup var connection: ConnectionOptions
    @Option(help: "Only groups in this state; may be given several times.") var state: [String] = []
    @Option(help: "Only groups of this type; may be given several times.") var type: [String] = []
    @Option(name: .shortAndLong, help: "text or json.") var output = OutputStyle.text

    func run() async throws {
        let admin = try connection.admin()
        defer { admin.close() }
        let groups = try await admin.listGroups(
            states: Set(state.map { GroupState(rawValue: $0) }), types: Set(type.map { GroupType(rawValue: $0) }))
        OutputBuffer.write(output == .json ? Self.json(groups) + "\n" : Self.text(groups))
    }

    static func text(_ groups: [GroupListing]) -> String {
        var table = TextTable("GROUP", "TYPE", "PROTOCOL", "STATE")
        for group in groups {
            let kind = group.protocolType.isEmpty ? "-" : group.protocolType
            table.add(group.id, group.type?.rawValue ?? "?", kind, group.state?.rawValue ?? "?")
        }
        return table.text
    }

    static func json(_ groups: [GroupListing]) -> String {
        JSONValue.array(
            groups.map { group in
                .object([
                    ("group", .string(group.id)), ("type", .optional(group.type?.rawValue)),
                    ("protocol", .string(group.protocolType)), ("state", .optional(group.state?.rawValue)),
                ])
            }
        ).text
    }
}

struct GroupDeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Delete groups and the offsets that they have committed.",
        discussion: """
            A group with members is refused: stop them first.

            Examples:
              martlet group delete billing
              martlet group delete billing-old billing-older --if-exists
            """)

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "The groups' names.") var groups: [String]
    @Flag(help: "A group that is not there is fine.") var ifExists = false

    func run() async throws {
        let admin = try connection.admin()
        defer { admin.close() }
        let outcomes = try await admin.deleteGroups(groups)
        var failures: [KafkaError] = []
        for group in groups {
            switch outcomes[group] {
            case .success: OutputBuffer.write("deleted group '\(group)'\n")
            case .failure(let error) where ifExists && error.brokerCode == .groupIDNotFound: break
            case .failure(let error): failures.append(error)
            case nil:
                failures.append(KafkaError(.protocolViolation, "the broker's answer leaves out group '\(group)'"))
            }
        }
        try Failures.throwAll(failures)
    }
}

struct GroupDeleteOffsetsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete-offsets",
        abstract: "Forget what a group has committed in topics.",
        discussion: """
            The group's consumers begin there anew, as their auto.offset.reset says. Topics that its members read at \
            the moment are refused.

            Examples:
              martlet group delete-offsets billing --topic orders
              martlet group delete-offsets billing --topic orders:0,2 --topic refunds
            """)

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "The group.") var group: String
    @Option(help: ArgumentHelp("A topic, or some of its partitions.", valueName: "topic[:0,1]")) var topic:
        [TopicSelection] = []

    func validate() throws {
        if topic.isEmpty { throw ValidationError("say which topics: --topic T or --topic T:0,1") }
    }

    func run() async throws {
        let admin = try connection.admin()
        defer { admin.close() }
        let committed = try await admin.listGroupOffsets([group])[group]?.get() ?? [:]
        let partitions = topic.flatMap { $0.partitions(among: committed.keys) }
        guard !partitions.isEmpty else {
            throw CommandFailure(
                message:
                    "group '\(group)' has no offsets there; 'martlet group describe \(group)' shows those that it has")
        }
        let outcomes = try await admin.deleteGroupOffsets(group, partitions)
        var failures: [KafkaError] = []
        for partition in partitions {
            switch outcomes[partition] {
            case .success: OutputBuffer.write("deleted the offset of group '\(group)' in \(partition)\n")
            case .failure(let error): failures.append(error)
            case nil: failures.append(KafkaError(.protocolViolation, "the broker's answer leaves out \(partition)"))
            }
        }
        try Failures.throwAll(failures)
    }
}

/// A topic or some of its partitions, as in `orders` and `orders:0,2`.
struct TopicSelection: ExpressibleByArgument, Hashable {
    var topic: String
    /// Nil for all of them.
    var partitions: [PartitionIndex]?

    init?(argument: String) {
        let parts = argument.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = parts.first, !name.isEmpty else { return nil }
        topic = String(name)
        guard parts.count == 2 else { return }
        var numbers: [PartitionIndex] = []
        for text in parts[1].split(separator: ",", omittingEmptySubsequences: false) {
            guard let number = Int32(text), number >= 0 else { return nil }
            numbers.append(PartitionIndex(number))
        }
        partitions = numbers
    }

    /// The partitions that are meant; all of a topic are those that `known` names.
    func partitions(among known: some Sequence<TopicPartition>) -> [TopicPartition] {
        guard let partitions else {
            return known.filter { $0.topic == topic }.sorted { $0.partition < $1.partition }
        }
        return partitions.map { TopicPartition(topic: topic, partition: $0) }
    }
}
