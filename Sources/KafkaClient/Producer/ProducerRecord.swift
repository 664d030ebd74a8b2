public import KafkaProtocol
public import NIOCore

/// A record to send.
public struct ProducerRecord: Sendable {
    public var topic: String
    /// Nil lets the producer's partitioner choose.
    public var partition: PartitionIndex?
    public var key: ByteBuffer?
    /// Nil is a tombstone on a compacted topic.
    public var value: ByteBuffer?
    public var headers: [RecordHeader]
    /// Nil is the moment at which the record is handed over.
    public var timestamp: Timestamp?

    public init(
        topic: String, partition: PartitionIndex? = nil, key: ByteBuffer? = nil, value: ByteBuffer?,
        headers: [RecordHeader] = [], timestamp: Timestamp? = nil
    ) {
        self.topic = topic
        self.partition = partition
        self.key = key
        self.value = value
        self.headers = headers
        self.timestamp = timestamp
    }

    /// A record of text, in UTF-8.
    public init(
        topic: String, key: String? = nil, value: String, headers: [RecordHeader] = [], timestamp: Timestamp? = nil
    ) {
        self.init(
            topic: topic, key: key.map { ByteBuffer(string: $0) }, value: ByteBuffer(string: value), headers: headers,
            timestamp: timestamp)
    }

    /// An upper bound of what the record takes in a batch, in bytes.
    var sizeBound: Int {
        var size = 36 + (key?.readableBytes ?? 0) + (value?.readableBytes ?? 0)
        for header in headers { size += 10 + header.key.utf8.count + (header.value?.readableBytes ?? 0) }
        return size
    }
}
