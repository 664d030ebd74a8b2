import BrokerTesting
import KafkaProtocol
import Testing

@testable import Broker

/// Features and their levels, over the wire.
@Suite(.timeLimit(.minutes(5)))
struct UpdateFeaturesHandlerTests {
    private static func features(_ client: TestClient, version: Int16 = 4) async throws -> ApiVersionsResponse {
        let request = ApiVersionsRequest.with {
            $0.clientSoftwareName = "test"
            $0.clientSoftwareVersion = "1"
        }
        return try await client.exchange(request, version: version)
    }

    private static func update(
        _ client: TestClient, _ feature: String, to level: Int16, kind: Int8 = 1, validateOnly: Bool = false,
        version: Int16 = 2
    ) async throws -> UpdateFeaturesResponse {
        let request = UpdateFeaturesRequest.with { request in
            request.validateOnly = validateOnly
            request.featureUpdates = [
                .with {
                    $0.feature = feature
                    $0.maxVersionLevel = level
                    if version == 0 { $0.allowDowngrade = kind != 1 } else { $0.upgradeType = kind }
                }
            ]
        }
        return try await client.exchange(request, version: version)
    }

    private static func levels(_ client: TestClient) async throws -> [String: Int16] {
        let answer = try await features(client)
        return Dictionary(uniqueKeysWithValues: answer.finalizedFeatures.map { ($0.name, $0.maxVersionLevel) })
    }

    @Test func `a new cluster has the latest levels, and clients before version 4 hear of no lowest level 0`()
        async throws
    {
        try await withClient { (client) async throws in
            let answer = try await Self.features(client)
            #expect(
                answer.supportedFeatures.map { "\($0.name) \($0.minVersion)-\($0.maxVersion)" } == [
                    "group.version 0-1", "metadata.version 7-30",
                ])
            #expect(
                answer.finalizedFeatures.map { "\($0.name) \($0.minVersionLevel)-\($0.maxVersionLevel)" } == [
                    "group.version 1-1", "metadata.version 30-30",
                ])
            #expect(answer.finalizedFeaturesEpoch >= 0)
            let older = try await Self.features(client, version: 3)
            #expect(older.supportedFeatures.map(\.name) == ["metadata.version"])
            #expect(older.finalizedFeatures == answer.finalizedFeatures)
            let oldest = try await client.exchange(ApiVersionsRequest(), version: 2)
            #expect(oldest.finalizedFeatures.isEmpty && oldest.finalizedFeaturesEpoch == -1)
        }
    }

    @Test func `a level changes at once, survives a restart and raises the epoch`() async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        var broker = try await InProcessBroker.start(directory: directory.path)
        var client = try await TestClient.connect(to: broker.bootstrap)
        let before = try await Self.features(client).finalizedFeaturesEpoch
        let answer = try await Self.update(client, "group.version", to: 0, kind: 2)
        #expect(answer.errorCode == .none && answer.errorMessage == nil && answer.results.isEmpty)
        #expect(try await Self.levels(client) == ["metadata.version": 30])
        let after = try await Self.features(client).finalizedFeaturesEpoch
        #expect(after > before)
        await client.close()
        await broker.stop()
        broker = try await InProcessBroker.start(directory: directory.path)
        client = try await TestClient.connect(to: broker.bootstrap)
        #expect(try await Self.levels(client) == ["metadata.version": 30])
        #expect(try await Self.features(client).finalizedFeaturesEpoch >= after)
        await client.close()
        await broker.stop()
    }

    @Test func `a question changes nothing, and what cannot be says why`() async throws {
        try await withClient { (client) async throws in
            let asked = try await Self.update(client, "group.version", to: 0, kind: 2, validateOnly: true)
            #expect(asked.errorCode == .none)
            let refused = try await Self.update(client, "group.version", to: 0)
            #expect(refused.errorCode == .invalidUpdateVersion)
            #expect(refused.errorMessage?.contains("Invalid update version 0 for feature group.version") == true)
            let unknown = try await Self.update(client, "no.such.feature", to: 1, kind: 9)
            #expect(unknown.errorCode == .invalidUpdateVersion)
            #expect(try await Self.levels(client) == ["metadata.version": 30, "group.version": 1])
        }
    }

    @Test func `older clients get a result for each feature`() async throws {
        try await withClient { (client) async throws in
            for version: Int16 in [0, 1] {
                let down = try await Self.update(client, "group.version", to: 0, kind: 2, version: version)
                #expect(down.errorCode == .none)
                #expect(down.results.map(\.feature) == ["group.version"])
                #expect(down.results.map(\.errorCode) == [.none])
                let up = try await Self.update(client, "group.version", to: 1, version: version)
                #expect(up.errorCode == .none)
            }
        }
    }
}
