/// ListConfigResources request, API key 74.
package struct ListConfigResourcesRequest: RequestMessage {
    package static let messageName = "ListConfigResourcesRequest"
    package static let versions: ClosedRange<Int16> = 0...1
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.listConfigResources
    package typealias Response = ListConfigResourcesResponse

    package var resourceTypes: [Int8] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ResourceTypes", &resourceTypes, 1...)
    }
}

/// ListConfigResources response, API key 74.
package struct ListConfigResourcesResponse: ResponseMessage {
    package static let messageName = "ListConfigResourcesResponse"
    package static let versions: ClosedRange<Int16> = 0...1
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.listConfigResources

    package var throttleTimeMs: Int32 = 0
    package var errorCode = ErrorCode.none
    package var configResources: [ConfigResource] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 0...)
        try coder.field("ErrorCode", &errorCode, 0...)
        try coder.field("ConfigResources", &configResources, 0...)
    }
}

extension ListConfigResourcesResponse {
    package struct ConfigResource: WireStructure {
        package var resourceName = ""
        package var resourceType: Int8 = 16

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("ResourceName", &resourceName, 0...)
            try coder.field("ResourceType", &resourceType, 1..., default: 16, ignorable: true)
        }
    }
}
