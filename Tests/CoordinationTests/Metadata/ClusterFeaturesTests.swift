import KafkaProtocol
import Testing

@testable import Coordination

@Suite struct ClusterFeaturesTests {
    private func finalized() throws -> MetadataFixture {
        var fixture = try MetadataFixture()
        try fixture.apply(fixture.machine.finalizeInitialFeatures())
        return fixture
    }

    private func message(_ update: FeatureUpdate, in fixture: MetadataFixture) -> String? {
        let decision = fixture.machine.updateFeatures([update])
        guard let refusal = decision.response else { return nil }
        #expect(refusal.code == .invalidUpdateVersion && decision.records.isEmpty)
        return refusal.message
    }

    @Test func `a new cluster gets the latest levels, once`() throws {
        let fixture = try finalized()
        #expect(fixture.image.features == ["metadata.version": 30, "group.version": 1])
        #expect(fixture.image.groupVersion == 1)
        #expect(fixture.machine.finalizeInitialFeatures().records.isEmpty)
        #expect(try fixture.reloaded().image.features == fixture.image.features)
    }

    @Test func `a level that was taken away does not come back by itself`() throws {
        var fixture = try finalized()
        let update = FeatureUpdate(feature: "group.version", level: 0, direction: .safeDowngrade)
        #expect(try fixture.apply(fixture.machine.updateFeatures([update])) == nil)
        #expect(fixture.image.groupVersion == 0)
        #expect(fixture.image.features == ["metadata.version": 30])
        #expect(fixture.machine.finalizeInitialFeatures().records.isEmpty)
        let back = FeatureUpdate(feature: "group.version", level: 1, direction: .upgrade)
        #expect(try fixture.apply(fixture.machine.updateFeatures([back])) == nil)
        #expect(fixture.image.groupVersion == 1)
    }

    @Test(arguments: [
        (FeatureUpdate(feature: "group.version", level: 0, direction: .upgrade), "without setting the upgrade type"),
        (FeatureUpdate(feature: "group.version", level: 2, direction: .upgrade), "only supports versions 0-1"),
        (FeatureUpdate(feature: "group.version", level: -1, direction: .safeDowngrade), "less than 0"),
        (FeatureUpdate(feature: "group.version", level: 0, direction: nil), "does not support the given upgrade type"),
        (FeatureUpdate(feature: "share.version", level: 1, direction: .upgrade), "does not support this feature"),
        (FeatureUpdate(feature: "metadata.version", level: 31, direction: .upgrade), "only supports versions 7-30"),
        (FeatureUpdate(feature: "metadata.version", level: 29, direction: .safeDowngrade), "Refusing"),
        (FeatureUpdate(feature: "metadata.version", level: 29, direction: .unsafeDowngrade), "not supported"),
    ])
    func `what cannot be is refused with the reason`(update: FeatureUpdate, reason: String) throws {
        let said = message(update, in: try finalized())
        #expect(said?.contains(reason) == true, "\(said ?? "accepted")")
    }

    @Test func `a downgrade does not lead upwards`() throws {
        let fixture = try MetadataFixture()
        let update = FeatureUpdate(feature: "group.version", level: 1, direction: .safeDowngrade)
        #expect(message(update, in: fixture)?.contains("Can't downgrade to a newer version") == true)
    }

    @Test func `one bad level keeps the good ones from changing`() throws {
        let fixture = try finalized()
        let decision = fixture.machine.updateFeatures([
            FeatureUpdate(feature: "group.version", level: 0, direction: .safeDowngrade),
            FeatureUpdate(feature: "metadata.version", level: 31, direction: .upgrade),
        ])
        #expect(decision.response != nil && decision.records.isEmpty)
    }

    @Test func `the same level and a mere question change nothing`() throws {
        let fixture = try finalized()
        let same = FeatureUpdate(feature: "metadata.version", level: 30, direction: .upgrade)
        #expect(fixture.machine.updateFeatures([same]).records.isEmpty)
        #expect(fixture.machine.updateFeatures([same]).response == nil)
        let other = FeatureUpdate(feature: "group.version", level: 0, direction: .unsafeDowngrade)
        let asked = fixture.machine.updateFeatures([other], validateOnly: true)
        #expect(asked.response == nil && asked.records.isEmpty)
    }
}
