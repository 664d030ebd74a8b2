import Testing

@Suite struct MirrorTests {
    /// These are about all rooms, or about several.
    private static let roomless: Set<String> = ["TidyTests", "SimulationTests"]

    /// Tests/<Room>Tests/a/FooTests.swift is about Sources/<Room>/a: about Foo.swift there, or about the folder.
    @Test func `test files lie where their source files lie`() {
        let sources = SourceTree.files(under: "Sources")
        let misplaced = SourceTree.files(under: "Tests").compactMap { test -> String? in
            let parts = test.folder.split(separator: "/").map(String.init)
            guard test.name.hasSuffix("Tests"), parts[1].hasSuffix("Tests"), !Self.roomless.contains(parts[1]) else {
                return nil
            }
            let room = String(parts[1].dropLast("Tests".count))
            let folder = (["Sources", room] + parts.dropFirst(2)).joined(separator: "/")
            let namesakes = sources.filter {
                $0.name == String(test.name.dropLast("Tests".count)) && $0.path.hasPrefix("Sources/\(room)/")
            }
            if namesakes.isEmpty { return SourceTree.exists(folder) ? nil : "\(test.path): there is no \(folder)" }
            return namesakes.contains { $0.folder == folder }
                ? nil : "\(test.path) belongs beside the path of \(namesakes[0].path)"
        }
        #expect(misplaced == [])
    }

    @Test func `tests have sentences as names`() {
        let unnamed = SourceTree.files(under: "Tests").flatMap { file in
            file.functions.filter { function in
                let line = file.code[function.line - 1]
                let above = function.line > 1 ? file.code[function.line - 2] : ""
                let isTest = line.containsWord("@Test") || above.hasPrefix("    @Test") || above.hasSuffix("])")
                return isTest && line.contains("func ") && !function.name.hasPrefix("`")
            }.map { "\(file.path):\($0.line): \($0.name)" }
        }
        #expect(unnamed == [], "write it as a sentence in backticks")
    }
}
