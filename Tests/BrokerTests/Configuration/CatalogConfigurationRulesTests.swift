import Coordination
import KafkaProtocol
import Testing

@testable import Broker

@Suite struct CatalogConfigurationRulesTests {
    private let rules = CatalogConfigurationRules(fixed: [:])
    private let topic = ConfigurationResource.topic("t")

    private func refusal(_ body: () throws(Refusal) -> [String: String]) -> Refusal? {
        if case .failure(let refusal) = Result(catching: body) { refusal } else { nil }
    }

    @Test func `good values are taken in their canonical form`() throws {
        let values = try rules.validated([("preallocate", " TRUE"), ("cleanup.policy", "compact, delete")], for: topic)
        #expect(values == ["preallocate": "true", "cleanup.policy": "compact,delete"])
    }

    private static let badValues: [(String, String?, ErrorCode, String)] = [
        ("no.such.key", "1", .invalidConfig, "Unknown topic config name: no.such.key."),
        ("retention.sm", "1", .invalidConfig, "Unknown topic config name: retention.sm. Did you mean retention.ms?"),
        ("retention.ms", "x", .invalidConfig, "Invalid value x for configuration retention.ms: the value must be"),
        ("retention.ms", nil, .invalidConfig, "Null value not supported for retention.ms"),
        ("remote.storage.enable", "true", .invalidConfig, "remote.storage.enable can only have its default here: "),
    ]

    @Test(arguments: badValues)
    func `a bad value of a topic is refused`(key: String, value: String?, code: ErrorCode, message: String) {
        let refusal = refusal { () throws(Refusal) in try rules.validated([(key, value)], for: topic) }
        #expect(refusal?.code == code)
        #expect(refusal?.message.hasPrefix(message) == true)
    }

    @Test func `a key without use may be set to its default`() throws {
        #expect(try rules.validated([("remote.storage.enable", "false")], for: topic).count == 1)
    }

    @Test func `a key that stands twice is an invalid request`() {
        let twice = [("flush.ms", "1" as String?), ("flush.ms", "2")].map { (name: $0.0, value: $0.1) }
        #expect(refusal { () throws(Refusal) in try rules.validated(twice, for: topic) }?.code == .invalidRequest)
        let changes = [ConfigurationChange("flush.ms", .set, "1"), ConfigurationChange("flush.ms", .delete, nil)]
        #expect(
            refusal { () throws(Refusal) in try rules.edited([:], by: changes, for: topic) }?.code == .invalidRequest)
    }

    @Test func `lags of compaction must agree`() {
        let values = [("min.compaction.lag.ms", "10" as String?), ("max.compaction.lag.ms", "5")]
            .map { (name: $0.0, value: $0.1) }
        #expect(refusal { () throws(Refusal) in try rules.validated(values, for: topic) }?.code == .invalidConfig)
    }

    private static let singleChanges: [([String: String], ConfigurationChange, [String: String])] = [
        ([:], .init("flush.ms", .set, "7"), ["flush.ms": "7"]),
        (["flush.ms": "7"], .init("flush.ms", .delete, nil), [:]),
        ([:], .init("flush.ms", .delete, nil), [:]),
        ([:], .init("cleanup.policy", .append, "compact"), ["cleanup.policy": "delete,compact"]),
        ([:], .init("cleanup.policy", .append, "delete"), [:]),
        (
            ["cleanup.policy": "compact"], .init("cleanup.policy", .append, "compact,delete"),
            ["cleanup.policy": "compact,delete"]
        ),
        (
            ["cleanup.policy": "compact,delete"], .init("cleanup.policy", .subtract, "delete"),
            ["cleanup.policy": "compact"]
        ),
        ([:], .init("cleanup.policy", .subtract, "delete"), ["cleanup.policy": ""]),
        ([:], .init("cleanup.policy", .subtract, "compact"), [:]),
    ]

    @Test(arguments: singleChanges)
    func `a single change leads to the right values`(
        before: [String: String], change: ConfigurationChange, after: [String: String]
    ) throws {
        #expect(try rules.edited(before, by: [change], for: topic) == after)
    }

    @Test func `appending starts from what the broker gives the topic`() throws {
        let rules = CatalogConfigurationRules(fixed: ["log.cleanup.policy": "compact"])
        let after = try rules.edited([:], by: [.init("cleanup.policy", .append, "delete")], for: topic)
        #expect(after == ["cleanup.policy": "compact,delete"])
    }

    private static let refusedChanges: [(ConfigurationChange, ErrorCode)] = [
        (.init("flush.ms", .append, "1"), .invalidConfig), (.init("flush.ms", .subtract, "1"), .invalidConfig),
        (.init("flush.ms", .set, nil), .invalidRequest), (.init("cleanup.policy", .append, nil), .invalidRequest),
        (.init("cleanup.policy", .append, "shred"), .invalidConfig),
        (.init("no.such.key", .delete, nil), .invalidConfig), (.init("segment.bytes", .set, "1"), .invalidConfig),
    ]

    @Test(arguments: refusedChanges)
    func `a change that makes no sense is refused`(change: ConfigurationChange, code: ErrorCode) {
        #expect(refusal { () throws(Refusal) in try rules.edited([:], by: [change], for: topic) }?.code == code)
    }

    private static let resourceChanges: [(ConfigurationResource, String, String, ErrorCode?)] = [
        (.broker(1), "log.retention.ms", "5", nil), (.broker(nil), "log.retention.ms", "5", nil),
        (.broker(1), "num.partitions", "5", .invalidConfig), (.broker(1), "num.partitions", "1", .invalidConfig),
        (.broker(1), "ssl.keystore.location", "/k", .invalidConfig),
        (.broker(1), "sasl.kerberos.min.time.before.relogin", "58000", nil),
        (.broker(nil), "sasl.kerberos.min.time.before.relogin", "58000", .invalidConfig),
        (.broker(1), "retention.ms", "5", .invalidConfig),
        (.group("g"), "consumer.session.timeout.ms", "46000", nil),
        (.group("g"), "consumer.session.timeout.ms", "0", .invalidConfig),
        (.group("g"), "consumer.session.timeout.ms", "44999", .invalidConfig),
        (.group("g"), "consumer.session.timeout.ms", "60001", .invalidConfig),
        (.group("g"), "streams.heartbeat.interval.ms", "15000", nil),
        (.group("g"), "streams.heartbeat.interval.ms", "15001", .invalidConfig),
        (.clientMetrics("m"), "interval.ms", "100", nil), (.clientMetrics("m"), "interval.ms", "99", .invalidRequest),
    ]

    @Test(arguments: resourceChanges)
    func `each kind of resource has its own keys and its own way to change them`(
        resource: ConfigurationResource, key: String, value: String, code: ErrorCode?
    ) {
        let change = ConfigurationChange(key, .set, value)
        #expect(refusal { () throws(Refusal) in try rules.edited([:], by: [change], for: resource) }?.code == code)
    }
}
