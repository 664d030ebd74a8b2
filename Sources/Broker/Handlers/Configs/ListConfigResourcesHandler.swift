// ListConfigResources: v0-1
// Authorization: DescribeConfigs on Cluster
// Behaviour: the names of what can have a configuration (KIP-1142): all topics and brokers, and the groups and the
//   subscriptions to clients' metrics that have one. Types that no version knows fail the request as a whole with
//   UNSUPPORTED_VERSION.
// Version notes: v0 subscriptions to clients' metrics only; v1 all types, or those that are asked for.
import Coordination
import KafkaProtocol
import NIOCore

struct ListConfigResourcesHandler: RequestHandler {
    static let versions: ClosedRange<Int16> = 0...1

    typealias Resource = ListConfigResourcesResponse.ConfigResource

    let settings: SettingsView
    let authorizer: any Authorizer

    /// By the order of the answer.
    private static let types: [ConfigResourceType] = [.group, .clientMetrics, .brokerLogger, .broker, .topic]

    func handle(
        _ request: ListConfigResourcesRequest, _ context: RequestContext
    ) -> Handling<ListConfigResourcesResponse> {
        guard authorizer.allows(.describeConfigs, on: .cluster, for: context) else {
            return .answer(.with { $0.errorCode = .clusterAuthorizationFailed })
        }
        guard let wanted = Self.wanted(request, version: context.version) else {
            return .answer(.with { $0.errorCode = .unsupportedVersion })
        }
        let image = settings.image()
        return .answer(
            .with { response in
                response.configResources = Self.types.filter(wanted.contains).flatMap { type in
                    names(of: type, in: image).map { name in
                        .with {
                            $0.resourceName = name
                            $0.resourceType = type.rawValue
                        }
                    }
                }
            })
    }

    /// nil if one of the types does not exist.
    private static func wanted(_ request: ListConfigResourcesRequest, version: Int16) -> Set<ConfigResourceType>? {
        if version == 0 { return [.clientMetrics] }
        if request.resourceTypes.isEmpty { return Set(types) }
        var wanted: Set<ConfigResourceType> = []
        for number in request.resourceTypes {
            guard let type = ConfigResourceType(rawValue: number) else { return nil }
            wanted.insert(type)
        }
        return wanted
    }

    private func names(of type: ConfigResourceType, in image: ClusterMetadataImage) -> [String] {
        switch type {
        case .topic: image.sortedTopics.map(\.name)
        case .broker, .brokerLogger: image.activeBrokers.map { "\($0.id)" }
        case .group: image.configuredGroups
        case .clientMetrics: image.clientMetricsSubscriptions
        }
    }
}
