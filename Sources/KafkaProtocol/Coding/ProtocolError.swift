/// What can be wrong with bytes that claim to be a message, or with a message that cannot be said in a version.
package enum ProtocolError: Error, Hashable, Sendable {
    /// The bytes end inside a field.
    case truncated
    /// A length or count is negative, or larger than the bytes that are left could hold.
    case lengthOutOfBounds(Int64)
    /// A variable-length integer has more bytes than its type allows.
    case overlongVarint
    /// Null stands where the version does not allow it.
    case unexpectedNull(field: String)
    /// Tags do not ascend, or a tag's payload is longer or shorter than its field.
    case malformedTags
    /// Bytes are left behind the last field.
    case trailingBytes(Int)
    /// The message holds more elements than ``KafkaMessage/maxElements``.
    case tooManyElements
    /// A field that was set does not exist in the version to be written.
    case fieldNotInVersion(field: String, version: Int16)
    /// A value does not fit into its wire type (a string of more than 32,767 bytes in a version without compact strings).
    case valueTooLarge(field: String)
    /// The frame's size is negative, too small for a header, or above the limit.
    case frameSizeOutOfBounds(Int32)
}

/// Limits that hold for every message, whoever sends it.
package enum ProtocolLimits {
    /// Elements of all arrays and tag sections of one message together. Bounds the memory that a small frame can unfold into.
    package static let maxElements = 2_000_000
    /// The same for a request, which asks about partitions but does not describe a cluster: what a broker unfolds for
    /// a stranger, and answers item by item.
    package static let maxRequestElements = 250_000
    /// A header's client id is at most a string of the protocol; headers beyond this are not looked at.
    package static let minFrameSize: Int32 = 8
}
