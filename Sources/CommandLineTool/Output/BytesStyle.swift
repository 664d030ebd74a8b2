import ArgumentParser
import KafkaProtocol
import NIOCore

/// How the bytes of keys and values are shown.
enum BytesStyle: String, ExpressibleByArgument, CaseIterable {
    /// Text, with `\xNN` for what cannot be printed.
    case escape
    case hex
    case base64

    func text(_ bytes: ByteBuffer) -> String {
        switch self {
        case .escape: Self.escaped(bytes)
        case .hex: Self.hexadecimal(bytes)
        case .base64: MessagePrinter.base64(bytes.readableBytesView)
        }
    }

    /// As a field of JSON: what is escaped in text is a string there, or where it is not UTF-8, `nameBase64`.
    func json(_ name: String, _ bytes: ByteBuffer?) -> (String, JSONValue) {
        guard let bytes, self != .escape else { return JSONValue.bytes(name, bytes) }
        return (name, .string(text(bytes)))
    }

    private static func escaped(_ bytes: ByteBuffer) -> String {
        guard let text = String(validating: bytes.readableBytesView, as: UTF8.self) else {
            return bytes.readableBytesView.map { byte in
                (0x20..<0x7f).contains(byte) && byte != UInt8(ascii: "\\")
                    ? String(Unicode.Scalar(byte)) : escape(UInt32(byte))
            }.joined()
        }
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse, .surrogate:
                for byte in String(scalar).utf8 { escaped += escape(UInt32(byte)) }
            default:
                if scalar == "\\" { escaped += "\\\\" } else { escaped.unicodeScalars.append(scalar) }
            }
        }
        return escaped
    }

    private static func escape(_ byte: UInt32) -> String {
        if byte == UInt32(UInt8(ascii: "\\")) { return "\\\\" }
        return "\\x" + pair(byte)
    }

    private static func hexadecimal(_ bytes: ByteBuffer) -> String {
        bytes.readableBytesView.map { pair(UInt32($0)) }.joined()
    }

    private static func pair(_ byte: UInt32) -> String {
        let digits = String(byte, radix: 16)
        return digits.count == 1 ? "0" + digits : digits
    }
}
