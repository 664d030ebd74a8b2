/// A function, initializer or subscript with a body.
struct ScannedFunction: Sendable, Equatable {
    let name: String
    /// Line of the declaration, counted from 1.
    let line: Int
    /// Lines from the declaration to the closing brace, both counted.
    let length: Int
}

/// Tells Swift's code from its comments and literals; no parser, only what budgets and bans need.
struct SwiftScanner {
    private let bytes: [UInt8]
    private var position = 0
    private var code: [UInt8]
    private var comments: [UInt8]

    /// The text twice, each of the same shape: literals, raw identifiers and comments blanked, and all but comments blanked.
    static func separate(_ text: String) -> (code: String, comments: String) {
        var scanner = SwiftScanner(text)
        scanner.run()
        return (String(decoding: scanner.code, as: UTF8.self), String(decoding: scanner.comments, as: UTF8.self))
    }

    private init(_ text: String) {
        bytes = Array(text.utf8)
        code = bytes.map { $0 == .newline ? .newline : .space }
        comments = code
    }

    private func at(_ offset: Int) -> UInt8 { offset < bytes.count ? bytes[offset] : 0 }

    private func startsWith(_ text: StaticString, at offset: Int) -> Bool {
        text.withUTF8Buffer { wanted in
            for index in wanted.indices where unsafe at(offset + index) != wanted[index] { return false }
            return true
        }
    }

    private mutating func run() {
        while position < bytes.count {
            if startsWith("//", at: position) {
                copyLineComment()
            } else if startsWith("/*", at: position) {
                copyBlockComment()
            } else if bytes[position] == .quote || opensRawString() {
                skipString()
            } else if bytes[position] == .backtick {
                skipRawIdentifier()
            } else {
                code[position] = bytes[position]
                position += 1
            }
        }
    }

    private mutating func copyLineComment() {
        while position < bytes.count, bytes[position] != .newline {
            comments[position] = bytes[position]
            position += 1
        }
    }

    private mutating func copyBlockComment() {
        var depth = 0
        repeat {
            if startsWith("/*", at: position) { depth += 1 }
            if startsWith("*/", at: position) { depth -= 1 }
            comments[position] = bytes[position]
            position += 1
        } while position < bytes.count && depth > 0
        position = min(position + 1, bytes.count)
    }

    private func opensRawString() -> Bool {
        guard bytes[position] == .hash else { return false }
        var next = position
        while at(next) == .hash { next += 1 }
        return at(next) == .quote
    }

    /// Leaves the backticks, so that a declaration's name can still be found.
    private mutating func skipRawIdentifier() {
        code[position] = .backtick
        position += 1
        while position < bytes.count, bytes[position] != .backtick, bytes[position] != .newline { position += 1 }
        if at(position) == .backtick { code[position] = .backtick }
        position = min(position + 1, bytes.count)
    }

    private mutating func skipString() {
        var hashes = 0
        while at(position) == .hash {
            hashes += 1
            position += 1
        }
        let isMultiline = startsWith("\"\"\"", at: position)
        let quotes = isMultiline ? 3 : 1
        code[position] = .quote
        position += quotes
        while position < bytes.count {
            if closes(at: position, quotes: quotes, hashes: hashes) {
                position += quotes + hashes
                code[position - 1] = .quote
                return
            }
            if !isMultiline, bytes[position] == .newline { return }
            if bytes[position] == .backslash, hasHashes(hashes, at: position + 1) {
                skipEscape(hashes: hashes)
            } else {
                position += 1
            }
        }
    }

    private func hasHashes(_ count: Int, at offset: Int) -> Bool {
        (0..<count).allSatisfy { at(offset + $0) == .hash }
    }

    private func closes(at offset: Int, quotes: Int, hashes: Int) -> Bool {
        (0..<quotes).allSatisfy { at(offset + $0) == .quote } && hasHashes(hashes, at: offset + quotes)
    }

    /// A character after a backslash, or a whole interpolation with the strings inside it.
    private mutating func skipEscape(hashes: Int) {
        position += 1 + hashes
        guard at(position) == .openParenthesis else {
            position += 1
            return
        }
        var depth = 0
        repeat {
            if at(position) == .quote || (at(position) == .hash && opensRawString()) {
                skipString()
                continue
            }
            if at(position) == .openParenthesis { depth += 1 }
            if at(position) == .closeParenthesis { depth -= 1 }
            position += 1
        } while position < bytes.count && depth > 0
    }
}

extension SwiftScanner {
    private static let declarations: Set<String> = ["func", "init", "deinit", "subscript"]
    /// A line that starts with one of these ends a declaration that had no body.
    private static let starters: Set<String> = [
        "func", "init", "deinit", "subscript", "var", "let", "case", "static", "mutating", "associatedtype", "class",
        "struct", "enum", "actor", "protocol", "extension", "typealias", "public", "package", "private", "fileprivate",
        "internal", "nonisolated", "override", "isolated", "consuming", "borrowing", "prefix", "postfix", "infix",
    ]

    /// Functions with bodies, found in code whose comments and literals are blank.
    static func functions(in code: String) -> [ScannedFunction] {
        let bytes = Array(code.utf8)
        var found: [ScannedFunction] = []
        var line = 1
        var position = 0
        while position < bytes.count {
            guard isIdentifier(bytes[position]) else {
                if bytes[position] == .newline { line += 1 }
                position += 1
                continue
            }
            let start = position
            while position < bytes.count, isIdentifier(bytes[position]) { position += 1 }
            let word = String(decoding: bytes[start..<position], as: UTF8.self)
            let before = start > 0 ? bytes[start - 1] : .newline
            guard declarations.contains(word), before != .dot, before != .backtick else { continue }
            if let body = body(in: bytes, from: position) {
                let length = bytes[start...body.upperBound].count { $0 == .newline } + 1
                found.append(
                    ScannedFunction(name: name(in: bytes, after: position, of: word), line: line, length: length))
            }
        }
        return found
    }

    /// From the opening brace to the closing one; nil for a requirement without a body, or a call of an initializer.
    private static func body(in bytes: [UInt8], from start: Int) -> ClosedRange<Int>? {
        var parentheses = 0
        var position = start
        while position < bytes.count {
            switch bytes[position] {
            case .openParenthesis, .openBracket: parentheses += 1
            case .closeParenthesis, .closeBracket:
                parentheses -= 1
                if parentheses < 0 { return nil }
            case .openBrace where parentheses == 0: return braces(in: bytes, from: position)
            case .closeBrace where parentheses == 0: return nil
            case .newline where parentheses == 0 && startsDeclaration(bytes, after: position): return nil
            default: break
            }
            position += 1
        }
        return nil
    }

    private static func startsDeclaration(_ bytes: [UInt8], after newline: Int) -> Bool {
        var start = newline + 1
        while start < bytes.count, bytes[start] == .space { start += 1 }
        guard start < bytes.count else { return true }
        if bytes[start] == .at { return true }
        var end = start
        while end < bytes.count, isIdentifier(bytes[end]) { end += 1 }
        return starters.contains(String(decoding: bytes[start..<end], as: UTF8.self))
    }

    private static func braces(in bytes: [UInt8], from start: Int) -> ClosedRange<Int>? {
        var depth = 0
        for position in start..<bytes.count {
            if bytes[position] == .openBrace { depth += 1 }
            if bytes[position] == .closeBrace { depth -= 1 }
            if depth == 0 { return start...position }
        }
        return nil
    }

    private static func name(in bytes: [UInt8], after position: Int, of word: String) -> String {
        guard word == "func" else { return word }
        let name = bytes[position...].drop { $0 == .space }.prefix { $0 != .openParenthesis && $0 != .newline }
        return String(decoding: name, as: UTF8.self)
    }

    private static func isIdentifier(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: byte >= 0x80
        }
    }
}

extension UInt8 {
    fileprivate static let newline = UInt8(ascii: "\n")
    fileprivate static let space = UInt8(ascii: " ")
    fileprivate static let quote = UInt8(ascii: "\"")
    fileprivate static let hash = UInt8(ascii: "#")
    fileprivate static let backtick = UInt8(ascii: "`")
    fileprivate static let backslash = UInt8(ascii: "\\")
    fileprivate static let dot = UInt8(ascii: ".")
    fileprivate static let at = UInt8(ascii: "@")
    fileprivate static let openParenthesis = UInt8(ascii: "(")
    fileprivate static let closeParenthesis = UInt8(ascii: ")")
    fileprivate static let openBracket = UInt8(ascii: "[")
    fileprivate static let closeBracket = UInt8(ascii: "]")
    fileprivate static let openBrace = UInt8(ascii: "{")
    fileprivate static let closeBrace = UInt8(ascii: "}")
}
