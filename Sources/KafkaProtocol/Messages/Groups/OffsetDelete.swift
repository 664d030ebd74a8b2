/// OffsetDelete request, API key 47.
package struct OffsetDeleteRequest: RequestMessage {
    package static let messageName = "OffsetDeleteRequest"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = nil
    package static let apiKey = ApiKey.offsetDelete
    package typealias Response = OffsetDeleteResponse

    package var groupID = ""
    package var topics: [OffsetDeleteRequestTopic] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("GroupId", &groupID, 0...)
        try coder.field("Topics", &topics, 0...)
    }
}

extension OffsetDeleteRequest {
    package struct OffsetDeleteRequestTopic: WireStructure {
        package var name = ""
        package var partitions: [OffsetDeleteRequestPartition] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Name", &name, 0...)
            try coder.field("Partitions", &partitions, 0...)
        }
    }

    package struct OffsetDeleteRequestPartition: WireStructure {
        package var partitionIndex: PartitionIndex = 0

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("PartitionIndex", &partitionIndex, 0...)
        }
    }
}

/// OffsetDelete response, API key 47.
package struct OffsetDeleteResponse: ResponseMessage {
    package static let messageName = "OffsetDeleteResponse"
    package static let versions: ClosedRange<Int16> = 0...0
    package static let firstFlexibleVersion: Int16? = nil
    package static let apiKey = ApiKey.offsetDelete

    package var errorCode = ErrorCode.none
    package var throttleTimeMs: Int32 = 0
    package var topics: [OffsetDeleteResponseTopic] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ErrorCode", &errorCode, 0...)
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 0..., ignorable: true)
        try coder.field("Topics", &topics, 0...)
    }
}

extension OffsetDeleteResponse {
    package struct OffsetDeleteResponseTopic: WireStructure {
        package var name = ""
        package var partitions: [OffsetDeleteResponsePartition] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Name", &name, 0...)
            try coder.field("Partitions", &partitions, 0...)
        }
    }

    package struct OffsetDeleteResponsePartition: WireStructure {
        package var partitionIndex: PartitionIndex = 0
        package var errorCode = ErrorCode.none

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("PartitionIndex", &partitionIndex, 0...)
            try coder.field("ErrorCode", &errorCode, 0...)
        }
    }
}
