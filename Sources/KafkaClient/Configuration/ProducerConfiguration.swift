public import KafkaProtocol

/// How a ``Producer`` batches, retries and waits. Defaults are those of Kafka 4.3.
public struct ProducerConfiguration: Sendable {
    /// Who must have a record before it counts as delivered (`acks`).
    public enum Acknowledgement: Int16, Hashable, Sendable {
        /// Nobody: no answer is awaited, and a loss goes unnoticed.
        case none = 0
        /// The partition's leader.
        case leader = 1
        /// All in-sync replicas.
        case all = -1
    }

    public var client: ClientConfiguration
    /// `acks`.
    public var acknowledgement = Acknowledgement.all
    /// How long a batch waits for more records before it leaves (`linger.ms`).
    public var linger: Duration = .milliseconds(5)
    /// The bytes after which a batch takes no more records (`batch.size`).
    public var batchBytes = 16_384
    /// The bytes of unacknowledged records after which `send` waits (`buffer.memory`).
    public var bufferBytes = 32 << 20
    /// The largest request, and with it the largest record (`max.request.size`).
    public var maxRequestBytes = 1 << 20
    /// How batches are compressed (`compression.type`).
    public var compression = CompressionCodec.none
    /// How hard to compress; nil is the codec's own default (`compression.gzip.level` and its like).
    public var compressionLevel: Int?
    /// How long a record may take from `send` to its acknowledgement, retries included (`delivery.timeout.ms`).
    public var deliveryTimeout: Duration = .seconds(120)
    /// Requests that may be under way to one broker at a time (`max.in.flight.requests.per.connection`); at most 5 when
    /// idempotent.
    public var maxInFlight = 5
    /// Whether retries can neither duplicate nor reorder records (`enable.idempotence`, KIP-98).
    public var isIdempotent = true
    /// Chooses the partition of records that name none; nil is Kafka's way: by key with murmur2, else sticky (KIP-480).
    public var partitioner: (any Partitioner)?

    public init(client: ClientConfiguration) { self.client = client }

    /// - Parameter bootstrapServers: `host:port`, several separated by commas.
    public init(bootstrapServers: String = "127.0.0.1:9092") throws(KafkaError) {
        self.init(client: try ClientConfiguration(bootstrapServers: bootstrapServers))
    }

    /// Throws if the settings contradict each other.
    public func validate() throws(KafkaError) {
        if isIdempotent, acknowledgement != .all {
            throw KafkaError(
                .invalidConfiguration, "enable.idempotence needs acks=all; set enable.idempotence=false or acks=all")
        }
        if isIdempotent, maxInFlight > 5 {
            throw KafkaError(
                .invalidConfiguration,
                "enable.idempotence allows at most 5 max.in.flight.requests.per.connection, not \(maxInFlight)")
        }
        for (name, value) in [
            ("max.in.flight.requests.per.connection", maxInFlight), ("buffer.memory", bufferBytes),
            ("max.request.size", maxRequestBytes),
        ] where value < 1 {
            throw KafkaError(.invalidConfiguration, "\(name) must be at least 1, not \(value)")
        }
        if deliveryTimeout < linger + client.requestTimeout {
            throw KafkaError(
                .invalidConfiguration, "delivery.timeout.ms must be at least linger.ms + request.timeout.ms")
        }
    }
}
