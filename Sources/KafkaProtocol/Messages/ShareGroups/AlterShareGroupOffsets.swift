/// AlterShareGroupOffsets request, API key 91.
package struct AlterShareGroupOffsetsRequest: RequestMessage {
    package static let messageName = "AlterShareGroupOffsetsRequest"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.alterShareGroupOffsets
    package typealias Response = AlterShareGroupOffsetsResponse

    package var groupID = ""
    package var topics: [AlterShareGroupOffsetsRequestTopic] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("GroupId", &groupID, 0...)
        try coder.field("Topics", &topics, 0...)
    }
}

extension AlterShareGroupOffsetsRequest {
    package struct AlterShareGroupOffsetsRequestTopic: WireStructure {
        package var topicName = ""
        package var partitions: [AlterShareGroupOffsetsRequestPartition] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("TopicName", &topicName, 0...)
            try coder.field("Partitions", &partitions, 0...)
        }
    }

    package struct AlterShareGroupOffsetsRequestPartition: WireStructure {
        package var partitionIndex: PartitionIndex = 0
        package var startOffset: Offset = 0

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("PartitionIndex", &partitionIndex, 0...)
            try coder.field("StartOffset", &startOffset, 0...)
        }
    }
}

/// AlterShareGroupOffsets response, API key 91.
package struct AlterShareGroupOffsetsResponse: ResponseMessage {
    package static let messageName = "AlterShareGroupOffsetsResponse"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.alterShareGroupOffsets

    package var throttleTimeMs: Int32 = 0
    package var errorCode = ErrorCode.none
    package var errorMessage: String?
    package var responses: [AlterShareGroupOffsetsResponseTopic] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 0...)
        try coder.field("ErrorCode", &errorCode, 0...)
        try coder.field("ErrorMessage", &errorMessage, 0..., nullable: 0...)
        try coder.field("Responses", &responses, 0...)
    }
}

extension AlterShareGroupOffsetsResponse {
    package struct AlterShareGroupOffsetsResponseTopic: WireStructure {
        package var topicName = ""
        package var topicID = TopicID.zero
        package var partitions: [AlterShareGroupOffsetsResponsePartition] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("TopicName", &topicName, 0...)
            try coder.field("TopicId", &topicID, 0...)
            try coder.field("Partitions", &partitions, 0...)
        }
    }

    package struct AlterShareGroupOffsetsResponsePartition: WireStructure {
        package var partitionIndex: PartitionIndex = 0
        package var errorCode = ErrorCode.none
        package var errorMessage: String?

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("PartitionIndex", &partitionIndex, 0...)
            try coder.field("ErrorCode", &errorCode, 0...)
            try coder.field("ErrorMessage", &errorMessage, 0..., nullable: 0...)
        }
    }
}
