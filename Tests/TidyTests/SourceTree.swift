import Foundation

/// The project's files as they lie beside this one.
enum SourceTree {
    static let root: URL = {
        var url = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { url.deleteLastPathComponent() }
        return url
    }()

    /// All Swift files of Sources, Tests and Benchmarks, scanned once.
    static let swiftFiles: [SourceFile] = ["Sources", "Tests", "Benchmarks"].flatMap { folder in
        paths(under: folder).filter { $0.hasSuffix(".swift") }.compactMap(SourceFile.init(path:))
    }

    static func files(under folder: String) -> [SourceFile] {
        swiftFiles.filter { $0.path.hasPrefix(folder + "/") }
    }

    /// Paths of all files below a folder, relative to the root, sorted; hidden ones are left out.
    static func paths(under folder: String) -> [String] {
        let start = root.appendingPathComponent(folder)
        guard let walk = FileManager.default.enumerator(atPath: start.path) else { return [] }
        let names = walk.compactMap { $0 as? String }
        return names.filter { name in !name.split(separator: "/").contains { $0.hasPrefix(".") } }
            .map { "\(folder)/\($0)" }.sorted()
    }

    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appendingPathComponent(path).path)
    }

    static func text(_ path: String) -> String? {
        try? String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }
}

/// One Swift file: its lines as written, and the same lines once with code alone, once with comments alone.
struct SourceFile: Sendable {
    let path: String
    let lines: [String]
    let code: [String]
    let comments: [String]
    let functions: [ScannedFunction]

    /// The file's name without folder and ending.
    var name: String { (path as NSString).lastPathComponent.replacingOccurrences(of: ".swift", with: "") }
    var folder: String { (path as NSString).deletingLastPathComponent }

    init?(path: String) {
        guard let text = SourceTree.text(path) else { return nil }
        self.init(path: path, text: text)
    }

    init(path: String, text: String) {
        self.path = path
        lines = Self.lines(of: text)
        let scanned = SwiftScanner.separate(text)
        code = Self.lines(of: scanned.code)
        comments = Self.lines(of: scanned.comments)
        functions = SwiftScanner.functions(in: scanned.code)
    }

    /// Modules that the file imports.
    var imports: [String] {
        code.compactMap { line -> String? in
            let words = line.split(separator: " ")
            guard let keyword = words.firstIndex(of: "import"), keyword <= 2, words.count > keyword + 1 else {
                return nil
            }
            let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
            let name = words[(keyword + 1)...].first { !kinds.contains($0) } ?? ""
            return String(name.prefix { $0 != "." })
        }
    }

    /// `path:line: line` for each line of code, or of comment, that holds the text.
    func occurrences(of needle: String, in part: KeyPath<SourceFile, [String]> = \.code) -> [String] {
        self[keyPath: part].enumerated().filter { $0.element.containsWord(needle) }
            .map { "\(path):\($0.offset + 1): \(lines[$0.offset].trimmingCharacters(in: .whitespaces))" }
    }

    private static func lines(of text: String) -> [String] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
        return lines
    }
}

extension String {
    /// Whether the text stands here with no identifier running into it from the left.
    func containsWord(_ needle: String) -> Bool {
        var rest = self[...]
        while let found = rest.range(of: needle) {
            if found.lowerBound == startIndex { return true }
            let before = self[index(before: found.lowerBound)]
            if !(before.isLetter || before.isNumber || before == "_") { return true }
            rest = rest[index(after: found.lowerBound)...]
        }
        return false
    }
}
