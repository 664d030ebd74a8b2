import Testing

/// config/broker.properties is read by people first: a line of meaning, then the key with its default, commented out.
@Suite struct ConfigurationFileTests {
    static let path = "config/broker.properties"

    struct Entry {
        let line: Int
        let key: String
        let hasMeaning: Bool
    }

    static func entries(of text: String) -> [Entry] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        return lines.indices.compactMap { index in
            guard lines[index].hasPrefix("#"), !lines[index].hasPrefix("# "), let end = lines[index].firstIndex(of: "=")
            else { return nil }
            let key = String(lines[index][..<end].dropFirst())
            return Entry(line: index + 1, key: key, hasMeaning: index > 0 && lines[index - 1].hasPrefix("# "))
        }
    }

    @Test func `every key is explained and stands once`() throws {
        let entries = Self.entries(of: try #require(SourceTree.text(Self.path)))
        #expect(entries.count > 10)
        #expect(entries.filter { !$0.hasMeaning }.map { "line \($0.line): \($0.key)" } == [])
        let keys = Dictionary(grouping: entries, by: \.key)
        #expect(keys.filter { $0.value.count > 1 }.keys.sorted() == [])
    }

    @Test func `a key without its meaning is found`() {
        let entries = Self.entries(of: "# The first.\n#a.b=1\n#c=2\n")
        #expect(entries.map(\.key) == ["a.b", "c"])
        #expect(entries.map(\.hasMeaning) == [true, false])
    }
}
