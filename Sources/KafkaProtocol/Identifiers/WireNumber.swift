/// A number of the protocol with a meaning of its own: an offset is not an epoch, and neither is a plain integer.
///
/// Conforming types wrap one fixed-width integer, compare and hash as it does, and offer only the arithmetic that
/// makes sense for them.
public protocol WireNumber: RawRepresentable, Comparable, Hashable, Sendable, CustomStringConvertible,
    ExpressibleByIntegerLiteral
where RawValue: FixedWidthInteger & Sendable, IntegerLiteralType == RawValue {
    init(rawValue: RawValue)
}

extension WireNumber {
    @inlinable public init(_ rawValue: RawValue) { self.init(rawValue: rawValue) }
    @inlinable public init(integerLiteral value: RawValue) { self.init(rawValue: value) }
    @inlinable public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    public var description: String { "\(rawValue)" }
}
