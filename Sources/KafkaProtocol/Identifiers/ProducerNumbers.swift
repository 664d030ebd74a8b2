/// The identity that the broker gave to a producer (KIP-98); -1 for a producer that is not idempotent.
@frozen public struct ProducerID: WireNumber, Codable {
    public typealias IntegerLiteralType = Int64
    public let rawValue: Int64
    @inlinable public init(rawValue: Int64) { self.rawValue = rawValue }

    /// Not idempotent (-1 on the wire).
    @inlinable public static var none: ProducerID { -1 }
}

/// The incarnation of a producer id: a higher epoch fences the lower ones (KIP-98).
@frozen public struct ProducerEpoch: WireNumber, Codable {
    public typealias IntegerLiteralType = Int16
    public let rawValue: Int16
    @inlinable public init(rawValue: Int16) { self.rawValue = rawValue }

    /// Not idempotent (-1 on the wire).
    @inlinable public static var none: ProducerEpoch { -1 }
    @inlinable public var next: ProducerEpoch { ProducerEpoch(rawValue &+ 1) }
}

/// The number of a record in a producer's session on one partition; wraps from 2^31-1 to 0 (KIP-98).
@frozen public struct SequenceNumber: WireNumber, Codable {
    public typealias IntegerLiteralType = Int32
    public let rawValue: Int32
    @inlinable public init(rawValue: Int32) { self.rawValue = rawValue }

    /// Not idempotent (-1 on the wire).
    @inlinable public static var none: SequenceNumber { -1 }

    /// The sequence `count` records further on, wrapping from 2^31-1 to 0.
    @inlinable public func advanced(by count: Int32) -> SequenceNumber {
        SequenceNumber(Int32((Int64(rawValue) + Int64(count)) & 0x7fff_ffff))
    }
}
