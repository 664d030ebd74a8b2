// AlterPartitionReassignments: v0-1
// Authorization: Alter on Cluster
// Behaviour: this node is the only one to have replicas. To assign a partition to it succeeds and changes nothing; any
//   other assignment is INVALID_REPLICA_ASSIGNMENT. Nothing is ever under way, so that nothing can be cancelled:
//   NO_REASSIGNMENT_IN_PROGRESS.
// Version notes: v1 may refuse to change the replication factor (KIP-860).
import Coordination
import KafkaProtocol
import NIOCore

struct AlterPartitionReassignmentsHandler: RequestHandler {
    static let versions: ClosedRange<Int16> = 0...1

    typealias Target = AlterPartitionReassignmentsRequest.ReassignablePartition

    let settings: SettingsView
    let authorizer: any Authorizer

    func handle(
        _ request: AlterPartitionReassignmentsRequest, _ context: RequestContext
    ) -> Handling<AlterPartitionReassignmentsResponse> {
        guard authorizer.allows(.alter, on: .cluster, for: context) else {
            return .answer(
                .with {
                    $0.errorCode = .clusterAuthorizationFailed
                    $0.errorMessage = "You may not change the cluster."
                })
        }
        let image = settings.image()
        let mayChangeFactor = context.version == 0 || request.allowReplicationFactorChange
        return .answer(
            .with { response in
                response.allowReplicationFactorChange = mayChangeFactor
                response.errorMessage = nil
                response.responses = request.topics.map { topic in
                    .with { answer in
                        answer.name = topic.name
                        answer.partitions = topic.partitions.map { target in
                            .with { result in
                                result.partitionIndex = target.partitionIndex
                                result.errorMessage = nil
                                do throws(Refusal) {
                                    let partition = try Self.partition(target.partitionIndex, of: topic.name, in: image)
                                    try check(target, against: partition, mayChangeFactor: mayChangeFactor)
                                } catch {
                                    result.errorCode = error.code
                                    result.errorMessage = error.message
                                }
                            }
                        }
                    }
                }
            })
    }

    private static func partition(
        _ index: PartitionIndex, of name: String, in image: ClusterMetadataImage
    ) throws(Refusal) -> PartitionImage {
        guard let topic = image.topic(named: name) else {
            throw Refusal(.unknownTopicOrPartition, "Unable to find a topic named \(name).")
        }
        guard let partition = topic.partition(index) else {
            throw Refusal(.unknownTopicOrPartition, "Unable to find partition \(name):\(index).")
        }
        return partition
    }

    private func check(
        _ target: Target, against partition: PartitionImage, mayChangeFactor: Bool
    ) throws(Refusal) {
        guard let replicas = target.replicas else {
            throw Refusal(.noReassignmentInProgress, "No partition reassignment is in progress.")
        }
        guard mayChangeFactor || replicas.count == partition.replicas.count else {
            throw Refusal(
                .invalidReplicationFactor,
                "The replication factor is changed from \(partition.replicas.count) to \(replicas.count).")
        }
        if replicas.isEmpty {
            throw Refusal(.invalidReplicaAssignment, "The manual partition assignment includes an empty replica list.")
        }
        if let other = replicas.first(where: { $0 != settings.nodeID }) {
            throw Refusal(
                .invalidReplicaAssignment,
                "The manual partition assignment includes broker \(other), but no such broker is registered.")
        }
        if replicas.count > 1 {
            throw Refusal(
                .invalidReplicaAssignment,
                "The manual partition assignment includes the broker \(settings.nodeID) more than once.")
        }
    }
}
