import BrokerTesting
import KafkaProtocol
import NIOCore
import Testing

@testable import Broker

@Suite(.timeLimit(.minutes(5)))
struct DescribeProducersHandlerTests {
    typealias PartitionAnswer = DescribeProducersResponse.PartitionResponse

    private static func ask(
        _ client: TestClient, _ topic: String, _ partitions: [PartitionIndex] = [0]
    ) async throws -> [PartitionAnswer] {
        let answer = try await client.exchange(
            DescribeProducersRequest.with {
                $0.topics = [
                    .with {
                        $0.name = topic
                        $0.partitionIndexes = partitions
                    }
                ]
            })
        let result = try #require(answer.topics.first)
        #expect(result.name == topic && result.partitions.map(\.partitionIndex) == partitions)
        return result.partitions
    }

    private static func batch(
        _ producer: ProducerID, epoch: ProducerEpoch = 0, sequence: SequenceNumber = 0, at time: Timestamp,
        isTransactional: Bool = false, count: Int = 1
    ) throws -> ByteBuffer {
        try TestBatch.records((0..<count).map { ("v\($0)", time) }) {
            $0.producerID = producer
            $0.producerEpoch = epoch
            $0.baseSequence = sequence
            $0.isTransactional = isTransactional
        }
    }

    @Test func `each producer is told with its last sequence and time, by id`() async throws {
        try await withClient { (client) async throws in
            try await client.createTopic("t", partitions: 2)
            let start = TestBatch.recent
            for batch in [
                try Self.batch(7, at: start, count: 3),
                try Self.batch(5, epoch: 2, at: start.advanced(byMilliseconds: 5)),
                try Self.batch(7, sequence: 3, at: start.advanced(byMilliseconds: 9), count: 2),
            ] {
                #expect(try await client.produce(batch, to: "t").errorCode == .none)
            }
            let answers = try await Self.ask(client, "t", [0, 1])
            #expect(answers.map(\.errorCode) == [.none, .none])
            let told = answers[0].activeProducers.map {
                "\($0.producerID) \($0.producerEpoch) \($0.lastSequence) \($0.lastTimestamp - start.rawValue) "
                    + "\($0.coordinatorEpoch) \($0.currentTxnStartOffset)"
            }
            #expect(told == ["5 2 0 5 -1 -1", "7 0 4 9 -1 -1"])
            #expect(answers[1].activeProducers.isEmpty)
        }
    }

    @Test func `a partition that is named a thousand times is told of once`() async throws {
        try await withClient { (client) async throws in
            try await client.createTopic("t")
            #expect(try await client.produce(Self.batch(7, at: TestBatch.recent), to: "t").errorCode == .none)
            let answer = try await client.exchange(
                DescribeProducersRequest.with {
                    $0.topics = Array(
                        repeating: .with { ($0.name, $0.partitionIndexes) = ("t", Array(repeating: 0, count: 50)) },
                        count: 20)
                })
            #expect(answer.topics.count == 20)
            #expect(answer.topics.flatMap(\.partitions).map(\.activeProducers.count) == [1])
        }
    }

    @Test func `what does not exist is told so, each partition on its own`() async throws {
        try await withClient { (client) async throws in
            try await client.createTopic("t")
            let answers = try await Self.ask(client, "t", [0, 1, -1])
            #expect(answers.map(\.errorCode) == [.none, .unknownTopicOrPartition, .unknownTopicOrPartition])
            let absent = try await Self.ask(client, "nowhere")
            #expect(absent.map(\.errorCode) == [.unknownTopicOrPartition])
            let nameless = try await Self.ask(client, "no name")
            #expect(nameless.map(\.errorCode) == [.invalidTopicException])
            #expect(nameless[0].errorMessage?.isEmpty == false)
        }
    }
}
