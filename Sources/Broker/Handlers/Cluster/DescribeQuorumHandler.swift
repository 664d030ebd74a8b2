// DescribeQuorum: v0-2
// Authorization: Describe on Cluster
// Behaviour: the quorum of the metadata log is this node alone: leader, only voter, nobody else reads along. Its offsets
//   are those of the log. Anything but partition 0 of __cluster_metadata is UNKNOWN_TOPIC_OR_PARTITION.
// Version notes: v1 times of fetches; v2 directory ids, nodes and error messages.
import Coordination
import KafkaProtocol
import LogStorage
import NIOCore

struct DescribeQuorumHandler: RequestHandler {
    static let versions: ClosedRange<Int16> = 0...2

    typealias PartitionAnswer = DescribeQuorumResponse.PartitionData

    let metadata: MetadataWriter
    /// Of the directory that holds the log.
    let directoryID: KafkaUUID
    let identity: ClusterIdentity
    let clock: any WallClock
    let authorizer: any Authorizer

    func handle(_ request: DescribeQuorumRequest, _ context: RequestContext) -> Handling<DescribeQuorumResponse> {
        guard authorizer.allows(.describe, on: .cluster, for: context) else {
            return .answer(
                .with {
                    $0.errorCode = .clusterAuthorizationFailed
                    $0.errorMessage = "You may not describe the cluster."
                })
        }
        let isKnown =
            request.topics.count == 1 && request.topics[0].topicName == TopicName.clusterMetadata
            && request.topics[0].partitions.map(\.partitionIndex) == [0]
        return .answer(
            .with { response in
                response.errorMessage = nil
                response.topics = request.topics.map { topic in
                    .with { answer in
                        answer.topicName = topic.topicName
                        answer.partitions = topic.partitions.map { partition in
                            isKnown ? quorum(context.version) : Self.unknown(partition.partitionIndex)
                        }
                    }
                }
                if isKnown, context.version >= 2 { response.nodes = [node(context.connection.listener)] }
            })
    }

    private static func unknown(_ index: PartitionIndex) -> PartitionAnswer {
        .with {
            $0.partitionIndex = index
            $0.errorCode = .unknownTopicOrPartition
            $0.errorMessage = "Only partition 0 of \(TopicName.clusterMetadata) has a quorum."
        }
    }

    private func quorum(_ version: Int16) -> PartitionAnswer {
        let offsets = metadata.reader.offsets
        let now = clock.now.rawValue
        return .with { answer in
            answer.errorMessage = nil
            answer.leaderID = identity.nodeID
            answer.leaderEpoch = metadata.leaderEpoch
            answer.highWatermark = offsets.highWatermark
            answer.currentVoters = [
                .with {
                    $0.replicaID = identity.nodeID
                    if version >= 2 { $0.replicaDirectoryID = directoryID }
                    $0.logEndOffset = offsets.logEnd
                    // The leader has always what it has.
                    ($0.lastFetchTimestamp, $0.lastCaughtUpTimestamp) = (now, now)
                }
            ]
        }
    }

    private func node(_ listener: String) -> DescribeQuorumResponse.Node {
        let endpoint = identity.endpoint(for: listener)
        return .with { node in
            node.nodeID = identity.nodeID
            node.listeners = [
                .with {
                    $0.name = listener
                    $0.host = endpoint.host
                    $0.port = UInt16(clamping: endpoint.port)
                }
            ]
        }
    }
}
