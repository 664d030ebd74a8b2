/// One partition of one topic, by name.
@frozen public struct TopicPartition: Hashable, Sendable, CustomStringConvertible {
    public var topic: String
    public var partition: PartitionIndex

    @inlinable public init(topic: String, partition: PartitionIndex) {
        self.topic = topic
        self.partition = partition
    }

    /// `topic-0`, as in the name of its folder.
    public var description: String { "\(topic)-\(partition)" }
}
