package import SystemPackage

/// A configuration that stops the start: one sentence with file, line, key and what is allowed.
package struct ConfigurationFileError: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String
}

/// The values that a broker starts with: those of its file, then those of the command line, checked and canonical.
package struct StaticConfiguration: Sendable {
    /// Values by key; keys that stand nowhere are absent. A null default is never stored.
    package private(set) var values: [String: String] = [:]
    /// What an operator should know: unknown keys, values without effect. One sentence each.
    package private(set) var warnings: [String] = []
    private var origins: [String: String] = [:]

    /// Larger files are not configurations.
    private static let maximumFileBytes = 1 << 20

    /// Every key at its default.
    package init() {}

    /// Reads `file`, then applies `overrides` (`--set key=value`), the last one winning.
    package static func load(
        file: FilePath?, overrides: [(key: String, value: String)] = []
    ) throws(ConfigurationFileError) -> StaticConfiguration {
        let text: String
        do {
            text = try file.map(read) ?? ""
        } catch {
            throw .init(description: "\(file?.string ?? ""): cannot be read: \(error)")
        }
        return try parse(text, file: file?.string ?? "", overrides: overrides)
    }

    /// Like ``load(file:overrides:)`` with the text of a file; `file` is its name for messages.
    package static func parse(
        _ text: String, file: String, overrides: [(key: String, value: String)] = []
    ) throws(ConfigurationFileError) -> StaticConfiguration {
        var configuration = StaticConfiguration()
        let properties: [Property]
        do {
            properties = try PropertiesFile(parsing: text).properties
        } catch {
            throw .init(description: "\(file): \(error)")
        }
        for property in properties {
            try configuration.set(property.key, property.value, at: "\(file):\(property.line)")
        }
        for (key, value) in overrides {
            try configuration.set(key, value, at: "--set", isOverride: true)
        }
        return configuration
    }

    private static func read(_ file: FilePath) throws -> String {
        let descriptor = try FileDescriptor.open(file, .readOnly)
        return try descriptor.closeAfter {
            var bytes: [UInt8] = []
            var chunk = [UInt8](repeating: 0, count: 65536)
            while true {
                let count = try unsafe chunk.withUnsafeMutableBytes { try unsafe descriptor.read(into: $0) }
                if count == 0 { return String(decoding: bytes, as: UTF8.self) }
                bytes += chunk[..<count]
                if bytes.count > maximumFileBytes { throw Errno.fileTooLarge }
            }
        }
    }

    private mutating func set(
        _ key: String, _ value: String, at origin: String, isOverride: Bool = false
    ) throws(ConfigurationFileError) {
        guard let definition = ConfigurationCatalog.broker[key] else {
            let sentence = "\(origin): unknown key \(key).\(Self.hint(for: key))"
            // Kafka's files also carry keys of plug-ins; who types a key on the command line means ours.
            if isOverride { throw .init(description: sentence) }
            warnings.append(sentence)
            return
        }
        if let earlier = origins.updateValue(origin, forKey: key), !isOverride {
            warnings.append("\(origin): \(key) stands twice; this line wins over \(earlier)")
        }
        if definition.defaultValue == nil, value.trimmingBlanks().isEmpty {
            values[key] = nil
            return
        }
        let canonical: String
        do {
            canonical = try definition.canonical(value)
        } catch {
            throw .init(description: "\(origin): \(error)")
        }
        try store(canonical, for: definition, at: origin)
    }

    private mutating func store(
        _ value: String, for definition: ConfigurationDefinition, at origin: String
    ) throws(ConfigurationFileError) {
        let isDefault = value == definition.defaultValue
        if definition.updateMode == .dynamicOnly {
            throw .init(description: "\(origin): \(definition.name) cannot stand in a file; it is set while running")
        }
        switch definition.use {
        case .acted, .kept:
            values[definition.name] = value
        case .ignored(let reason):
            values[definition.name] = isDefault ? value : nil
            if definition.name == "controller.listener.names" { controllerListeners = value.listElements() }
            if !isDefault {
                warnings.append("\(origin): \(definition.name) has no effect: \(reason.rawValue)")
            }
        case .refused(let reason):
            guard isDefault else {
                throw .init(
                    description: "\(origin): \(definition.name) can only be "
                        + "\(definition.defaultValue.map { $0.isEmpty ? "empty" : $0 } ?? "unset"): \(reason.rawValue)")
            }
            values[definition.name] = value
        }
    }

    /// An error about `key` that shows only beside other keys; it names the line that the value comes from.
    func error(at key: String, _ fault: String) -> ConfigurationFileError {
        ConfigurationFileError(description: "\(origins[key].map { "\($0): " } ?? "")\(key) \(fault)")
    }

    /// Names of listeners that only a controller would open: files written for Kafka list them among the others.
    private(set) var controllerListeners: [String] = []

    private static func hint(for key: String) -> String {
        if let synonym = ConfigurationCatalog.topic[key]?.synonyms.first {
            return " It is a topic's key; the broker's own for all topics is \(synonym)."
        }
        return ConfigurationCatalog.broker.suggestion(for: key)
    }
}
