/// TxnOffsetCommit request, API key 28.
package struct TxnOffsetCommitRequest: RequestMessage {
    package static let messageName = "TxnOffsetCommitRequest"
    package static let versions: ClosedRange<Int16> = 0...5
    package static let firstFlexibleVersion: Int16? = 3
    package static let apiKey = ApiKey.txnOffsetCommit
    package typealias Response = TxnOffsetCommitResponse

    package var transactionalID = ""
    package var groupID = ""
    package var producerID: ProducerID = 0
    package var producerEpoch: ProducerEpoch = 0
    package var generationID: Int32 = -1
    package var memberID = ""
    package var groupInstanceID: String?
    package var topics: [TxnOffsetCommitRequestTopic] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("TransactionalId", &transactionalID, 0...)
        try coder.field("GroupId", &groupID, 0...)
        try coder.field("ProducerId", &producerID, 0...)
        try coder.field("ProducerEpoch", &producerEpoch, 0...)
        try coder.field("GenerationId", &generationID, 3..., default: -1)
        try coder.field("MemberId", &memberID, 3...)
        try coder.field("GroupInstanceId", &groupInstanceID, 3..., nullable: 3...)
        try coder.field("Topics", &topics, 0...)
    }
}

extension TxnOffsetCommitRequest {
    package struct TxnOffsetCommitRequestTopic: WireStructure {
        package var name = ""
        package var partitions: [TxnOffsetCommitRequestPartition] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Name", &name, 0...)
            try coder.field("Partitions", &partitions, 0...)
        }
    }

    package struct TxnOffsetCommitRequestPartition: WireStructure {
        package var partitionIndex: PartitionIndex = 0
        package var committedOffset: Offset = 0
        package var committedLeaderEpoch: LeaderEpoch = -1
        package var committedMetadata: String? = ""

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("PartitionIndex", &partitionIndex, 0...)
            try coder.field("CommittedOffset", &committedOffset, 0...)
            try coder.field("CommittedLeaderEpoch", &committedLeaderEpoch, 2..., default: -1, ignorable: true)
            try coder.field("CommittedMetadata", &committedMetadata, 0..., nullable: 0..., default: "")
        }
    }
}

/// TxnOffsetCommit response, API key 28.
package struct TxnOffsetCommitResponse: ResponseMessage {
    package static let messageName = "TxnOffsetCommitResponse"
    package static let versions: ClosedRange<Int16> = 0...5
    package static let firstFlexibleVersion: Int16? = 3
    package static let apiKey = ApiKey.txnOffsetCommit

    package var throttleTimeMs: Int32 = 0
    package var topics: [TxnOffsetCommitResponseTopic] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 0...)
        try coder.field("Topics", &topics, 0...)
    }
}

extension TxnOffsetCommitResponse {
    package struct TxnOffsetCommitResponseTopic: WireStructure {
        package var name = ""
        package var partitions: [TxnOffsetCommitResponsePartition] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Name", &name, 0...)
            try coder.field("Partitions", &partitions, 0...)
        }
    }

    package struct TxnOffsetCommitResponsePartition: WireStructure {
        package var partitionIndex: PartitionIndex = 0
        package var errorCode = ErrorCode.none

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("PartitionIndex", &partitionIndex, 0...)
            try coder.field("ErrorCode", &errorCode, 0...)
        }
    }
}
