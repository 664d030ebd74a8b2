package import NIOCore

/// A type that can be a field: it knows which kind of bytes it is and leaves the rest to the coder.
package protocol WireValue: Equatable, Sendable {
    /// What a field of this type holds when nothing was said.
    static var wireDefault: Self { get }
    mutating func visit<Coder: FieldCoder>(_ coder: inout Coder, nullable: Bool) throws(ProtocolError)
}

/// A value whose bytes have one length.
package protocol FixedWireValue: WireValue {
    /// Kafka's name of the type.
    static var wireType: String { get }
    static var byteCount: Int { get }
    init?(reading buffer: inout ByteBuffer)
    func write(to buffer: inout ByteBuffer)
    /// As it stands in a JSON text.
    var json: String { get }
}

extension FixedWireValue {
    @inline(__always)
    package mutating func visit<Coder: FieldCoder>(_ coder: inout Coder, nullable: Bool) throws(ProtocolError) {
        try coder.fixed(&self)
    }
}

extension FixedWireValue where Self: FixedWidthInteger {
    package static var wireDefault: Self { 0 }
    package static var byteCount: Int { MemoryLayout<Self>.size }
    @inline(__always) package init?(reading buffer: inout ByteBuffer) {
        guard let value = buffer.readInteger(as: Self.self) else { return nil }
        self = value
    }
    @inline(__always) package func write(to buffer: inout ByteBuffer) { buffer.writeInteger(self) }
    package var json: String { "\(self)" }
}

extension Int8: FixedWireValue { package static var wireType: String { "int8" } }
extension Int16: FixedWireValue { package static var wireType: String { "int16" } }
extension Int32: FixedWireValue { package static var wireType: String { "int32" } }
extension Int64: FixedWireValue { package static var wireType: String { "int64" } }
extension UInt16: FixedWireValue { package static var wireType: String { "uint16" } }

extension FixedWireValue where Self: RawRepresentable, RawValue: FixedWireValue & FixedWidthInteger {
    package static var wireDefault: Self {
        // A type that refuses zero cannot be a field; all of ours accept every number.
        guard let value = Self(rawValue: 0) else { preconditionFailure("\(Self.self) has no zero") }
        return value
    }
    package static var wireType: String { RawValue.wireType }
    package static var byteCount: Int { RawValue.byteCount }
    @inline(__always) package init?(reading buffer: inout ByteBuffer) {
        guard let value = buffer.readInteger(as: RawValue.self) else { return nil }
        self.init(rawValue: value)
    }
    @inline(__always) package func write(to buffer: inout ByteBuffer) { buffer.writeInteger(rawValue) }
    package var json: String { "\(rawValue)" }
}

extension Offset: FixedWireValue {}
extension LeaderEpoch: FixedWireValue {}
extension PartitionIndex: FixedWireValue {}
extension BrokerID: FixedWireValue {}
extension ProducerID: FixedWireValue {}
extension ProducerEpoch: FixedWireValue {}
extension SequenceNumber: FixedWireValue {}
extension ErrorCode: FixedWireValue {}
extension ApiKey: FixedWireValue {}

extension Bool: FixedWireValue {
    package static var wireDefault: Bool { false }
    package static var wireType: String { "bool" }
    package static var byteCount: Int { 1 }
    package init?(reading buffer: inout ByteBuffer) {
        guard let byte = buffer.readInteger(as: UInt8.self) else { return nil }
        self = byte != 0
    }
    package func write(to buffer: inout ByteBuffer) { buffer.writeInteger(self ? 1 : 0, as: UInt8.self) }
    package var json: String { self ? "true" : "false" }
}

extension Double: FixedWireValue {
    package static var wireDefault: Double { 0 }
    package static var wireType: String { "float64" }
    package static var byteCount: Int { 8 }
    package init?(reading buffer: inout ByteBuffer) {
        guard let bits = buffer.readInteger(as: UInt64.self) else { return nil }
        self.init(bitPattern: bits)
    }
    package func write(to buffer: inout ByteBuffer) { buffer.writeInteger(bitPattern) }
    package var json: String { isFinite ? "\(self)" : "\"\(self)\"" }
}

extension KafkaUUID: FixedWireValue {
    package static var wireDefault: KafkaUUID { .zero }
    package static var wireType: String { "uuid" }
    package static var byteCount: Int { 16 }
    package init?(reading buffer: inout ByteBuffer) {
        guard let (high, low) = buffer.readMultipleIntegers(as: (UInt64, UInt64).self) else { return nil }
        self.init(high: high, low: low)
    }
    package func write(to buffer: inout ByteBuffer) { buffer.writeMultipleIntegers(high, low) }
    package var json: String { "\"\(self)\"" }
}

extension TopicID: FixedWireValue {
    package static var wireDefault: TopicID { .zero }
    package static var wireType: String { "uuid" }
    package static var byteCount: Int { 16 }
    package init?(reading buffer: inout ByteBuffer) {
        guard let uuid = KafkaUUID(reading: &buffer) else { return nil }
        self.init(uuid)
    }
    package func write(to buffer: inout ByteBuffer) { uuid.write(to: &buffer) }
    package var json: String { uuid.json }
}

/// A type whose bytes have a place for null.
package protocol NullableWireValue: WireValue {
    static func visitOptional<Coder: FieldCoder>(_ value: inout Self?, _ coder: inout Coder, nullable: Bool)
        throws(ProtocolError)
}

extension NullableWireValue {
    @inline(__always)
    package mutating func visit<Coder: FieldCoder>(_ coder: inout Coder, nullable: Bool) throws(ProtocolError) {
        var optional: Self? = self
        try Self.visitOptional(&optional, &coder, nullable: false)
        if let optional { self = optional }
    }
}

extension String: NullableWireValue {
    package static var wireDefault: String { "" }
    @inline(__always)
    package static func visitOptional<Coder: FieldCoder>(_ value: inout String?, _ coder: inout Coder, nullable: Bool)
        throws(ProtocolError)
    {
        try coder.string(&value, nullable: nullable)
    }
}

extension ByteBuffer: NullableWireValue {
    package static var wireDefault: ByteBuffer { ByteBuffer() }
    @inline(__always)
    package static func visitOptional<Coder: FieldCoder>(
        _ value: inout ByteBuffer?, _ coder: inout Coder, nullable: Bool
    ) throws(ProtocolError) {
        try coder.bytes(&value, nullable: nullable)
    }
}

extension Array: NullableWireValue, WireValue where Element: WireValue {
    package static var wireDefault: [Element] { [] }
    @inline(__always)
    package static func visitOptional<Coder: FieldCoder>(
        _ value: inout [Element]?, _ coder: inout Coder, nullable: Bool
    ) throws(ProtocolError) {
        try coder.array(&value, nullable: nullable)
    }
}

extension Optional: WireValue where Wrapped: NullableWireValue {
    package static var wireDefault: Wrapped? { nil }
    @inline(__always)
    package mutating func visit<Coder: FieldCoder>(_ coder: inout Coder, nullable: Bool) throws(ProtocolError) {
        try Wrapped.visitOptional(&self, &coder, nullable: nullable)
    }
}
