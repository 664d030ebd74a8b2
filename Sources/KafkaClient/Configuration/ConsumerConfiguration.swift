import KafkaProtocol

/// How a ``Consumer`` fetches. Defaults are those of Kafka 4.3.
public struct ConsumerConfiguration: Sendable {
    /// What a consumer of transactional topics sees (`isolation.level`).
    public enum IsolationLevel: Int8, Hashable, Sendable {
        /// Every record, those of aborted and open transactions too.
        case readUncommitted = 0
        /// Only records of committed transactions and those outside of any.
        case readCommitted = 1
    }

    /// Where to go on when a position lies outside the log (`auto.offset.reset`).
    public enum OffsetReset: String, Hashable, Sendable {
        case earliest
        case latest
        /// Nowhere: the consumer's next call throws ``KafkaError/Code/offsetOutOfRange``.
        case none
    }

    public var client: ClientConfiguration
    /// `isolation.level`.
    public var isolationLevel = IsolationLevel.readUncommitted
    /// `auto.offset.reset`.
    public var offsetReset = OffsetReset.latest
    /// The broker waits for so many bytes before it answers (`fetch.min.bytes`) …
    public var fetchMinBytes = 1
    /// … but no longer than this (`fetch.max.wait.ms`).
    public var fetchMaxWait: Duration = .milliseconds(500)
    /// The bytes of one answer (`fetch.max.bytes`); a single larger batch is still returned.
    public var fetchMaxBytes = 50 << 20
    /// The bytes of one partition in an answer (`max.partition.fetch.bytes`).
    public var fetchMaxPartitionBytes = 1 << 20
    /// The bytes that may lie ready, fetched and not yet consumed, before fetching pauses.
    public var prefetchBytes = 32 << 20
    /// The most records that one batch hands out (`max.poll.records`).
    public var maxBatchRecords = 500
    /// Whether checksums are verified (`check.crcs`).
    public var checksCRC = true
    /// The bytes that one compressed batch may unfold to.
    public var maxDecompressedBatchBytes = 256 << 20
    /// Where this client stands, for brokers that serve the nearest replica (`client.rack`, KIP-392).
    public var rack = ""

    public init(client: ClientConfiguration) { self.client = client }

    /// - Parameter bootstrapServers: `host:port`, several separated by commas.
    public init(bootstrapServers: String = "127.0.0.1:9092") throws(KafkaError) {
        self.init(client: try ClientConfiguration(bootstrapServers: bootstrapServers))
    }
}
