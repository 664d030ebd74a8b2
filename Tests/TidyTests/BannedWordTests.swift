import Foundation
import Testing

@Suite struct BannedWordTests {
    private static let unfinished = ["TO" + "DO", "FIX" + "ME", "XX" + "X"]
    private static let vagueNames: Set<String> = [
        "Manager", "Managers", "Helper", "Helpers", "Util", "Utils", "Utility", "Utilities", "Common", "Impl",
    ]

    @Test(arguments: [
        ("try!", "throw, or handle it: peers, disks and users must not end the process"),
        ("as!", "use as? and an error"),
        ("fatalError(", "precondition is for our own mistakes, errors for everybody else's"),
        ("DispatchQueue", "event loops, flush threads and structured tasks are what runs here"),
        ("Task.detached", "tasks are structured"),
        ("@unchecked Sendable", "let the compiler check it: Mutex, Atomic, a value type"),
    ])
    func `banned in sources`(word: String, reason: Comment) {
        #expect(SourceTree.files(under: "Sources").flatMap { $0.occurrences(of: word) } == [], reason)
    }

    @Test(arguments: [
        ("try!", "let the test throw"),
        ("as!", "use #require(x as? T)"),
        ("Task.sleep", "wait for the event, or inject a clock"),
        ("usleep(", "wait for the event, or inject a clock"),
        ("@unchecked Sendable", "let the compiler check it: Mutex, Atomic, a value type"),
    ])
    func `banned in tests`(word: String, reason: Comment) {
        #expect(SourceTree.files(under: "Tests").flatMap { $0.occurrences(of: word) } == [], reason)
    }

    @Test func `only the command line prints`() {
        let files = SourceTree.files(under: "Sources").filter { !$0.path.hasPrefix("Sources/CommandLineTool/") }
        #expect(files.flatMap { $0.occurrences(of: "print(") } == [], "log with the Logger that was passed in")
    }

    @Test(arguments: unfinished) func `nothing is left for later in a comment`(word: String) {
        let found = SourceTree.swiftFiles.flatMap { $0.occurrences(of: word, in: \.comments) }
        #expect(found == [], "finish it, or file it")
    }

    @Test func `no type and no file has a name that says nothing`() {
        let allowed: Set<String> = ["ProducerStateManager", "ProducerStateManagerTests"]
        let found = SourceTree.swiftFiles.flatMap { file in
            (Self.declaredTypes(file) + file.path.split(separator: "/").map(String.init))
                .map { $0.replacingOccurrences(of: ".swift", with: "") }
                .filter { !allowed.contains($0) && !Self.vagueNames.isDisjoint(with: Self.words(of: $0)) }
                .map { "\(file.path): \($0)" }
        }
        #expect(found == [], "name what it is")
    }

    @Test func `names are split into their words`() {
        #expect(Self.words(of: "TopicManagerIO") == ["Topic", "Manager", "I", "O"])
        #expect(Self.words(of: "Implementation") == ["Implementation"])
    }

    private static func declaredTypes(_ file: SourceFile) -> [String] {
        let keywords: Set<Substring> = ["struct", "class", "enum", "actor", "protocol", "typealias"]
        return file.code.compactMap { line in
            let words = line.split { !($0.isLetter || $0.isNumber || $0 == "_") }
            guard let keyword = words.firstIndex(where: keywords.contains), keyword + 1 < words.count else {
                return nil
            }
            return String(words[keyword + 1])
        }
    }

    private static func words(of name: String) -> [String] {
        var words: [String] = []
        for character in name {
            if character.isUppercase || words.isEmpty { words.append("") }
            words[words.count - 1].append(character)
        }
        return words
    }
}
