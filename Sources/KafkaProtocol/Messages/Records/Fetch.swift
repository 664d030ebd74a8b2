/// Fetch request, API key 1.
package struct FetchRequest: RequestMessage {
    package static let messageName = "FetchRequest"
    package static let versions: ClosedRange<Int16> = 4...18
    package static let firstFlexibleVersion: Int16? = 12
    package static let apiKey = ApiKey.fetch
    package typealias Response = FetchResponse

    package var clusterID: String?
    package var replicaID: BrokerID = -1
    package var replicaState = ReplicaState()
    package var maxWaitMs: Int32 = 0
    package var minBytes: Int32 = 0
    package var maxBytes: Int32 = .max
    package var isolationLevel: Int8 = 0
    package var sessionID: Int32 = 0
    package var sessionEpoch: Int32 = -1
    package var topics: [FetchTopic] = []
    package var forgottenTopicsData: [ForgottenTopic] = []
    package var rackID = ""

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ReplicaId", &replicaID, 0...14, default: -1)
        try coder.field("MaxWaitMs", &maxWaitMs, 0...)
        try coder.field("MinBytes", &minBytes, 0...)
        try coder.field("MaxBytes", &maxBytes, 3..., default: .max, ignorable: true)
        try coder.field("IsolationLevel", &isolationLevel, 4..., ignorable: true)
        try coder.field("SessionId", &sessionID, 7..., ignorable: true)
        try coder.field("SessionEpoch", &sessionEpoch, 7..., default: -1, ignorable: true)
        try coder.field("Topics", &topics, 0...)
        try coder.field("ForgottenTopicsData", &forgottenTopicsData, 7...)
        try coder.field("RackId", &rackID, 11..., ignorable: true)
        try coder.field("ClusterId", &clusterID, 12..., tag: 0, nullable: 12..., ignorable: true)
        try coder.field("ReplicaState", &replicaState, 15..., tag: 1)
    }
}

extension FetchRequest {
    package struct ReplicaState: WireStructure {
        package var replicaID: BrokerID = -1
        package var replicaEpoch: Int64 = -1

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("ReplicaId", &replicaID, 15..., default: -1)
            try coder.field("ReplicaEpoch", &replicaEpoch, 15..., default: -1)
        }
    }

    package struct FetchTopic: WireStructure {
        package var topic = ""
        package var topicID = TopicID.zero
        package var partitions: [FetchPartition] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Topic", &topic, 0...12, ignorable: true)
            try coder.field("TopicId", &topicID, 13..., ignorable: true)
            try coder.field("Partitions", &partitions, 0...)
        }
    }

    package struct FetchPartition: WireStructure {
        package var partition: PartitionIndex = 0
        package var currentLeaderEpoch: LeaderEpoch = -1
        package var fetchOffset: Offset = 0
        package var lastFetchedEpoch: LeaderEpoch = -1
        package var logStartOffset: Offset = -1
        package var partitionMaxBytes: Int32 = 0
        package var replicaDirectoryID = KafkaUUID.zero
        package var highWatermark: Offset = .max

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Partition", &partition, 0...)
            try coder.field("CurrentLeaderEpoch", &currentLeaderEpoch, 9..., default: -1, ignorable: true)
            try coder.field("FetchOffset", &fetchOffset, 0...)
            try coder.field("LastFetchedEpoch", &lastFetchedEpoch, 12..., default: -1)
            try coder.field("LogStartOffset", &logStartOffset, 5..., default: -1, ignorable: true)
            try coder.field("PartitionMaxBytes", &partitionMaxBytes, 0...)
            try coder.field("ReplicaDirectoryId", &replicaDirectoryID, 17..., tag: 0, ignorable: true)
            try coder.field("HighWatermark", &highWatermark, 18..., tag: 1, default: .max, ignorable: true)
        }
    }

    package struct ForgottenTopic: WireStructure {
        package var topic = ""
        package var topicID = TopicID.zero
        package var partitions: [PartitionIndex] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Topic", &topic, 7...12, ignorable: true)
            try coder.field("TopicId", &topicID, 13..., ignorable: true)
            try coder.field("Partitions", &partitions, 7...)
        }
    }
}

/// Fetch response, API key 1.
package struct FetchResponse: ResponseMessage {
    package static let messageName = "FetchResponse"
    package static let versions: ClosedRange<Int16> = 4...18
    package static let firstFlexibleVersion: Int16? = 12
    package static let apiKey = ApiKey.fetch

    package var throttleTimeMs: Int32 = 0
    package var errorCode = ErrorCode.none
    package var sessionID: Int32 = 0
    package var responses: [FetchableTopicResponse] = []
    package var nodeEndpoints: [NodeEndpoint] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 1..., ignorable: true)
        try coder.field("ErrorCode", &errorCode, 7..., ignorable: true)
        try coder.field("SessionId", &sessionID, 7...)
        try coder.field("Responses", &responses, 0...)
        try coder.field("NodeEndpoints", &nodeEndpoints, 16..., tag: 0)
    }
}

extension FetchResponse {
    package struct FetchableTopicResponse: WireStructure {
        package var topic = ""
        package var topicID = TopicID.zero
        package var partitions: [PartitionData] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Topic", &topic, 0...12, ignorable: true)
            try coder.field("TopicId", &topicID, 13..., ignorable: true)
            try coder.field("Partitions", &partitions, 0...)
        }
    }

    package struct PartitionData: WireStructure {
        package var partitionIndex: PartitionIndex = 0
        package var errorCode = ErrorCode.none
        package var highWatermark: Offset = 0
        package var lastStableOffset: Offset = -1
        package var logStartOffset: Offset = -1
        package var divergingEpoch = EpochEndOffset()
        package var currentLeader = LeaderIdAndEpoch()
        package var snapshotID = SnapshotId()
        package var abortedTransactions: [AbortedTransaction]? = []
        package var preferredReadReplica: BrokerID = -1
        package var records = RecordsField.null

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("PartitionIndex", &partitionIndex, 0...)
            try coder.field("ErrorCode", &errorCode, 0...)
            try coder.field("HighWatermark", &highWatermark, 0...)
            try coder.field("LastStableOffset", &lastStableOffset, 4..., default: -1, ignorable: true)
            try coder.field("LogStartOffset", &logStartOffset, 5..., default: -1, ignorable: true)
            try coder.field(
                "AbortedTransactions", &abortedTransactions, 4..., nullable: 4..., default: [], ignorable: true)
            try coder.field("PreferredReadReplica", &preferredReadReplica, 11..., default: -1)
            try coder.field("Records", &records, 0..., nullable: 0...)
            try coder.field("DivergingEpoch", &divergingEpoch, 12..., tag: 0)
            try coder.field("CurrentLeader", &currentLeader, 12..., tag: 1)
            try coder.field("SnapshotId", &snapshotID, 12..., tag: 2)
        }
    }

    package struct EpochEndOffset: WireStructure {
        package var epoch: Int32 = -1
        package var endOffset: Offset = -1

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Epoch", &epoch, 12..., default: -1)
            try coder.field("EndOffset", &endOffset, 12..., default: -1)
        }
    }

    package struct LeaderIdAndEpoch: WireStructure {
        package var leaderID: BrokerID = -1
        package var leaderEpoch: LeaderEpoch = -1

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("LeaderId", &leaderID, 12..., default: -1)
            try coder.field("LeaderEpoch", &leaderEpoch, 12..., default: -1)
        }
    }

    package struct SnapshotId: WireStructure {
        package var endOffset: Offset = -1
        package var epoch: Int32 = -1

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("EndOffset", &endOffset, 0..., default: -1)
            try coder.field("Epoch", &epoch, 0..., default: -1)
        }
    }

    package struct AbortedTransaction: WireStructure {
        package var producerID: ProducerID = 0
        package var firstOffset: Offset = 0

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("ProducerId", &producerID, 4...)
            try coder.field("FirstOffset", &firstOffset, 4...)
        }
    }

    package struct NodeEndpoint: WireStructure {
        package var nodeID: BrokerID = 0
        package var host = ""
        package var port: Int32 = 0
        package var rack: String?

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("NodeId", &nodeID, 16...)
            try coder.field("Host", &host, 16...)
            try coder.field("Port", &port, 16...)
            try coder.field("Rack", &rack, 16..., nullable: 16...)
        }
    }
}
