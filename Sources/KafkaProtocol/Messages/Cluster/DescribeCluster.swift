/// DescribeCluster request, API key 60.
package struct DescribeClusterRequest: RequestMessage {
    package static let messageName = "DescribeClusterRequest"
    package static let versions: ClosedRange<Int16> = 0...2
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.describeCluster
    package typealias Response = DescribeClusterResponse

    package var includeClusterAuthorizedOperations = false
    package var endpointType: Int8 = 1
    package var includeFencedBrokers = false

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("IncludeClusterAuthorizedOperations", &includeClusterAuthorizedOperations, 0...)
        try coder.field("EndpointType", &endpointType, 1..., default: 1)
        try coder.field("IncludeFencedBrokers", &includeFencedBrokers, 2...)
    }
}

/// DescribeCluster response, API key 60.
package struct DescribeClusterResponse: ResponseMessage {
    package static let messageName = "DescribeClusterResponse"
    package static let versions: ClosedRange<Int16> = 0...2
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.describeCluster

    package var throttleTimeMs: Int32 = 0
    package var errorCode = ErrorCode.none
    package var errorMessage: String?
    package var endpointType: Int8 = 1
    package var clusterID = ""
    package var controllerID: BrokerID = -1
    package var brokers: [DescribeClusterBroker] = []
    package var clusterAuthorizedOperations: Int32 = .min

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 0...)
        try coder.field("ErrorCode", &errorCode, 0...)
        try coder.field("ErrorMessage", &errorMessage, 0..., nullable: 0...)
        try coder.field("EndpointType", &endpointType, 1..., default: 1)
        try coder.field("ClusterId", &clusterID, 0...)
        try coder.field("ControllerId", &controllerID, 0..., default: -1)
        try coder.field("Brokers", &brokers, 0...)
        try coder.field("ClusterAuthorizedOperations", &clusterAuthorizedOperations, 0..., default: .min)
    }
}

extension DescribeClusterResponse {
    package struct DescribeClusterBroker: WireStructure {
        package var brokerID: BrokerID = 0
        package var host = ""
        package var port: Int32 = 0
        package var rack: String?
        package var isFenced = false

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("BrokerId", &brokerID, 0...)
            try coder.field("Host", &host, 0...)
            try coder.field("Port", &port, 0...)
            try coder.field("Rack", &rack, 0..., nullable: 0...)
            try coder.field("IsFenced", &isFenced, 2...)
        }
    }
}
