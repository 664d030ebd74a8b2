// UpdateFeatures: v0-2
// Authorization: Alter on Cluster
// Behaviour: changes the levels of features (KIP-584): all that are named or, with INVALID_UPDATE_VERSION and the reason,
//   none. Durable when the answer leaves. metadata.version never goes down.
// Version notes: v1 validate only, and a downgrade is safe or unsafe; up to v1 a result for each feature.
import Coordination
import KafkaProtocol
import NIOCore

struct UpdateFeaturesHandler: RequestHandler {
    static let versions: ClosedRange<Int16> = 0...2

    let metadata: MetadataWriter
    let authorizer: any Authorizer

    func handle(_ request: UpdateFeaturesRequest, _ context: RequestContext) -> Handling<UpdateFeaturesResponse> {
        guard authorizer.allows(.alter, on: .cluster, for: context) else {
            return .answer(
                .with {
                    $0.errorCode = .clusterAuthorizationFailed
                    $0.errorMessage = "You may not change the cluster."
                })
        }
        let version = context.version
        let updates = request.featureUpdates.map { FeatureUpdate($0, version: version) }
        let validateOnly = request.validateOnly
        let future = metadata.submit(on: context.eventLoop) {
            $0.updateFeatures(updates, validateOnly: validateOnly)
        }
        return .eventually(future.map { Answer(Self.response($0, to: updates, version: version)) })
    }

    private static func response(
        _ refusal: Refusal?, to updates: [FeatureUpdate], version: Int16
    ) -> UpdateFeaturesResponse {
        .with { response in
            response.errorMessage = nil
            if let refusal {
                response.errorCode = refusal.code
                response.errorMessage =
                    "The update failed for all features since the following feature had an error: \(refusal.message)"
            } else if version <= 1 {
                response.results = updates.map { update in
                    .with {
                        $0.feature = update.feature
                        $0.errorMessage = nil
                    }
                }
            }
        }
    }
}

extension FeatureUpdate {
    fileprivate init(_ update: UpdateFeaturesRequest.FeatureUpdateKey, version: Int16) {
        self.init(
            feature: update.feature, level: update.maxVersionLevel,
            direction: version == 0
                ? (update.allowDowngrade ? .safeDowngrade : .upgrade) : Direction(rawValue: update.upgradeType))
    }
}
