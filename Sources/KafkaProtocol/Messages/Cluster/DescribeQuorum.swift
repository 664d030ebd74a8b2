/// DescribeQuorum request, API key 55.
package struct DescribeQuorumRequest: RequestMessage {
    package static let messageName = "DescribeQuorumRequest"
    package static let versions: ClosedRange<Int16> = 0...2
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.describeQuorum
    package typealias Response = DescribeQuorumResponse

    package var topics: [TopicData] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("Topics", &topics, 0...)
    }
}

extension DescribeQuorumRequest {
    package struct TopicData: WireStructure {
        package var topicName = ""
        package var partitions: [PartitionData] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("TopicName", &topicName, 0...)
            try coder.field("Partitions", &partitions, 0...)
        }
    }

    package struct PartitionData: WireStructure {
        package var partitionIndex: PartitionIndex = 0

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("PartitionIndex", &partitionIndex, 0...)
        }
    }
}

/// DescribeQuorum response, API key 55.
package struct DescribeQuorumResponse: ResponseMessage {
    package static let messageName = "DescribeQuorumResponse"
    package static let versions: ClosedRange<Int16> = 0...2
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.describeQuorum

    package var errorCode = ErrorCode.none
    package var errorMessage: String? = ""
    package var topics: [TopicData] = []
    package var nodes: [Node] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ErrorCode", &errorCode, 0...)
        try coder.field("ErrorMessage", &errorMessage, 2..., nullable: 2..., default: "", ignorable: true)
        try coder.field("Topics", &topics, 0...)
        try coder.field("Nodes", &nodes, 2...)
    }
}

extension DescribeQuorumResponse {
    package struct TopicData: WireStructure {
        package var topicName = ""
        package var partitions: [PartitionData] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("TopicName", &topicName, 0...)
            try coder.field("Partitions", &partitions, 0...)
        }
    }

    package struct PartitionData: WireStructure {
        package var partitionIndex: PartitionIndex = 0
        package var errorCode = ErrorCode.none
        package var errorMessage: String? = ""
        package var leaderID: BrokerID = 0
        package var leaderEpoch: LeaderEpoch = 0
        package var highWatermark: Offset = 0
        package var currentVoters: [ReplicaState] = []
        package var observers: [ReplicaState] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("PartitionIndex", &partitionIndex, 0...)
            try coder.field("ErrorCode", &errorCode, 0...)
            try coder.field("ErrorMessage", &errorMessage, 2..., nullable: 2..., default: "", ignorable: true)
            try coder.field("LeaderId", &leaderID, 0...)
            try coder.field("LeaderEpoch", &leaderEpoch, 0...)
            try coder.field("HighWatermark", &highWatermark, 0...)
            try coder.field("CurrentVoters", &currentVoters, 0...)
            try coder.field("Observers", &observers, 0...)
        }
    }

    package struct ReplicaState: WireStructure {
        package var replicaID: BrokerID = 0
        package var replicaDirectoryID = KafkaUUID.zero
        package var logEndOffset: Offset = 0
        package var lastFetchTimestamp: Int64 = -1
        package var lastCaughtUpTimestamp: Int64 = -1

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("ReplicaId", &replicaID, 0...)
            try coder.field("ReplicaDirectoryId", &replicaDirectoryID, 2...)
            try coder.field("LogEndOffset", &logEndOffset, 0...)
            try coder.field("LastFetchTimestamp", &lastFetchTimestamp, 1..., default: -1, ignorable: true)
            try coder.field("LastCaughtUpTimestamp", &lastCaughtUpTimestamp, 1..., default: -1, ignorable: true)
        }
    }

    package struct Node: WireStructure {
        package var nodeID: BrokerID = 0
        package var listeners: [Listener] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("NodeId", &nodeID, 2...)
            try coder.field("Listeners", &listeners, 2...)
        }
    }

    package struct Listener: WireStructure {
        package var name = ""
        package var host = ""
        package var port: UInt16 = 0

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Name", &name, 2...)
            try coder.field("Host", &host, 2...)
            try coder.field("Port", &port, 2...)
        }
    }
}
