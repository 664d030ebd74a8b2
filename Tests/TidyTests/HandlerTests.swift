import Testing

/// Each API has one message file and one handler file, and the handler says in one form what it does.
@Suite struct HandlerTests {
    static let folder = "Sources/Broker/Handlers"
    static var handlers: [SourceFile] {
        SourceTree.files(under: folder).filter { $0.name.hasSuffix("Handler") && $0.folder != folder }
    }

    @Test func `handlers mirror messages`() {
        let orphans = Self.handlers.filter { !SourceTree.exists(Self.messagePath($0)) }
        #expect(orphans.map { "\($0.path): there is no \(Self.messagePath($0))" } == [])
    }

    @Test func `handlers begin with their header`() {
        #expect(Self.handlers.compactMap { file in Self.complaint(about: file).map { "\(file.path): \($0)" } } == [])
    }

    @Test func `a header without its parts is found`() {
        let good =
            "// Produce: v3-13\n// Authorization: Write on Topic\n// Behaviour: x\n// y\n// Version notes: none\n"
        let path = "Sources/Broker/Handlers/Data/ProduceHandler.swift"
        #expect(Self.complaint(about: SourceFile(path: path, text: good)) == nil)
        for part in ["Produce: v3-13", "Authorization", "Behaviour", "Version notes"] {
            let bad = good.replacing(part, with: "Something")
            #expect(Self.complaint(about: SourceFile(path: path, text: bad)) != nil, "without \(part)")
        }
        #expect(
            Self.messagePath(SourceFile(path: path, text: good)) == "Sources/KafkaProtocol/Messages/Data/Produce.swift")
    }

    private static func messagePath(_ handler: SourceFile) -> String {
        let group = handler.folder.dropFirst(folder.count)
        return "Sources/KafkaProtocol/Messages\(group)/\(handler.name.dropLast("Handler".count)).swift"
    }

    private static func complaint(about file: SourceFile) -> String? {
        let header = file.lines.prefix { $0.hasPrefix("//") }
        let api = file.name.dropLast("Handler".count)
        guard let first = header.first, first.hasPrefix("// \(api): v"), isRange(first.dropFirst("// \(api): v".count))
        else { return "the first line must be `// \(api): v<first>-<last>`" }
        var rest = header.dropFirst()
        for part in ["Authorization", "Behaviour", "Version notes"] {
            guard let at = rest.firstIndex(where: { $0.hasPrefix("// \(part): ") }) else {
                return "`// \(part): …` is missing, or not in its place"
            }
            rest = rest[(at + 1)...]
        }
        return nil
    }

    private static func isRange(_ text: Substring) -> Bool {
        let numbers = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        return (1...2).contains(numbers.count) && !numbers.contains(nil)
    }
}
