public import NIOCore

/// One record of a partition: a key, a value and headers, at an offset and a time.
public struct Record: Hashable, Sendable {
    /// Its place in the partition.
    public var offset: Offset
    /// When it was created or appended, as ``timestampType`` says.
    public var timestamp: Timestamp
    /// Whose clock the timestamp is from.
    public var timestampType: TimestampType
    /// What partitioning and compaction go by; nil where there is none.
    public var key: ByteBuffer?
    /// What it says; nil is a tombstone on a compacted topic.
    public var value: ByteBuffer?
    /// Names with values beside the record, in the order of the producer; names may repeat (KIP-82).
    public var headers: [RecordHeader]

    /// A record of these parts.
    public init(
        offset: Offset, timestamp: Timestamp, timestampType: TimestampType = .createTime, key: ByteBuffer?,
        value: ByteBuffer?, headers: [RecordHeader] = []
    ) {
        self.offset = offset
        self.timestamp = timestamp
        self.timestampType = timestampType
        self.key = key
        self.value = value
        self.headers = headers
    }
}

/// A name with a value beside a record (KIP-82).
public struct RecordHeader: Hashable, Sendable {
    /// The name. Bytes that are not UTF-8 read as U+FFFD.
    public var key: String
    /// The value; nil is allowed and is not the same as empty.
    public var value: ByteBuffer?

    /// A header of these parts.
    public init(key: String, value: ByteBuffer?) {
        self.key = key
        self.value = value
    }
}
