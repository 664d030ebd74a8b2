import KafkaProtocol
import NIOCore

/// Makes records of lines: `[headers TAB] [key SEPARATOR] value`.
struct RecordParser {
    struct Parts: Equatable {
        var key: ByteBuffer?
        var value: ByteBuffer?
        var headers: [RecordHeader] = []
    }

    /// What stands between key and value; nil where lines are values only.
    var keySeparator: [UInt8]?
    /// Whether lines begin with `name=value,name=value` and a tab.
    var hasHeaders = false
    /// What stands for null as key or value.
    var nullMarker: [UInt8]?

    func parse(_ line: ByteBuffer) throws(CommandFailure) -> Parts {
        var rest = line
        var parts = Parts()
        if hasHeaders { parts.headers = try takeHeaders(&rest) }
        if let keySeparator, let place = Self.find(keySeparator, in: rest) {
            parts.key = nullable(rest.readSlice(length: place))
            rest.moveReaderIndex(forwardBy: keySeparator.count)
        }
        parts.value = nullable(rest)
        return parts
    }

    private func nullable(_ bytes: ByteBuffer?) -> ByteBuffer? {
        guard let bytes, let nullMarker, bytes.readableBytesView.elementsEqual(nullMarker) else { return bytes }
        return nil
    }

    private func takeHeaders(_ rest: inout ByteBuffer) throws(CommandFailure) -> [RecordHeader] {
        guard let tab = rest.readableBytesView.firstIndex(of: UInt8(ascii: "\t")),
            let text = rest.readSlice(length: tab - rest.readerIndex)
        else { throw CommandFailure(message: "no tab ends the headers; write name=value,name=value<TAB>value") }
        rest.moveReaderIndex(forwardBy: 1)
        var headers: [RecordHeader] = []
        for part in text.readableBytesView.split(separator: UInt8(ascii: ",")) {
            guard let equals = part.firstIndex(of: UInt8(ascii: "=")) else {
                throw CommandFailure(
                    message: "'\(String(decoding: part, as: UTF8.self))' is not a header; write name=value")
            }
            let value = ByteBuffer(bytes: part[part.index(after: equals)...])
            headers.append(RecordHeader(key: String(decoding: part[..<equals], as: UTF8.self), value: nullable(value)))
        }
        return headers
    }

    /// Where `pattern` begins in the readable bytes.
    static func find(_ pattern: [UInt8], in bytes: ByteBuffer) -> Int? {
        let view = bytes.readableBytesView
        guard let first = pattern.first else { return nil }
        var start = view.startIndex
        while let place = view[start...].firstIndex(of: first) {
            if view[place...].starts(with: pattern) { return place - view.startIndex }
            start = place + 1
        }
        return nil
    }
}
