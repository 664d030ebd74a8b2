import KafkaProtocol
import NIOCore

/// A JSON text under construction; fields keep their order.
indirect enum JSONValue: Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case string(String)
    case array([JSONValue])
    case object([(String, JSONValue)])
    /// A text that is JSON already.
    case verbatim(String)

    static func number(_ value: some BinaryInteger) -> JSONValue { .integer(Int64(value)) }
    static func optional(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }

    var text: String {
        var text = ""
        write(to: &text)
        return text
    }

    func write(to text: inout String) {
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .integer(let value): text += "\(value)"
        case .string(let value): MessagePrinter.quote(value, into: &text)
        case .verbatim(let json): text += json
        case .array(let values):
            text += "["
            for (place, value) in values.enumerated() {
                if place > 0 { text += "," }
                value.write(to: &text)
            }
            text += "]"
        case .object(let fields):
            text += "{"
            for (place, field) in fields.enumerated() {
                if place > 0 { text += "," }
                MessagePrinter.quote(field.0, into: &text)
                text += ":"
                field.1.write(to: &text)
            }
            text += "}"
        }
    }

    /// Fields for bytes that are mostly text: `name` as a string, or where they are not UTF-8, `nameBase64`.
    static func bytes(_ name: String, _ bytes: ByteBuffer?) -> (String, JSONValue) {
        guard let bytes else { return (name, .null) }
        if let text = String(validating: bytes.readableBytesView, as: UTF8.self) { return (name, .string(text)) }
        return (name + "Base64", .string(MessagePrinter.base64(bytes.readableBytesView)))
    }
}
