import BrokerTesting
import KafkaProtocol
import Testing

@testable import Broker

/// Producer ids, over the wire.
@Suite(.timeLimit(.minutes(5)))
struct InitProducerIdHandlerTests {
    private static func next(_ client: TestClient) async throws -> ProducerID {
        let answer = try await client.exchange(InitProducerIdRequest.with { $0.transactionalID = nil })
        #expect(answer.errorCode == .none && answer.producerEpoch == 0)
        return answer.producerID
    }

    @Test func `each id is given once, whatever way the broker stops`() async throws {
        var disk = SimulatedFileSystem(seed: 3)
        var given: [ProducerID] = []
        for life in 0..<4 {
            let crashed = try await SimulatedBroker.run(on: disk) { _, client in
                for _ in 0..<3 { given.append(try await Self.next(client)) }
                return disk.copy(seed: UInt64(life))
            }
            // Every other life ends in a power cut, the others cleanly.
            guard life % 2 == 0 else { continue }
            crashed.powerCut()
            disk = crashed
        }
        #expect(given.count == 12)
        #expect(Set(given).count == 12)
        #expect(given.allSatisfy { $0 >= 0 })
    }

    @Test func `requests that come together get ids of their own, across blocks`() async throws {
        try await SimulatedBroker.run { _, client in
            let count = 2_500
            for number in 0..<count {
                try client.send(InitProducerIdRequest.with { $0.transactionalID = nil }, correlationID: Int32(number))
            }
            var given: Set<ProducerID> = []
            for number in 0..<count {
                let answer = try await client.receive(InitProducerIdRequest.self, correlationID: Int32(number))
                #expect(answer.errorCode == .none)
                given.insert(answer.producerID)
            }
            #expect(given.count == count)
        }
    }

    @Test(arguments: ["", "orders"]) func `a transactional id is refused with no id at all`(name: String) async throws {
        try await withClient { client in
            let answer = try await client.exchange(InitProducerIdRequest.with { $0.transactionalID = name })
            #expect(answer.errorCode == .invalidRequest)
            #expect(answer.producerID == -1 && answer.producerEpoch == -1)
        }
    }
}
