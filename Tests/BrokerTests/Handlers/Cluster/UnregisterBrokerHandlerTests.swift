import BrokerTesting
import Coordination
import KafkaProtocol
import Testing

@testable import Broker

@Suite(.timeLimit(.minutes(5)))
struct UnregisterBrokerHandlerTests {
    private static func unregister(_ client: TestClient, _ id: BrokerID) async throws -> UnregisterBrokerResponse {
        try await client.exchange(UnregisterBrokerRequest.with { $0.brokerID = id })
    }

    @Test func `the running broker stays, and nobody else is there`() async throws {
        try await withClient { (client) async throws in
            let own = try await Self.unregister(client, 1)
            #expect(own.errorCode == .invalidRequest)
            #expect(own.errorMessage == "Broker 1 is running: stop it before its registration is removed.")
            let unknown = try await Self.unregister(client, 9)
            #expect(unknown.errorCode == .brokerIDNotRegistered)
            #expect(unknown.errorMessage == "Broker ID 9 is not currently registered")
        }
    }

    @Test func `a registration that is left from an earlier time goes for good`() async throws {
        try await SimulatedBroker.run { broker, client in
            let metadata = try #require(broker.core).metadata
            let registration = BrokerRegistration(id: 5, incarnationID: .random(), endpoints: [])
            _ = try metadata.carryOut { $0.registerBroker(registration) }
            #expect(metadata.image.brokers[5] != nil)
            let answer = try await Self.unregister(client, 5)
            #expect(answer.errorCode == .none && answer.errorMessage == nil)
            #expect(metadata.image.brokers[5] == nil)
            #expect(try await Self.unregister(client, 5).errorCode == .brokerIDNotRegistered)
        }
    }
}
