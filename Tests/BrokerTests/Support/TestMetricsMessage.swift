import NIOCore

/// Messages in OpenTelemetry's format, as clients push them, and worse ones.
enum TestMetricsMessage {
    /// A field of a message.
    enum Field {
        case varint(UInt64, UInt64)
        case fixed64(UInt64, UInt64)
        case bytes(UInt64, ByteBuffer)

        static func text(_ number: UInt64, _ text: String) -> Field { .bytes(number, ByteBuffer(string: text)) }
        static func message(_ number: UInt64, _ fields: [Field]) -> Field { .bytes(number, encoded(fields)) }
        static func double(_ number: UInt64, _ value: Double) -> Field { .fixed64(number, value.bitPattern) }
    }

    static func encoded(_ fields: [Field]) -> ByteBuffer {
        var buffer = ByteBuffer()
        for field in fields {
            switch field {
            case .varint(let number, let value):
                append(number << 3, to: &buffer)
                append(value, to: &buffer)
            case .fixed64(let number, let word):
                append(number << 3 | 1, to: &buffer)
                buffer.writeInteger(word, endianness: .little)
            case .bytes(let number, let bytes):
                append(number << 3 | 2, to: &buffer)
                append(UInt64(bytes.readableBytes), to: &buffer)
                buffer.writeImmutableBuffer(bytes)
            }
        }
        return buffer
    }

    private static func append(_ value: UInt64, to buffer: inout ByteBuffer) {
        var rest = value
        while rest >= 0x80 {
            buffer.writeInteger(UInt8(rest & 0x7f | 0x80))
            rest >>= 7
        }
        buffer.writeInteger(UInt8(rest))
    }

    /// A whole message with these metrics.
    static func payload(_ metrics: [[Field]]) -> ByteBuffer {
        let resource = Field.message(1, [.message(1, [.text(1, "service.name"), .message(2, [.text(1, "s")])])])
        let scope = Field.message(2, [.message(1, [.text(1, "scope")])] + metrics.map { .message(2, $0) })
        return encoded([.message(1, [resource, scope, .text(3, "schema")])])
    }

    static func attribute(_ number: UInt64, _ key: String, _ value: Field) -> Field {
        .message(number, [.text(1, key), .message(2, [value])])
    }

    static func gauge(_ name: String, _ value: Double, attributes: [Field] = []) -> [Field] {
        [
            .text(1, name), .text(2, "described"), .text(3, "ms"),
            .message(5, [.message(1, attributes + [.double(4, value)])]),
        ]
    }

    static func sum(_ name: String, _ value: Int64, isDelta: Bool = true, isMonotonic: Bool = true) -> [Field] {
        let point = Field.message(1, [.fixed64(2, 1), .fixed64(3, 2), .fixed64(6, UInt64(bitPattern: value))])
        return [
            .text(1, name), .message(7, [point, .varint(2, isDelta ? 1 : 2), .varint(3, isMonotonic ? 1 : 0)]),
        ]
    }
}
