import BrokerTesting
import KafkaProtocol
import LogStorage
import Testing

struct ActiveProducerTests {
    @Test func `a log tells of each producer, with where its open transaction begins`() throws {
        let test = try TestLog()
        let log = try test.open()
        #expect(log.activeProducers.isEmpty)
        let idempotent = TestLog.Producer(id: 7, epoch: 1, sequence: 0)
        try log.append(TestLog.batch(count: 2, producer: idempotent))
        let transactional = TestLog.Producer(id: 5, sequence: 0)
        try log.append(TestLog.batch(producer: transactional, isTransactional: true))
        #expect(log.activeProducers.map(\.id) == [5, 7])
        #expect(log.activeProducers.map(\.epoch) == [0, 1])
        #expect(log.activeProducers.map(\.lastSequence) == [0, 1])
        #expect(log.activeProducers.map(\.transactionFirstOffset) == [2, nil])
        #expect(log.activeProducers.map(\.coordinatorEpoch) == [-1, -1])
        try log.append(TestLog.marker(.init(id: 5), isCommit: true, coordinatorEpoch: 3), origin: .coordinator)
        #expect(log.activeProducers.map(\.transactionFirstOffset) == [nil, nil])
        #expect(log.activeProducers.map(\.coordinatorEpoch) == [3, -1])
    }
}
