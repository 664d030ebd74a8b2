/// DescribeLogDirs request, API key 35.
package struct DescribeLogDirsRequest: RequestMessage {
    package static let messageName = "DescribeLogDirsRequest"
    package static let versions: ClosedRange<Int16> = 1...5
    package static let firstFlexibleVersion: Int16? = 2
    package static let apiKey = ApiKey.describeLogDirs
    package typealias Response = DescribeLogDirsResponse

    package var topics: [DescribableLogDirTopic]? = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("Topics", &topics, 0..., nullable: 0..., default: [])
    }
}

extension DescribeLogDirsRequest {
    package struct DescribableLogDirTopic: WireStructure {
        package var topic = ""
        package var partitions: [PartitionIndex] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Topic", &topic, 0...)
            try coder.field("Partitions", &partitions, 0...)
        }
    }
}

/// DescribeLogDirs response, API key 35.
package struct DescribeLogDirsResponse: ResponseMessage {
    package static let messageName = "DescribeLogDirsResponse"
    package static let versions: ClosedRange<Int16> = 1...5
    package static let firstFlexibleVersion: Int16? = 2
    package static let apiKey = ApiKey.describeLogDirs

    package var throttleTimeMs: Int32 = 0
    package var errorCode = ErrorCode.none
    package var results: [DescribeLogDirsResult] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 0...)
        try coder.field("ErrorCode", &errorCode, 3..., ignorable: true)
        try coder.field("Results", &results, 0...)
    }
}

extension DescribeLogDirsResponse {
    package struct DescribeLogDirsResult: WireStructure {
        package var errorCode = ErrorCode.none
        package var logDir = ""
        package var topics: [DescribeLogDirsTopic] = []
        package var totalBytes: Int64 = -1
        package var usableBytes: Int64 = -1
        package var isCordoned = false

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("ErrorCode", &errorCode, 0...)
            try coder.field("LogDir", &logDir, 0...)
            try coder.field("Topics", &topics, 0...)
            try coder.field("TotalBytes", &totalBytes, 4..., default: -1, ignorable: true)
            try coder.field("UsableBytes", &usableBytes, 4..., default: -1, ignorable: true)
            try coder.field("IsCordoned", &isCordoned, 5..., ignorable: true)
        }
    }

    package struct DescribeLogDirsTopic: WireStructure {
        package var name = ""
        package var partitions: [DescribeLogDirsPartition] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Name", &name, 0...)
            try coder.field("Partitions", &partitions, 0...)
        }
    }

    package struct DescribeLogDirsPartition: WireStructure {
        package var partitionIndex: PartitionIndex = 0
        package var partitionSize: Int64 = 0
        package var offsetLag: Int64 = 0
        package var isFutureKey = false

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("PartitionIndex", &partitionIndex, 0...)
            try coder.field("PartitionSize", &partitionSize, 0...)
            try coder.field("OffsetLag", &offsetLag, 0...)
            try coder.field("IsFutureKey", &isFutureKey, 0...)
        }
    }
}
