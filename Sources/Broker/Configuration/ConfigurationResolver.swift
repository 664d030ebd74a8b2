/// Where a value comes from, with the number that DescribeConfigs uses.
package enum ConfigurationSource: Int8, Sendable {
    case dynamicTopic = 1
    case dynamicBroker = 2
    case dynamicDefaultBroker = 3
    case staticBroker = 4
    case defaultValue = 5
    case dynamicBrokerLogger = 6
    case dynamicClientMetrics = 7
    case dynamicGroup = 8
}

/// One place that gives a key a value.
package struct ConfigurationSynonym: Hashable, Sendable {
    package let name: String
    /// nil for a secret.
    package let value: String?
    package let source: ConfigurationSource
}

/// A key as DescribeConfigs shows it.
package struct ConfigurationEntry: Sendable {
    package let definition: ConfigurationDefinition
    /// The value in force; nil if there is none or it is a secret.
    package let value: String?
    package let source: ConfigurationSource
    package let isReadOnly: Bool
    /// All places that give the key a value, the strongest first.
    package let synonyms: [ConfigurationSynonym]

    package var name: String { definition.name }
    package var isDefault: Bool { source == .defaultValue }
}

/// Finds the value in force among a resource's own values, those of this broker, those of all brokers, the file and the
/// defaults (KIP-226).
package struct ConfigurationResolver: Sendable {
    package let fixed: [String: String]
    package var dynamicDefault: [String: String]
    package var dynamicBroker: [String: String]

    /// - Parameters:
    ///   - fixed: what the broker was started with.
    ///   - dynamicDefault: values of all brokers, from the metadata.
    ///   - dynamicBroker: values of this broker, from the metadata.
    package init(
        fixed: [String: String], dynamicDefault: [String: String] = [:], dynamicBroker: [String: String] = [:]
    ) {
        self.fixed = fixed
        self.dynamicDefault = dynamicDefault
        self.dynamicBroker = dynamicBroker
    }

    /// All keys of the broker, by name.
    package func brokerEntries() -> [ConfigurationEntry] {
        ConfigurationCatalog.broker.definitions.map(brokerEntry)
    }

    /// All keys of a topic with these values of its own, by name.
    package func topicEntries(_ overrides: [String: String]) -> [ConfigurationEntry] {
        ConfigurationCatalog.topic.definitions.map { entry($0, overrides, .dynamicTopic) }
    }

    /// All keys of a group with these values of its own, by name.
    package func groupEntries(_ overrides: [String: String]) -> [ConfigurationEntry] {
        ConfigurationCatalog.group.definitions.map { entry($0, overrides, .dynamicGroup) }
    }

    /// All keys of a subscription to clients' metrics, by name.
    package func clientMetricsEntries(_ overrides: [String: String]) -> [ConfigurationEntry] {
        ConfigurationCatalog.clientMetrics.definitions.map { entry($0, overrides, .dynamicClientMetrics) }
    }

    /// The value of a broker key that is in force; nil where none is.
    package func brokerValue(_ name: String) -> String? {
        dynamicBroker[name] ?? dynamicDefault[name] ?? fixed[name] ?? ConfigurationCatalog.broker[name]?.defaultValue
    }

    /// The value of a topic key that is in force, in the topic key's own unit.
    package func topicValue(_ name: String, _ overrides: [String: String]) -> String? {
        guard let definition = ConfigurationCatalog.topic[name] else { return nil }
        return overrides[name] ?? inherited(definition) ?? definition.defaultValue
    }

    private func inherited(_ definition: ConfigurationDefinition) -> String? {
        brokerSynonyms(definition.synonyms, areSecret: false).first.flatMap {
            TimeUnitOfKey(of: $0.name, for: definition.name).converted($0.value)
        }
    }

    private func brokerEntry(_ definition: ConfigurationDefinition) -> ConfigurationEntry {
        let names = definition.synonyms.isEmpty ? [definition.name] : definition.synonyms
        let synonyms = Array(
            brokerSynonyms(names, areSecret: definition.isSensitive).drop { $0.name != definition.name })
        return ConfigurationEntry(
            definition: definition, value: synonyms.first?.value, source: synonyms.first?.source ?? .defaultValue,
            isReadOnly: definition.updateMode == .readOnly || !definition.isSettable, synonyms: synonyms)
    }

    private func entry(
        _ definition: ConfigurationDefinition, _ overrides: [String: String], _ source: ConfigurationSource
    ) -> ConfigurationEntry {
        var synonyms = brokerSynonyms(definition.synonyms, areSecret: definition.isSensitive)
        var value = inherited(definition) ?? definition.defaultValue
        if let own = overrides[definition.name] {
            synonyms.insert(ConfigurationSynonym(name: definition.name, value: own, source: source), at: 0)
            value = own
        } else if synonyms.isEmpty, let standard = definition.defaultValue {
            synonyms = [ConfigurationSynonym(name: definition.name, value: standard, source: .defaultValue)]
        }
        return ConfigurationEntry(
            definition: definition, value: value, source: synonyms.first?.source ?? .defaultValue,
            isReadOnly: !definition.isSettable, synonyms: synonyms)
    }

    private func brokerSynonyms(_ names: [String], areSecret: Bool) -> [ConfigurationSynonym] {
        let layers: [(values: [String: String]?, source: ConfigurationSource)] = [
            (dynamicBroker, .dynamicBroker), (dynamicDefault, .dynamicDefaultBroker), (fixed, .staticBroker),
            (nil, .defaultValue),
        ]
        return layers.flatMap { layer in
            names.compactMap { name in
                let value = layer.values.map { $0[name] } ?? ConfigurationCatalog.broker[name]?.defaultValue
                return value.map { ConfigurationSynonym(name: name, value: areSecret ? nil : $0, source: layer.source) }
            }
        }
    }
}

/// `log.retention.hours` speaks of hours where `retention.ms` speaks of milliseconds.
private struct TimeUnitOfKey {
    let milliseconds: Int64

    init(of key: String, for topicKey: String) {
        guard topicKey.hasSuffix(".ms") else {
            milliseconds = 1
            return
        }
        milliseconds = key.hasSuffix(".hours") ? 3_600_000 : key.hasSuffix(".minutes") ? 60_000 : 1
    }

    /// Negative values mean "without limit" and have no unit.
    func converted(_ value: String?) -> String? {
        guard milliseconds > 1, let value, let number = Int64(value), number > 0 else { return value }
        return "\(number.multipliedReportingOverflow(by: milliseconds).partialValue)"
    }
}
