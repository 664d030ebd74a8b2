package import NIOCore

/// Writes down a message's layout as text, one line per field, without any values: the form in which layouts are
/// compared with the protocol's definition.
///
/// A line reads `<indent><name> <type> <versions>[ null=<versions>][ tag=<n>][ def=<json>][ ign]`.
package struct SchemaRecorder: FieldCoder {
    package let version: Int16 = 0
    package private(set) var lines: [String] = []
    private var depth = 0
    private var type = ""

    package init() {}

    package mutating func visitField<Value: WireValue>(
        _ name: StaticString, _ value: inout Value, _ versions: Versions, tag: UInt32?, nullable: Versions,
        default fallback: Value?, ignorable: Bool
    ) throws(ProtocolError) {
        let index = lines.count
        lines.append("")
        var probe = Value.wireDefault
        try probe.visit(&self, nullable: true)
        var line = String(repeating: " ", count: depth) + "\(name) \(type) \(Self.text(versions))"
        if nullable != .none { line += " null=\(Self.text(nullable))" }
        if let tag { line += " tag=\(tag)" }
        if let fallback, fallback != Value.wireDefault { line += " def=\(try Self.json(fallback))" }
        if ignorable { line += " ign" }
        // The value of a fresh message must be what the layout says that a missing field means.
        if value != fallback ?? Value.wireDefault { line += " initial=\(try Self.json(value))" }
        lines[index] = line
    }

    package mutating func fixed<Value: FixedWireValue>(_ value: inout Value) throws(ProtocolError) {
        type = Value.wireType
    }
    package mutating func string(_ value: inout String?, nullable: Bool) throws(ProtocolError) { type = "string" }
    package mutating func bytes(_ value: inout ByteBuffer?, nullable: Bool) throws(ProtocolError) { type = "bytes" }
    package mutating func records(_ value: inout RecordsField, nullable: Bool) throws(ProtocolError) {
        type = "records"
    }

    package mutating func array<Element: WireValue>(_ value: inout [Element]?, nullable: Bool) throws(ProtocolError) {
        var element = Element.wireDefault
        try element.visit(&self, nullable: false)
        type = "[]" + type
    }

    package mutating func structure<Structure: WireStructure>(_ value: inout Structure) throws(ProtocolError) {
        depth += 1
        var fresh = Structure()
        try fresh.layout(&self)
        depth -= 1
        type = "struct"
    }

    package mutating func nullableStructure<Structure: WireStructure>(_ value: inout Structure?, nullable: Bool)
        throws(ProtocolError)
    {
        var fresh = Structure()
        try structure(&fresh)
    }

    package mutating func legacyString(_ name: StaticString, _ value: inout String?, _ versions: Versions)
        throws(ProtocolError)
    {
        lines.append("\(String(repeating: " ", count: depth))\(name) string \(Self.text(versions)) legacy")
    }

    private static func text(_ versions: Versions) -> String {
        if versions.upper == .max { return "\(versions.lower)+" }
        return versions.lower == versions.upper ? "\(versions.lower)" : "\(versions.lower)-\(versions.upper)"
    }

    private static func json<Value: WireValue>(_ value: Value) throws(ProtocolError) -> String {
        var printer = MessagePrinter(version: 0)
        var value = value
        try value.visit(&printer, nullable: true)
        return printer.text
    }
}

extension KafkaMessage {
    /// The layout as text, one line per field.
    package static func schema() -> [String] {
        var recorder = SchemaRecorder()
        var message = Self()
        do { try recorder.structure(&message) } catch { return ["error: \(error)"] }
        return recorder.lines
    }
}
