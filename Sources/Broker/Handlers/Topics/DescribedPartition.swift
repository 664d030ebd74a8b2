import KafkaProtocol

/// A partition as Metadata and DescribeTopicPartitions tell of it, with the same fields.
protocol DescribedPartition {
    var errorCode: ErrorCode { get set }
    var partitionIndex: PartitionIndex { get set }
    var leaderID: BrokerID { get set }
    var leaderEpoch: LeaderEpoch { get set }
    var replicaNodes: [BrokerID] { get set }
    var inSyncReplicaNodes: [BrokerID] { get set }
    var offlineReplicas: [BrokerID] { get set }
}

extension DescribedPartition {
    /// Says that this node leads the partition, or, where its log is offline, that nobody does.
    mutating func describe(_ partition: Partition?, _ index: Int, on nodeID: BrokerID) {
        partitionIndex = PartitionIndex(Int32(index))
        replicaNodes = [nodeID]
        if let partition, partition.end == nil {
            leaderID = nodeID
            leaderEpoch = partition.leaderEpoch
            inSyncReplicaNodes = [nodeID]
        } else {
            errorCode = .leaderNotAvailable
            leaderID = .none
            offlineReplicas = [nodeID]
        }
    }
}

extension MetadataResponse.MetadataResponsePartition: DescribedPartition {}
extension DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponsePartition: DescribedPartition {}
