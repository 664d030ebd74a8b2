import ArgumentParser
import KafkaClient

struct TopicCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "topic",
        abstract: "Create, list, describe, change and delete topics.",
        subcommands: [
            TopicCreateCommand.self, TopicListCommand.self, TopicDescribeCommand.self, TopicAlterCommand.self,
            TopicDeleteCommand.self, TopicDeleteRecordsCommand.self,
        ])
}

struct TopicCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Create a topic.",
        discussion: """
            Examples:
              martlet topic create events
              martlet topic create events --partitions 4 --config retention.ms=86400000
            """)

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "The topic's name.") var name: String
    @Option(name: .shortAndLong, help: "How many partitions; without it the broker's num.partitions.") var partitions:
        Int?
    @Option(help: "How many replicas; without it the broker's default.replication.factor.") var replicationFactor: Int?
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("A topic setting, such as retention.ms=86400000.", valueName: "key=value"))
    var config: [Property] = []
    @Flag(help: "A topic of that name that is there already is fine.") var ifNotExists = false
    @Option(name: .shortAndLong, help: "text or json.") var output = OutputStyle.text

    func validate() throws {
        if let partitions, partitions < 1 { throw ValidationError("a topic has at least 1 partition") }
        if let replicationFactor, replicationFactor < 1 { throw ValidationError("a partition has at least 1 replica") }
    }

    func run() async throws {
        let admin = try connection.admin()
        defer { admin.close() }
        let topic = NewTopic(
            name: name, partitionCount: partitions, replicationFactor: replicationFactor,
            configuration: Dictionary(config.map { ($0.key, $0.value) }) { $1 })
        do {
            let created = try await admin.createTopic(topic)
            report(created)
        } catch let error as KafkaError where error.brokerCode == .topicAlreadyExists && ifNotExists {
            if output == .text { OutputBuffer.write("topic '\(name)' is there already\n") }
        }
    }

    private func report(_ created: CreatedTopic) {
        let partitions = created.partitionCount.map { ", \($0) partition\($0 == 1 ? "" : "s")" } ?? ""
        let json = JSONValue.object([
            ("name", .string(name)), ("id", .string("\(created.id)")),
            ("partitions", created.partitionCount.map { .number($0) } ?? .null),
            ("replicationFactor", created.replicationFactor.map { .number($0) } ?? .null),
        ])
        OutputBuffer.write(output == .json ? json.text + "\n" : "created topic '\(name)'\(partitions)\n")
    }
}

struct TopicListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List topics.",
        discussion: """
            Examples:
              martlet topic list
              martlet topic list --internal --output json
            """)

    @OptionGroup var connection: ConnectionOptions
    @Flag(help: "Kafka's own topics, too.") var `internal` = false
    @Option(name: .shortAndLong, help: "text or json.") var output = OutputStyle.text

    func run() async throws {
        let admin = try connection.admin()
        defer { admin.close() }
        let topics = try await admin.listTopics(includesInternal: `internal`)
        if output == .json {
            let values = topics.map { topic in
                JSONValue.object([
                    ("name", .string(topic.name)), ("id", .string("\(topic.id)")),
                    ("partitions", .number(topic.partitions.count)),
                    ("replicationFactor", .number(topic.partitions.first?.replicas.count ?? 0)),
                    ("internal", .bool(topic.isInternal)),
                ])
            }
            return OutputBuffer.write(JSONValue.array(values).text + "\n")
        }
        var table = TextTable("TOPIC", "PARTITIONS", "REPLICAS", "ID")
        for topic in topics {
            table.add(
                topic.name, "\(topic.partitions.count)", "\(topic.partitions.first?.replicas.count ?? 0)", "\(topic.id)"
            )
        }
        OutputBuffer.write(table.text)
    }
}

struct TopicDeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Delete topics and all their records.",
        discussion: """
            Examples:
              martlet topic delete events
              martlet topic delete events-old events-older --if-exists
            """)

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "The topics' names.") var names: [String]
    @Flag(help: "A topic that is not there is fine.") var ifExists = false

    func run() async throws {
        let admin = try connection.admin()
        defer { admin.close() }
        let outcomes = try await admin.deleteTopics(names)
        var failures: [KafkaError] = []
        for name in names {
            switch outcomes[name] {
            case .success: OutputBuffer.write("deleted topic '\(name)'\n")
            case .failure(let error) where ifExists && error.brokerCode == .unknownTopicOrPartition: break
            case .failure(let error): failures.append(error)
            case nil:
                failures.append(KafkaError(.protocolViolation, "the broker's answer leaves out topic '\(name)'"))
            }
        }
        try Failures.throwAll(failures)
    }
}

struct TopicAlterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alter",
        abstract: "Change a topic's settings or add partitions.",
        discussion: """
            Added partitions change where keys go: records with equal keys lie in one partition only from then on.

            Examples:
              martlet topic alter events --config retention.ms=3600000 --delete-config segment.bytes
              martlet topic alter events --partitions 8
            """)

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "The topic's name.") var name: String
    @Option(name: .shortAndLong, help: ArgumentHelp("A setting to change.", valueName: "key=value"))
    var config: [Property] = []
    @Option(help: ArgumentHelp("A setting to put back to its default.", valueName: "key")) var deleteConfig: [String] =
        []
    @Option(name: .shortAndLong, help: "The total of partitions that the topic is to have.") var partitions: Int?

    func validate() throws {
        if config.isEmpty, deleteConfig.isEmpty, partitions == nil {
            throw ValidationError("say what to change: --config, --delete-config or --partitions")
        }
    }

    func run() async throws {
        let admin = try connection.admin()
        defer { admin.close() }
        let changes = config.map { ConfigChange.set($0.key, $0.value) } + deleteConfig.map { ConfigChange.delete($0) }
        if !changes.isEmpty {
            try await admin.incrementalAlterConfigs([.topic(name): changes])[.topic(name)]?.get()
            OutputBuffer.write(
                "changed \(changes.count) setting\(changes.count == 1 ? "" : "s") of topic '\(name)'\n")
        }
        if let partitions {
            try await admin.createPartitions([name: partitions])[name]?.get()
            OutputBuffer.write("topic '\(name)' has \(partitions) partitions\n")
        }
    }
}

/// Several things that went wrong at once.
enum Failures {
    /// Throws the only failure as it is, and several as one that tells them all.
    static func throwAll(_ failures: [KafkaError]) throws {
        guard failures.count > 1 else {
            if let failure = failures.first { throw failure }
            return
        }
        throw CommandFailure(message: failures.map(\.description).joined(separator: "\nmartlet: "))
    }
}
