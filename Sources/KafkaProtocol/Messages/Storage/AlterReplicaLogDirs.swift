/// AlterReplicaLogDirs request, API key 34.
package struct AlterReplicaLogDirsRequest: RequestMessage {
    package static let messageName = "AlterReplicaLogDirsRequest"
    package static let versions: ClosedRange<Int16> = 1...2
    package static let firstFlexibleVersion: Int16? = 2
    package static let apiKey = ApiKey.alterReplicaLogDirs
    package typealias Response = AlterReplicaLogDirsResponse

    package var dirs: [AlterReplicaLogDir] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("Dirs", &dirs, 0...)
    }
}

extension AlterReplicaLogDirsRequest {
    package struct AlterReplicaLogDir: WireStructure {
        package var path = ""
        package var topics: [AlterReplicaLogDirTopic] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Path", &path, 0...)
            try coder.field("Topics", &topics, 0...)
        }
    }

    package struct AlterReplicaLogDirTopic: WireStructure {
        package var name = ""
        package var partitions: [PartitionIndex] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Name", &name, 0...)
            try coder.field("Partitions", &partitions, 0...)
        }
    }
}

/// AlterReplicaLogDirs response, API key 34.
package struct AlterReplicaLogDirsResponse: ResponseMessage {
    package static let messageName = "AlterReplicaLogDirsResponse"
    package static let versions: ClosedRange<Int16> = 1...2
    package static let firstFlexibleVersion: Int16? = 2
    package static let apiKey = ApiKey.alterReplicaLogDirs

    package var throttleTimeMs: Int32 = 0
    package var results: [AlterReplicaLogDirTopicResult] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 0...)
        try coder.field("Results", &results, 0...)
    }
}

extension AlterReplicaLogDirsResponse {
    package struct AlterReplicaLogDirTopicResult: WireStructure {
        package var topicName = ""
        package var partitions: [AlterReplicaLogDirPartitionResult] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("TopicName", &topicName, 0...)
            try coder.field("Partitions", &partitions, 0...)
        }
    }

    package struct AlterReplicaLogDirPartitionResult: WireStructure {
        package var partitionIndex: PartitionIndex = 0
        package var errorCode = ErrorCode.none

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("PartitionIndex", &partitionIndex, 0...)
            try coder.field("ErrorCode", &errorCode, 0...)
        }
    }
}
