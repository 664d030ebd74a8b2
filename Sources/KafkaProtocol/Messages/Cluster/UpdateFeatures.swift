/// UpdateFeatures request, API key 57.
package struct UpdateFeaturesRequest: RequestMessage {
    package static let messageName = "UpdateFeaturesRequest"
    package static let versions: ClosedRange<Int16> = 0...2
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.updateFeatures
    package typealias Response = UpdateFeaturesResponse

    package var timeoutMs: Int32 = 60000
    package var featureUpdates: [FeatureUpdateKey] = []
    package var validateOnly = false

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("timeoutMs", &timeoutMs, 0..., default: 60000)
        try coder.field("FeatureUpdates", &featureUpdates, 0...)
        try coder.field("ValidateOnly", &validateOnly, 1...)
    }
}

extension UpdateFeaturesRequest {
    package struct FeatureUpdateKey: WireStructure {
        package var feature = ""
        package var maxVersionLevel: Int16 = 0
        package var allowDowngrade = false
        package var upgradeType: Int8 = 1

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Feature", &feature, 0...)
            try coder.field("MaxVersionLevel", &maxVersionLevel, 0...)
            try coder.field("AllowDowngrade", &allowDowngrade, 0)
            try coder.field("UpgradeType", &upgradeType, 1..., default: 1)
        }
    }
}

/// UpdateFeatures response, API key 57.
package struct UpdateFeaturesResponse: ResponseMessage {
    package static let messageName = "UpdateFeaturesResponse"
    package static let versions: ClosedRange<Int16> = 0...2
    package static let firstFlexibleVersion: Int16? = 0
    package static let apiKey = ApiKey.updateFeatures

    package var throttleTimeMs: Int32 = 0
    package var errorCode = ErrorCode.none
    package var errorMessage: String? = ""
    package var results: [UpdatableFeatureResult] = []

    package init() {}

    package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
        try coder.field("ThrottleTimeMs", &throttleTimeMs, 0...)
        try coder.field("ErrorCode", &errorCode, 0...)
        try coder.field("ErrorMessage", &errorMessage, 0..., nullable: 0..., default: "")
        try coder.field("Results", &results, 0...1, ignorable: true)
    }
}

extension UpdateFeaturesResponse {
    package struct UpdatableFeatureResult: WireStructure {
        package var feature = ""
        package var errorCode = ErrorCode.none
        package var errorMessage: String? = ""

        package init() {}

        package mutating func layout<Coder: FieldCoder>(_ coder: inout Coder) throws(ProtocolError) {
            try coder.field("Feature", &feature, 0...)
            try coder.field("ErrorCode", &errorCode, 0...)
            try coder.field("ErrorMessage", &errorMessage, 0..., nullable: 0..., default: "")
        }
    }
}
