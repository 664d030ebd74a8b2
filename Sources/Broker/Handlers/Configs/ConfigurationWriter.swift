import Coordination
import KafkaProtocol
import NIOCore

/// What AlterConfigs and IncrementalAlterConfigs have in common: resources are altered one by one, or refused.
struct ConfigurationWriter: Sendable {
    /// One resource of a request.
    struct Item: Sendable {
        var type: Int8
        var name: String
        var values: ConfigurationAlteration.Values
        /// Why nothing of it can be done, whatever the resource is.
        var refusal: Refusal?
    }

    /// One resource of an answer.
    struct Outcome: Sendable {
        var type: Int8
        var name: String
        var refusal: Refusal?
    }

    let metadata: MetadataWriter
    let loggers: SubsystemLoggers
    let authorizer: any Authorizer
    let nodeID: BrokerID

    func alter(_ items: [Item], validateOnly: Bool, _ context: RequestContext) -> EventLoopFuture<[Outcome]> {
        let admitted = items.map { item in
            Result { () throws(Refusal) -> ConfigurationAlteration? in
                if let refusal = item.refusal { throw refusal }
                if ConfigResourceType(rawValue: item.type) == .brokerLogger {
                    try alterLoggers(item, validateOnly: validateOnly, context)
                    return nil
                }
                return ConfigurationAlteration(try resource(item, context), item.values)
            }
        }
        let alterations = admitted.compactMap { (try? $0.get()) ?? nil }
        let future = metadata.submit(on: context.eventLoop) { machine in
            machine.alterConfigurations(alterations, validateOnly: validateOnly)
        }
        return future.map { outcomes in
            let results = Dictionary(outcomes.map { ($0.subject, $0.result) }, uniquingKeysWith: { first, _ in first })
            return zip(items, admitted).map { item, admitted in
                var outcome = Outcome(type: item.type, name: item.name)
                switch admitted {
                case .failure(let refusal): outcome.refusal = refusal
                // Levels of loggers are in force already.
                case .success(nil): break
                case .success(let alteration?):
                    if case .failure(let refusal)? = results[alteration.resource] { outcome.refusal = refusal }
                }
                return outcome
            }
        }
    }

    /// Levels are the process's own: in force at once, and gone with it.
    private func alterLoggers(_ item: Item, validateOnly: Bool, _ context: RequestContext) throws(Refusal) {
        try require(.cluster, .clusterAuthorizationFailed, context)
        guard item.name == "\(nodeID)" else {
            throw Refusal(.invalidRequest, "Unexpected broker id, expected \(nodeID) but received \(item.name)")
        }
        guard case .changes(let changes) = item.values else {
            throw Refusal(.invalidRequest, "Log levels are altered one by one: use IncrementalAlterConfigs.")
        }
        try loggers.alter(changes, validateOnly: validateOnly)
    }

    /// The resource, if the client may alter it.
    private func resource(_ item: Item, _ context: RequestContext) throws(Refusal) -> ConfigurationResource {
        switch ConfigResourceType(rawValue: item.type) {
        case .topic:
            try require(.topic(item.name), .topicAuthorizationFailed, context)
            return .topic(item.name)
        case .broker:
            try require(.cluster, .clusterAuthorizationFailed, context)
            if item.name.isEmpty { return .broker(nil) }
            guard item.name == "\(nodeID)" else {
                throw Refusal(
                    .invalidRequest, "There is no broker \(item.name); this cluster has broker \(nodeID) only.")
            }
            return .broker(nodeID)
        case .group:
            try require(.group(item.name), .groupAuthorizationFailed, context)
            return .group(item.name)
        case .clientMetrics:
            try require(.cluster, .clusterAuthorizationFailed, context)
            return .clientMetrics(item.name)
        case .brokerLogger, nil:
            throw Refusal(.invalidRequest, "Resources of type \(item.type) have no configuration here.")
        }
    }

    private func require(_ resource: Resource, _ code: ErrorCode, _ context: RequestContext) throws(Refusal) {
        guard authorizer.allows(.alterConfigs, on: resource, for: context) else {
            throw Refusal(code, "You may not alter this configuration.")
        }
    }
}

/// A resource as both APIs answer for it, with the same fields.
protocol AlteredResource {
    var resourceType: Int8 { get set }
    var resourceName: String { get set }
    var errorCode: ErrorCode { get set }
    var errorMessage: String? { get set }
}

extension AlteredResource {
    mutating func tell(_ outcome: ConfigurationWriter.Outcome) {
        resourceType = outcome.type
        resourceName = outcome.name
        errorCode = outcome.refusal?.code ?? .none
        errorMessage = outcome.refusal?.message
    }
}

extension AlterConfigsResponse.AlterConfigsResourceResponse: AlteredResource {}
extension IncrementalAlterConfigsResponse.AlterConfigsResourceResponse: AlteredResource {}
