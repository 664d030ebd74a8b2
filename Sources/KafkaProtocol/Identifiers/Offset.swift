/// The position of a record in a partition: 0 for the first ever written, dense as records are appended.
///
/// Offsets are compared and moved by counts of records; adding two offsets has no meaning and does not compile.
@frozen public struct Offset: WireNumber, Codable {
    public typealias IntegerLiteralType = Int64
    public let rawValue: Int64
    @inlinable public init(rawValue: Int64) { self.rawValue = rawValue }

    /// No offset (-1 on the wire).
    @inlinable public static var none: Offset { -1 }
    @inlinable public static var zero: Offset { 0 }
    @inlinable public static var max: Offset { Offset(Int64.max) }

    /// The offset `count` records further on; saturates at the end of the number range.
    @inlinable public func advanced(by count: Int64) -> Offset {
        let (sum, overflow) = rawValue.addingReportingOverflow(count)
        return Offset(overflow ? (count < 0 ? Int64.min : Int64.max) : sum)
    }

    /// How many records lie between this offset and `other`; saturates.
    @inlinable public func distance(to other: Offset) -> Int64 {
        let (difference, overflow) = other.rawValue.subtractingReportingOverflow(rawValue)
        return overflow ? (other.rawValue < rawValue ? Int64.min : Int64.max) : difference
    }

    @inlinable public static func + (offset: Offset, count: Int64) -> Offset { offset.advanced(by: count) }
    @inlinable public static func - (offset: Offset, count: Int64) -> Offset { offset.advanced(by: 0 &- count) }
}
