/// What producers, consumers and admins share: where the cluster is and how patient to be. Defaults are those of Kafka
/// 4.3.
public struct ClientConfiguration: Sendable {
    /// Brokers to ask for the rest of the cluster (`bootstrap.servers`).
    public var bootstrapServers: [BrokerAddress]
    /// How this client names itself in the brokers' logs, metrics and quotas (`client.id`).
    public var clientID = "martlet"
    /// How long a connection attempt may take (`socket.connection.setup.timeout.ms`).
    public var connectTimeout: Duration = .seconds(10)
    /// How long to go on trying while no broker can be reached; zero tries each address once.
    public var bootstrapTimeout: Duration = .seconds(30)
    /// How long to wait for one answer (`request.timeout.ms`).
    public var requestTimeout: Duration = .seconds(30)
    /// How long an admin call or a lookup of offsets may take with all its retries (`default.api.timeout.ms`).
    public var apiTimeout: Duration = .seconds(60)
    /// How long `send` may wait for a topic to become known (`max.block.ms`).
    public var maxBlock: Duration = .seconds(60)
    /// The pause before the first retry (`retry.backoff.ms`); doubles up to ``retryBackoffMax``.
    public var retryBackoff: Duration = .milliseconds(100)
    /// The longest pause between retries (`retry.backoff.max.ms`).
    public var retryBackoffMax: Duration = .milliseconds(1000)
    /// The pause before the first reconnect (`reconnect.backoff.ms`); doubles up to ``reconnectBackoffMax``.
    public var reconnectBackoff: Duration = .milliseconds(50)
    /// The longest pause between reconnects (`reconnect.backoff.max.ms`).
    public var reconnectBackoffMax: Duration = .milliseconds(1000)
    /// The age after which what is known about topics is asked anew (`metadata.max.age.ms`).
    public var metadataMaxAge: Duration = .seconds(300)
    /// The largest answer that is accepted, in bytes (`receive.message.max.bytes` of librdkafka's keys).
    public var maxResponseBytes = 256 << 20
    /// Whether asking for an unknown topic may create it, where the broker does so (`allow.auto.create.topics`).
    public var allowsAutoCreateTopics = true

    public init(bootstrapServers: [BrokerAddress]) {
        self.bootstrapServers = bootstrapServers
    }

    /// - Parameter bootstrapServers: `host:port`, several separated by commas.
    public init(bootstrapServers: String = "127.0.0.1:9092") throws(KafkaError) {
        self.init(bootstrapServers: try BrokerAddress.list(bootstrapServers))
    }
}
