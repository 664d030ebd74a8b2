/// StreamsGroupDescribe request, API key 89.
package struct StreamsGroupDescribeRequest: RequestMessage {
    package static let messageName = "StreamsGroupDescribeRequest"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.streamsGroupDescribe
    package typealias Response = StreamsGroupDescribeResponse

    package var groupIDs: [String] = []
    package var includeAuthorizedOperations = false

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("GroupIds", &groupIDs, 0...)
        try coder.field("IncludeAuthorizedOperations", &includeAuthorizedOperations, 0...)
    }
}

/// StreamsGroupDescribe response, API key 89.
package struct StreamsGroupDescribeResponse: ResponseMessage {
    package static let messageName = "StreamsGroupDescribeResponse"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.streamsGroupDescribe

    package var throttleTimeMs: Int32 = 0
    package var groups: [DescribedGroup] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 0...)
        try coder.field("Groups", &groups, 0...)
    }
}

extension StreamsGroupDescribeResponse {
    package struct DescribedGroup: WireStructure {
        package var errorCode = ErrorCode.none
        package var errorMessage: String?
        package var groupID = ""
        package var groupState = ""
        package var groupEpoch: Int32 = 0
        package var assignmentEpoch: Int32 = 0
        package var topology: Topology?
        package var members: [Member] = []
        package var authorizedOperations: Int32 = .min

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("ErrorCode", &errorCode, 0...)
            try coder.field("ErrorMessage", &errorMessage, 0..., nullable: 0...)
            try coder.field("GroupId", &groupID, 0...)
            try coder.field("GroupState", &groupState, 0...)
            try coder.field("GroupEpoch", &groupEpoch, 0...)
            try coder.field("AssignmentEpoch", &assignmentEpoch, 0...)
            try coder.field("Topology", &topology, 0..., nullable: 0...)
            try coder.field("Members", &members, 0...)
            try coder.field("AuthorizedOperations", &authorizedOperations, 0..., default: .min)
        }
    }

    package struct Topology: WireStructure {
        package var epoch: Int32 = 0
        package var subtopologies: [Subtopology]?

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Epoch", &epoch, 0...)
            try coder.field("Subtopologies", &subtopologies, 0..., nullable: 0...)
        }
    }

    package struct Subtopology: WireStructure {
        package var subtopologyID = ""
        package var sourceTopics: [String] = []
        package var repartitionSinkTopics: [String] = []
        package var stateChangelogTopics: [TopicInfo] = []
        package var repartitionSourceTopics: [TopicInfo] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("SubtopologyId", &subtopologyID, 0...)
            try coder.field("SourceTopics", &sourceTopics, 0...)
            try coder.field("RepartitionSinkTopics", &repartitionSinkTopics, 0...)
            try coder.field("StateChangelogTopics", &stateChangelogTopics, 0...)
            try coder.field("RepartitionSourceTopics", &repartitionSourceTopics, 0...)
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

    package struct Member: WireStructure {
        package var memberID = ""
        package var memberEpoch: Int32 = 0
        package var instanceID: String?
        package var rackID: String?
        package var clientID = ""
        package var clientHost = ""
        package var topologyEpoch: Int32 = 0
        package var processID = ""
        package var userEndpoint: Endpoint?
        package var clientTags: [KeyValue] = []
        package var taskOffsets: [TaskOffset] = []
        package var taskEndOffsets: [TaskOffset] = []
        package var assignment = Assignment()
        package var targetAssignment = Assignment()
        package var isClassic = false

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("MemberId", &memberID, 0...)
            try coder.field("MemberEpoch", &memberEpoch, 0...)
            try coder.field("InstanceId", &instanceID, 0..., nullable: 0...)
            try coder.field("RackId", &rackID, 0..., nullable: 0...)
            try coder.field("ClientId", &clientID, 0...)
            try coder.field("ClientHost", &clientHost, 0...)
            try coder.field("TopologyEpoch", &topologyEpoch, 0...)
            try coder.field("ProcessId", &processID, 0...)
            try coder.field("UserEndpoint", &userEndpoint, 0..., nullable: 0...)
            try coder.field("ClientTags", &clientTags, 0...)
            try coder.field("TaskOffsets", &taskOffsets, 0...)
            try coder.field("TaskEndOffsets", &taskEndOffsets, 0...)
            try coder.field("Assignment", &assignment, 0...)
            try coder.field("TargetAssignment", &targetAssignment, 0...)
            try coder.field("IsClassic", &isClassic, 0...)
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

    package struct Assignment: WireStructure {
        package var activeTasks: [TaskIds] = []
        package var standbyTasks: [TaskIds] = []
        package var warmupTasks: [TaskIds] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("ActiveTasks", &activeTasks, 0...)
            try coder.field("StandbyTasks", &standbyTasks, 0...)
            try coder.field("WarmupTasks", &warmupTasks, 0...)
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
}
