package import NIOCore

/// A visitor of a message's layout. The same layout, one line per field, serves the reader, the writer, the printer
/// and the recorder of schemas; so a field cannot be read in one way and written in another.
///
/// ``visitField(_:_:_:tag:nullable:default:ignorable:)`` decides whether the field is on the wire in this version and where;
/// the methods below it are called back by the field's type and handle its bytes.
package protocol FieldCoder {
    /// The version of the message that is being visited.
    var version: Int16 { get }

    /// Visits one field.
    ///
    /// - Parameters:
    ///   - name: the field's name as Kafka spells it.
    ///   - versions: where the field exists. A nested field exists only where its parent does.
    ///   - tag: the field stands in the tag section under this number, and only if it differs from its default.
    ///   - nullable: the versions in which null may stand on the wire.
    ///   - default: what a missing field means; nil is the type's own default.
    ///   - ignorable: a writer may drop a set value where the version lacks the field; otherwise it refuses.
    mutating func visitField<Value: WireValue>(
        _ name: StaticString, _ value: inout Value, _ versions: Versions, tag: UInt32?, nullable: Versions,
        default: Value?, ignorable: Bool
    ) throws(ProtocolError)

    mutating func fixed<Value: FixedWireValue>(_ value: inout Value) throws(ProtocolError)
    mutating func string(_ value: inout String?, nullable: Bool) throws(ProtocolError)
    mutating func bytes(_ value: inout ByteBuffer?, nullable: Bool) throws(ProtocolError)
    mutating func records(_ value: inout RecordsField, nullable: Bool) throws(ProtocolError)
    mutating func array<Element: WireValue>(_ value: inout [Element]?, nullable: Bool) throws(ProtocolError)
    mutating func structure<Structure: WireStructure>(_ value: inout Structure) throws(ProtocolError)
    mutating func nullableStructure<Structure: WireStructure>(_ value: inout Structure?, nullable: Bool)
        throws(ProtocolError)
    /// Strings that keep their old form even in flexible versions (the header's client id).
    mutating func legacyString(_ name: StaticString, _ value: inout String?, _ versions: Versions) throws(ProtocolError)
}

extension FieldCoder {
    @inline(__always)
    package mutating func field<Value: WireValue>(
        _ name: StaticString, _ value: inout Value, _ versions: Versions, tag: UInt32? = nil,
        nullable: Versions = .none, default fallback: Value? = nil, ignorable: Bool = false
    ) throws(ProtocolError) {
        try visitField(
            name, &value, versions, tag: tag, nullable: nullable, default: fallback, ignorable: ignorable)
    }
}

/// A group of fields in wire order.
package protocol WireStructure: NullableWireValue {
    init()
    /// Visits every field, in wire order; tagged fields come last.
    mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError)
}

extension WireStructure {
    /// A value with some of its fields set.
    package static func with(_ fill: (inout Self) throws -> Void) rethrows -> Self {
        var value = Self()
        try fill(&value)
        return value
    }

    package static var wireDefault: Self { Self() }

    @inline(__always)
    package mutating func visit<Coder: FieldCoder>(_ coder: inout Coder, nullable: Bool) throws(ProtocolError) {
        try coder.structure(&self)
    }

    @inline(__always)
    package static func visitOptional<Coder: FieldCoder>(_ value: inout Self?, _ coder: inout Coder, nullable: Bool)
        throws(ProtocolError)
    {
        try coder.nullableStructure(&value, nullable: nullable)
    }
}

/// A structure that travels on its own: with versions, and compact from one of them on.
package protocol KafkaMessage: WireStructure {
    /// Kafka's name, such as `ProduceRequest`.
    static var messageName: String { get }
    static var versions: ClosedRange<Int16> { get }
    /// The first version with compact lengths and tag sections (KIP-482); nil if there is none.
    static var firstFlexibleVersion: Int16? { get }
    /// Elements of all arrays and tag sections together that a reader accepts.
    static var maxElements: Int { get }

    // Requirements rather than mere extension methods, so that each message's own copy of reader and writer is made:
    // a call from another module would run the generic code, field by field through witness tables.

    /// Decodes a body that takes all of `buffer`.
    static func decode(_ buffer: ByteBuffer, version: Int16) throws(ProtocolError) -> Self
    /// Decodes a body at the front of `buffer` and moves the buffer behind it.
    static func decodePrefix(of buffer: inout ByteBuffer, version: Int16) throws(ProtocolError) -> Self
    /// Appends the body to `buffer`.
    ///
    /// - Returns: where external records belong.
    @discardableResult
    func encode(into buffer: inout ByteBuffer, version: Int16) throws(ProtocolError) -> [MessageWriter.Splice]
}

extension KafkaMessage {
    package static var maxElements: Int { ProtocolLimits.maxElements }

    package static func isFlexible(_ version: Int16) -> Bool {
        firstFlexibleVersion.map { version >= $0 } ?? false
    }
}

/// A request of one API.
package protocol RequestMessage: KafkaMessage {
    associatedtype Response: ResponseMessage
    static var apiKey: ApiKey { get }
}

/// The answer of one API.
package protocol ResponseMessage: KafkaMessage {
    static var apiKey: ApiKey { get }
}

extension RequestMessage {
    package static var maxElements: Int { ProtocolLimits.maxRequestElements }

    package static func headerVersion(_ version: Int16) -> Int16 { isFlexible(version) ? 2 : 1 }
}

extension ResponseMessage {
    /// An ApiVersions answer always has the first header, so that a client of any age can read it.
    package static func headerVersion(_ version: Int16) -> Int16 {
        isFlexible(version) && apiKey != .apiVersions ? 1 : 0
    }
}
