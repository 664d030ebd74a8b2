/// The text format of Kafka's checkpoint files: a line with the version 0, a line with the count, a line per entry.
enum CheckpointFile {
    static func encode(_ lines: [String]) -> [UInt8] {
        Array((["0", String(lines.count)] + lines).joined(separator: "\n").utf8) + [UInt8(ascii: "\n")]
    }

    /// The entries' words; nil where the text is no whole checkpoint.
    static func decode(_ bytes: [UInt8], wordsPerLine: Int) -> [[Substring]]? {
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        // Without its last line's end the file may be cut in the middle of a number.
        guard lines.popLast() == "", lines.count >= 2, lines[0] == "0", let count = Int(lines[1]),
            count == lines.count - 2
        else { return nil }
        let entries = lines.dropFirst(2).map { $0.split(separator: " ", omittingEmptySubsequences: false) }
        return entries.allSatisfy { $0.count == wordsPerLine } ? entries : nil
    }
}
