import KafkaProtocol
import Testing

@testable import KafkaClient

@Suite struct ApiVersionTableTests {
    @Test func `the newest common version is used`() throws {
        #expect(try ApiVersionTable(ranges: [.metadata: 0...9]).version(of: MetadataRequest.self) == 9)
        #expect(try ApiVersionTable(ranges: [.metadata: 0...99]).version(of: MetadataRequest.self) == 13)
        #expect(try ApiVersionTable(ranges: [.metadata: 0...99]).version(of: MetadataRequest.self, atMost: 7) == 7)
    }

    @Test func `a version that is not final yet is not used`() throws {
        #expect(try ApiVersionTable(ranges: [.initProducerID: 0...6]).version(of: InitProducerIdRequest.self) == 5)
    }

    @Test func `where there is no common version, both ranges are told`() {
        let table = ApiVersionTable(ranges: [.fetch: 0...3])
        let error = #expect(throws: KafkaError.self) { try table.version(of: FetchRequest.self) }
        #expect(error?.code == .unsupportedVersion)
        #expect(error?.message.contains("0 to 3") == true)
        #expect(error?.message.contains("4 to 18") == true)
        #expect(throws: KafkaError.self) { try ApiVersionTable(ranges: [:]).version(of: FetchRequest.self) }
    }
}
