import KafkaProtocol
import Testing

@testable import Coordination

@Suite struct ConfigurationAlterationsTests {
    private func fixture() throws -> MetadataFixture {
        var fixture = try MetadataFixture()
        try fixture.create(NewTopic(name: "t", configuration: [.init("a", "1"), .init("list", "x")]))
        return fixture
    }

    @Test func `all values are replaced by AlterConfigs`() throws {
        var fixture = try fixture()
        let decision = fixture.machine.alterConfigurations([.init(.topic("t"), .all([.init("a", "2")]))])
        #expect(decision.records.count == 2)
        _ = try fixture.apply(decision)
        #expect(fixture.image.configuration(of: .topic("t")) == ["a": "2"])
    }

    @Test func `single values are changed by IncrementalAlterConfigs`() throws {
        var fixture = try fixture()
        _ = try fixture.apply(
            fixture.machine.alterConfigurations([
                .init(.topic("t"), .changes([.init("a", .delete, nil), .init("list", .set, "y")]))
            ]))
        #expect(fixture.image.configuration(of: .topic("t")) == ["list": "y"])
    }

    @Test func `what changes nothing writes nothing`() throws {
        let machine = try fixture().machine
        let decision = machine.alterConfigurations([.init(.topic("t"), .changes([.init("a", .set, "1")]))])
        #expect(decision.records.isEmpty && decision.response[0].refusal == nil)
    }

    @Test func `a request that only asks writes nothing`() throws {
        let machine = try fixture().machine
        let decision = machine.alterConfigurations(
            [.init(.topic("t"), .all([]))], validateOnly: true)
        #expect(decision.records.isEmpty)
        #expect(try decision.response[0].result.get() == [:])
    }

    @Test(arguments: [
        (ConfigurationResource.topic("nobody"), ErrorCode.unknownTopicOrPartition),
        (.topic("b d"), .invalidTopicException), (.topic(""), .invalidTopicException),
        (.broker(9), .brokerIDNotRegistered), (.group(""), .invalidRequest), (.clientMetrics(""), .invalidRequest),
    ])
    func `a resource that does not exist is refused`(resource: ConfigurationResource, code: ErrorCode) throws {
        let machine = try fixture().machine
        let outcome = machine.alterConfigurations([.init(resource, .changes([.init("a", .set, "1")]))]).response[0]
        #expect(outcome.refusal?.code == code)
    }

    @Test(arguments: [
        ConfigurationResource.topic("t"), .broker(1), .broker(nil), .group("g"), .clientMetrics("m"),
    ])
    func `every kind of resource keeps its values`(resource: ConfigurationResource) throws {
        var fixture = try fixture()
        _ = try fixture.apply(fixture.machine.alterConfigurations([.init(resource, .changes([.init("a", .set, "7")]))]))
        #expect(fixture.image.configuration(of: resource)["a"] == "7")
        #expect(try fixture.reloaded().image.configuration(of: resource)["a"] == "7")
    }

    @Test func `resources of one request are answered each on its own`() throws {
        var fixture = try fixture()
        let change = ConfigurationAlteration.Values.changes([.init("a", .set, "9")])
        let outcomes = try fixture.apply(
            fixture.machine.alterConfigurations([
                .init(.topic("t"), change), .init(.broker(1), change), .init(.topic("t"), change),
                .init(.group("g"), .changes([.init("nonsense", .set, "1")])),
            ]))
        #expect(outcomes.map { $0.refusal?.code } == [.invalidRequest, nil, .invalidConfig])
        #expect(fixture.image.configuration(of: .topic("t"))["a"] == "1")
    }

    @Test func `resources have one name in requests and records`() {
        for resource in [ConfigurationResource.topic("t"), .broker(3), .broker(nil), .group("g"), .clientMetrics("m")] {
            #expect(ConfigurationResource(recordType: resource.recordType, name: resource.recordName) == resource)
        }
        #expect(ConfigurationResource(recordType: 4, name: "x1") == nil)
        #expect(ConfigurationResource(recordType: 4, name: "01") == nil)
        #expect(ConfigurationResource(recordType: 8, name: "1") == nil)
    }
}
