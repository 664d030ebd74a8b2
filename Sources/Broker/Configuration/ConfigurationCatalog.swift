/// All keys of one kind of resource, in the order of their names.
package struct ConfigurationCatalog: Sendable {
    package let definitions: [ConfigurationDefinition]
    private let byName: [String: ConfigurationDefinition]

    init(_ definitions: [ConfigurationDefinition]) {
        self.definitions = definitions.sorted { $0.name < $1.name }
        byName = Dictionary(definitions.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    package subscript(name: String) -> ConfigurationDefinition? { byName[name] }

    /// What a topic can set for itself.
    package static let topic = ConfigurationCatalog(ConfigurationDefinition.topicKeys)

    /// What a broker reads from its file or is told while it runs.
    package static let broker = ConfigurationCatalog(
        ConfigurationDefinition.networkKeys + ConfigurationDefinition.clusterKeys + ConfigurationDefinition.logKeys
            + ConfigurationDefinition.coordinatorKeys + ConfigurationDefinition.securityKeys)

    /// What a group can set for itself (KIP-848, KIP-932, KIP-1071).
    package static let group = ConfigurationCatalog(ConfigurationDefinition.groupKeys)

    /// What a subscription to clients' metrics consists of (KIP-714).
    package static let clientMetrics = ConfigurationCatalog(ConfigurationDefinition.clientMetricsKeys)

    /// The known key that is the least number of edits away from `name`, if it is near enough to be meant.
    package func nearest(to name: String) -> String? {
        let best = definitions.lazy.map { ($0.name, $0.name.editDistance(to: name)) }.min { $0.1 < $1.1 }
        guard let best, best.1 <= max(2, name.utf8.count / 4) else { return nil }
        return best.0
    }

    /// ` Did you mean …?`, or nothing.
    func suggestion(for name: String) -> String {
        nearest(to: name).map { " Did you mean \($0)?" } ?? ""
    }
}

extension String {
    /// How many bytes must be inserted, removed or changed to make the other text of this one.
    fileprivate func editDistance(to other: String) -> Int {
        let target = Array(other.utf8)
        var row = Array(0...target.count)
        for (line, byte) in utf8.enumerated() {
            var diagonal = row[0]
            row[0] = line + 1
            for column in target.indices {
                let changed = diagonal + (byte == target[column] ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = Swift.min(changed, diagonal + 1, row[column] + 1)
            }
        }
        return row[target.count]
    }
}

/// A default of ours that is not Kafka's, with the reason. The README's table is held to this list.
package struct OwnDefault: Sendable {
    package let key: String
    package let ours: String
    package let kafkas: String
    package let reason: String

    package static let all: [OwnDefault] = [
        .init("log.flush.interval.messages", "1", "9223372036854775807", "acknowledged means on disk"),
        .init("flush.messages", "1", "9223372036854775807", "acknowledged means on disk"),
        .init("socket.receive.buffer.bytes", "-1", "102400", "sized by need it takes fewer reads"),
        .init("log.dirs", "./data", "/tmp/kafka-logs", "data does not belong where a restart deletes it"),
        .init("log.dir.reserve.bytes", "104857600", "none", "a full disk refuses records before it is full"),
        .init("log.dir.reserve.internal.bytes", "10485760", "none", "the broker's own topics stop later"),
        .init("log.scrub.interval.ms", "604800000", "none", "damage is found before somebody needs the bytes"),
        .init("log.scrub.io.max.bytes.per.second", "10485760", "none", "so slowly that nobody notices"),
        .init("node.id", "1", "none", "one node needs no file to start"),
        .init("offsets.topic.replication.factor", "1", "3", "one node"),
        .init("transaction.state.log.replication.factor", "1", "3", "one node"),
        .init("transaction.state.log.min.isr", "1", "2", "one node"),
        .init("share.coordinator.state.topic.replication.factor", "1", "3", "one node"),
        .init("share.coordinator.state.topic.min.isr", "1", "2", "one node"),
    ]

    /// The README's table.
    package static func markdownTable() -> String {
        let rows = all.map { "| `\($0.key)` | \($0.ours) | \($0.kafkas) | \($0.reason) |" }
        return (["| key | our default | Kafka's | why |", "| --- | --- | --- | --- |"] + rows).joined(separator: "\n")
    }

    private init(_ key: String, _ ours: String, _ kafkas: String, _ reason: String) {
        self.key = key
        self.ours = ours
        self.kafkas = kafkas
        self.reason = reason
    }
}
