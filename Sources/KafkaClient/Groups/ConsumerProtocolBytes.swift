package import KafkaProtocol
package import NIOCore

// What the members of a classic group tell each other stands in bytes that no broker reads: a version, then the message.
// A newer member's version is read as the newest known here; its fields begin with ours.

extension ConsumerProtocolSubscription {
    /// Reads a member's subscription; nil if the bytes are none.
    package init?(reading bytes: ByteBuffer) {
        var bytes = bytes
        guard let version = bytes.readInteger(as: Int16.self), version >= 0,
            let message = try? Self.decodePrefix(of: &bytes, version: min(version, Self.versions.upperBound))
        else { return nil }
        self = message
    }

    package func written() throws(ProtocolError) -> ByteBuffer {
        var bytes = ByteBuffer()
        bytes.writeInteger(Self.versions.upperBound)
        try encode(into: &bytes, version: Self.versions.upperBound)
        return bytes
    }
}

extension ConsumerProtocolAssignment {
    /// Reads a member's assignment; nil if the bytes are none.
    package init?(reading bytes: ByteBuffer) {
        var bytes = bytes
        guard let version = bytes.readInteger(as: Int16.self), version >= 0,
            let message = try? Self.decodePrefix(of: &bytes, version: min(version, Self.versions.upperBound))
        else { return nil }
        self = message
    }

    package init(_ partitions: some Sequence<KafkaProtocol.TopicPartition>) {
        self.init()
        assignedPartitions = Dictionary(grouping: partitions, by: \.topic).sorted { $0.key < $1.key }
            .map { topic, partitions in
                .with { ($0.topic, $0.partitions) = (topic, partitions.map(\.partition).sorted()) }
            }
    }

    package func written() throws(ProtocolError) -> ByteBuffer {
        var bytes = ByteBuffer()
        bytes.writeInteger(Self.versions.upperBound)
        try encode(into: &bytes, version: Self.versions.upperBound)
        return bytes
    }

    /// In the order in which they stand.
    package var partitions: [KafkaProtocol.TopicPartition] {
        assignedPartitions.flatMap { topic in
            topic.partitions.map { KafkaProtocol.TopicPartition(topic: topic.topic, partition: $0) }
        }
    }
}
