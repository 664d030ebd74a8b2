/// StreamsGroupHeartbeat request, API key 88.
package struct StreamsGroupHeartbeatRequest: RequestMessage {
    package static let messageName = "StreamsGroupHeartbeatRequest"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.streamsGroupHeartbeat
    package typealias Response = StreamsGroupHeartbeatResponse

    package var groupID = ""
    package var memberID = ""
    package var memberEpoch: Int32 = 0
    package var endpointInformationEpoch: Int32 = 0
    package var instanceID: String?
    package var rackID: String?
    package var rebalanceTimeoutMs: Int32 = -1
    package var topology: Topology?
    package var activeTasks: [TaskIds]?
    package var standbyTasks: [TaskIds]?
    package var warmupTasks: [TaskIds]?
    package var processID: String?
    package var userEndpoint: Endpoint?
    package var clientTags: [KeyValue]?
    package var taskOffsets: [TaskOffset]?
    package var taskEndOffsets: [TaskOffset]?
    package var shutdownApplication = false

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("GroupId", &groupID, 0...)
        try coder.field("MemberId", &memberID, 0...)
        try coder.field("MemberEpoch", &memberEpoch, 0...)
        try coder.field("EndpointInformationEpoch", &endpointInformationEpoch, 0...)
        try coder.field("InstanceId", &instanceID, 0..., nullable: 0...)
        try coder.field("RackId", &rackID, 0..., nullable: 0...)
        try coder.field("RebalanceTimeoutMs", &rebalanceTimeoutMs, 0..., default: -1)
        try coder.field("Topology", &topology, 0..., nullable: 0...)
        try coder.field("ActiveTasks", &activeTasks, 0..., nullable: 0...)
        try coder.field("StandbyTasks", &standbyTasks, 0..., nullable: 0...)
        try coder.field("WarmupTasks", &warmupTasks, 0..., nullable: 0...)
        try coder.field("ProcessId", &processID, 0..., nullable: 0...)
        try coder.field("UserEndpoint", &userEndpoint, 0..., nullable: 0...)
        try coder.field("ClientTags", &clientTags, 0..., nullable: 0...)
        try coder.field("TaskOffsets", &taskOffsets, 0..., nullable: 0...)
        try coder.field("TaskEndOffsets", &taskEndOffsets, 0..., nullable: 0...)
        try coder.field("ShutdownApplication", &shutdownApplication, 0...)
    }
}

extension StreamsGroupHeartbeatRequest {
    package struct Topology: WireStructure {
        package var epoch: Int32 = 0
        package var subtopologies: [Subtopology] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Epoch", &epoch, 0...)
            try coder.field("Subtopologies", &subtopologies, 0...)
        }
    }

    package struct Subtopology: WireStructure {
        package var subtopologyID = ""
        package var sourceTopics: [String] = []
        package var sourceTopicRegex: [String] = []
        package var stateChangelogTopics: [TopicInfo] = []
        package var repartitionSinkTopics: [String] = []
        package var repartitionSourceTopics: [TopicInfo] = []
        package var copartitionGroups: [CopartitionGroup] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("SubtopologyId", &subtopologyID, 0...)
            try coder.field("SourceTopics", &sourceTopics, 0...)
            try coder.field("SourceTopicRegex", &sourceTopicRegex, 0...)
            try coder.field("StateChangelogTopics", &stateChangelogTopics, 0...)
            try coder.field("RepartitionSinkTopics", &repartitionSinkTopics, 0...)
            try coder.field("RepartitionSourceTopics", &repartitionSourceTopics, 0...)
            try coder.field("CopartitionGroups", &copartitionGroups, 0...)
        }
    }

    package struct TopicInfo: WireStructure {
        package var name = ""
        package var partitions: PartitionIndex = 0
        package var replicationFactor: Int16 = 0
        package var topicConfigs: [KeyValue] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Name", &name, 0...)
            try coder.field("Partitions", &partitions, 0...)
            try coder.field("ReplicationFactor", &replicationFactor, 0...)
            try coder.field("TopicConfigs", &topicConfigs, 0...)
        }
    }

    package struct KeyValue: WireStructure {
        package var key = ""
        package var value = ""

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Key", &key, 0...)
            try coder.field("Value", &value, 0...)
        }
    }

    package struct CopartitionGroup: WireStructure {
        package var sourceTopics: [Int16] = []
        package var sourceTopicRegex: [Int16] = []
        package var repartitionSourceTopics: [Int16] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("SourceTopics", &sourceTopics, 0...)
            try coder.field("SourceTopicRegex", &sourceTopicRegex, 0...)
            try coder.field("RepartitionSourceTopics", &repartitionSourceTopics, 0...)
        }
    }

    package struct TaskIds: WireStructure {
        package var subtopologyID = ""
        package var partitions: [PartitionIndex] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("SubtopologyId", &subtopologyID, 0...)
            try coder.field("Partitions", &partitions, 0...)
        }
    }

    package struct Endpoint: WireStructure {
        package var host = ""
        package var port: UInt16 = 0

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Host", &host, 0...)
            try coder.field("Port", &port, 0...)
        }
    }

    package struct TaskOffset: WireStructure {
        package var subtopologyID = ""
        package var partition: PartitionIndex = 0
        package var offset: Offset = 0

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("SubtopologyId", &subtopologyID, 0...)
            try coder.field("Partition", &partition, 0...)
            try coder.field("Offset", &offset, 0...)
        }
    }
}

/// StreamsGroupHeartbeat response, API key 88.
package struct StreamsGroupHeartbeatResponse: ResponseMessage {
    package static let messageName = "StreamsGroupHeartbeatResponse"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.streamsGroupHeartbeat

    package var throttleTimeMs: Int32 = 0
    package var errorCode = ErrorCode.none
    package var errorMessage: String?
    package var memberID = ""
    package var memberEpoch: Int32 = 0
    package var heartbeatIntervalMs: Int32 = 0
    package var acceptableRecoveryLag: Int32 = 0
    package var taskOffsetIntervalMs: Int32 = 0
    package var status: [Status]? = []
    package var activeTasks: [TaskIds]?
    package var standbyTasks: [TaskIds]?
    package var warmupTasks: [TaskIds]?
    package var endpointInformationEpoch: Int32 = 0
    package var partitionsByUserEndpoint: [EndpointToPartitions]?

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 0...)
        try coder.field("ErrorCode", &errorCode, 0...)
        try coder.field("ErrorMessage", &errorMessage, 0..., nullable: 0...)
        try coder.field("MemberId", &memberID, 0...)
        try coder.field("MemberEpoch", &memberEpoch, 0...)
        try coder.field("HeartbeatIntervalMs", &heartbeatIntervalMs, 0...)
        try coder.field("AcceptableRecoveryLag", &acceptableRecoveryLag, 0...)
        try coder.field("TaskOffsetIntervalMs", &taskOffsetIntervalMs, 0...)
        try coder.field("Status", &status, 0..., nullable: 0..., default: [])
        try coder.field("ActiveTasks", &activeTasks, 0..., nullable: 0...)
        try coder.field("StandbyTasks", &standbyTasks, 0..., nullable: 0...)
        try coder.field("WarmupTasks", &warmupTasks, 0..., nullable: 0...)
        try coder.field("EndpointInformationEpoch", &endpointInformationEpoch, 0...)
        try coder.field("PartitionsByUserEndpoint", &partitionsByUserEndpoint, 0..., nullable: 0...)
    }
}

extension StreamsGroupHeartbeatResponse {
    package struct Status: WireStructure {
        package var statusCode: Int8 = 0
        package var statusDetail = ""

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("StatusCode", &statusCode, 0...)
            try coder.field("StatusDetail", &statusDetail, 0...)
        }
    }

    package struct TaskIds: WireStructure {
        package var subtopologyID = ""
        package var partitions: [PartitionIndex] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("SubtopologyId", &subtopologyID, 0...)
            try coder.field("Partitions", &partitions, 0...)
        }
    }

    package struct EndpointToPartitions: WireStructure {
        package var userEndpoint = Endpoint()
        package var activePartitions: [TopicPartition] = []
        package var standbyPartitions: [TopicPartition] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("UserEndpoint", &userEndpoint, 0...)
            try coder.field("ActivePartitions", &activePartitions, 0...)
            try coder.field("StandbyPartitions", &standbyPartitions, 0...)
        }
    }

    package struct Endpoint: WireStructure {
        package var host = ""
        package var port: UInt16 = 0

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Host", &host, 0...)
            try coder.field("Port", &port, 0...)
        }
    }

    package struct TopicPartition: WireStructure {
        package var topic = ""
        package var partitions: [PartitionIndex] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Topic", &topic, 0...)
            try coder.field("Partitions", &partitions, 0...)
        }
    }
}
