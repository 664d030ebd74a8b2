/// A point in time as Kafka stores it: milliseconds since 1970-01-01 UTC; -1 where there is none.
@frozen public struct Timestamp: WireNumber, Codable {
    public typealias IntegerLiteralType = Int64
    public let rawValue: Int64
    @inlinable public init(rawValue: Int64) { self.rawValue = rawValue }

    /// No timestamp (-1 on the wire).
    @inlinable public static var none: Timestamp { -1 }

    /// The latest point that a number can say.
    @inlinable public static var max: Timestamp { Timestamp(Int64.max) }

    /// The point `milliseconds` later. Wraps as Kafka's own arithmetic does, because the bytes of a peer may hold any number.
    @inlinable public func advanced(byMilliseconds milliseconds: Int64) -> Timestamp {
        Timestamp(rawValue &+ milliseconds)
    }

    /// How many milliseconds lie between this point and `other`; wraps.
    @inlinable public func milliseconds(to other: Timestamp) -> Int64 { other.rawValue &- rawValue }
}

/// Who set the timestamps of a batch (attributes bit 3; `message.timestamp.type`).
@frozen public enum TimestampType: Int8, Hashable, Sendable, CustomStringConvertible {
    /// The producer: each record carries its own.
    case createTime = 0
    /// The broker at append: every record reads as the batch's maximum timestamp.
    case logAppendTime = 1

    /// Kafka's name, as in `message.timestamp.type`.
    public var description: String {
        switch self {
        case .createTime: "CreateTime"
        case .logAppendTime: "LogAppendTime"
        }
    }
}
