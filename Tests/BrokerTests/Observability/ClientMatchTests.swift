import Coordination
import KafkaProtocol
import Testing

@testable import Broker

struct ClientMatchTests {
    private static let id = KafkaUUID(high: 1, low: 2)
    private static let client = ClientAttributes(
        instanceID: id, clientID: "app-7", softwareName: "librdkafka", softwareVersion: "2.5.0",
        sourceAddress: "10.0.0.8", sourcePort: 41_000)

    @Test(arguments: [
        ("", true), ("client_id=app-[0-9]+", true), ("client_id=app", false),
        ("client_id=.*,client_source_port=41.*", true),
        ("client_id=.*,client_source_port=42.*", false), ("client_instance_id=\(id)", true),
        ("client_software_name=librdkafka, client_software_version=2\\.5\\..*", true),
        ("client_software_name=java", false), ("client_source_address=10\\.0\\.0\\.8", true),
        ("client_id=x,client_id=app-7", true), ("client_id=a=b", false),
    ])
    func `a client is meant where all selectors match its attributes as a whole`(text: String, matches: Bool) throws {
        #expect(try ClientMatch(text).matches(Self.client) == matches)
    }

    @Test(arguments: ["client_id", "=x", "client_id=", "nobody=x", "client_id=(", "client_id=a,,", " = "])
    func `what selects nothing is refused`(text: String) {
        #expect(throws: Refusal.self) { _ = try ClientMatch(text) }
    }

    @Test func `the number of patterns is bounded`() throws {
        let element = "client_id=a"
        let most = Array(repeating: element, count: ClientMatch.maximumElements).joined(separator: ",")
        #expect(try !ClientMatch(most).matches(Self.client))
        #expect(throws: Refusal.self) { _ = try ClientMatch(most + "," + element) }
    }
}
