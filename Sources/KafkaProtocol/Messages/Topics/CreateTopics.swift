/// CreateTopics request, API key 19.
package struct CreateTopicsRequest: RequestMessage {
    package static let messageName = "CreateTopicsRequest"
    package static let versions: ClosedRange<Int16> = 2...7
    package static let firstFlexibleVersion: Int16? = 5
    package static let apiKey = ApiKey.createTopics
    package typealias Response = CreateTopicsResponse

    package var topics: [CreatableTopic] = []
    package var timeoutMs: Int32 = 60000
    package var validateOnly = false

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("Topics", &topics, 0...)
        try coder.field("timeoutMs", &timeoutMs, 0..., default: 60000)
        try coder.field("validateOnly", &validateOnly, 1...)
    }
}

extension CreateTopicsRequest {
    package struct CreatableTopic: WireStructure {
        package var name = ""
        package var numPartitions: Int32 = 0
        package var replicationFactor: Int16 = 0
        package var assignments: [CreatableReplicaAssignment] = []
        package var configs: [CreatableTopicConfig] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Name", &name, 0...)
            try coder.field("NumPartitions", &numPartitions, 0...)
            try coder.field("ReplicationFactor", &replicationFactor, 0...)
            try coder.field("Assignments", &assignments, 0...)
            try coder.field("Configs", &configs, 0...)
        }
    }

    package struct CreatableReplicaAssignment: WireStructure {
        package var partitionIndex: PartitionIndex = 0
        package var brokerIDs: [BrokerID] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("PartitionIndex", &partitionIndex, 0...)
            try coder.field("BrokerIds", &brokerIDs, 0...)
        }
    }

    package struct CreatableTopicConfig: WireStructure {
        package var name = ""
        package var value: String? = ""

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Name", &name, 0...)
            try coder.field("Value", &value, 0..., nullable: 0..., default: "")
        }
    }
}

/// CreateTopics response, API key 19.
package struct CreateTopicsResponse: ResponseMessage {
    package static let messageName = "CreateTopicsResponse"
    package static let versions: ClosedRange<Int16> = 2...7
    package static let firstFlexibleVersion: Int16? = 5
    package static let apiKey = ApiKey.createTopics

    package var throttleTimeMs: Int32 = 0
    package var topics: [CreatableTopicResult] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 2..., ignorable: true)
        try coder.field("Topics", &topics, 0...)
    }
}

extension CreateTopicsResponse {
    package struct CreatableTopicResult: WireStructure {
        package var name = ""
        package var topicID = TopicID.zero
        package var errorCode = ErrorCode.none
        package var errorMessage: String? = ""
        package var topicConfigErrorCode = ErrorCode.none
        package var numPartitions: Int32 = -1
        package var replicationFactor: Int16 = -1
        package var configs: [CreatableTopicConfigs]? = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Name", &name, 0...)
            try coder.field("TopicId", &topicID, 7..., ignorable: true)
            try coder.field("ErrorCode", &errorCode, 0...)
            try coder.field("ErrorMessage", &errorMessage, 1..., nullable: 0..., default: "", ignorable: true)
            try coder.field("NumPartitions", &numPartitions, 5..., default: -1, ignorable: true)
            try coder.field("ReplicationFactor", &replicationFactor, 5..., default: -1, ignorable: true)
            try coder.field("Configs", &configs, 5..., nullable: 5..., default: [], ignorable: true)
            try coder.field("TopicConfigErrorCode", &topicConfigErrorCode, 5..., tag: 0, ignorable: true)
        }
    }

    package struct CreatableTopicConfigs: WireStructure {
        package var name = ""
        package var value: String? = ""
        package var readOnly = false
        package var configSource: Int8 = -1
        package var isSensitive = false

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Name", &name, 5...)
            try coder.field("Value", &value, 5..., nullable: 5..., default: "")
            try coder.field("ReadOnly", &readOnly, 5...)
            try coder.field("ConfigSource", &configSource, 5..., default: -1, ignorable: true)
            try coder.field("IsSensitive", &isSensitive, 5...)
        }
    }
}
