package import KafkaProtocol

/// What a broker said it speaks: the version ranges of its APIs and its features.
package struct ApiVersionTable: Sendable {
    /// A feature of the cluster and its level (KIP-584).
    package struct Feature: Sendable {
        package var name: String
        package var supported: ClosedRange<Int16>?
        package var finalized: Int16?
    }

    package var ranges: [ApiKey: ClosedRange<Int16>]
    package var features: [Feature] = []

    package init(ranges: [ApiKey: ClosedRange<Int16>]) { self.ranges = ranges }

    package init(_ response: ApiVersionsResponse) {
        ranges = [:]
        for api in response.apiKeys where api.minVersion <= api.maxVersion {
            ranges[ApiKey(rawValue: api.apiKey)] = api.minVersion...api.maxVersion
        }
        var finalized: [String: Int16] = [:]
        for feature in response.finalizedFeatures { finalized[feature.name] = feature.maxVersionLevel }
        features = response.supportedFeatures.map { feature in
            let range: ClosedRange<Int16>? =
                feature.minVersion <= feature.maxVersion ? feature.minVersion...feature.maxVersion : nil
            return Feature(name: feature.name, supported: range, finalized: finalized[feature.name])
        }
    }

    /// The newest version of `request` that both sides speak.
    ///
    /// - Parameter limit: a newest version that the caller can use, such as the last one without topic ids.
    /// - Throws: `unsupportedVersion`, naming the request and both ranges.
    package func version<Request: RequestMessage>(
        of request: Request.Type, atMost limit: Int16 = .max
    ) throws(KafkaError) -> Int16 {
        let ours = Request.versions
        guard let theirs = ranges[Request.apiKey] else {
            throw KafkaError(.unsupportedVersion, "the broker does not serve \(Request.apiKey)")
        }
        let newest = min(ours.upperBound, theirs.upperBound, limit, Self.stable[Request.apiKey] ?? .max)
        guard newest >= max(ours.lowerBound, theirs.lowerBound) else {
            throw KafkaError(
                .unsupportedVersion,
                "the broker serves \(Request.apiKey) in versions \(theirs.lowerBound) to \(theirs.upperBound), "
                    + "this client speaks \(ours.lowerBound) to \(min(ours.upperBound, limit))")
        }
        return newest
    }

    /// Newest versions that are not yet final in the protocol and so are not used.
    private static let stable: [ApiKey: Int16] = [.initProducerID: 5]
}
