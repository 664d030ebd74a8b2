import ArgumentParser
import KafkaClient

struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Show and change the settings of topics, brokers, groups and client metrics.",
        subcommands: [ConfigDescribeCommand.self, ConfigAlterCommand.self, ConfigListCommand.self])
}

/// What has settings, as it stands on the command line.
enum ConfigKind: String, ExpressibleByArgument, CaseIterable {
    case topic
    case broker
    case brokerLogger = "broker-logger"
    case group
    case clientMetrics = "client-metrics"

    var kind: ConfigResource.Kind {
        switch self {
        case .topic: .topic
        case .broker: .broker
        case .brokerLogger: .brokerLogger
        case .group: .group
        case .clientMetrics: .clientMetrics
        }
    }

    /// A broker's name is its id; `default` stands for what holds for all brokers.
    func resource(_ name: String) throws -> ConfigResource {
        switch self {
        case .broker where name == "default": return .broker("")
        case .broker, .brokerLogger:
            guard let id = Int32(name), id >= 0 else {
                let more = self == .broker ? ", or 'default' for all of them" : ""
                throw ValidationError(
                    "'\(name)' is no broker; write its id\(more) ('martlet cluster' shows the brokers)")
            }
            return ConfigResource(kind, name)
        default:
            guard !name.isEmpty else { throw ValidationError("a \(rawValue) has a name") }
            return ConfigResource(kind, name)
        }
    }

    /// Where values come from that were set for a resource itself.
    var ownSources: Set<ConfigEntry.Source> {
        switch self {
        case .topic: [.dynamicTopic]
        case .broker: [.dynamicBroker, .dynamicDefaultBroker, .staticBroker]
        case .brokerLogger: [.dynamicBrokerLogger]
        case .group: [.group]
        case .clientMetrics: [.clientMetrics]
        }
    }
}

struct ConfigListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List what has settings.",
        discussion: """
            TYPE is topic, broker, broker-logger, group or client-metrics.

            Examples:
              martlet config list topic
              martlet config list client-metrics --output json
            """)

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "topic, broker, broker-logger, group or client-metrics.") var type: ConfigKind
    @Option(name: .shortAndLong, help: "text or json.") var output = OutputStyle.text

    func run() async throws {
        let admin = try connection.admin()
        defer { admin.close() }
        let names = try await admin.listConfigResources(type.kind).map(\.name)
        OutputBuffer.write(
            output == .json
                ? JSONValue.array(names.map { .string($0) }).text + "\n" : names.map { "\($0)\n" }.joined())
    }
}

struct ConfigDescribeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "describe",
        abstract: "Show settings.",
        discussion: """
            Shows what was set for the resource itself; --all shows every setting with the value in force. TYPE is \
            topic, broker, broker-logger, group or client-metrics; a broker's name is its id, or 'default' for what \
            holds for all brokers. Without names every resource of the type is shown.

            Examples:
              martlet config describe topic events
              martlet config describe topic events --all --key retention.ms
              martlet config describe broker default
              martlet config describe group billing --output json
            """)

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "topic, broker, broker-logger, group or client-metrics.") var type: ConfigKind
    @Argument(help: "The names; none for all.") var names: [String] = []
    @Flag(name: .shortAndLong, help: "Show every setting.") var all = false
    @Flag(help: "Show what each setting means.") var explain = false
    @Option(help: "Only this setting; may be given several times.") var key: [String] = []
    @Option(name: .shortAndLong, help: "text or json.") var output = OutputStyle.text

    func validate() throws { for name in names { _ = try type.resource(name) } }

    func run() async throws {
        let admin = try connection.admin()
        defer { admin.close() }
        let resources =
            names.isEmpty ? try await admin.listConfigResources(type.kind) : try names.map { try type.resource($0) }
        let outcomes = try await admin.describeConfigs(
            resources, keys: key.isEmpty ? nil : key, includesDocumentation: explain)
        var shown: [(ConfigResource, [ConfigEntry])] = []
        var failures: [KafkaError] = []
        for resource in resources {
            switch outcomes[resource] {
            case .success(let entries): shown.append((resource, selected(entries)))
            case .failure(let error): failures.append(error)
            case nil: failures.append(KafkaError(.protocolViolation, "the broker's answer leaves out \(resource)"))
            }
        }
        if output == .json {
            OutputBuffer.write(JSONValue.array(shown.map { Self.json($0, $1) }).text + "\n")
        } else {
            OutputBuffer.write(shown.map { Self.text($0, $1, explain: explain) }.joined(separator: "\n"))
        }
        try Failures.throwAll(failures)
    }

    /// Whoever names a key wants to see it, wherever its value comes from.
    func selected(_ entries: [ConfigEntry]) -> [ConfigEntry] {
        entries.filter { all || !key.isEmpty || type.ownSources.contains($0.source) }.sorted { $0.name < $1.name }
    }

    static func text(_ resource: ConfigResource, _ entries: [ConfigEntry], explain: Bool) -> String {
        guard !entries.isEmpty else { return "\(resource): nothing is set\n" }
        var table = TextTable("KEY", "VALUE", "SOURCE", "")
        for entry in entries {
            let value = entry.isSensitive ? "(hidden)" : entry.value ?? "null"
            let notes = [entry.isReadOnly ? "read-only" : nil, explain ? entry.documentation : nil]
            table.add(
                entry.name, value.isEmpty ? "''" : value, entry.source.description,
                notes.compactMap { $0 }.joined(separator: "; "))
        }
        return "\(resource)\n" + table.text
    }

    private static func json(_ resource: ConfigResource, _ entries: [ConfigEntry]) -> JSONValue {
        .object([
            ("name", .string(resource.name)),
            (
                "configs",
                .array(
                    entries.map { entry in
                        .object([
                            ("name", .string(entry.name)), ("value", .optional(entry.value)),
                            ("source", .string(entry.source.description)), ("readOnly", .bool(entry.isReadOnly)),
                            ("sensitive", .bool(entry.isSensitive)), ("documentation", .optional(entry.documentation)),
                        ])
                    })
            ),
        ])
    }
}

struct ConfigAlterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alter",
        abstract: "Change settings.",
        discussion: """
            All changes of a resource are made, or none. TYPE is topic, broker, broker-logger, group or \
            client-metrics; a broker's name is its id, or 'default' for what holds for all brokers.

            Examples:
              martlet config alter topic events --config retention.ms=3600000 --delete-config segment.bytes
              martlet config alter topic events --append-config cleanup.policy=compact
              martlet config alter broker default --config log.retention.ms=86400000
              martlet config alter group billing --config consumer.session.timeout.ms=50000
              martlet config alter client-metrics all --config interval.ms=60000 --config metrics=
            """)

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "topic, broker, broker-logger, group or client-metrics.") var type: ConfigKind
    @Argument(help: "The names.") var names: [String]
    @Option(name: .shortAndLong, help: ArgumentHelp("A setting to change.", valueName: "key=value"))
    var config: [Property] = []
    @Option(help: ArgumentHelp("A setting to put back to its default.", valueName: "key")) var deleteConfig: [String] =
        []
    @Option(help: ArgumentHelp("Adds to a setting that is a list.", valueName: "key=value"))
    var appendConfig: [Property] = []
    @Option(help: ArgumentHelp("Takes out of a setting that is a list.", valueName: "key=value"))
    var subtractConfig: [Property] = []
    @Flag(help: "Only ask whether it would be accepted.") var dryRun = false

    var changes: [ConfigChange] {
        config.map { .set($0.key, $0.value) } + deleteConfig.map { .delete($0) }
            + appendConfig.map { .append($0.key, $0.value) } + subtractConfig.map { .subtract($0.key, $0.value) }
    }

    func validate() throws {
        for name in names { _ = try type.resource(name) }
        if changes.isEmpty {
            throw ValidationError(
                "say what to change: --config, --delete-config, --append-config or --subtract-config")
        }
    }

    func run() async throws {
        let admin = try connection.admin()
        defer { admin.close() }
        let resources = try names.map { try type.resource($0) }
        let changes = changes
        let outcomes = try await admin.incrementalAlterConfigs(
            Dictionary(resources.map { ($0, changes) }) { first, _ in first }, validateOnly: dryRun)
        var failures: [KafkaError] = []
        for resource in resources {
            switch outcomes[resource] {
            case .success:
                let count = "\(changes.count) setting\(changes.count == 1 ? "" : "s")"
                OutputBuffer.write(
                    dryRun ? "\(resource) would accept \(count)\n" : "changed \(count) of \(resource)\n")
            case .failure(let error): failures.append(error)
            case nil: failures.append(KafkaError(.protocolViolation, "the broker's answer leaves out \(resource)"))
            }
        }
        try Failures.throwAll(failures)
    }
}
