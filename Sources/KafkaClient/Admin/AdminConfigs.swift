import KafkaProtocol

/// Something that has a configuration.
public enum ConfigResource: Hashable, Sendable, CustomStringConvertible {
    case topic(String)
    /// A broker by its id; the empty name stands for the default of all brokers.
    case broker(String)
    case brokerLogger(String)
    case clientMetrics(String)
    case group(String)

    /// What a resource is, with Kafka's numbers.
    public enum Kind: Int8, Hashable, Sendable, CaseIterable {
        case topic = 2
        case broker = 4
        case brokerLogger = 8
        case clientMetrics = 16
        case group = 32
    }

    public init(_ kind: Kind, _ name: String) {
        self =
            switch kind {
            case .topic: .topic(name)
            case .broker: .broker(name)
            case .brokerLogger: .brokerLogger(name)
            case .clientMetrics: .clientMetrics(name)
            case .group: .group(name)
            }
    }

    public var kind: Kind {
        switch self {
        case .topic: .topic
        case .broker: .broker
        case .brokerLogger: .brokerLogger
        case .clientMetrics: .clientMetrics
        case .group: .group
        }
    }

    var type: Int8 { kind.rawValue }

    public var name: String {
        switch self {
        case .topic(let name), .broker(let name), .brokerLogger(let name), .clientMetrics(let name), .group(let name):
            name
        }
    }

    public var description: String {
        switch self {
        case .topic: "topic '\(name)'"
        case .broker: name.isEmpty ? "all brokers" : "broker \(name)"
        case .brokerLogger: "the loggers of broker \(name)"
        case .clientMetrics: "client metrics '\(name)'"
        case .group: "group '\(name)'"
        }
    }

    /// Who must be asked: a broker knows only its own configuration.
    var target: ClusterCore.Target {
        switch self {
        case .broker(let name), .brokerLogger(let name): Int32(name).map { .broker(BrokerID($0)) } ?? .any
        default: .any
        }
    }
}

/// One configuration key of a resource, with the value in force.
public struct ConfigEntry: Sendable {
    /// Where a value comes from.
    public enum Source: Int8, Sendable, CustomStringConvertible {
        case unknown = 0
        case dynamicTopic = 1
        case dynamicBroker = 2
        case dynamicDefaultBroker = 3
        case staticBroker = 4
        case defaultValue = 5
        case dynamicBrokerLogger = 6
        case clientMetrics = 7
        case group = 8

        /// Kafka's name.
        public var description: String {
            switch self {
            case .unknown: "UNKNOWN"
            case .dynamicTopic: "DYNAMIC_TOPIC_CONFIG"
            case .dynamicBroker: "DYNAMIC_BROKER_CONFIG"
            case .dynamicDefaultBroker: "DYNAMIC_DEFAULT_BROKER_CONFIG"
            case .staticBroker: "STATIC_BROKER_CONFIG"
            case .defaultValue: "DEFAULT_CONFIG"
            case .dynamicBrokerLogger: "DYNAMIC_BROKER_LOGGER_CONFIG"
            case .clientMetrics: "CLIENT_METRICS_CONFIG"
            case .group: "GROUP_CONFIG"
            }
        }
    }

    public var name: String
    /// Nil for secrets and for keys without a value.
    public var value: String?
    public var source: Source
    public var isReadOnly: Bool
    public var isSensitive: Bool
    public var documentation: String?
}

/// A change of one configuration key.
public enum ConfigChange: Hashable, Sendable {
    case set(String, String)
    /// Back to the default.
    case delete(String)
    /// Adds to a list.
    case append(String, String)
    /// Takes out of a list.
    case subtract(String, String)

    var wire: IncrementalAlterConfigsRequest.AlterableConfig {
        .with {
            switch self {
            case .set(let name, let value): ($0.name, $0.configOperation, $0.value) = (name, 0, value)
            case .delete(let name): ($0.name, $0.configOperation, $0.value) = (name, 1, nil)
            case .append(let name, let value): ($0.name, $0.configOperation, $0.value) = (name, 2, value)
            case .subtract(let name, let value): ($0.name, $0.configOperation, $0.value) = (name, 3, value)
            }
        }
    }
}

extension Admin {
    /// The configuration of resources.
    ///
    /// - Parameter keys: only these; nil for all.
    public func describeConfigs(
        _ resources: [ConfigResource], keys: [String]? = nil, includesDocumentation: Bool = false
    ) async throws -> Outcomes<ConfigResource, [ConfigEntry]> {
        var outcomes: Outcomes<ConfigResource, [ConfigEntry]> = [:]
        for (target, resources) in Dictionary(grouping: resources, by: \.target) {
            let part = try await cluster.retrying {
                try await cluster.send(to: target) { version in
                    DescribeConfigsRequest.with {
                        $0.includeDocumentation = includesDocumentation && version >= 3
                        $0.resources = resources.map { resource in
                            .with {
                                $0.resourceType = resource.type
                                $0.resourceName = resource.name
                                $0.configurationKeys = keys
                            }
                        }
                    }
                }
            }
            for resource in resources {
                guard
                    let result = part.results.first(where: {
                        $0.resourceType == resource.type && $0.resourceName == resource.name
                    })
                else { continue }
                outcomes[resource] = Self.outcome(
                    result.errorCode, "cannot describe the configuration of \(resource)", result.errorMessage
                ) { result.configs.map(ConfigEntry.init) }
            }
        }
        return outcomes
    }

    /// The resources of a kind that can have a configuration, sorted by name (KIP-1142). Brokers before Kafka 4.1 list
    /// only client metrics; of the other kinds all that exist are returned then.
    public func listConfigResources(_ kind: ConfigResource.Kind) async throws -> [ConfigResource] {
        let response: ListConfigResourcesResponse
        do {
            response = try await cluster.retrying {
                let version = try await cluster.versions(of: .any).version(of: ListConfigResourcesRequest.self)
                guard version >= 1 || kind == .clientMetrics else {
                    throw KafkaError(.unsupportedVersion, "the broker lists client metrics only")
                }
                return try await cluster.send(
                    ListConfigResourcesRequest.with { $0.resourceTypes = version >= 1 ? [kind.rawValue] : [] }, to: .any
                )
            }
        } catch let error as KafkaError where error.code == .unsupportedVersion && kind != .clientMetrics {
            return try await existing(kind).map { ConfigResource(kind, $0) }
        }
        guard response.errorCode == .none else {
            throw KafkaError(broker: response.errorCode, "the broker does not list what has a configuration")
        }
        return response.configResources.filter { $0.resourceType == kind.rawValue }.map(\.resourceName).sorted()
            .map { ConfigResource(kind, $0) }
    }

    private func existing(_ kind: ConfigResource.Kind) async throws -> [String] {
        switch kind {
        case .topic: try await listTopics(includesInternal: true).map(\.name)
        case .broker, .brokerLogger: try await describeCluster().brokers.map { "\($0.id)" }
        case .group: try await listGroups().map(\.id)
        case .clientMetrics: []
        }
    }

    /// Changes single keys of resources; all keys of one resource or none (KIP-339).
    public func incrementalAlterConfigs(
        _ changes: [ConfigResource: [ConfigChange]], validateOnly: Bool = false
    ) async throws -> Outcomes<ConfigResource, Void> {
        var outcomes: Outcomes<ConfigResource, Void> = [:]
        for (target, resources) in Dictionary(grouping: changes.keys, by: \.target) {
            let request = IncrementalAlterConfigsRequest.with {
                $0.validateOnly = validateOnly
                $0.resources = resources.map { resource in
                    .with {
                        $0.resourceType = resource.type
                        $0.resourceName = resource.name
                        $0.configs = changes[resource, default: []].map(\.wire)
                    }
                }
            }
            let response = try await cluster.retrying {
                let response = try await cluster.send(request, to: target == .any ? .controller : target)
                for result in response.responses {
                    try KafkaError.throwIfRetriable(result.errorCode, "cannot change a configuration")
                }
                return response
            }
            for resource in resources {
                guard
                    let result = response.responses.first(where: {
                        $0.resourceType == resource.type && $0.resourceName == resource.name
                    })
                else { continue }
                outcomes[resource] = Self.outcome(
                    result.errorCode, "cannot change the configuration of \(resource)", result.errorMessage
                ) {}
            }
        }
        return outcomes
    }
}

extension ConfigEntry {
    init(_ entry: DescribeConfigsResponse.DescribeConfigsResourceResult) {
        self.init(
            name: entry.name, value: entry.value, source: Source(rawValue: entry.configSource) ?? .unknown,
            isReadOnly: entry.readOnly, isSensitive: entry.isSensitive, documentation: entry.documentation)
    }
}
