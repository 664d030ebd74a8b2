import Coordination
package import KafkaProtocol
package import LogStorage

/// In which order a backup takes the logs, so that none says what the others do not have.
package enum BackupOrder {
    /// Committed offsets and transactions first: what they point at was written before. The metadata last: it knows the
    /// topics and producer ids of everything that was copied.
    package static func rank(_ partition: TopicPartition) -> DirectoryBackup.Rank {
        if partition.topic == TopicName.clusterMetadata { return .last }
        return TopicName.isInternal(partition.topic) ? .first : .data
    }
}
