import Testing

@testable import Broker

@Suite struct ConfigurationResolverTests {
    private func entry(_ name: String, in entries: [ConfigurationEntry]) throws -> ConfigurationEntry {
        try #require(entries.first { $0.name == name })
    }

    @Test func `a topic's own value comes before this broker's, all brokers', the file's and the default`() throws {
        let resolver = ConfigurationResolver(
            fixed: ["log.cleanup.policy": "compact"], dynamicDefault: ["log.cleanup.policy": "delete"],
            dynamicBroker: ["log.cleanup.policy": "compact,delete"])
        let entry = try entry("cleanup.policy", in: resolver.topicEntries(["cleanup.policy": ""]))
        #expect(entry.value == "" && entry.source == .dynamicTopic && !entry.isReadOnly && !entry.isDefault)
        #expect(
            entry.synonyms == [
                ConfigurationSynonym(name: "cleanup.policy", value: "", source: .dynamicTopic),
                ConfigurationSynonym(name: "log.cleanup.policy", value: "compact,delete", source: .dynamicBroker),
                ConfigurationSynonym(name: "log.cleanup.policy", value: "delete", source: .dynamicDefaultBroker),
                ConfigurationSynonym(name: "log.cleanup.policy", value: "compact", source: .staticBroker),
                ConfigurationSynonym(name: "log.cleanup.policy", value: "delete", source: .defaultValue),
            ])
    }

    @Test(arguments: [
        ([:], "604800000", ConfigurationSource.defaultValue), (["log.retention.hours": "2"], "7200000", .staticBroker),
        (["log.retention.hours": "2", "log.retention.minutes": "3"], "180000", .staticBroker),
        (["log.retention.ms": "5", "log.retention.minutes": "3"], "5", .staticBroker),
        (["log.retention.hours": "-1"], "-1", .staticBroker),
    ])
    func `a topic's time comes from the strongest of the broker's keys, in milliseconds`(
        fixed: [String: String], value: String, source: ConfigurationSource
    ) throws {
        let resolver = ConfigurationResolver(fixed: fixed)
        let entry = try entry("retention.ms", in: resolver.topicEntries([:]))
        #expect(entry.value == value && entry.source == source)
        #expect(resolver.topicValue("retention.ms", [:]) == value)
    }

    @Test func `synonyms show the broker's own words`() throws {
        let resolver = ConfigurationResolver(fixed: ["log.retention.hours": "2"])
        let entry = try entry("retention.ms", in: resolver.topicEntries([:]))
        #expect(
            entry.synonyms == [
                ConfigurationSynonym(name: "log.retention.hours", value: "2", source: .staticBroker),
                ConfigurationSynonym(name: "log.retention.hours", value: "168", source: .defaultValue),
            ])
    }

    @Test func `our topics flush every message unless someone says otherwise`() throws {
        let entries = ConfigurationResolver(fixed: [:]).topicEntries([:])
        let entry = try entry("flush.messages", in: entries)
        #expect(entry.value == "1" && entry.isDefault)
        #expect(entries.count == ConfigurationCatalog.topic.definitions.count)
    }

    @Test func `a key of a topic alone has its default as its only synonym`() throws {
        let entry = try entry("remote.storage.enable", in: ConfigurationResolver(fixed: [:]).topicEntries([:]))
        #expect(entry.value == "false" && entry.isReadOnly)
        #expect(
            entry.synonyms == [
                ConfigurationSynonym(name: "remote.storage.enable", value: "false", source: .defaultValue)
            ])
    }

    @Test func `a broker's key shows what it falls back to, not what comes before it`() throws {
        let resolver = ConfigurationResolver(fixed: ["log.retention.ms": "9", "log.retention.minutes": "3"])
        let entries = resolver.brokerEntries()
        let milliseconds = try entry("log.retention.ms", in: entries)
        #expect(milliseconds.value == "9" && milliseconds.source == .staticBroker && !milliseconds.isReadOnly)
        #expect(
            milliseconds.synonyms.map(\.name) == ["log.retention.ms", "log.retention.minutes", "log.retention.hours"])
        let minutes = try entry("log.retention.minutes", in: entries)
        #expect(
            minutes.value == "3" && minutes.synonyms.map(\.name) == ["log.retention.minutes", "log.retention.hours"])
        #expect(minutes.isReadOnly)
    }

    @Test func `a broker's key without a value is null and at its default`() throws {
        let entry = try entry("log.retention.ms", in: ConfigurationResolver(fixed: [:]).brokerEntries())
        #expect(entry.value == nil && entry.isDefault && entry.synonyms.isEmpty)
    }

    @Test func `every key of the broker is described once`() {
        let entries = ConfigurationResolver(fixed: [:]).brokerEntries()
        #expect(entries.map(\.name) == ConfigurationCatalog.broker.definitions.map(\.name))
        #expect(entries.filter { $0.definition.isSensitive }.allSatisfy { $0.value == nil })
    }

    @Test func `a group's value falls back to the broker's`() throws {
        let resolver = ConfigurationResolver(fixed: ["group.consumer.session.timeout.ms": "50000"])
        let inherited = try entry("consumer.session.timeout.ms", in: resolver.groupEntries([:]))
        #expect(inherited.value == "50000" && inherited.source == .staticBroker)
        let own = try entry(
            "consumer.session.timeout.ms", in: resolver.groupEntries(["consumer.session.timeout.ms": "46000"]))
        #expect(own.value == "46000" && own.source == .dynamicGroup)
    }

    @Test func `a subscription to metrics shows its own values`() throws {
        let entries = ConfigurationResolver(fixed: [:]).clientMetricsEntries(["interval.ms": "1000"])
        #expect(entries.map(\.value) == ["1000", "", ""])
        #expect(entries.map(\.source) == [.dynamicClientMetrics, .defaultValue, .defaultValue])
    }
}
