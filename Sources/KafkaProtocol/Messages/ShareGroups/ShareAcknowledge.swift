/// ShareAcknowledge request, API key 79.
package struct ShareAcknowledgeRequest: RequestMessage {
    package static let messageName = "ShareAcknowledgeRequest"
    package static let versions: ClosedRange<Int16> = 1...2
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.shareAcknowledge
    package typealias Response = ShareAcknowledgeResponse

    package var groupID: String?
    package var memberID: String? = ""
    package var shareSessionEpoch: Int32 = 0
    package var isRenewAck = false
    package var topics: [AcknowledgeTopic] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("GroupId", &groupID, 0..., nullable: 0...)
        try coder.field("MemberId", &memberID, 0..., nullable: 0..., default: "")
        try coder.field("ShareSessionEpoch", &shareSessionEpoch, 0...)
        try coder.field("IsRenewAck", &isRenewAck, 2...)
        try coder.field("Topics", &topics, 0...)
    }
}

extension ShareAcknowledgeRequest {
    package struct AcknowledgeTopic: WireStructure {
        package var topicID = TopicID.zero
        package var partitions: [AcknowledgePartition] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("TopicId", &topicID, 0...)
            try coder.field("Partitions", &partitions, 0...)
        }
    }

    package struct AcknowledgePartition: WireStructure {
        package var partitionIndex: PartitionIndex = 0
        package var acknowledgementBatches: [AcknowledgementBatch] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("PartitionIndex", &partitionIndex, 0...)
            try coder.field("AcknowledgementBatches", &acknowledgementBatches, 0...)
        }
    }

    package struct AcknowledgementBatch: WireStructure {
        package var firstOffset: Offset = 0
        package var lastOffset: Offset = 0
        package var acknowledgeTypes: [Int8] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("FirstOffset", &firstOffset, 0...)
            try coder.field("LastOffset", &lastOffset, 0...)
            try coder.field("AcknowledgeTypes", &acknowledgeTypes, 0...)
        }
    }
}

/// ShareAcknowledge response, API key 79.
package struct ShareAcknowledgeResponse: ResponseMessage {
    package static let messageName = "ShareAcknowledgeResponse"
    package static let versions: ClosedRange<Int16> = 1...2
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.shareAcknowledge

    package var throttleTimeMs: Int32 = 0
    package var errorCode = ErrorCode.none
    package var errorMessage: String?
    package var acquisitionLockTimeoutMs: Int32 = 0
    package var responses: [ShareAcknowledgeTopicResponse] = []
    package var nodeEndpoints: [NodeEndpoint] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 0...)
        try coder.field("ErrorCode", &errorCode, 0...)
        try coder.field("ErrorMessage", &errorMessage, 0..., nullable: 0...)
        try coder.field("AcquisitionLockTimeoutMs", &acquisitionLockTimeoutMs, 2..., ignorable: true)
        try coder.field("Responses", &responses, 0...)
        try coder.field("NodeEndpoints", &nodeEndpoints, 0...)
    }
}

extension ShareAcknowledgeResponse {
    package struct ShareAcknowledgeTopicResponse: WireStructure {
        package var topicID = TopicID.zero
        package var partitions: [PartitionData] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("TopicId", &topicID, 0...)
            try coder.field("Partitions", &partitions, 0...)
        }
    }

    package struct PartitionData: WireStructure {
        package var partitionIndex: PartitionIndex = 0
        package var errorCode = ErrorCode.none
        package var errorMessage: String?
        package var currentLeader = LeaderIdAndEpoch()

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("PartitionIndex", &partitionIndex, 0...)
            try coder.field("ErrorCode", &errorCode, 0...)
            try coder.field("ErrorMessage", &errorMessage, 0..., nullable: 0...)
            try coder.field("CurrentLeader", &currentLeader, 0...)
        }
    }

    package struct LeaderIdAndEpoch: WireStructure {
        package var leaderID: Int32 = 0
        package var leaderEpoch: LeaderEpoch = 0

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("LeaderId", &leaderID, 0...)
            try coder.field("LeaderEpoch", &leaderEpoch, 0...)
        }
    }

    package struct NodeEndpoint: WireStructure {
        package var nodeID: BrokerID = 0
        package var host = ""
        package var port: Int32 = 0
        package var rack: String?

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("NodeId", &nodeID, 0...)
            try coder.field("Host", &host, 0...)
            try coder.field("Port", &port, 0...)
            try coder.field("Rack", &rack, 0..., nullable: 0...)
        }
    }
}
