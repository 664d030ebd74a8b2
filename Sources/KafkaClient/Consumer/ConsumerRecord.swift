public import KafkaProtocol
public import NIOCore

/// A record that was read.
public struct ConsumerRecord: Hashable, Sendable {
    public let partition: TopicPartition
    public let record: Record
    /// The epoch of the leader that appended it (KIP-320).
    public let leaderEpoch: LeaderEpoch

    public init(partition: TopicPartition, record: Record, leaderEpoch: LeaderEpoch = .none) {
        self.partition = partition
        self.record = record
        self.leaderEpoch = leaderEpoch
    }

    public var topic: String { partition.topic }
    public var offset: Offset { record.offset }
    public var timestamp: Timestamp { record.timestamp }
    public var timestampType: TimestampType { record.timestampType }
    public var key: ByteBuffer? { record.key }
    /// Nil is a tombstone on a compacted topic.
    public var value: ByteBuffer? { record.value }
    public var headers: [RecordHeader] { record.headers }
}

/// Where a consumer begins to read a partition.
public enum StartPosition: Hashable, Sendable {
    /// With the first record that is still there.
    case earliest
    /// Behind the last record.
    case latest
    /// With the record at this offset.
    case offset(Offset)
    /// With the first record of this time or later; behind the last one if there is none.
    case timestamp(Timestamp)

    var specification: OffsetSpecification? {
        switch self {
        case .earliest: .earliest
        case .latest: .latest
        case .offset: nil
        case .timestamp(let timestamp): .timestamp(timestamp)
        }
    }
}
