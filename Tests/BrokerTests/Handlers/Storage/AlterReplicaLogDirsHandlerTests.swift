import BrokerTesting
import KafkaProtocol
import LogStorage
import SystemPackage
import Testing

@testable import Broker

@Suite(.timeLimit(.minutes(5)))
struct AlterReplicaLogDirsHandlerTests {
    private static func alter(
        _ client: TestClient, _ path: String, _ topic: String = "t", _ partitions: [PartitionIndex] = [0],
        version: Int16 = 2
    ) async throws -> [ErrorCode] {
        let answer = try await client.exchange(
            AlterReplicaLogDirsRequest.with {
                $0.dirs = [
                    .with {
                        $0.path = path
                        $0.topics = [
                            .with {
                                $0.name = topic
                                $0.partitions = partitions
                            }
                        ]
                    }
                ]
            }, version: version)
        let result = try #require(answer.results.first)
        #expect(result.topicName == topic && result.partitions.map(\.partitionIndex) == partitions)
        return result.partitions.map(\.errorCode)
    }

    @Test(arguments: [Int16(1), 2])
    func `a log stays where it is, and goes nowhere else`(version: Int16) async throws {
        let disk = SimulatedFileSystem(seed: 1)
        try await SimulatedBroker.run(on: disk, settings: ["log.dirs": "/a,/b"]) { broker, client in
            try await client.createTopic("t")
            let home = try #require(try broker.core?.topics.table["t"]?.partition(0)).directory.absolutePath
            let other = home == "/a" ? "/b" : "/a"
            #expect(try await Self.alter(client, home, version: version) == [.none])
            #expect(try await Self.alter(client, other, version: version) == [.invalidRequest])
            #expect(try await Self.alter(client, "/c", version: version) == [.logDirNotFound])
        }
    }

    @Test func `what does not exist or is offline is told`() async throws {
        let disk = SimulatedFileSystem(seed: 1)
        try await SimulatedBroker.run(on: disk, settings: ["log.dirs": "/a,/b"]) { broker, client in
            try await client.createTopic("t", partitions: 2)
            #expect(
                try await Self.alter(client, "/a", "t", [5, -1]) == Array(repeating: .unknownTopicOrPartition, count: 2)
            )
            #expect(try await Self.alter(client, "/a", "nowhere") == [.unknownTopicOrPartition])
            let core = try #require(broker.core)
            let directories = core.topics.directories
            let lost = try #require(directories.entries[1].directory)
            directories.fail(lost, because: FileSystemError(.write, lost.path, .ioError))
            #expect(try await Self.alter(client, "/b") == [.kafkaStorageError])
        }
    }
}
