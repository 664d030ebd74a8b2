import BrokerTesting
import Foundation
import KafkaProtocol
import NIOCore
import Testing

@testable import Broker

/// Promise 3: an idempotent producer never creates a duplicate in its session.
@Suite(.timeLimit(.minutes(5)))
struct IdempotenceTests {
    private static let id: ProducerID = 4000

    private static func send(
        _ sequence: Int32, _ values: [String] = ["v"], epoch: ProducerEpoch = 0, id: ProducerID = id,
        over connection: RawConnection
    ) async throws -> RawConnection.PartitionAnswer {
        let producer = ProducedBatch.Producer(id: id, epoch: epoch, sequence: SequenceNumber(sequence))
        return try await connection.produce(ProducedBatch.of(values, producer: producer), to: "events")
    }

    private static func withTopic(_ body: (RawConnection) async throws -> Void) async throws {
        try await withBroker { bootstrap in
            let connection = try await RawConnection.connect(to: bootstrap)
            try await connection.createTopic("events")
            try await body(connection)
            await connection.close()
        }
    }

    @Test func `a batch that comes again is answered with the offset of the original`() async throws {
        try await Self.withTopic { (connection) async throws in
            for _ in 0..<3 {
                let answer = try await Self.send(0, ["a", "b"], over: connection)
                #expect(answer.errorCode == .none)
                #expect(answer.baseOffset == 0)
            }
            #expect(try await connection.latestOffset("events", 0) == 2)
        }
    }

    @Test func `each of the last five batches is known again, the sixth is out of order`() async throws {
        try await Self.withTopic { (connection) async throws in
            for sequence in 0..<6 as Range<Int32> { _ = try await Self.send(sequence, over: connection) }
            for sequence in 1..<6 as Range<Int32> {
                let again = try await Self.send(sequence, over: connection)
                #expect(again.errorCode == .none)
                #expect(again.baseOffset == Offset(Int64(sequence)))
            }
            #expect(try await Self.send(0, over: connection).errorCode == .outOfOrderSequenceNumber)
            #expect(try await connection.latestOffset("events", 0) == 6)
        }
    }

    @Test func `five batches in flight, sent twice over two connections, stand in the log once`() async throws {
        try await withBroker { bootstrap in
            let connections = [
                try await RawConnection.connect(to: bootstrap), try await RawConnection.connect(to: bootstrap),
            ]
            try await connections[0].createTopic("events")
            for connection in connections {
                for sequence in 0..<5 as Range<Int32> {
                    let producer = ProducedBatch.Producer(id: Self.id, sequence: SequenceNumber(sequence))
                    let batch = RecordsField.bytes(try ProducedBatch.of(["v"], producer: producer))
                    let request = RawConnection.produceRequest([batch], to: "events")
                    connection.sendFrame(try Wire.frame(request, version: 9))
                }
                for sequence in 0..<5 as Range<Int64> {
                    let frame = try #require(await connection.receive())
                    let answer = try Wire.answer(frame, as: ProduceResponse.self, version: 9)
                    #expect(answer.responses[0].partitionResponses[0].errorCode == .none)
                    #expect(answer.responses[0].partitionResponses[0].baseOffset == Offset(sequence))
                }
            }
            #expect(try await connections[0].latestOffset("events", 0) == 5)
            for connection in connections { await connection.close() }
        }
    }

    @Test func `a gap is refused, and what fills it is taken`() async throws {
        try await Self.withTopic { (connection) async throws in
            #expect(try await Self.send(0, over: connection).errorCode == .none)
            let early = try await Self.send(2, over: connection)
            #expect(early.errorCode == .outOfOrderSequenceNumber)
            #expect(early.baseOffset == -1)
            #expect(try await Self.send(1, over: connection).baseOffset == 1)
            #expect(try await Self.send(2, over: connection).baseOffset == 2)
        }
    }

    @Test func `a repetition that overlaps is no repetition`() async throws {
        try await Self.withTopic { (connection) async throws in
            let original = try await Self.send(0, ["a", "b"], over: connection)
            #expect(original.errorCode == .none)
            for (sequence, values) in [(Int32(0), ["a"]), (1, ["b"]), (1, ["b", "c"])] {
                let answer = try await Self.send(sequence, values, over: connection)
                #expect(answer.errorCode == .outOfOrderSequenceNumber)
            }
            let end = try await connection.latestOffset("events", 0)
            #expect(end == 2)
        }
    }

    @Test func `a new epoch begins with 0 and shuts the old one out`() async throws {
        try await Self.withTopic { (connection) async throws in
            #expect(try await Self.send(0, over: connection).errorCode == .none)
            #expect(try await Self.send(1, epoch: 1, over: connection).errorCode == .outOfOrderSequenceNumber)
            #expect(try await Self.send(0, epoch: 1, over: connection).baseOffset == 1)
            #expect(try await Self.send(1, epoch: 0, over: connection).errorCode == .invalidProducerEpoch)
            #expect(try await Self.send(0, epoch: 0, over: connection).errorCode == .invalidProducerEpoch)
            #expect(try await Self.send(1, epoch: 1, over: connection).baseOffset == 2)
        }
    }

    @Test func `sequences go on with 0 behind the highest number`() async throws {
        try await Self.withTopic { (connection) async throws in
            // Nothing is known of the producer, so it may begin anywhere.
            #expect(try await Self.send(.max - 1, ["a", "b", "c"], over: connection).baseOffset == 0)
            #expect(try await Self.send(1, ["d"], over: connection).baseOffset == 3)
            let again = try await Self.send(.max - 1, ["a", "b", "c"], over: connection)
            #expect(again.errorCode == .none)
            #expect(again.baseOffset == 0)
            #expect(try await Self.send(.max, over: connection).errorCode == .outOfOrderSequenceNumber)
        }
    }

    @Test func `producers do not know of each other`() async throws {
        try await Self.withTopic { (connection) async throws in
            #expect(try await Self.send(0, id: 1, over: connection).baseOffset == 0)
            #expect(try await Self.send(0, id: 2, over: connection).baseOffset == 1)
            #expect(try await Self.send(1, id: 1, over: connection).baseOffset == 2)
            #expect(try await Self.send(0, id: 1, over: connection).baseOffset == 0)
        }
    }

    /// Sends again what was sent before a restart, then goes on.
    private static func goOn(_ directory: String) async throws {
        let broker = try await InProcessBroker.start(directory: directory)
        let connection = try await RawConnection.connect(to: broker.bootstrap)
        for sequence in 0..<5 as Range<Int32> {
            let again = try await send(sequence, over: connection)
            #expect(again.errorCode == .none)
            #expect(again.baseOffset == Offset(Int64(sequence)))
        }
        #expect(try await send(6, over: connection).errorCode == .outOfOrderSequenceNumber)
        #expect(try await send(5, over: connection).baseOffset == 5)
        #expect(try await connection.latestOffset("events", 0) == 6)
        await connection.close()
        await broker.stop()
    }

    @Test func `a restart knows the last five batches, after a clean stop and after a crash`() async throws {
        let directory = try TemporaryDirectory()
        let crashed = try TemporaryDirectory()
        defer {
            directory.remove()
            crashed.remove()
        }
        let broker = try await InProcessBroker.start(directory: directory.path)
        let connection = try await RawConnection.connect(to: broker.bootstrap)
        try await connection.createTopic("events")
        for sequence in 0..<5 as Range<Int32> {
            #expect(try await Self.send(sequence, over: connection).errorCode == .none)
        }
        // What a killed broker would leave: its files as they are while it runs.
        try FileManager.default.removeItem(atPath: crashed.path)
        try FileManager.default.copyItem(atPath: directory.path, toPath: crashed.path)
        await connection.close()
        await broker.stop()
        try await Self.goOn(directory.path)
        try await Self.goOn(crashed.path)
    }

    @Test func `producer ids are given once, over a restart too`() async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        var seen: Set<ProducerID> = []
        for _ in 0..<2 {
            let broker = try await InProcessBroker.start(directory: directory.path)
            let connection = try await RawConnection.connect(to: broker.bootstrap)
            for _ in 0..<3 {
                let answer = try await connection.ask(
                    InitProducerIdRequest.with { $0.transactionalID = nil }, version: 4)
                #expect(answer.errorCode == .none)
                #expect(answer.producerEpoch == 0)
                #expect(seen.insert(answer.producerID).inserted)
            }
            await connection.close()
            await broker.stop()
        }
    }
}
