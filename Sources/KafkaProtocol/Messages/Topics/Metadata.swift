/// Metadata request, API key 3.
package struct MetadataRequest: RequestMessage {
    package static let messageName = "MetadataRequest"
    package static let versions: ClosedRange<Int16> = 0...13
    package static let firstFlexibleVersion: Int16? = 9
    package static let apiKey = ApiKey.metadata
    package typealias Response = MetadataResponse

    package var topics: [MetadataRequestTopic]? = []
    package var allowAutoTopicCreation = true
    package var includeClusterAuthorizedOperations = false
    package var includeTopicAuthorizedOperations = false

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("Topics", &topics, 0..., nullable: 1..., default: [])
        try coder.field("AllowAutoTopicCreation", &allowAutoTopicCreation, 4..., default: true)
        try coder.field("IncludeClusterAuthorizedOperations", &includeClusterAuthorizedOperations, 8...10)
        try coder.field("IncludeTopicAuthorizedOperations", &includeTopicAuthorizedOperations, 8...)
    }
}

extension MetadataRequest {
    package struct MetadataRequestTopic: WireStructure {
        package var topicID = TopicID.zero
        package var name: String? = ""

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("TopicId", &topicID, 10..., ignorable: true)
            try coder.field("Name", &name, 0..., nullable: 10..., default: "")
        }
    }
}

/// Metadata response, API key 3.
package struct MetadataResponse: ResponseMessage {
    package static let messageName = "MetadataResponse"
    package static let versions: ClosedRange<Int16> = 0...13
    package static let firstFlexibleVersion: Int16? = 9
    package static let apiKey = ApiKey.metadata

    package var throttleTimeMs: Int32 = 0
    package var brokers: [MetadataResponseBroker] = []
    package var clusterID: String?
    package var controllerID: BrokerID = -1
    package var topics: [MetadataResponseTopic] = []
    package var clusterAuthorizedOperations: Int32 = .min
    package var errorCode = ErrorCode.none

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 3..., ignorable: true)
        try coder.field("Brokers", &brokers, 0...)
        try coder.field("ClusterId", &clusterID, 2..., nullable: 2..., ignorable: true)
        try coder.field("ControllerId", &controllerID, 1..., default: -1, ignorable: true)
        try coder.field("Topics", &topics, 0...)
        try coder.field("ClusterAuthorizedOperations", &clusterAuthorizedOperations, 8...10, default: .min)
        try coder.field("ErrorCode", &errorCode, 13..., ignorable: true)
    }
}

extension MetadataResponse {
    package struct MetadataResponseBroker: WireStructure {
        package var nodeID: BrokerID = 0
        package var host = ""
        package var port: Int32 = 0
        package var rack: String?

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("NodeId", &nodeID, 0...)
            try coder.field("Host", &host, 0...)
            try coder.field("Port", &port, 0...)
            try coder.field("Rack", &rack, 1..., nullable: 1..., ignorable: true)
        }
    }

    package struct MetadataResponseTopic: WireStructure {
        package var errorCode = ErrorCode.none
        package var name: String? = ""
        package var topicID = TopicID.zero
        package var isInternal = false
        package var partitions: [MetadataResponsePartition] = []
        package var topicAuthorizedOperations: Int32 = .min

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("ErrorCode", &errorCode, 0...)
            try coder.field("Name", &name, 0..., nullable: 12..., default: "")
            try coder.field("TopicId", &topicID, 10..., ignorable: true)
            try coder.field("IsInternal", &isInternal, 1..., ignorable: true)
            try coder.field("Partitions", &partitions, 0...)
            try coder.field("TopicAuthorizedOperations", &topicAuthorizedOperations, 8..., default: .min)
        }
    }

    package struct MetadataResponsePartition: WireStructure {
        package var errorCode = ErrorCode.none
        package var partitionIndex: PartitionIndex = 0
        package var leaderID: BrokerID = 0
        package var leaderEpoch: LeaderEpoch = -1
        package var replicaNodes: [BrokerID] = []
        package var inSyncReplicaNodes: [BrokerID] = []
        package var offlineReplicas: [BrokerID] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("ErrorCode", &errorCode, 0...)
            try coder.field("PartitionIndex", &partitionIndex, 0...)
            try coder.field("LeaderId", &leaderID, 0...)
            try coder.field("LeaderEpoch", &leaderEpoch, 7..., default: -1, ignorable: true)
            try coder.field("ReplicaNodes", &replicaNodes, 0...)
            try coder.field("IsrNodes", &inSyncReplicaNodes, 0...)
            try coder.field("OfflineReplicas", &offlineReplicas, 5..., ignorable: true)
        }
    }
}
