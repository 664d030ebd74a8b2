import Coordination
package import KafkaProtocol
package import LogStorage
package import SystemPackage

/// Enters topics of another cluster into the metadata of a data directory whose broker does not run.
///
/// It holds the directory's lock. The caller puts the logs in place first: a topic that the metadata knows has its
/// records.
package final class TopicAdoption {
    package let directory: DataDirectory
    private let metadata: MetadataWriter

    /// One topic, as it was.
    package struct Topic: Sendable {
        package var name: String
        package var id: TopicID
        package var partitionCount: Int32
        package var configuration: [String: String]

        package init(name: String, id: TopicID, partitionCount: Int32, configuration: [String: String]) {
            self.name = name
            self.id = id
            self.partitionCount = partitionCount
            self.configuration = configuration
        }
    }

    /// Opens the directory, or makes it.
    package init(_ path: FilePath, nodeID: BrokerID, environment: LogEnvironment) throws {
        directory = try DataDirectory.open(path, environment: environment, nodeID: nodeID)
        let log = try directory.openLog(
            TopicPartition(topic: TopicName.clusterMetadata, partition: 0), topicID: .clusterMetadata,
            configuration: MetadataWriter.logConfiguration(ConfigurationResolver(fixed: [:])),
            environment: environment)
        metadata = try MetadataWriter(
            log: log, rules: CatalogConfigurationRules(fixed: [:]), clock: environment.clock, apply: { _, _, _ in })
        let registration = BrokerRegistration(
            id: nodeID, incarnationID: .random(), endpoints: [], rack: nil, directories: [directory.directoryID])
        _ = try metadata.carryOut { $0.registerBroker(registration) }
    }

    /// Topics that the broker keeps for itself, whose records mean nothing elsewhere.
    package static func isInternal(_ name: String) -> Bool {
        TopicName.isInternal(name) || name == TopicName.clusterMetadata || name == "__remote_log_metadata"
    }

    /// The settings that this broker knows and accepts, and what is wrong with each of the others.
    package static func accepted(
        _ configuration: [String: String], of topic: String
    ) -> (values: [String: String], refused: [String: String]) {
        let rules = CatalogConfigurationRules(fixed: [:])
        var (values, refused): ([String: String], [String: String]) = ([:], [:])
        for (name, value) in configuration.sorted(by: { $0.key < $1.key }) {
            do throws(Refusal) {
                let candidate = values.merging([name: value]) { $1 }
                values = try rules.validated(candidate.map { (name: $0.key, value: $0.value) }, for: .topic(topic))
            } catch { refused[name] = error.message }
        }
        return (values, refused)
    }

    /// Why the topic cannot be taken in; nil if it can.
    package func fault(of topic: Topic) -> String? {
        if metadata.image.topic(id: topic.id) != nil { return "a topic with the id \(topic.id) exists" }
        return outcome(of: topic, validateOnly: true)
    }

    /// Enters the topic, durably. Throws what ``fault(of:)`` would have said.
    package func enter(_ topic: Topic) throws {
        if let fault = outcome(of: topic, validateOnly: false) { throw BrokerStartError(description: fault) }
    }

    private func outcome(of topic: Topic, validateOnly: Bool) -> String? {
        let new = NewTopic(
            name: topic.name, id: topic.id, partitionCount: topic.partitionCount, replicationFactor: 1,
            configuration: topic.configuration.sorted { $0.key < $1.key }.map { NewTopic.Value($0.key, $0.value) })
        do {
            let outcomes = try metadata.carryOut { machine in
                var generator = SystemRandomNumberGenerator()
                return machine.createTopics(
                    [new], defaults: TopicDefaults(), validateOnly: validateOnly, using: &generator)
            }
            if case .failure(let refusal)? = outcomes.first?.result { return refusal.message }
            return nil
        } catch { return "\(error)" }
    }

    /// Closes the metadata; the directory counts as closed cleanly if it did before.
    package func close() async throws {
        let isClean = await metadata.stop()
        try directory.close(clean: isClean && directory.wasClean)
    }
}
