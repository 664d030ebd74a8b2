/// ShareFetch request, API key 78.
package struct ShareFetchRequest: RequestMessage {
    package static let messageName = "ShareFetchRequest"
    package static let versions: ClosedRange<Int16> = 1...2
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.shareFetch
    package typealias Response = ShareFetchResponse

    package var groupID: String?
    package var memberID: String? = ""
    package var shareSessionEpoch: Int32 = 0
    package var maxWaitMs: Int32 = 0
    package var minBytes: Int32 = 0
    package var maxBytes: Int32 = .max
    package var maxRecords: Int32 = 0
    package var batchSize: Int32 = 0
    package var shareAcquireMode: Int8 = 0
    package var isRenewAck = false
    package var topics: [FetchTopic] = []
    package var forgottenTopicsData: [ForgottenTopic] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("GroupId", &groupID, 0..., nullable: 0...)
        try coder.field("MemberId", &memberID, 0..., nullable: 0..., default: "")
        try coder.field("ShareSessionEpoch", &shareSessionEpoch, 0...)
        try coder.field("MaxWaitMs", &maxWaitMs, 0...)
        try coder.field("MinBytes", &minBytes, 0...)
        try coder.field("MaxBytes", &maxBytes, 0..., default: .max)
        try coder.field("MaxRecords", &maxRecords, 1...)
        try coder.field("BatchSize", &batchSize, 1...)
        try coder.field("ShareAcquireMode", &shareAcquireMode, 2..., ignorable: true)
        try coder.field("IsRenewAck", &isRenewAck, 2...)
        try coder.field("Topics", &topics, 0...)
        try coder.field("ForgottenTopicsData", &forgottenTopicsData, 0...)
    }
}

extension ShareFetchRequest {
    package struct FetchTopic: WireStructure {
        package var topicID = TopicID.zero
        package var partitions: [FetchPartition] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("TopicId", &topicID, 0...)
            try coder.field("Partitions", &partitions, 0...)
        }
    }

    package struct FetchPartition: WireStructure {
        package var partitionIndex: PartitionIndex = 0
        package var partitionMaxBytes: Int32 = 0
        package var acknowledgementBatches: [AcknowledgementBatch] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("PartitionIndex", &partitionIndex, 0...)
            try coder.field("PartitionMaxBytes", &partitionMaxBytes, 0)
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

    package struct ForgottenTopic: WireStructure {
        package var topicID = TopicID.zero
        package var partitions: [PartitionIndex] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("TopicId", &topicID, 0...)
            try coder.field("Partitions", &partitions, 0...)
        }
    }
}

/// ShareFetch response, API key 78.
package struct ShareFetchResponse: ResponseMessage {
    package static let messageName = "ShareFetchResponse"
    package static let versions: ClosedRange<Int16> = 1...2
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.shareFetch

    package var throttleTimeMs: Int32 = 0
    package var errorCode = ErrorCode.none
    package var errorMessage: String?
    package var acquisitionLockTimeoutMs: Int32 = 0
    package var responses: [ShareFetchableTopicResponse] = []
    package var nodeEndpoints: [NodeEndpoint] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 0...)
        try coder.field("ErrorCode", &errorCode, 0...)
        try coder.field("ErrorMessage", &errorMessage, 0..., nullable: 0...)
        try coder.field("AcquisitionLockTimeoutMs", &acquisitionLockTimeoutMs, 1...)
        try coder.field("Responses", &responses, 0...)
        try coder.field("NodeEndpoints", &nodeEndpoints, 0...)
    }
}

extension ShareFetchResponse {
    package struct ShareFetchableTopicResponse: WireStructure {
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
        package var acknowledgeErrorCode = ErrorCode.none
        package var acknowledgeErrorMessage: String?
        package var currentLeader = LeaderIdAndEpoch()
        package var records = RecordsField.null
        package var acquiredRecords: [AcquiredRecords] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("PartitionIndex", &partitionIndex, 0...)
            try coder.field("ErrorCode", &errorCode, 0...)
            try coder.field("ErrorMessage", &errorMessage, 0..., nullable: 0...)
            try coder.field("AcknowledgeErrorCode", &acknowledgeErrorCode, 0...)
            try coder.field("AcknowledgeErrorMessage", &acknowledgeErrorMessage, 0..., nullable: 0...)
            try coder.field("CurrentLeader", &currentLeader, 0...)
            try coder.field("Records", &records, 0..., nullable: 0)
            try coder.field("AcquiredRecords", &acquiredRecords, 0...)
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

    package struct AcquiredRecords: WireStructure {
        package var firstOffset: Offset = 0
        package var lastOffset: Offset = 0
        package var deliveryCount: Int16 = 0

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("FirstOffset", &firstOffset, 0...)
            try coder.field("LastOffset", &lastOffset, 0...)
            try coder.field("DeliveryCount", &deliveryCount, 0...)
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
