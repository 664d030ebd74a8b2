package import NIOCore

/// Shows a message as JSON: names as Kafka spells them with a small first letter, bytes as base64.
package struct MessagePrinter: FieldCoder {
    package let version: Int16
    package private(set) var text = ""
    private var isFirstField = true

    package init(version: Int16) { self.version = version }

    package mutating func visitField<Value: WireValue>(
        _ name: StaticString, _ value: inout Value, _ versions: Versions, tag: UInt32?, nullable: Versions,
        default: Value?, ignorable: Bool
    ) throws(ProtocolError) {
        guard versions.contains(version) else { return }
        startField(name)
        try value.visit(&self, nullable: true)
    }

    package mutating func fixed<Value: FixedWireValue>(_ value: inout Value) throws(ProtocolError) {
        text += value.json
    }

    package mutating func string(_ value: inout String?, nullable: Bool) throws(ProtocolError) {
        if let value { Self.quote(value, into: &text) } else { text += "null" }
    }

    package mutating func bytes(_ value: inout ByteBuffer?, nullable: Bool) throws(ProtocolError) {
        if let value { text += "\"\(Self.base64(value.readableBytesView))\"" } else { text += "null" }
    }

    package mutating func records(_ value: inout RecordsField, nullable: Bool) throws(ProtocolError) {
        switch value {
        case .null: text += "null"
        case .bytes(let bytes): text += "\"\(Self.base64(bytes.readableBytesView))\""
        case .external(let count): text += "\"<\(count) bytes>\""
        }
    }

    package mutating func array<Element: WireValue>(_ value: inout [Element]?, nullable: Bool) throws(ProtocolError) {
        guard let value else { return text += "null" }
        text += "["
        for (index, element) in value.enumerated() {
            if index > 0 { text += "," }
            var element = element
            try element.visit(&self, nullable: false)
        }
        text += "]"
    }

    package mutating func structure<Structure: WireStructure>(_ value: inout Structure) throws(ProtocolError) {
        let outer = isFirstField
        isFirstField = true
        text += "{"
        try value.layout(&self)
        text += "}"
        isFirstField = outer
    }

    package mutating func nullableStructure<Structure: WireStructure>(_ value: inout Structure?, nullable: Bool)
        throws(ProtocolError)
    {
        guard var present = value else { return text += "null" }
        try structure(&present)
    }

    package mutating func legacyString(_ name: StaticString, _ value: inout String?, _ versions: Versions)
        throws(ProtocolError)
    {
        guard versions.contains(version) else { return }
        startField(name)
        try string(&value, nullable: true)
    }

    private mutating func startField(_ name: StaticString) {
        if !isFirstField { text += "," }
        isFirstField = false
        let name = "\(name)"
        text += "\"\(name.prefix(1).lowercased())\(name.dropFirst())\":"
    }
}

extension MessagePrinter {
    /// Appends `value` as a JSON string.
    package static func quote(_ value: String, into text: inout String) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case let control where control.value < 0x20:
                let hex = String(control.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// Base64 with padding.
    package static func base64(_ bytes: some Collection<UInt8>) -> String {
        var text: [UInt8] = []
        var rest = bytes[...]
        while let first = rest.popFirst() {
            let second = rest.popFirst()
            let third = rest.popFirst()
            let group = UInt32(first) << 16 | UInt32(second ?? 0) << 8 | UInt32(third ?? 0)
            text.append(alphabet[Int(group >> 18)])
            text.append(alphabet[Int(group >> 12 & 63)])
            text.append(second == nil ? UInt8(ascii: "=") : alphabet[Int(group >> 6 & 63)])
            text.append(third == nil ? UInt8(ascii: "=") : alphabet[Int(group & 63)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}

extension KafkaMessage {
    /// The message as JSON, with the fields that exist in `version`.
    package func json(version: Int16) -> String {
        var message = self
        var printer = MessagePrinter(version: version)
        do { try printer.structure(&message) } catch { return "{\"error\":\"\(error)\"}" }
        return printer.text
    }
}
