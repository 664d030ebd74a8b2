/// A value that a configuration key does not accept.
package struct ConfigurationValueError: Error, Hashable, Sendable, CustomStringConvertible {
    package let key: String
    package let value: String
    /// What the key accepts instead.
    package let allowed: String

    package var description: String { "Invalid value \(value) for configuration \(key): \(allowed)" }
}

/// Which values of its type a key accepts.
package enum ConfigurationValidator: Sendable {
    case any
    case atLeast(Int64)
    case range(ClosedRange<Int64>)
    case rangeOr(ClosedRange<Int64>, Int64)
    case fraction(ClosedRange<Double>)
    case oneOf([String])
    /// A list of these words, each at most once; the list may be empty.
    case elements([String])
    /// `NAME://HOST:PORT,…`
    case listeners
    /// `HOST:COUNT,…`
    case addressCounts

    /// What is allowed, as the end of a sentence that names the key; nil if everything of the type is.
    package var allowed: String? {
        switch self {
        case .any: nil
        case .atLeast(let least): "the value must be at least \(least)"
        case .range(let range): "the value must be between \(range.lowerBound) and \(range.upperBound)"
        case .rangeOr(let range, let other):
            "the value must be between \(range.lowerBound) and \(range.upperBound), or \(other)"
        case .fraction(let range): "the value must be between \(range.lowerBound) and \(range.upperBound)"
        case .oneOf(let words): "the value must be one of \(words.joined(separator: ", "))"
        case .elements(let words): "the value must be a list of some of \(words.joined(separator: ", ")), each once"
        case .listeners: "the value must be a list of NAME://HOST:PORT with a port from 0 to 65535"
        case .addressCounts: "the value must be a list of HOST:COUNT"
        }
    }

    func accepts(integer: Int64) -> Bool {
        switch self {
        case .atLeast(let least): integer >= least
        case .range(let range): range.contains(integer)
        case .rangeOr(let range, let other): range.contains(integer) || integer == other
        default: true
        }
    }

    func accepts(double: Double) -> Bool {
        switch self {
        case .fraction(let range): range.contains(double)
        case .atLeast(let least): double >= Double(least)
        default: !double.isNaN
        }
    }

    func accepts(text: String) -> Bool {
        switch self {
        case .oneOf(let words): words.contains(text)
        case .listeners: (try? ListenerAddress.list(text)) != nil
        case .addressCounts: AddressCounts.parse(text) != nil
        default: true
        }
    }

    func accepts(list: [String]) -> Bool {
        guard case .elements(let words) = self else { return true }
        return Set(list).count == list.count && list.allSatisfy(words.contains)
    }
}

extension ConfigurationDefinition {
    /// Checks `text` and returns it as DescribeConfigs shows it: trimmed, numbers in plain digits, lists without
    /// blanks.
    package func canonical(_ text: String) throws(ConfigurationValueError) -> String {
        if type == .password { return text }
        let trimmed = text.trimmingBlanks()
        switch type {
        case .boolean: return try boolean(trimmed)
        case .int: return try integer(trimmed, as: Int32.self, called: "a 32-bit integer")
        case .short: return try integer(trimmed, as: Int16.self, called: "a 16-bit integer")
        case .long: return try integer(trimmed, as: Int64.self, called: "a 64-bit integer")
        case .double: return try double(trimmed)
        case .list: return try list(trimmed)
        case .string, .className, .password: return try string(trimmed)
        }
    }

    private func refusal(_ text: String, _ typeName: String) -> ConfigurationValueError {
        ConfigurationValueError(key: name, value: text, allowed: validator.allowed ?? "the value must be \(typeName)")
    }

    private func boolean(_ text: String) throws(ConfigurationValueError) -> String {
        let word = text.lowercased()
        guard word == "true" || word == "false" else { throw refusal(text, "true or false") }
        return word
    }

    private func integer(
        _ text: String, as type: (some FixedWidthInteger).Type, called typeName: String
    ) throws(ConfigurationValueError) -> String {
        guard let value = Int64(text), type.init(exactly: value) != nil else {
            throw ConfigurationValueError(key: name, value: text, allowed: "the value must be \(typeName)")
        }
        guard validator.accepts(integer: value) else { throw refusal(text, typeName) }
        return "\(value)"
    }

    private func double(_ text: String) throws(ConfigurationValueError) -> String {
        guard let value = Double(text), validator.accepts(double: value) else { throw refusal(text, "a number") }
        return text
    }

    private func list(_ text: String) throws(ConfigurationValueError) -> String {
        let elements = text.listElements()
        guard validator.accepts(list: elements) else { throw refusal(text, "a list") }
        return elements.joined(separator: ",")
    }

    private func string(_ text: String) throws(ConfigurationValueError) -> String {
        if case .oneOf(let words) = validator, let word = words.first(where: { $0 == text.lowercased() }) {
            return word
        }
        guard validator.accepts(text: text) else { throw refusal(text, "a text") }
        return text
    }
}

extension StringProtocol {
    func trimmingBlanks() -> String {
        let blank: (Character) -> Bool = { $0.isWhitespace }
        guard let start = firstIndex(where: { !blank($0) }), let end = lastIndex(where: { !blank($0) }) else {
            return ""
        }
        return String(self[start...end])
    }

    /// The parts between commas, without blanks around them; no parts in a blank text.
    func listElements() -> [String] {
        let text = trimmingBlanks()
        return text.isEmpty
            ? [] : text.split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmingBlanks() }
    }
}
