import KafkaProtocol

/// How a ``GroupConsumer`` belongs to its group. Defaults are those of Kafka 4.3.
public struct GroupConsumerConfiguration: Sendable {
    /// The protocol between members and coordinator (`group.protocol`).
    public enum GroupProtocol: String, Hashable, Sendable, CaseIterable {
        /// Members join and sync, and one of them assigns.
        case classic
        /// Members send heartbeats, and the broker assigns (KIP-848; Kafka 4.0 or later).
        case consumer
    }

    /// How records are fetched.
    public var consumer: ConsumerConfiguration
    /// `group.id`.
    public var groupID: String
    /// `group.protocol`.
    public var groupProtocol = GroupProtocol.classic
    /// Makes this a static member (`group.instance.id`, KIP-345): when it comes back before its session ends, it gets its
    /// partitions back and nobody else is disturbed.
    public var instanceID: String?
    /// Whether offsets are committed without being asked for (`enable.auto.commit`).
    public var autoCommits = true
    /// How often (`auto.commit.interval.ms`).
    public var autoCommitInterval: Duration = .seconds(5)
    /// Classic: the assignors that this member offers, the preferred one first (`partition.assignment.strategy`). If one
    /// of them is `range`, all partitions are given up at each rebalance.
    public var assignors: [ClassicAssignor] = [.range, .cooperativeSticky]
    /// Consumer: the broker's assignor (`group.remote.assignor`); nil leaves the choice to the broker.
    public var remoteAssignor: String?
    /// Classic: how long the coordinator waits for a sign of life (`session.timeout.ms`). In groups of the consumer
    /// protocol the broker says (`group.consumer.session.timeout.ms`).
    public var sessionTimeout: Duration = .seconds(45)
    /// Classic: how often a sign of life is sent (`heartbeat.interval.ms`).
    public var heartbeatInterval: Duration = .seconds(3)
    /// How long the group waits for this member to give partitions up, which it does when the application asks for the
    /// next records (`max.poll.interval.ms`, which is what Kafka's consumers tell their group, too). An application that
    /// takes longer is dropped and reads records twice.
    public var rebalanceTimeout: Duration = .seconds(300)

    public init(consumer: ConsumerConfiguration, groupID: String) {
        self.consumer = consumer
        self.groupID = groupID
    }

    /// - Parameter bootstrapServers: `host:port`, several separated by commas.
    public init(bootstrapServers: String = "127.0.0.1:9092", groupID: String) throws(KafkaError) {
        self.init(consumer: try ConsumerConfiguration(bootstrapServers: bootstrapServers), groupID: groupID)
    }

    /// Throws if the settings contradict each other.
    public func validate() throws(KafkaError) {
        func refuse(_ sentence: String) -> KafkaError { KafkaError(.invalidConfiguration, sentence) }
        if groupID.isEmpty { throw refuse("group.id is empty; a group has a name") }
        if instanceID == "" { throw refuse("group.instance.id is empty; leave it out for a dynamic member") }
        if autoCommits, autoCommitInterval < .milliseconds(1) { throw refuse("auto.commit.interval.ms is at least 1") }
        if rebalanceTimeout < .milliseconds(1) { throw refuse("max.poll.interval.ms is at least 1") }
        guard groupProtocol == .classic else { return }
        if remoteAssignor != nil { throw refuse("group.remote.assignor needs group.protocol=consumer") }
        if assignors.isEmpty { throw refuse("partition.assignment.strategy needs at least one assignor") }
        if heartbeatInterval < .milliseconds(1) { throw refuse("heartbeat.interval.ms is at least 1") }
        if heartbeatInterval >= sessionTimeout {
            throw refuse("heartbeat.interval.ms must be less than session.timeout.ms, at best a third of it")
        }
    }
}
