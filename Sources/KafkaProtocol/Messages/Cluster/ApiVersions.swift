/// ApiVersions request, API key 18.
package struct ApiVersionsRequest: RequestMessage {
    package static let messageName = "ApiVersionsRequest"
    package static let versions: ClosedRange<Int16> = 0...4
    package static let firstFlexibleVersion: Int16? = 3
    package static let apiKey = ApiKey.apiVersions
    package typealias Response = ApiVersionsResponse

    package var clientSoftwareName = ""
    package var clientSoftwareVersion = ""

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ClientSoftwareName", &clientSoftwareName, 3..., ignorable: true)
        try coder.field("ClientSoftwareVersion", &clientSoftwareVersion, 3..., ignorable: true)
    }
}

/// ApiVersions response, API key 18.
package struct ApiVersionsResponse: ResponseMessage {
    package static let messageName = "ApiVersionsResponse"
    package static let versions: ClosedRange<Int16> = 0...4
    package static let firstFlexibleVersion: Int16? = 3
    package static let apiKey = ApiKey.apiVersions

    package var errorCode = ErrorCode.none
    package var apiKeys: [ApiVersion] = []
    package var throttleTimeMs: Int32 = 0
    package var supportedFeatures: [SupportedFeatureKey] = []
    package var finalizedFeaturesEpoch: Int64 = -1
    package var finalizedFeatures: [FinalizedFeatureKey] = []
    package var zkMigrationReady = false

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ErrorCode", &errorCode, 0...)
        try coder.field("ApiKeys", &apiKeys, 0...)
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 1..., ignorable: true)
        try coder.field("SupportedFeatures", &supportedFeatures, 3..., tag: 0, ignorable: true)
        try coder.field("FinalizedFeaturesEpoch", &finalizedFeaturesEpoch, 3..., tag: 1, default: -1, ignorable: true)
        try coder.field("FinalizedFeatures", &finalizedFeatures, 3..., tag: 2, ignorable: true)
        try coder.field("ZkMigrationReady", &zkMigrationReady, 3..., tag: 3, ignorable: true)
    }
}

extension ApiVersionsResponse {
    package struct ApiVersion: WireStructure {
        package var apiKey: Int16 = 0
        package var minVersion: Int16 = 0
        package var maxVersion: Int16 = 0

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("ApiKey", &apiKey, 0...)
            try coder.field("MinVersion", &minVersion, 0...)
            try coder.field("MaxVersion", &maxVersion, 0...)
        }
    }

    package struct SupportedFeatureKey: WireStructure {
        package var name = ""
        package var minVersion: Int16 = 0
        package var maxVersion: Int16 = 0

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Name", &name, 3...)
            try coder.field("MinVersion", &minVersion, 3...)
            try coder.field("MaxVersion", &maxVersion, 3...)
        }
    }

    package struct FinalizedFeatureKey: WireStructure {
        package var name = ""
        package var maxVersionLevel: Int16 = 0
        package var minVersionLevel: Int16 = 0

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Name", &name, 3...)
            try coder.field("MaxVersionLevel", &maxVersionLevel, 3...)
            try coder.field("MinVersionLevel", &minVersionLevel, 3...)
        }
    }
}
