import KafkaProtocol
import LogStorage

/// A topic as this broker serves it: what the handlers need to know without asking the metadata.
struct HostedTopic: Sendable {
    let name: String
    let id: TopicID
    /// By partition index; nil where the log is offline.
    let partitions: [Partition?]
    let configuration: LogConfiguration
    /// `min.insync.replicas`
    let minInSyncReplicas: Int
    /// Topics of the broker's own, such as `__consumer_offsets`, which clients must not write to.
    let isInternal: Bool

    /// The partition; UNKNOWN_TOPIC_OR_PARTITION where there is none, KAFKA_STORAGE_ERROR where its log is offline.
    func partition(_ index: PartitionIndex) throws(TopicLookupError) -> Partition {
        guard index.rawValue >= 0, Int(index.rawValue) < partitions.count else {
            throw TopicLookupError(.unknownTopicOrPartition)
        }
        guard let partition = partitions[Int(index.rawValue)] else { throw TopicLookupError(.kafkaStorageError) }
        return partition
    }
}

/// Why a topic or partition that a request names is not served.
struct TopicLookupError: Error, Hashable, Sendable {
    var code: ErrorCode
    init(_ code: ErrorCode) { self.code = code }
}
