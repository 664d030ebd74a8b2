/// DeleteShareGroupState request, API key 86.
package struct DeleteShareGroupStateRequest: RequestMessage {
    package static let messageName = "DeleteShareGroupStateRequest"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.deleteShareGroupState
    package typealias Response = DeleteShareGroupStateResponse

    package var groupID = ""
    package var topics: [DeleteStateData] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("GroupId", &groupID, 0...)
        try coder.field("Topics", &topics, 0...)
    }
}

extension DeleteShareGroupStateRequest {
    package struct DeleteStateData: WireStructure {
        package var topicID = TopicID.zero
        package var partitions: [PartitionData] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("TopicId", &topicID, 0...)
            try coder.field("Partitions", &partitions, 0...)
        }
    }

    package struct PartitionData: WireStructure {
        package var partition: PartitionIndex = 0

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Partition", &partition, 0...)
        }
    }
}

/// DeleteShareGroupState response, API key 86.
package struct DeleteShareGroupStateResponse: ResponseMessage {
    package static let messageName = "DeleteShareGroupStateResponse"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.deleteShareGroupState

    package var results: [DeleteStateResult] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("Results", &results, 0...)
    }
}

extension DeleteShareGroupStateResponse {
    package struct DeleteStateResult: WireStructure {
        package var topicID = TopicID.zero
        package var partitions: [PartitionResult] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("TopicId", &topicID, 0...)
            try coder.field("Partitions", &partitions, 0...)
        }
    }

    package struct PartitionResult: WireStructure {
        package var partition: PartitionIndex = 0
        package var errorCode = ErrorCode.none
        package var errorMessage: String?

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Partition", &partition, 0...)
            try coder.field("ErrorCode", &errorCode, 0...)
            try coder.field("ErrorMessage", &errorMessage, 0..., nullable: 0...)
        }
    }
}
