package import KafkaProtocol

/// What a set of configuration values belongs to.
package enum ConfigurationResource: Hashable, Sendable {
    case topic(String)
    /// nil: the values that all brokers share.
    case broker(BrokerID?)
    case group(String)
    case clientMetrics(String)
}

/// One line of an IncrementalAlterConfigs request (KIP-339).
package struct ConfigurationChange: Hashable, Sendable {
    package enum Operation: Int8, Sendable {
        case set = 0
        case delete = 1
        case append = 2
        case subtract = 3
    }

    package let name: String
    package let operation: Operation
    package let value: String?

    package init(_ name: String, _ operation: Operation, _ value: String?) {
        self.name = name
        self.operation = operation
        self.value = value
    }
}

/// The knowledge about configuration keys that the metadata state machine needs and does not have: the tables stand
/// with the code that acts on the keys.
package protocol ConfigurationRules: Sendable {
    /// Checks a whole set of values for `resource` and returns them in their canonical form.
    func validated(
        _ values: [(name: String, value: String?)], for resource: ConfigurationResource
    ) throws(Refusal) -> [String: String]

    /// Applies `changes` to the values that `resource` has and checks the result.
    func edited(
        _ current: [String: String], by changes: [ConfigurationChange], for resource: ConfigurationResource
    ) throws(Refusal) -> [String: String]
}
