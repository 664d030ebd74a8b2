import Testing

@testable import KafkaClient

@Suite struct BrokerAddressTests {
    @Test(arguments: [
        ("localhost:9092", "localhost", 9092), ("kafka", "kafka", 9092), ("[::1]:19092", "::1", 19092),
        ("[::1]", "::1", 9092), ("10.0.0.1:1", "10.0.0.1", 1),
    ])
    func `addresses are read`(text: String, host: String, port: Int) throws {
        #expect(try BrokerAddress(text) == BrokerAddress(host: host, port: port))
    }

    @Test(arguments: ["", ":9092", "host:", "host:0", "host:65536", "host:abc", "::1", "[::1]x", "[]:1"])
    func `what is no address is refused`(text: String) {
        let error = #expect(throws: KafkaError.self) { try BrokerAddress(text) }
        #expect(error?.code == .invalidConfiguration)
    }

    @Test func `a list may hold spaces and must hold something`() throws {
        #expect(
            try BrokerAddress.list("a:1, b:2 ,c") == [
                BrokerAddress(host: "a", port: 1), BrokerAddress(host: "b", port: 2),
                BrokerAddress(host: "c", port: 9092),
            ])
        #expect(throws: KafkaError.self) { try BrokerAddress.list("") }
    }

    @Test func `an address with colons is written in brackets`() {
        #expect("\(BrokerAddress(host: "::1", port: 9092))" == "[::1]:9092")
    }
}
