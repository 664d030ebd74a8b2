/// DeleteShareGroupOffsets request, API key 92.
package struct DeleteShareGroupOffsetsRequest: RequestMessage {
    package static let messageName = "DeleteShareGroupOffsetsRequest"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.deleteShareGroupOffsets
    package typealias Response = DeleteShareGroupOffsetsResponse

    package var groupID = ""
    package var topics: [DeleteShareGroupOffsetsRequestTopic] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("GroupId", &groupID, 0...)
        try coder.field("Topics", &topics, 0...)
    }
}

extension DeleteShareGroupOffsetsRequest {
    package struct DeleteShareGroupOffsetsRequestTopic: WireStructure {
        package var topicName = ""

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("TopicName", &topicName, 0...)
        }
    }
}

/// DeleteShareGroupOffsets response, API key 92.
package struct DeleteShareGroupOffsetsResponse: ResponseMessage {
    package static let messageName = "DeleteShareGroupOffsetsResponse"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.deleteShareGroupOffsets

    package var throttleTimeMs: Int32 = 0
    package var errorCode = ErrorCode.none
    package var errorMessage: String?
    package var responses: [DeleteShareGroupOffsetsResponseTopic] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 0...)
        try coder.field("ErrorCode", &errorCode, 0...)
        try coder.field("ErrorMessage", &errorMessage, 0..., nullable: 0...)
        try coder.field("Responses", &responses, 0...)
    }
}

extension DeleteShareGroupOffsetsResponse {
    package struct DeleteShareGroupOffsetsResponseTopic: WireStructure {
        package var topicName = ""
        package var topicID = TopicID.zero
        package var errorCode = ErrorCode.none
        package var errorMessage: String?

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("TopicName", &topicName, 0...)
            try coder.field("TopicId", &topicID, 0...)
            try coder.field("ErrorCode", &errorCode, 0...)
            try coder.field("ErrorMessage", &errorMessage, 0..., nullable: 0...)
        }
    }
}
