import Testing

@testable import Broker

@Suite struct ListenersTests {
    @Test func `several named listeners are read`() throws {
        let addresses = try ListenerAddress.list("PLAINTEXT://127.0.0.1:9092, internal://:19092,V6://[::1]:0")
        #expect(
            addresses == [
                ListenerAddress(name: "PLAINTEXT", host: "127.0.0.1", port: 9092),
                ListenerAddress(name: "INTERNAL", host: "", port: 19092),
                ListenerAddress(name: "V6", host: "::1", port: 0),
            ])
        #expect(addresses[2].description == "V6://[::1]:0")
    }

    @Test(arguments: [
        "", ",", "127.0.0.1:9092", "PLAINTEXT://127.0.0.1", "PLAINTEXT://host:", "PLAINTEXT://host:65536",
        "PLAINTEXT://host:-1", "://host:1", "PLAIN TEXT://host:1", "PLAINTEXT://::1:9092", "PLAINTEXT://a/b:1",
        "A://h:1,A://h:2", "PLAINTEXT://",
    ])
    func `what is not a list of addresses is refused`(text: String) {
        #expect(throws: ListenerAddress.ParseError.self) { try ListenerAddress.list(text) }
    }

    private func listeners(_ binds: String, _ advertised: String? = nil) throws -> [Listener] {
        try Listener.joined(
            ListenerAddress.list(binds), advertised: advertised.map { try ListenerAddress.list($0) } ?? [])
    }

    @Test func `without an advertised address clients are told the bound host and the real port`() throws {
        let listener = try listeners("PLAINTEXT://127.0.0.1:0")[0]
        #expect(listener.endpoint(boundPort: 40_001, hostName: "box") == ("127.0.0.1", 40_001))
    }

    @Test(arguments: ["PLAINTEXT://:9092", "PLAINTEXT://0.0.0.0:9092", "PLAINTEXT://[::]:9092"])
    func `a wildcard advertises the name of the machine`(text: String) throws {
        let listener = try listeners(text)[0]
        #expect(listener.advertised == .hostName)
        #expect(listener.endpoint(boundPort: 9092, hostName: "box") == ("box", 9092))
    }

    @Test func `an advertised address is told as it stands, by the listener's name`() throws {
        let joined = try listeners("A://:1,B://:2", "B://b.example:92")
        #expect(joined.map(\.advertised) == [.hostName, .address(host: "b.example", port: 92)])
    }

    @Test func `an advertised port 0 stands for the real one`() throws {
        let listener = try listeners("A://:0", "A://public.example:0")[0]
        #expect(listener.endpoint(boundPort: 777, hostName: "box") == ("public.example", 777))
    }

    @Test(arguments: [("A://:1", "A://0.0.0.0:1"), ("A://:1", "A://:1"), ("A://:1", "B://host:1")])
    func `a wildcard or an unknown name is never advertised`(binds: String, advertised: String) {
        #expect(throws: ListenerAddress.ParseError.self) { try listeners(binds, advertised) }
    }

    @Test func `numbers of connections are read by host`() {
        #expect(AddressCounts.parse("localhost:5, 10.0.0.1:0") == ["localhost": 5, "10.0.0.1": 0])
        #expect(AddressCounts.parse("") == [:])
        for text in ["localhost", "localhost:x", ":5", "a:1,a:2", "a:-1"] { #expect(AddressCounts.parse(text) == nil) }
    }
}
