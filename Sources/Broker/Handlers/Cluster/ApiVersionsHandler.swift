// ApiVersions: v0-4
// Authorization: none
// Behaviour: lists the APIs of the router with the versions that it serves, and the features with the levels that they can
//   have and those that they have. An unsupported version is answered by the router itself, in version 0 with error 35
//   and this API's own range (KIP-511).
// Version notes: v3 the client's name and version, features; v4 supported features whose lowest level is 0.
import Coordination
import KafkaProtocol
import NIOCore

struct ApiVersionsHandler: RequestHandler {
    static let versions: ClosedRange<Int16> = 0...4

    let apis: @Sendable () -> [AdvertisedApi]
    let features: @Sendable () -> FinalizedFeatures

    /// - Parameter apis: the router's own list, which exists only once all handlers do.
    init(
        apis: @escaping @Sendable () -> [AdvertisedApi], features: @escaping @Sendable () -> FinalizedFeatures
    ) {
        self.apis = apis
        self.features = features
    }

    func handle(_ request: ApiVersionsRequest, _ context: RequestContext) -> Handling<ApiVersionsResponse> {
        if context.version >= 3 {
            guard Self.isValid(request.clientSoftwareName), Self.isValid(request.clientSoftwareVersion) else {
                return .answer(.with { $0.errorCode = .invalidRequest })
            }
            context.connection.software.set(name: request.clientSoftwareName, version: request.clientSoftwareVersion)
        }
        return .answer(
            .with { response in
                response.apiKeys = apis().map { api in
                    .with {
                        $0.apiKey = api.key.rawValue
                        $0.minVersion = api.advertisedVersions.lowerBound
                        $0.maxVersion = api.advertisedVersions.upperBound
                    }
                }
                if context.version >= 3 { describeFeatures(in: &response, version: context.version) }
            })
    }

    private func describeFeatures(in response: inout ApiVersionsResponse, version: Int16) {
        // Clients of before version 4 cannot read a lowest level of 0.
        let readable = ClusterFeature.all.filter { version >= 4 || $0.levels.lowerBound > 0 }
        response.supportedFeatures = readable.map { feature in
            .with {
                $0.name = feature.name
                $0.minVersion = feature.levels.lowerBound
                $0.maxVersion = feature.levels.upperBound
            }
        }
        let finalized = features()
        response.finalizedFeaturesEpoch = finalized.epoch
        response.finalizedFeatures = finalized.levels.sorted { $0.key < $1.key }.map { name, level in
            .with {
                $0.name = name
                $0.minVersionLevel = level
                $0.maxVersionLevel = level
            }
        }
    }

    /// The name is kept as long as the connection is.
    private static let longestName = 256

    /// Letters, digits, and `-` and `.` inside (KIP-511): the names become labels of metrics.
    private static func isValid(_ name: String) -> Bool {
        guard name.utf8.count <= longestName else { return false }
        func isAlphanumeric(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: false
            }
        }
        guard let first = name.utf8.first, let last = name.utf8.last else { return false }
        return isAlphanumeric(first) && isAlphanumeric(last)
            && name.utf8.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
    }
}
