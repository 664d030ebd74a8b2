/// DeleteRecords request, API key 21.
package struct DeleteRecordsRequest: RequestMessage {
    package static let messageName = "DeleteRecordsRequest"
    package static let versions: ClosedRange<Int16> = 0...2
    package static let firstFlexibleVersion: Int16? = 2
    package static let apiKey = ApiKey.deleteRecords
    package typealias Response = DeleteRecordsResponse

    package var topics: [DeleteRecordsTopic] = []
    package var timeoutMs: Int32 = 0

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("Topics", &topics, 0...)
        try coder.field("TimeoutMs", &timeoutMs, 0...)
    }
}

extension DeleteRecordsRequest {
    package struct DeleteRecordsTopic: WireStructure {
        package var name = ""
        package var partitions: [DeleteRecordsPartition] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Name", &name, 0...)
            try coder.field("Partitions", &partitions, 0...)
        }
    }

    package struct DeleteRecordsPartition: WireStructure {
        package var partitionIndex: PartitionIndex = 0
        package var offset: Offset = 0

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("PartitionIndex", &partitionIndex, 0...)
            try coder.field("Offset", &offset, 0...)
        }
    }
}

/// DeleteRecords response, API key 21.
package struct DeleteRecordsResponse: ResponseMessage {
    package static let messageName = "DeleteRecordsResponse"
    package static let versions: ClosedRange<Int16> = 0...2
    package static let firstFlexibleVersion: Int16? = 2
    package static let apiKey = ApiKey.deleteRecords

    package var throttleTimeMs: Int32 = 0
    package var topics: [DeleteRecordsTopicResult] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 0...)
        try coder.field("Topics", &topics, 0...)
    }
}

extension DeleteRecordsResponse {
    package struct DeleteRecordsTopicResult: WireStructure {
        package var name = ""
        package var partitions: [DeleteRecordsPartitionResult] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Name", &name, 0...)
            try coder.field("Partitions", &partitions, 0...)
        }
    }

    package struct DeleteRecordsPartitionResult: WireStructure {
        package var partitionIndex: PartitionIndex = 0
        package var lowWatermark: Int64 = 0
        package var errorCode = ErrorCode.none

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("PartitionIndex", &partitionIndex, 0...)
            try coder.field("LowWatermark", &lowWatermark, 0...)
            try coder.field("ErrorCode", &errorCode, 0...)
        }
    }
}
