import ArgumentParser
import KafkaClient

struct TopicDescribeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "describe",
        abstract: "Show topics: partitions, settings, and what a power cut could take.",
        discussion: """
            Without names all topics are described. Settings are shown where they differ from the default; \
            --all-configs shows every one. SIZE is what the leader has on disk. The last column says which partitions \
            are not as they should be: offline (no leader), or under-replicated (replicas that are behind or down).

            Examples:
              martlet topic describe events
              martlet topic describe --troubled
              martlet topic describe --output json
            """)

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "The topics' names; none for all.") var names: [String] = []
    @Flag(help: "Show every setting.") var allConfigs = false
    @Flag(help: "Only topics with partitions that are offline or under-replicated, and only those partitions.")
    var troubled = false
    @Option(name: .shortAndLong, help: "text or json.") var output = OutputStyle.text

    /// A topic with all that is shown of it.
    struct Description {
        var topic: TopicDescription
        var configs: [ConfigEntry]
        var begins: [PartitionIndex: Offset] = [:]
        var ends: [PartitionIndex: Offset] = [:]
        /// Bytes on the leader's disk.
        var sizes: [PartitionIndex: Int64] = [:]

        var lossWindow: LossWindow {
            LossWindow(
                flushMessages: value("flush.messages").flatMap { Int64($0) },
                flushMilliseconds: value("flush.ms").flatMap { Int64($0) })
        }

        private func value(_ key: String) -> String? { configs.first { $0.name == key }?.value }
    }

    func run() async throws {
        let admin = try connection.admin()
        defer { admin.close() }
        var topics: [TopicDescription] = []
        var failures: [KafkaError] = []
        if names.isEmpty {
            topics = try await admin.listTopics()
        } else {
            let outcomes = try await admin.describeTopics(names)
            for name in names {
                do {
                    if let topic = try outcomes[name]?.get() { topics.append(topic) }
                } catch { failures.append(error) }
            }
        }
        if troubled { topics = topics.compactMap(Self.troubledPart) }
        let descriptions = try await describe(topics, admin)
        if output == .json {
            OutputBuffer.write(JSONValue.array(descriptions.map { Self.json($0) }).text + "\n")
        } else {
            OutputBuffer.write(descriptions.map { text($0) }.joined(separator: "\n"))
        }
        try Failures.throwAll(failures)
    }

    /// The topic with only the partitions that are not as they should be; nil if all are.
    static func troubledPart(_ topic: TopicDescription) -> TopicDescription? {
        var topic = topic
        topic.partitions.removeAll { PartitionHealth($0) == .good }
        return topic.partitions.isEmpty ? nil : topic
    }

    /// What partitions have on their leaders' disks. Who may not ask, or asks a broker that does not tell, does without.
    private func sizes(_ topics: [TopicDescription], _ admin: Admin) async -> [TopicPartition: Int64] {
        var byLeader: [BrokerID: [TopicPartition]] = [:]
        for topic in topics {
            for partition in topic.partitions {
                guard let leader = partition.leader else { continue }
                byLeader[leader, default: []].append(TopicPartition(topic: topic.name, partition: partition.index))
            }
        }
        var sizes: [TopicPartition: Int64] = [:]
        for (leader, partitions) in byLeader {
            let directories = (try? await admin.describeLogDirs(of: [leader], partitions: partitions))?[leader] ?? []
            for found in directories.flatMap(\.partitions) where !found.isFuture {
                sizes[found.partition] = found.sizeInBytes
            }
        }
        return sizes
    }

    private func describe(_ topics: [TopicDescription], _ admin: Admin) async throws -> [Description] {
        guard !topics.isEmpty else { return [] }
        let configs = try await admin.describeConfigs(topics.map { .topic($0.name) })
        let partitions = topics.flatMap { topic in
            topic.partitions.map { TopicPartition(topic: topic.name, partition: $0.index) }
        }
        let begins = try await admin.listOffsets(Dictionary(uniqueKeysWithValues: partitions.map { ($0, .earliest) }))
        let ends = try await admin.listOffsets(Dictionary(uniqueKeysWithValues: partitions.map { ($0, .latest) }))
        let sizes = await sizes(topics, admin)
        return try topics.map { topic in
            var description = Description(topic: topic, configs: try configs[.topic(topic.name)]?.get() ?? [])
            for partition in topic.partitions {
                let name = TopicPartition(topic: topic.name, partition: partition.index)
                description.begins[partition.index] = try? begins[name]?.get().offset
                description.ends[partition.index] = try? ends[name]?.get().offset
                description.sizes[partition.index] = sizes[name]
            }
            return description
        }
    }

    private func text(_ description: Description) -> String {
        let topic = description.topic
        var text = "topic        \(topic.name)\nid           \(topic.id)\n"
        text += "partitions   \(topic.partitions.count)\n"
        let sick = topic.partitions.filter { PartitionHealth($0) != .good }.count
        if sick > 0, !troubled { text += "trouble      \(sick) of \(topic.partitions.count) partitions, see below\n" }
        if !description.sizes.isEmpty {
            text += "on disk      \(byteText(description.sizes.values.reduce(0, +)))\n"
        }
        text += "power cut    \(description.lossWindow.sentence)\n"
        let shown = description.configs.filter { allConfigs || $0.source == .dynamicTopic }
        for (place, config) in shown.enumerated() {
            let value = config.isSensitive ? "(hidden)" : config.value ?? "null"
            text += "\(place == 0 ? "settings" : "        ")     \(config.name)=\(value)\n"
        }
        var table = TextTable(
            "  PARTITION", "LEADER", "EPOCH", "REPLICAS", "IN SYNC", "FIRST OFFSET", "END OFFSET", "SIZE", "")
        for partition in topic.partitions {
            table.add(
                "  \(partition.index)", partition.leader.map { "\($0)" } ?? "none", "\(partition.leaderEpoch)",
                list(partition.replicas), list(partition.inSyncReplicas),
                description.begins[partition.index].map { "\($0)" } ?? "?",
                description.ends[partition.index].map { "\($0)" } ?? "?",
                description.sizes[partition.index].map { byteText($0) } ?? "?", PartitionHealth(partition).rawValue)
        }
        return text + table.text
    }

    private func list(_ brokers: [BrokerID]) -> String { brokers.map(\.description).joined(separator: ",") }

    private static func json(_ description: Description) -> JSONValue {
        let topic = description.topic
        return .object([
            ("name", .string(topic.name)), ("id", .string("\(topic.id)")), ("internal", .bool(topic.isInternal)),
            ("lossWindow", .string(description.lossWindow.sentence)),
            (
                "partitions",
                .array(
                    topic.partitions.map { partition in
                        .object([
                            ("partition", .number(partition.index.rawValue)),
                            ("leader", partition.leader.map { .number($0.rawValue) } ?? .null),
                            ("leaderEpoch", .number(partition.leaderEpoch.rawValue)),
                            ("replicas", .array(partition.replicas.map { .number($0.rawValue) })),
                            ("inSyncReplicas", .array(partition.inSyncReplicas.map { .number($0.rawValue) })),
                            ("firstOffset", description.begins[partition.index].map { .number($0.rawValue) } ?? .null),
                            ("endOffset", description.ends[partition.index].map { .number($0.rawValue) } ?? .null),
                            ("sizeInBytes", description.sizes[partition.index].map { .number($0) } ?? .null),
                            ("offlineReplicas", .array(partition.offlineReplicas.map { .number($0.rawValue) })),
                            ("isOffline", .bool(PartitionHealth(partition) == .offline)),
                            ("isUnderReplicated", .bool(PartitionHealth(partition) == .underReplicated)),
                        ])
                    })
            ),
            (
                "configs",
                .array(
                    description.configs.map { config in
                        .object([
                            ("name", .string(config.name)), ("value", .optional(config.value)),
                            ("source", .string(config.source.description)), ("readOnly", .bool(config.isReadOnly)),
                            ("sensitive", .bool(config.isSensitive)),
                        ])
                    })
            ),
        ])
    }
}

/// Whether a partition is as it should be.
enum PartitionHealth: String {
    case good = ""
    /// It has no leader, so it can neither be read nor written.
    case offline
    /// Some of its replicas are behind or down.
    case underReplicated = "under-replicated"

    init(_ partition: TopicDescription.Partition) {
        self =
            if partition.leader == nil {
                .offline
            } else if partition.inSyncReplicas.count < partition.replicas.count || !partition.offlineReplicas.isEmpty {
                .underReplicated
            } else { .good }
    }
}

/// Which acknowledged records a power cut could take from a topic, as its flush settings say.
struct LossWindow: Equatable {
    /// `flush.messages`; nil or the largest number where flushing is left to the operating system.
    var flushMessages: Int64?
    /// `flush.ms`; the same.
    var flushMilliseconds: Int64?

    var sentence: String {
        if flushMessages == 1 {
            return "takes nothing: records are on disk before they are acknowledged (flush.messages=1)"
        }
        var bounds: [String] = []
        if let flushMessages, flushMessages != .max {
            bounds.append("the last \(flushMessages) records of a partition (flush.messages=\(flushMessages))")
        }
        if let flushMilliseconds, flushMilliseconds != .max {
            bounds.append("those of the last \(Self.time(flushMilliseconds)) (flush.ms=\(flushMilliseconds))")
        }
        guard !bounds.isEmpty else {
            return
                "can take acknowledged records that the operating system has not yet written to disk, "
                + "usually those of the last 30 seconds; a killed broker loses none "
                + "(flush.messages and flush.ms are not set)"
        }
        return "can take acknowledged records, at most \(bounds.joined(separator: " or ")); a killed broker loses none"
    }

    private static func time(_ milliseconds: Int64) -> String {
        milliseconds % 1000 == 0 ? "\(milliseconds / 1000) s" : "\(milliseconds) ms"
    }
}
