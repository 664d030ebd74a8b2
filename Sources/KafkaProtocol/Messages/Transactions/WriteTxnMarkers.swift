/// WriteTxnMarkers request, API key 27.
package struct WriteTxnMarkersRequest: RequestMessage {
    package static let messageName = "WriteTxnMarkersRequest"
    package static let versions: ClosedRange<Int16> = 1...2
    package static let firstFlexibleVersion: Int16? = 1
    package static let apiKey = ApiKey.writeTxnMarkers
    package typealias Response = WriteTxnMarkersResponse

    package var markers: [WritableTxnMarker] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("Markers", &markers, 0...)
    }
}

extension WriteTxnMarkersRequest {
    package struct WritableTxnMarker: WireStructure {
        package var producerID: ProducerID = 0
        package var producerEpoch: ProducerEpoch = 0
        package var transactionResult = false
        package var topics: [WritableTxnMarkerTopic] = []
        package var coordinatorEpoch: Int32 = 0
        package var transactionVersion: Int8 = 0

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("ProducerId", &producerID, 0...)
            try coder.field("ProducerEpoch", &producerEpoch, 0...)
            try coder.field("TransactionResult", &transactionResult, 0...)
            try coder.field("Topics", &topics, 0...)
            try coder.field("CoordinatorEpoch", &coordinatorEpoch, 0...)
            try coder.field("TransactionVersion", &transactionVersion, 2..., ignorable: true)
        }
    }

    package struct WritableTxnMarkerTopic: WireStructure {
        package var name = ""
        package var partitionIndexes: [PartitionIndex] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Name", &name, 0...)
            try coder.field("PartitionIndexes", &partitionIndexes, 0...)
        }
    }
}

/// WriteTxnMarkers response, API key 27.
package struct WriteTxnMarkersResponse: ResponseMessage {
    package static let messageName = "WriteTxnMarkersResponse"
    package static let versions: ClosedRange<Int16> = 1...2
    package static let firstFlexibleVersion: Int16? = 1
    package static let apiKey = ApiKey.writeTxnMarkers

    package var markers: [WritableTxnMarkerResult] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("Markers", &markers, 0...)
    }
}

extension WriteTxnMarkersResponse {
    package struct WritableTxnMarkerResult: WireStructure {
        package var producerID: ProducerID = 0
        package var topics: [WritableTxnMarkerTopicResult] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("ProducerId", &producerID, 0...)
            try coder.field("Topics", &topics, 0...)
        }
    }

    package struct WritableTxnMarkerTopicResult: WireStructure {
        package var name = ""
        package var partitions: [WritableTxnMarkerPartitionResult] = []

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Name", &name, 0...)
            try coder.field("Partitions", &partitions, 0...)
        }
    }

    package struct WritableTxnMarkerPartitionResult: WireStructure {
        package var partitionIndex: PartitionIndex = 0
        package var errorCode = ErrorCode.none

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("PartitionIndex", &partitionIndex, 0...)
            try coder.field("ErrorCode", &errorCode, 0...)
        }
    }
}
