/// A line of a `.properties` file.
package struct Property: Hashable, Sendable {
    package let key: String
    package let value: String
    /// From 1; that of the first line where a value runs over several.
    package let line: Int
}

/// Java's `.properties` format, which Kafka's configuration files are written in: `key=value`, `key: value` or
/// `key value`, comments after `#` or `!`, `\` at the end of a line to go on in the next, and the escapes `\t`, `\n`,
/// `\r`, `\f` and `\uXXXX`.
package struct PropertiesFile: Sendable {
    package let properties: [Property]

    /// An escape that is not one.
    package struct ParseError: Error, Hashable, Sendable, CustomStringConvertible {
        package let line: Int
        package let text: String
        package var description: String { "line \(line): '\(text)' is not an escape; \\uXXXX takes four hex digits" }
    }

    package init(parsing text: String) throws(ParseError) {
        var properties: [Property] = []
        for (line, units) in Self.logicalLines(text) {
            var scanner = PropertyScanner(units: units, line: line)
            let key = try scanner.key()
            properties.append(Property(key: key, value: try scanner.value(), line: line))
        }
        self.properties = properties
    }

    /// Lines without comments and blank ones, joined where one ends with `\`.
    private static func logicalLines(_ text: String) -> [(line: Int, units: ArraySlice<UInt16>)] {
        var result: [(line: Int, units: ArraySlice<UInt16>)] = []
        var isContinuing = false
        let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r" || $0 == "\r\n" }
        for (index, natural) in lines.enumerated() {
            let units = Array(natural.utf16).drop(while: PropertyScanner.isBlank)
            let isComment = units.first == UInt16(UInt8(ascii: "#")) || units.first == UInt16(UInt8(ascii: "!"))
            if !isContinuing, units.isEmpty || isComment { continue }
            let slashes = units.reversed().prefix { $0 == PropertyScanner.backslash }.count
            let content = slashes % 2 == 1 ? units.dropLast() : units
            if isContinuing, let last = result.indices.last {
                result[last].units += content
            } else {
                result.append((index + 1, content))
            }
            isContinuing = slashes % 2 == 1
        }
        return result
    }
}

/// Takes one logical line apart.
private struct PropertyScanner {
    static let backslash = UInt16(UInt8(ascii: "\\"))
    var units: ArraySlice<UInt16>
    let line: Int

    static func isBlank(_ unit: UInt16) -> Bool { unit == 32 || unit == 9 || unit == 12 }
    private static func isMark(_ unit: UInt16) -> Bool {
        unit == UInt16(UInt8(ascii: "=")) || unit == UInt16(UInt8(ascii: ":"))
    }

    mutating func key() throws(PropertiesFile.ParseError) -> String {
        let key = try text { Self.isBlank($0) || Self.isMark($0) }
        units = units.drop(while: Self.isBlank)
        if let first = units.first, Self.isMark(first) { units = units.dropFirst().drop(while: Self.isBlank) }
        return key
    }

    mutating func value() throws(PropertiesFile.ParseError) -> String { try text { _ in false } }

    private mutating func text(until isEnd: (UInt16) -> Bool) throws(PropertiesFile.ParseError) -> String {
        var result: [UInt16] = []
        while let unit = units.first, !isEnd(unit) {
            units = units.dropFirst()
            result.append(unit == Self.backslash ? try escaped() : unit)
        }
        return String(decoding: result, as: UTF16.self)
    }

    private mutating func escaped() throws(PropertiesFile.ParseError) -> UInt16 {
        guard let unit = units.popFirst() else { return Self.backslash }
        switch UInt8(exactly: unit) {
        case UInt8(ascii: "t"): return 9
        case UInt8(ascii: "n"): return 10
        case UInt8(ascii: "f"): return 12
        case UInt8(ascii: "r"): return 13
        case UInt8(ascii: "u"): return try hexadecimal()
        default: return unit
        }
    }

    private mutating func hexadecimal() throws(PropertiesFile.ParseError) -> UInt16 {
        let digits = String(decoding: units.prefix(4), as: UTF16.self)
        guard digits.utf16.count == 4, digits.allSatisfy(\.isHexDigit), let value = UInt16(digits, radix: 16) else {
            throw .init(line: line, text: "\\u\(digits)")
        }
        units = units.dropFirst(4)
        return value
    }
}
