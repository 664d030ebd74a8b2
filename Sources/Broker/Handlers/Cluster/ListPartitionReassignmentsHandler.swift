// ListPartitionReassignments: v0
// Authorization: Describe on Cluster
// Behaviour: the partitions whose replicas are being changed: none while this node is the only one.
// Version notes: none
import Coordination
import KafkaProtocol
import NIOCore

struct ListPartitionReassignmentsHandler: RequestHandler {
    static let versions: ClosedRange<Int16> = 0...0

    typealias TopicAnswer = ListPartitionReassignmentsResponse.OngoingTopicReassignment
    typealias PartitionAnswer = ListPartitionReassignmentsResponse.OngoingPartitionReassignment

    let settings: SettingsView
    let authorizer: any Authorizer

    func handle(
        _ request: ListPartitionReassignmentsRequest, _ context: RequestContext
    ) -> Handling<ListPartitionReassignmentsResponse> {
        guard authorizer.allows(.describe, on: .cluster, for: context) else {
            return .answer(
                .with {
                    $0.errorCode = .clusterAuthorizationFailed
                    $0.errorMessage = "You may not describe the cluster."
                })
        }
        let image = settings.image()
        return .answer(
            .with { response in
                response.errorMessage = nil
                if let wanted = request.topics {
                    response.topics = wanted.compactMap { topic in
                        image.topic(named: topic.name).flatMap { Self.ongoing($0, topic.partitionIndexes) }
                    }
                } else {
                    response.topics = image.sortedTopics.compactMap { topic in
                        Self.ongoing(topic, topic.partitions.indices.map { PartitionIndex(Int32($0)) })
                    }
                }
            })
    }

    private static func ongoing(_ topic: TopicImage, _ indices: [PartitionIndex]) -> TopicAnswer? {
        let partitions = indices.compactMap { index -> PartitionAnswer? in
            guard let partition = topic.partition(index),
                !(partition.addingReplicas.isEmpty && partition.removingReplicas.isEmpty)
            else { return nil }
            return .with {
                $0.partitionIndex = index
                $0.replicas = partition.replicas
                $0.addingReplicas = partition.addingReplicas
                $0.removingReplicas = partition.removingReplicas
            }
        }
        guard !partitions.isEmpty else { return nil }
        return .with {
            $0.name = topic.name
            $0.partitions = partitions
        }
    }
}
