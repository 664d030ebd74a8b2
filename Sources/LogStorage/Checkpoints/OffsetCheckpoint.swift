package import KafkaProtocol

/// What is written down of a log from time to time, so that the next start knows it.
package struct LogCheckpoint: Hashable, Sendable {
    package var partition: TopicPartition
    /// Of another topic of that name nothing is written down.
    package var topicID: TopicID
    /// Everything below is on disk.
    package var recoveryPoint: Offset
    package var logStart: Offset
    package var highWatermark: Offset

    package init(
        partition: TopicPartition, topicID: TopicID, recoveryPoint: Offset, logStart: Offset, highWatermark: Offset
    ) {
        self.partition = partition
        self.topicID = topicID
        self.recoveryPoint = recoveryPoint
        self.logStart = logStart
        self.highWatermark = highWatermark
    }
}

/// Kafka's checkpoint files of a data directory: `topic partition offset` lines.
package enum OffsetCheckpoint: String, CaseIterable {
    case recoveryPoint = "recovery-point-offset-checkpoint"
    case logStart = "log-start-offset-checkpoint"
    case highWatermark = "replication-offset-checkpoint"

    static func encode(_ offsets: [TopicPartition: Offset]) -> [UInt8] {
        let sorted = offsets.sorted { ($0.key.topic, $0.key.partition) < ($1.key.topic, $1.key.partition) }
        return CheckpointFile.encode(sorted.map { "\($0.key.topic) \($0.key.partition) \($0.value)" })
    }

    /// nil where the text is no whole checkpoint. A file without a byte, as Apache Kafka makes it at first, says nothing.
    static func decode(_ bytes: [UInt8]) -> [TopicPartition: Offset]? {
        if bytes.isEmpty { return [:] }
        guard let lines = CheckpointFile.decode(bytes, wordsPerLine: 3) else { return nil }
        var offsets: [TopicPartition: Offset] = [:]
        for words in lines {
            guard let partition = Int32(words[1]), partition >= 0, let offset = Int64(words[2]), offset >= 0 else {
                return nil
            }
            let key = TopicPartition(topic: String(words[0]), partition: PartitionIndex(partition))
            offsets[key] = Offset(offset)
        }
        return offsets
    }
}
