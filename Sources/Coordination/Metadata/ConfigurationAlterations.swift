import KafkaProtocol

extension ClusterMetadataStateMachine {
    /// Decides on new configuration values of topics, brokers, groups and subscriptions to clients' metrics.
    /// - Returns: per resource, in the order of the request, the values that it will have itself.
    package func alterConfigurations(
        _ alterations: [ConfigurationAlteration], validateOnly: Bool = false
    ) -> Decision<[CommandOutcome<ConfigurationResource, [String: String]>]> {
        let (resources, repeated) = alterations.map(\.resource).separatingRepetitions()
        let values = Dictionary(alterations.map { ($0.resource, $0.values) }, uniquingKeysWith: { first, _ in first })
        var records: [ClusterMetadataRecord] = []
        let outcomes = resources.compactMap { resource -> CommandOutcome<ConfigurationResource, [String: String]>? in
            guard let values = values[resource] else { return nil }
            return CommandOutcome(resource) { () throws(Refusal) in
                if repeated.contains(resource) {
                    throw Refusal(.invalidRequest, "Each resource must appear at most once.")
                }
                try checkExistence(of: resource)
                let before = image.configuration(of: resource)
                let after = try altered(before, by: values, of: resource)
                records += ConfigurationRecords.differences(from: before, to: after, of: resource)
                return after
            }
        }
        return Decision(records: validateOnly ? [] : records, response: outcomes)
    }

    private func altered(
        _ before: [String: String], by values: ConfigurationAlteration.Values, of resource: ConfigurationResource
    ) throws(Refusal) -> [String: String] {
        switch values {
        case .all(let values):
            try rules.validated(values.map { (name: $0.name, value: $0.value) }, for: resource)
        case .changes(let changes): try rules.edited(before, by: changes, for: resource)
        }
    }

    private func checkExistence(of resource: ConfigurationResource) throws(Refusal) {
        switch resource {
        case .topic(let name):
            if let fault = TopicName.fault(of: name) {
                throw Refusal(.invalidTopicException, "Topic name is invalid: \(fault)")
            }
            if image.topic(named: name) == nil {
                throw Refusal(.unknownTopicOrPartition, "The topic '\(name)' does not exist.")
            }
        case .broker(let id?):
            if image.brokers[id] == nil {
                throw Refusal(.brokerIDNotRegistered, "There is no broker with the id \(id).")
            }
        case .broker(nil): break
        case .group(let name), .clientMetrics(let name):
            if name.isEmpty { throw Refusal(.invalidRequest, "The resource must have a name.") }
        }
    }
}

/// The records that lead from one set of values to another, by key.
enum ConfigurationRecords {
    static func differences(
        from before: [String: String], to after: [String: String], of resource: ConfigurationResource
    ) -> [ClusterMetadataRecord] {
        Set(before.keys).union(after.keys).sorted().filter { before[$0] != after[$0] }.map { name in
            .configuration(
                .with {
                    $0.resourceType = resource.recordType
                    $0.resourceName = resource.recordName
                    $0.name = name
                    $0.value = after[name]
                })
        }
    }
}
