/// FindCoordinator request, API key 10.
package struct FindCoordinatorRequest: RequestMessage {
    package static let messageName = "FindCoordinatorRequest"
    package static let versions: ClosedRange<Int16> = 0...6
    package static let firstFlexibleVersion: Int16? = 3
    package static let apiKey = ApiKey.findCoordinator
    package typealias Response = FindCoordinatorResponse

    package var key = ""
    package var keyType: Int8 = 0
    package var coordinatorKeys: [String] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("Key", &key, 0...3)
        try coder.field("KeyType", &keyType, 1...)
        try coder.field("CoordinatorKeys", &coordinatorKeys, 4...)
    }
}

/// FindCoordinator response, API key 10.
package struct FindCoordinatorResponse: ResponseMessage {
    package static let messageName = "FindCoordinatorResponse"
    package static let versions: ClosedRange<Int16> = 0...6
    package static let firstFlexibleVersion: Int16? = 3
    package static let apiKey = ApiKey.findCoordinator

    package var throttleTimeMs: Int32 = 0
    package var errorCode = ErrorCode.none
    package var errorMessage: String? = ""
    package var nodeID: BrokerID = 0
    package var host = ""
    package var port: Int32 = 0
    package var coordinators: [Coordinator] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 1..., ignorable: true)
        try coder.field("ErrorCode", &errorCode, 0...3)
        try coder.field("ErrorMessage", &errorMessage, 1...3, nullable: 1...3, default: "", ignorable: true)
        try coder.field("NodeId", &nodeID, 0...3)
        try coder.field("Host", &host, 0...3)
        try coder.field("Port", &port, 0...3)
        try coder.field("Coordinators", &coordinators, 4...)
    }
}

extension FindCoordinatorResponse {
    package struct Coordinator: WireStructure {
        package var key = ""
        package var nodeID: BrokerID = 0
        package var host = ""
        package var port: Int32 = 0
        package var errorCode = ErrorCode.none
        package var errorMessage: String? = ""

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Key", &key, 4...)
            try coder.field("NodeId", &nodeID, 4...)
            try coder.field("Host", &host, 4...)
            try coder.field("Port", &port, 4...)
            try coder.field("ErrorCode", &errorCode, 4...)
            try coder.field("ErrorMessage", &errorMessage, 4..., nullable: 4..., default: "", ignorable: true)
        }
    }
}
