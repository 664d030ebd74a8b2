import NIOCore

/// One thing that stands in a file: names and values, which are a line of text (`name: value name: value …`, as Kafka's
/// own tool has it) or a JSON object.
struct DumpItem: Sendable {
    /// What it is, for readers of JSON.
    var kind: String
    var fields: [(String, JSONValue)]
    /// The records of a batch.
    var records: [DumpItem]?

    init(_ kind: String, _ fields: [(String, JSONValue)], records: [DumpItem]? = nil) {
        self.kind = kind
        self.fields = fields
        self.records = records
    }

    /// Nulls are left out.
    var line: String {
        fields.compactMap { name, value in
            switch value {
            case .null: nil
            case .string(let text): "\(name): \(text)"
            case .array(let values): "\(name): [\(values.map(\.plainText).joined(separator: ","))]"
            default: "\(name): \(value.text)"
            }
        }.joined(separator: " ")
    }

    var json: JSONValue {
        let all = [("kind", JSONValue.string(kind))] + fields
        return .object(records.map { all + [("records", .array($0.map { .object($0.fields) }))] } ?? all)
    }
}

/// Where a dump goes.
struct DumpOutput: ~Copyable {
    private var buffer: OutputBuffer
    private let style: OutputStyle
    let bytes: BytesStyle
    private var file = ""
    /// How many files have bytes that are not sound.
    private(set) var damagedFiles = 0

    init(_ buffer: consuming OutputBuffer = OutputBuffer(), style: OutputStyle = .text, bytes: BytesStyle = .escape) {
        self.buffer = buffer
        self.style = style
        self.bytes = bytes
    }

    var isJSON: Bool { style == .json }

    mutating func begin(_ file: String) throws {
        self.file = file
        if !isJSON { try buffer.write("Dumping \(file)\n") }
    }

    /// A line that only people read.
    mutating func remark(_ text: String) throws { if !isJSON { try buffer.write(text + "\n") } }

    mutating func write(_ item: DumpItem) throws {
        guard !isJSON else { return try buffer.write(item.json.text + "\n") }
        try buffer.write(item.line + "\n")
        for record in item.records ?? [] { try buffer.write("| " + record.line + "\n") }
    }

    /// The file is not sound from `position` on, and nothing behind it is printed.
    mutating func problem(at position: Int?, _ text: String) throws {
        damagedFiles += 1
        let place: [(String, JSONValue)] = position.map { [("position", .number($0))] } ?? []
        if isJSON {
            try buffer.write(
                DumpItem("problem", [("file", .string(file))] + place + [("text", .string(text))]).json.text)
            try buffer.write("\n")
        } else {
            try buffer.write("Not sound\(position.map { " from byte \($0) on" } ?? ""): \(text)\n")
        }
    }

    mutating func flush() throws { try buffer.flush() }
}

extension JSONValue {
    /// Without quotes.
    var plainText: String { if case .string(let text) = self { text } else { text } }
}
