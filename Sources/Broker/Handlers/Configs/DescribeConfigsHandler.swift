// DescribeConfigs: v1-4
// Authorization: DescribeConfigs on Topic, Group or Cluster
// Behaviour: every key of a topic, group, broker or metrics subscription with its value, its source and, if asked, its
//   synonyms in order of precedence and one line of documentation. Keys that this broker does not act on are read-only.
//   Of the broker's loggers, their levels (KIP-412).
// Version notes: v3 types and documentation.
import Coordination
import KafkaProtocol
import NIOCore

struct DescribeConfigsHandler: RequestHandler {
    static let versions: ClosedRange<Int16> = 1...4

    typealias ResourceResult = DescribeConfigsResponse.DescribeConfigsResult
    typealias Entry = DescribeConfigsResponse.DescribeConfigsResourceResult

    let settings: SettingsView
    let loggers: SubsystemLoggers
    let authorizer: any Authorizer

    func handle(_ request: DescribeConfigsRequest, _ context: RequestContext) -> Handling<DescribeConfigsResponse> {
        let image = settings.image()
        let resolver = SettingsView.resolver(settings.fixed, settings.nodeID, image)
        var seen: Set<SeenResource> = []
        return .answer(
            .with { response in
                response.results = request.resources.map { resource in
                    .with { result in
                        result.resourceType = resource.resourceType
                        result.resourceName = resource.resourceName
                        result.errorMessage = nil
                        do throws(Refusal) {
                            let isFirst = seen.insert(SeenResource(resource)).inserted
                            guard isFirst, seen.count <= Self.maxResources else {
                                throw Refusal(.invalidRequest, isFirst ? Self.tooMany : "Name each resource once.")
                            }
                            if ConfigResourceType(rawValue: resource.resourceType) == .brokerLogger {
                                result.configs = try logLevels(resource, context)
                                return
                            }
                            let entries = try entries(resource, resolver, image, context)
                            result.configs = entries.map { Self.entry($0, request) }
                        } catch {
                            result.errorCode = error.code
                            result.errorMessage = error.message
                        }
                    }
                }
            })
    }

    /// Resources that one answer describes: each has dozens of entries, and any name is a group's name.
    private static let maxResources = 10_000
    private static let tooMany = "One request can describe at most \(maxResources) resources; use several."

    private struct SeenResource: Hashable {
        var type: Int8
        var name: String

        init(_ resource: DescribeConfigsRequest.DescribeConfigsResource) {
            type = resource.resourceType
            name = resource.resourceName
        }
    }

    private func entries(
        _ resource: DescribeConfigsRequest.DescribeConfigsResource, _ resolver: ConfigurationResolver,
        _ image: ClusterMetadataImage, _ context: RequestContext
    ) throws(Refusal) -> [ConfigurationEntry] {
        let entries = try allEntries(resource, resolver, image, context)
        guard let keys = resource.configurationKeys, !keys.isEmpty else { return entries }
        let wanted = Set(keys)
        return entries.filter { wanted.contains($0.name) }
    }

    /// The broker's loggers with their levels (KIP-412).
    private func logLevels(
        _ resource: DescribeConfigsRequest.DescribeConfigsResource, _ context: RequestContext
    ) throws(Refusal) -> [Entry] {
        try require(.cluster, .clusterAuthorizationFailed, context)
        guard resource.resourceName == "\(settings.nodeID)" else {
            throw Refusal(
                .invalidRequest,
                "Unexpected broker id, expected \(settings.nodeID) but received \(resource.resourceName)")
        }
        let wanted = resource.configurationKeys.map { Set($0) } ?? []
        return loggers.entries.filter { wanted.isEmpty || wanted.contains($0.name) }.map { name, level in
            .with {
                $0.name = name
                $0.value = level
                $0.configSource = Self.dynamicBrokerLogger
                $0.documentation = nil
            }
        }
    }

    private static let dynamicBrokerLogger: Int8 = 6

    private func allEntries(
        _ resource: DescribeConfigsRequest.DescribeConfigsResource, _ resolver: ConfigurationResolver,
        _ image: ClusterMetadataImage, _ context: RequestContext
    ) throws(Refusal) -> [ConfigurationEntry] {
        let name = resource.resourceName
        switch ConfigResourceType(rawValue: resource.resourceType) {
        case .topic:
            try require(.topic(name), .topicAuthorizationFailed, context)
            if let fault = TopicName.fault(of: name) { throw Refusal(.invalidTopicException, fault) }
            guard image.topic(named: name) != nil else {
                throw Refusal(.unknownTopicOrPartition, "There is no topic \(name).")
            }
            return resolver.topicEntries(image.configuration(of: .topic(name)))
        case .broker:
            try require(.cluster, .clusterAuthorizationFailed, context)
            if name.isEmpty { return resolver.brokerEntries().filter { $0.source == .dynamicDefaultBroker } }
            guard name == "\(settings.nodeID)" else {
                throw Refusal(
                    .invalidRequest, "This is broker \(settings.nodeID), not \(name): ask that broker itself.")
            }
            return resolver.brokerEntries()
        case .group:
            try require(.group(name), .groupAuthorizationFailed, context)
            if name.isEmpty { throw Refusal(.invalidRequest, "Group name must not be empty") }
            return resolver.groupEntries(image.configuration(of: .group(name)))
        case .clientMetrics:
            try require(.cluster, .clusterAuthorizationFailed, context)
            if name.isEmpty { throw Refusal(.invalidRequest, "Client metrics subscription name must not be empty") }
            return resolver.clientMetricsEntries(image.configuration(of: .clientMetrics(name)))
        case .brokerLogger, nil:
            throw Refusal(.invalidRequest, "Resources of type \(resource.resourceType) have no configuration here.")
        }
    }

    private func require(_ resource: Resource, _ code: ErrorCode, _ context: RequestContext) throws(Refusal) {
        guard authorizer.allows(.describeConfigs, on: resource, for: context) else {
            throw Refusal(code, "You may not describe this configuration.")
        }
    }

    private static func entry(_ entry: ConfigurationEntry, _ request: DescribeConfigsRequest) -> Entry {
        .with { result in
            result.name = entry.name
            result.value = entry.value
            result.readOnly = entry.isReadOnly
            result.configSource = entry.source.rawValue
            result.isSensitive = entry.definition.isSensitive
            result.configType = entry.definition.type.rawValue
            result.documentation = request.includeDocumentation ? entry.definition.documentation : nil
            guard request.includeSynonyms else { return }
            result.synonyms = entry.synonyms.map { synonym in
                .with {
                    $0.name = synonym.name
                    $0.value = synonym.value
                    $0.source = synonym.source.rawValue
                }
            }
        }
    }
}
