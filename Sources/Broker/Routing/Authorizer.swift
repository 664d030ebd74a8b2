import KafkaProtocol

/// The operations that Kafka's authorization table names, with their numbers on the wire.
enum AclOperation: Int8, CaseIterable, Sendable {
    case read = 3
    case write = 4
    case create = 5
    case delete = 6
    case alter = 7
    case describe = 8
    case clusterAction = 9
    case describeConfigs = 10
    case alterConfigs = 11
    case idempotentWrite = 12
}

/// What an operation is done to.
enum Resource: Hashable, Sendable {
    case cluster
    case topic(String)
    case group(String)
    case transactionalID(String)
}

/// Decides who may do what. Every handler asks it; the default allows all.
protocol Authorizer: Sendable {
    func allows(_ operation: AclOperation, on resource: Resource, for context: RequestContext) -> Bool
}

/// No access control: what a broker without an authorizer does.
struct AllowAllAuthorizer: Authorizer {
    init() {}
    func allows(_ operation: AclOperation, on resource: Resource, for context: RequestContext) -> Bool { true }
}

extension Authorizer {
    /// The bit set of operations on a resource that Metadata and DescribeCluster answer with (KIP-430).
    func authorizedOperations(on resource: Resource, for context: RequestContext) -> Int32 {
        let candidates: [AclOperation] =
            switch resource {
            case .cluster:
                [.create, .clusterAction, .describeConfigs, .alterConfigs, .idempotentWrite, .alter, .describe]
            case .topic: [.read, .write, .create, .describe, .delete, .alter, .describeConfigs, .alterConfigs]
            case .group: [.read, .describe, .delete, .describeConfigs, .alterConfigs]
            case .transactionalID: [.describe, .write]
            }
        return candidates.reduce(0) { bits, operation in
            allows(operation, on: resource, for: context) ? bits | 1 << Int32(operation.rawValue) : bits
        }
    }
}
