package import Coordination
import KafkaProtocol

/// The rules for values that clients set, by the tables of keys (KIP-226, KIP-339).
package struct CatalogConfigurationRules: ConfigurationRules {
    /// For `APPEND` and `SUBTRACT` on a list that the resource has not set itself.
    private let resolver: ConfigurationResolver

    package init(fixed: [String: String]) { resolver = ConfigurationResolver(fixed: fixed) }

    package func validated(
        _ values: [(name: String, value: String?)], for resource: ConfigurationResource
    ) throws(Refusal) -> [String: String] {
        try Self.refuseDuplicates(values.map(\.name))
        var result: [String: String] = [:]
        for (name, value) in values {
            guard let value else { throw Refusal(.invalidConfig, "Null value not supported for \(name)") }
            result[name] = try checked(name, value, for: resource)
        }
        try agreement(of: result, for: resource)
        return result
    }

    package func edited(
        _ current: [String: String], by changes: [ConfigurationChange], for resource: ConfigurationResource
    ) throws(Refusal) -> [String: String] {
        try Self.refuseDuplicates(changes.map(\.name))
        var result = current
        for change in changes {
            let definition = try definition(change.name, for: resource)
            switch change.operation {
            case .delete: result[change.name] = nil
            case .set: result[change.name] = try checked(change.name, value(of: change), for: resource)
            case .append, .subtract:
                result[change.name] = try list(definition, after: change, current: current, for: resource)
            }
        }
        try agreement(of: result, for: resource)
        return result
    }

    private static func refuseDuplicates(_ names: [String]) throws(Refusal) {
        var seen: Set<String> = []
        for name in names where !seen.insert(name).inserted {
            throw Refusal(.invalidRequest, "The key \(name) stands twice for one resource")
        }
    }

    private func value(of change: ConfigurationChange) throws(Refusal) -> String {
        guard let value = change.value else {
            throw Refusal(.invalidRequest, "Null value not supported for \(change.name); use DELETE for the default")
        }
        return value
    }

    private func list(
        _ definition: ConfigurationDefinition, after change: ConfigurationChange, current: [String: String],
        for resource: ConfigurationResource
    ) throws(Refusal) -> String? {
        let word = change.operation == .append ? "APPEND" : "SUBTRACT"
        guard definition.type == .list else {
            throw Refusal(.invalidConfig, "Can't \(word) to key \(change.name) because its type is not LIST")
        }
        let before = (current[change.name] ?? inherited(change.name, for: resource) ?? "").listElements()
        let named = try value(of: change).listElements()
        var after = before
        if change.operation == .append {
            for element in named where !after.contains(element) { after.append(element) }
        } else {
            after.removeAll(where: named.contains)
        }
        if after == before { return current[change.name] }
        return try checked(change.name, after.joined(separator: ","), for: resource)
    }

    private func inherited(_ name: String, for resource: ConfigurationResource) -> String? {
        switch resource {
        case .topic: resolver.topicValue(name, [:])
        case .broker: resolver.brokerValue(name)
        case .group: ConfigurationCatalog.group[name]?.defaultValue
        case .clientMetrics: ConfigurationCatalog.clientMetrics[name]?.defaultValue
        }
    }

    private func definition(
        _ name: String, for resource: ConfigurationResource
    ) throws(Refusal) -> ConfigurationDefinition {
        let (catalog, kind) = Self.catalog(of: resource)
        guard let definition = catalog[name] else {
            if case .clientMetrics = resource {
                throw Refusal(
                    .invalidRequest, "Unknown client metrics configuration: \(name)\(catalog.suggestion(for: name))")
            }
            throw Refusal(.invalidConfig, "Unknown \(kind) config name: \(name).\(catalog.suggestion(for: name))")
        }
        return definition
    }

    private static func catalog(of resource: ConfigurationResource) -> (ConfigurationCatalog, kind: String) {
        switch resource {
        case .topic: (.topic, "topic")
        case .broker: (.broker, "broker")
        case .group: (.group, "group")
        case .clientMetrics: (.clientMetrics, "client metrics")
        }
    }

    private func checked(
        _ name: String, _ value: String, for resource: ConfigurationResource
    ) throws(Refusal) -> String {
        let definition = try definition(name, for: resource)
        let canonical: String
        do {
            canonical = try definition.canonical(value)
        } catch {
            throw Refusal(Self.code(of: definition, value, for: resource), "\(error)")
        }
        switch definition.use {
        case .acted, .kept: break
        case .ignored(let reason), .refused(let reason):
            guard canonical == definition.defaultValue ?? "" else {
                throw Refusal(.invalidConfig, "\(name) can only have its default here: \(reason.rawValue)")
            }
        }
        try checkUpdateMode(of: definition, canonical, for: resource)
        return canonical
    }

    /// Kafka calls an interval of clients' metrics that is out of its range a bad request, and other values bad values.
    private static func code(
        of definition: ConfigurationDefinition, _ value: String, for resource: ConfigurationResource
    ) -> ErrorCode {
        if case .clientMetrics = resource, definition.type == .int, Int32(value.trimmingBlanks()) != nil {
            return .invalidRequest
        }
        return .invalidConfig
    }

    private func checkUpdateMode(
        of definition: ConfigurationDefinition, _ value: String, for resource: ConfigurationResource
    ) throws(Refusal) {
        guard case .broker(let broker) = resource else { return }
        switch definition.updateMode {
        case .readOnly:
            throw Refusal(
                .invalidConfig, "\(definition.name) cannot change while the broker runs; set it in the broker's file")
        case .perBroker where broker == nil:
            throw Refusal(.invalidConfig, "\(definition.name) can be set for one broker only, not for all")
        default: break
        }
    }

    /// Keys that must agree with each other, or with the broker's.
    private func agreement(of values: [String: String], for resource: ConfigurationResource) throws(Refusal) {
        switch resource {
        case .topic: try topicAgreement(of: values)
        case .group: try groupAgreement(of: values)
        case .clientMetrics: _ = try ClientMatch(values["match"] ?? "")
        case .broker: break
        }
    }

    private func topicAgreement(of values: [String: String]) throws(Refusal) {
        let number = { (key: String) in Int64(self.resolver.topicValue(key, values) ?? "") ?? 0 }
        let (least, most) = (number("min.compaction.lag.ms"), number("max.compaction.lag.ms"))
        if least > most {
            throw Refusal(
                .invalidConfig, "min.compaction.lag.ms (\(least)) must not exceed max.compaction.lag.ms (\(most))")
        }
    }

    /// A group's timeouts lie between the least and the most that the broker allows.
    private func groupAgreement(of values: [String: String]) throws(Refusal) {
        for kind in ["consumer", "streams"] {
            for timing in ["session.timeout.ms", "heartbeat.interval.ms"] {
                guard let value = values["\(kind).\(timing)"].flatMap({ Int64($0) }) else { continue }
                let bound = { (word: String) in
                    self.resolver.brokerValue("group.\(kind).\(word).\(timing)").flatMap { Int64($0) } ?? value
                }
                let (least, most) = (bound("min"), bound("max"))
                guard value < least || value > most else { continue }
                throw Refusal(
                    .invalidConfig,
                    "\(kind).\(timing) is \(value), but the broker allows \(least) to \(most) "
                        + "(group.\(kind).min.\(timing), group.\(kind).max.\(timing))")
            }
            let number = { (timing: String) in
                (values["\(kind).\(timing)"] ?? self.resolver.brokerValue("group.\(kind).\(timing)"))
                    .flatMap { Int64($0) }
            }
            guard let session = number("session.timeout.ms"), let heartbeat = number("heartbeat.interval.ms"),
                session <= heartbeat
            else { continue }
            throw Refusal(
                .invalidConfig, "\(kind).session.timeout.ms must be greater than \(kind).heartbeat.interval.ms")
        }
    }
}
