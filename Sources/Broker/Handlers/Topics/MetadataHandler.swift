// Metadata: v0-13
// Authorization: Describe on Topic; Create on Topic or Cluster to create on demand
// Behaviour: names this node with the address of the listener that the client came by, and the topics that are asked
//   for, or all. Topics that do not exist are created where auto.create.topics.enable and the request allow it, and the
//   answer waits until they are.
// Version notes: v0 an empty list means all, from v1 on null does; v4 a request may forbid creation; v7 leader epochs;
//   v8 authorized operations; v10 topic ids; v12 topics may be asked for by id.
import Coordination
import KafkaProtocol
import NIOCore

struct MetadataHandler: RequestHandler {
    static let versions: ClosedRange<Int16> = 0...13

    typealias TopicResponse = MetadataResponse.MetadataResponseTopic
    typealias Wanted = MetadataRequest.MetadataRequestTopic

    let identity: ClusterIdentity
    let topics: TopicTable
    let authorizer: any Authorizer
    let creation: TopicCreation

    init(
        identity: ClusterIdentity, topics: TopicTable, authorizer: any Authorizer, creation: TopicCreation
    ) {
        self.identity = identity
        self.topics = topics
        self.authorizer = authorizer
        self.creation = creation
    }

    func handle(_ request: MetadataRequest, _ context: RequestContext) -> Handling<MetadataResponse> {
        let isForAll = request.topics.map { context.version == 0 && $0.isEmpty } ?? true
        if isForAll {
            let visible = topics.all.filter { authorizer.allows(.describe, on: .topic($0.name), for: context) }
            let described = visible.sorted { $0.name < $1.name }.map { describe($0, request, context) }
            return .answer(answer(described, request, context))
        }
        let wanted = Self.distinct(request.topics ?? [])
        let missing = wanted.compactMap { missingName($0, request, context) }
        guard !missing.isEmpty else {
            return .answer(answer(wanted.map { look($0, request, context) }, request, context))
        }
        let created = creation.createOnDemand(Array(Set(missing)).sorted(), on: context.eventLoop)
        return .eventually(
            created.map { refusals in
                let described = wanted.map { look($0, request, context, refusals: refusals) }
                return Answer(answer(described, request, context))
            })
    }

    /// Each topic once, however often it is asked for: the answer is not to be larger than the cluster.
    private static func distinct(_ wanted: [Wanted]) -> [Wanted] {
        var names: Set<String> = []
        var ids: Set<TopicID> = []
        return wanted.filter { topic in
            topic.topicID == .zero ? names.insert(topic.name ?? "").inserted : ids.insert(topic.topicID).inserted
        }
    }

    /// The name of a topic that has to be created for this request; nil if it exists or may not be.
    private func missingName(_ wanted: Wanted, _ request: MetadataRequest, _ context: RequestContext) -> String? {
        guard wanted.topicID == .zero, let name = wanted.name, topics[name] == nil else { return nil }
        guard creation.isOnDemand, context.version < 4 || request.allowAutoTopicCreation else { return nil }
        guard
            authorizer.allows(.create, on: .cluster, for: context)
                || authorizer.allows(.create, on: .topic(name), for: context)
        else { return nil }
        return name
    }

    private func look(
        _ wanted: Wanted, _ request: MetadataRequest, _ context: RequestContext, refusals: [String: ErrorCode] = [:]
    ) -> TopicResponse {
        do throws(TopicLookupError) {
            guard wanted.topicID != .zero || wanted.name != nil else { throw TopicLookupError(.invalidRequest) }
            if let name = wanted.name, wanted.topicID == .zero, TopicName.fault(of: name) != nil {
                throw TopicLookupError(.invalidTopicException)
            }
            if let code = wanted.name.flatMap({ refusals[$0] }) { throw TopicLookupError(code) }
            let topic = try topics.find(name: wanted.name ?? "", id: wanted.topicID)
            guard authorizer.allows(.describe, on: .topic(topic.name), for: context) else {
                throw TopicLookupError(wanted.topicID == .zero ? .topicAuthorizationFailed : .unknownTopicID)
            }
            return describe(topic, request, context)
        } catch {
            return .with {
                $0.errorCode = error.code
                $0.name = wanted.name ?? (context.version < 12 ? "" : nil)
                $0.topicID = wanted.topicID
            }
        }
    }

    private func describe(
        _ topic: HostedTopic, _ request: MetadataRequest, _ context: RequestContext
    ) -> TopicResponse {
        .with { response in
            response.name = topic.name
            response.topicID = topic.id
            response.isInternal = topic.isInternal
            response.partitions = topic.partitions.enumerated().map { index, partition in
                .with { $0.describe(partition, index, on: identity.nodeID) }
            }
            if request.includeTopicAuthorizedOperations {
                response.topicAuthorizedOperations = authorizer.authorizedOperations(
                    on: .topic(topic.name), for: context)
            }
        }
    }

    private func answer(
        _ topics: [TopicResponse], _ request: MetadataRequest, _ context: RequestContext
    ) -> MetadataResponse {
        let endpoint = identity.endpoint(for: context.connection.listener)
        return .with { response in
            response.clusterID = identity.clusterID
            response.controllerID = identity.nodeID
            response.brokers = [
                .with {
                    $0.nodeID = identity.nodeID
                    $0.host = endpoint.host
                    $0.port = Int32(endpoint.port)
                    $0.rack = identity.rack
                }
            ]
            response.topics = topics
            if request.includeClusterAuthorizedOperations {
                response.clusterAuthorizedOperations = authorizer.authorizedOperations(on: .cluster, for: context)
            }
        }
    }
}
