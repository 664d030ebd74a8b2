/// Produce request, API key 0.
package struct ProduceRequest: RequestMessage {
    package static let messageName = "ProduceRequest"
    package static let versions: ClosedRange<Int16> = 3...13
    package static let firstFlexibleVersion: Int16? = 9
    package static let apiKey = ApiKey.produce
    package typealias Response = ProduceResponse

    package var transactionalID: String?
    package var acks: Int16 = 0
    package var timeoutMs: Int32 = 0
    package var topicData: [TopicProduceData] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("TransactionalId", &transactionalID, 3..., nullable: 3...)
        try coder.field("Acks", &acks, 0...)
        try coder.field("TimeoutMs", &timeoutMs, 0...)
        try coder.field("TopicData", &topicData, 0...)
    }
}

extension ProduceRequest {
    package struct TopicProduceData: WireStructure {
        package var name = ""
        package var topicID = TopicID.zero
        package var partitionData: [PartitionProduceData] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Name", &name, 0...12, ignorable: true)
            try coder.field("TopicId", &topicID, 13..., ignorable: true)
            try coder.field("PartitionData", &partitionData, 0...)
        }
    }

    package struct PartitionProduceData: WireStructure {
        package var index: PartitionIndex = 0
        package var records = RecordsField.null

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Index", &index, 0...)
            try coder.field("Records", &records, 0..., nullable: 0...)
        }
    }
}

/// Produce response, API key 0.
package struct ProduceResponse: ResponseMessage {
    package static let messageName = "ProduceResponse"
    package static let versions: ClosedRange<Int16> = 3...13
    package static let firstFlexibleVersion: Int16? = 9
    package static let apiKey = ApiKey.produce

    package var responses: [TopicProduceResponse] = []
    package var throttleTimeMs: Int32 = 0
    package var nodeEndpoints: [NodeEndpoint] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("Responses", &responses, 0...)
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 1..., ignorable: true)
        try coder.field("NodeEndpoints", &nodeEndpoints, 10..., tag: 0)
    }
}

extension ProduceResponse {
    package struct TopicProduceResponse: WireStructure {
        package var name = ""
        package var topicID = TopicID.zero
        package var partitionResponses: [PartitionProduceResponse] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Name", &name, 0...12, ignorable: true)
            try coder.field("TopicId", &topicID, 13..., ignorable: true)
            try coder.field("PartitionResponses", &partitionResponses, 0...)
        }
    }

    package struct PartitionProduceResponse: WireStructure {
        package var index: PartitionIndex = 0
        package var errorCode = ErrorCode.none
        package var baseOffset: Offset = 0
        package var logAppendTimeMs: Int64 = -1
        package var logStartOffset: Offset = -1
        package var recordErrors: [BatchIndexAndErrorMessage] = []
        package var errorMessage: String?
        package var currentLeader = LeaderIdAndEpoch()

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Index", &index, 0...)
            try coder.field("ErrorCode", &errorCode, 0...)
            try coder.field("BaseOffset", &baseOffset, 0...)
            try coder.field("LogAppendTimeMs", &logAppendTimeMs, 2..., default: -1, ignorable: true)
            try coder.field("LogStartOffset", &logStartOffset, 5..., default: -1, ignorable: true)
            try coder.field("RecordErrors", &recordErrors, 8..., ignorable: true)
            try coder.field("ErrorMessage", &errorMessage, 8..., nullable: 8..., ignorable: true)
            try coder.field("CurrentLeader", &currentLeader, 10..., tag: 0)
        }
    }

    package struct BatchIndexAndErrorMessage: WireStructure {
        package var batchIndex: Int32 = 0
        package var batchIndexErrorMessage: String?

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("BatchIndex", &batchIndex, 8...)
            try coder.field("BatchIndexErrorMessage", &batchIndexErrorMessage, 8..., nullable: 8...)
        }
    }

    package struct LeaderIdAndEpoch: WireStructure {
        package var leaderID: BrokerID = -1
        package var leaderEpoch: LeaderEpoch = -1

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("LeaderId", &leaderID, 10..., default: -1)
            try coder.field("LeaderEpoch", &leaderEpoch, 10..., default: -1)
        }
    }

    package struct NodeEndpoint: WireStructure {
        package var nodeID: BrokerID = 0
        package var host = ""
        package var port: Int32 = 0
        package var rack: String?

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("NodeId", &nodeID, 10...)
            try coder.field("Host", &host, 10...)
            try coder.field("Port", &port, 10...)
            try coder.field("Rack", &rack, 10..., nullable: 10...)
        }
    }
}
