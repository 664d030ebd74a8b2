/// InitializeShareGroupState request, API key 83.
package struct InitializeShareGroupStateRequest: RequestMessage {
    package static let messageName = "InitializeShareGroupStateRequest"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.initializeShareGroupState
    package typealias Response = InitializeShareGroupStateResponse

    package var groupID = ""
    package var topics: [InitializeStateData] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("GroupId", &groupID, 0...)
        try coder.field("Topics", &topics, 0...)
    }
}

extension InitializeShareGroupStateRequest {
    package struct InitializeStateData: WireStructure {
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
        package var stateEpoch: Int32 = 0
        package var startOffset: Offset = 0

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Partition", &partition, 0...)
            try coder.field("StateEpoch", &stateEpoch, 0...)
            try coder.field("StartOffset", &startOffset, 0...)
        }
    }
}

/// InitializeShareGroupState response, API key 83.
package struct InitializeShareGroupStateResponse: ResponseMessage {
    package static let messageName = "InitializeShareGroupStateResponse"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.initializeShareGroupState

    package var results: [InitializeStateResult] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("Results", &results, 0...)
    }
}

extension InitializeShareGroupStateResponse {
    package struct InitializeStateResult: WireStructure {
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
