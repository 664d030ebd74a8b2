import BrokerTesting
import KafkaProtocol
import NIOCore
import Testing

@testable import Broker

@Suite(.timeLimit(.minutes(5)))
struct DescribeLogDirsHandlerTests {
    @Test func `the directory is described with the size of each log and the room that is left`() async throws {
        let disk = SimulatedFileSystem(seed: 1, capacity: 1 << 20)
        try await SimulatedBroker.run(on: disk, settings: ["log.dir.reserve.bytes": "0"]) { _, client in
            try await client.createTopic("t", partitions: 2)
            try await client.createTopic("u")
            let batch = try TestBatch.sized(1_000)
            _ = try await client.produce(batch, to: "t", 1)
            let all = try await client.exchange(DescribeLogDirsRequest.with { $0.topics = nil })
            let directory = try #require(all.results.first)
            #expect(all.errorCode == .none && directory.errorCode == .none)
            #expect(directory.logDir == SimulatedBroker.directory)
            #expect(directory.totalBytes == 1 << 20)
            #expect(directory.usableBytes > 0 && directory.usableBytes < directory.totalBytes)
            let sizes = directory.topics.map { topic in
                "\(topic.name) \(topic.partitions.map { "\($0.partitionIndex):\($0.partitionSize)" })"
            }
            #expect(sizes == ["t [\"0:0\", \"1:\(batch.readableBytes)\"]", "u [\"0:0\"]"])
            let some = try await client.exchange(
                DescribeLogDirsRequest.with {
                    $0.topics = [
                        .with {
                            $0.topic = "t"
                            $0.partitions = [1, 9]
                        },
                        .with { $0.topic = "nowhere" },
                    ]
                })
            let topics = try #require(some.results.first?.topics)
            #expect(topics.map(\.name) == ["t"])
            #expect(topics[0].partitions.map(\.partitionIndex) == [1])
        }
    }
}
