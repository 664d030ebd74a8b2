/// How often a partition's leadership (or its recovery after an unclean stop) has begun anew; -1 when unknown.
@frozen public struct LeaderEpoch: WireNumber, Codable {
    public typealias IntegerLiteralType = Int32
    public let rawValue: Int32
    @inlinable public init(rawValue: Int32) { self.rawValue = rawValue }

    /// Unknown (-1 on the wire).
    @inlinable public static var none: LeaderEpoch { -1 }
    @inlinable public var next: LeaderEpoch { LeaderEpoch(rawValue &+ 1) }
}

/// The number of a partition inside its topic, from 0.
@frozen public struct PartitionIndex: WireNumber, Codable {
    public typealias IntegerLiteralType = Int32
    public let rawValue: Int32
    @inlinable public init(rawValue: Int32) { self.rawValue = rawValue }
}

/// The node id of a broker (`node.id`); -1 for none.
@frozen public struct BrokerID: WireNumber, Codable {
    public typealias IntegerLiteralType = Int32
    public let rawValue: Int32
    @inlinable public init(rawValue: Int32) { self.rawValue = rawValue }

    /// No broker (-1 on the wire).
    @inlinable public static var none: BrokerID { -1 }
}
