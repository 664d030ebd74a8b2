import KafkaProtocol
import Testing

@testable import KafkaClient

@Suite struct ClusterMetadataTests {
    private static let id = TopicID(KafkaUUID(high: 1, low: 1))

    private static func response(
        leader: BrokerID, epoch: LeaderEpoch, id: TopicID = Self.id, error: ErrorCode = .none
    ) -> MetadataResponse {
        .with {
            $0.brokers = [
                .with {
                    $0.nodeID = 1
                    $0.host = "h"
                    $0.port = 9092
                }
            ]
            $0.clusterID = "c"
            $0.controllerID = 1
            $0.topics = [
                .with {
                    $0.name = "t"
                    $0.topicID = id
                    $0.errorCode = error
                    if error == .none {
                        $0.partitions = [
                            .with {
                                $0.leaderID = leader
                                $0.leaderEpoch = epoch
                            }
                        ]
                    }
                }
            ]
        }
    }

    private static let partition = TopicPartition(topic: "t", partition: 0)

    @Test func `an answer is taken over`() {
        var metadata = ClusterMetadata()
        #expect(metadata.merge(Self.response(leader: 1, epoch: 4)) == [:])
        #expect(metadata.clusterID == "c")
        #expect(metadata.controller == 1)
        #expect(metadata.brokers[1]?.address == BrokerAddress(host: "h", port: 9092))
        #expect(metadata.partition(Self.partition)?.leader == 1)
        #expect(metadata.partition(TopicPartition(topic: "t", partition: 1)) == nil)
    }

    @Test func `a broker that lags behind does not bring back an old leader`() {
        var metadata = ClusterMetadata()
        _ = metadata.merge(Self.response(leader: 2, epoch: 5))
        _ = metadata.merge(Self.response(leader: 1, epoch: 4))
        #expect(metadata.partition(Self.partition)?.leader == 2)
        _ = metadata.merge(Self.response(leader: 3, epoch: 6))
        #expect(metadata.partition(Self.partition)?.leader == 3)
    }

    @Test func `a topic that was created anew begins anew`() {
        var metadata = ClusterMetadata()
        _ = metadata.merge(Self.response(leader: 2, epoch: 5))
        _ = metadata.merge(Self.response(leader: 1, epoch: 0, id: TopicID(KafkaUUID(high: 2, low: 2))))
        #expect(metadata.partition(Self.partition)?.leader == 1)
    }

    @Test func `a partition without a leader has none`() {
        var metadata = ClusterMetadata()
        _ = metadata.merge(Self.response(leader: -1, epoch: 4))
        #expect(metadata.partition(Self.partition) != nil)
        #expect(metadata.partition(Self.partition)?.leader == nil)
    }

    @Test func `a topic that is gone is forgotten, one that is refused is not`() {
        var metadata = ClusterMetadata()
        _ = metadata.merge(Self.response(leader: 1, epoch: 4))
        #expect(
            metadata.merge(Self.response(leader: 1, epoch: 4, error: .leaderNotAvailable)) == ["t": .leaderNotAvailable]
        )
        #expect(metadata.topics["t"] != nil)
        #expect(
            metadata.merge(Self.response(leader: 1, epoch: 4, error: .unknownTopicOrPartition))
                == ["t": .unknownTopicOrPartition])
        #expect(metadata.topics["t"] == nil)
    }
}
