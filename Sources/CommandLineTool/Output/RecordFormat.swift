import KafkaClient
import NIOCore

/// How records are written: text with `%` for their parts, as kcat has it.
struct RecordFormat {
    enum Piece: Equatable {
        case bytes([UInt8])
        case topic, partition, offset, timestamp, key, value, headers, keyLength, valueLength
    }

    let pieces: [Piece]
    /// What is written for a null key or value.
    var nullMarker = ""

    /// Reads a format. `%t` topic, `%p` partition, `%o` offset, `%T` timestamp (ms), `%k` key, `%v` or `%s` value, `%h`
    /// headers, `%K` and `%S` the lengths of key and value (-1 for null), `%%` a percent sign; `\n`, `\t`, `\r`, `\0`,
    /// `\\` and `\xNN` are bytes.
    init(_ format: String) throws(CommandFailure) {
        var pieces: [Piece] = []
        var literal: [UInt8] = []
        var rest = Array(format.utf8)[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\\"):
                literal.append(try Self.escaped(&rest))
            case UInt8(ascii: "%"):
                guard let letter = rest.popFirst() else {
                    throw CommandFailure(
                        code: ExitReason.usage, message: "--format ends with a lone %; write %% for a percent sign")
                }
                if letter == UInt8(ascii: "%") {
                    literal.append(letter)
                } else {
                    if !literal.isEmpty { pieces.append(.bytes(literal)) }
                    literal = []
                    pieces.append(try Self.part(letter))
                }
            default:
                literal.append(byte)
            }
        }
        if !literal.isEmpty { pieces.append(.bytes(literal)) }
        self.pieces = pieces
    }

    private static func part(_ letter: UInt8) throws(CommandFailure) -> Piece {
        switch Character(Unicode.Scalar(letter)) {
        case "t": .topic
        case "p": .partition
        case "o": .offset
        case "T": .timestamp
        case "k": .key
        case "v", "s": .value
        case "h": .headers
        case "K": .keyLength
        case "S": .valueLength
        case let other:
            throw CommandFailure(
                code: ExitReason.usage,
                message: "--format does not know %\(other); it knows %t %p %o %T %k %v %h %K %S and %%")
        }
    }

    private static func escaped(_ rest: inout ArraySlice<UInt8>) throws(CommandFailure) -> UInt8 {
        let letter = rest.popFirst()
        switch letter.map({ Character(Unicode.Scalar($0)) }) {
        case "n": return UInt8(ascii: "\n")
        case "t": return UInt8(ascii: "\t")
        case "r": return UInt8(ascii: "\r")
        case "0": return 0
        case "\\": return UInt8(ascii: "\\")
        case "x":
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            guard let byte = UInt8(digits, radix: 16), digits.count == 2 else { break }
            rest = rest.dropFirst(2)
            return byte
        default: break
        }
        throw CommandFailure(
            code: ExitReason.usage, message: "--format knows the escapes \\n \\t \\r \\0 \\\\ and \\xNN only")
    }

    func write(_ record: ConsumerRecord, to output: inout OutputBuffer) throws {
        for piece in pieces {
            switch piece {
            case .bytes(let bytes): for byte in bytes { output.write(byte: byte) }
            case .topic: try output.write(record.topic)
            case .partition: try output.write("\(record.partition.partition)")
            case .offset: try output.write("\(record.offset)")
            case .timestamp: try output.write("\(record.timestamp)")
            case .key: try write(record.key, to: &output)
            case .value: try write(record.value, to: &output)
            case .headers: try writeHeaders(record, to: &output)
            case .keyLength: try output.write("\(record.key?.readableBytes ?? -1)")
            case .valueLength: try output.write("\(record.value?.readableBytes ?? -1)")
            }
        }
    }

    private func write(_ bytes: ByteBuffer?, to output: inout OutputBuffer) throws {
        if let bytes { try output.write(bytes) } else { try output.write(nullMarker) }
    }

    private func writeHeaders(_ record: ConsumerRecord, to output: inout OutputBuffer) throws {
        for (place, header) in record.headers.enumerated() {
            if place > 0 { try output.write(",") }
            try output.write(header.key + "=")
            try write(header.value, to: &output)
        }
    }

    /// A record as one line of JSON.
    static func json(_ record: ConsumerRecord) -> String {
        JSONValue.object([
            ("topic", .string(record.topic)), ("partition", .number(record.partition.partition.rawValue)),
            ("offset", .number(record.offset.rawValue)), ("timestamp", .number(record.timestamp.rawValue)),
            ("timestampType", .string(record.timestampType.description)), JSONValue.bytes("key", record.key),
            JSONValue.bytes("value", record.value),
            (
                "headers",
                .array(
                    record.headers.map { .object([("name", .string($0.key)), JSONValue.bytes("value", $0.value)]) })
            ),
        ]).text
    }
}
