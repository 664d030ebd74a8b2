/// DeleteTopics request, API key 20.
package struct DeleteTopicsRequest: RequestMessage {
    package static let messageName = "DeleteTopicsRequest"
    package static let versions: ClosedRange<Int16> = 1...6
    package static let firstFlexibleVersion: Int16? = 4
    package static let apiKey = ApiKey.deleteTopics
    package typealias Response = DeleteTopicsResponse

    package var topics: [DeleteTopicState] = []
    package var topicNames: [String] = []
    package var timeoutMs: Int32 = 0

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("Topics", &topics, 6...)
        try coder.field("TopicNames", &topicNames, 0...5, ignorable: true)
        try coder.field("TimeoutMs", &timeoutMs, 0...)
    }
}

extension DeleteTopicsRequest {
    package struct DeleteTopicState: WireStructure {
        package var name: String?
        package var topicID = TopicID.zero

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Name", &name, 6..., nullable: 6...)
            try coder.field("TopicId", &topicID, 6...)
        }
    }
}

/// DeleteTopics response, API key 20.
package struct DeleteTopicsResponse: ResponseMessage {
    package static let messageName = "DeleteTopicsResponse"
    package static let versions: ClosedRange<Int16> = 1...6
    package static let firstFlexibleVersion: Int16? = 4
    package static let apiKey = ApiKey.deleteTopics

    package var throttleTimeMs: Int32 = 0
    package var responses: [DeletableTopicResult] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 1..., ignorable: true)
        try coder.field("Responses", &responses, 0...)
    }
}

extension DeleteTopicsResponse {
    package struct DeletableTopicResult: WireStructure {
        package var name: String? = ""
        package var topicID = TopicID.zero
        package var errorCode = ErrorCode.none
        package var errorMessage: String?

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Name", &name, 0..., nullable: 6..., default: "")
            try coder.field("TopicId", &topicID, 6..., ignorable: true)
            try coder.field("ErrorCode", &errorCode, 0...)
            try coder.field("ErrorMessage", &errorMessage, 5..., nullable: 5..., ignorable: true)
        }
    }
}
