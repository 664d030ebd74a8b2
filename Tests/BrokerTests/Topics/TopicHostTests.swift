import BrokerTesting
import KafkaProtocol
import Testing

@testable import Broker

/// A power cut at every call of the disk while topics come, change and go: the restart finds the state before or the
/// state after, never a third.
@Suite(.timeLimit(.minutes(5)))
struct TopicHostTests {
    /// The disk as a power cut leaves it before each call of `change`, and once after its answer.
    private static func cuts(
        of seed: UInt64, preparing prepare: (TestClient) async throws -> Void = { _ in },
        during change: (TestClient) async throws -> Void
    ) async throws -> [SimulatedFileSystem] {
        let disk = SimulatedFileSystem(seed: seed)
        return try await SimulatedBroker.run(on: disk) { _, client in
            try await prepare(client)
            disk.record()
            try await change(client)
            var cuts = (0..<disk.recordedCount).compactMap {
                disk.copy(beforeRecordedCall: $0, seed: seed &+ UInt64($0))
            }
            cuts.append(disk.copy(seed: seed))
            for cut in cuts { cut.powerCut() }
            return cuts
        }
    }

    private static func folders(_ disk: SimulatedFileSystem) -> Set<String> {
        Set(disk.paths.filter { $0.hasPrefix("/data/t-") }.map { String($0.split(separator: "/")[1]) })
    }

    @Test func `a topic that was being created is there or not, and can be created again`() async throws {
        let cuts = try await Self.cuts(of: 31) { client in
            try await client.createTopic("t", partitions: 2, configs: ["retention.ms": "5000"])
        }
        #expect(cuts.count > 10)
        var found = 0
        for (call, disk) in cuts.enumerated() {
            try await SimulatedBroker.run(on: disk) { _, client in
                let topic = try await client.describe("t")
                if topic.errorCode == .none {
                    found += 1
                    #expect(topic.partitions.map(\.errorCode) == [.none, .none], "before call \(call)")
                } else {
                    #expect(topic.errorCode == .unknownTopicOrPartition, "before call \(call)")
                    #expect(call < cuts.count - 1, "an answered creation is durable")
                    try await client.createTopic("t", partitions: 2)
                }
                for partition in [PartitionIndex(0), 1] {
                    #expect(try await client.produce(["a"], to: "t", partition) == 0, "before call \(call)")
                }
            }
        }
        #expect(found > 1 && found < cuts.count)
    }

    @Test func `a topic that was being deleted is whole or gone with its files`() async throws {
        let cuts = try await Self.cuts(
            of: 32,
            preparing: { client in
                try await client.createTopic("t", partitions: 2)
                for partition in [PartitionIndex(0), 1] { try await client.produce(["old"], to: "t", partition) }
            },
            during: { client in try await client.deleteTopic("t") })
        #expect(cuts.count > 3)
        var gone = 0
        for (call, disk) in cuts.enumerated() {
            try await SimulatedBroker.run(on: disk) { broker, client in
                let topic = try await client.describe("t")
                if topic.errorCode == .none {
                    #expect(call < cuts.count - 1, "an answered deletion is durable")
                    for partition in [PartitionIndex(0), 1] {
                        #expect(
                            try await client.fetch("t", partition, from: 0).values == ["old"], "before call \(call)")
                    }
                    return
                }
                gone += 1
                await broker.tick()
                #expect(Self.folders(disk) == [], "before call \(call)")
                try await client.createTopic("t", partitions: 2)
                #expect(try await client.produce(["new"], to: "t") == 0)
                #expect(try await client.fetch("t", from: 0).values == ["new"])
            }
        }
        #expect(gone > 1)
    }

    @Test func `partitions that were being added are all there or none`() async throws {
        let cuts = try await Self.cuts(
            of: 33, preparing: { client in try await client.createTopic("t") },
            during: { client in
                let request = CreatePartitionsRequest.with {
                    $0.topics = [
                        .with {
                            $0.name = "t"
                            $0.count = 3
                            $0.assignments = nil
                        }
                    ]
                }
                let answer = try await client.exchange(request)
                #expect(answer.results.map(\.errorCode) == [.none])
            })
        for (call, disk) in cuts.enumerated() {
            try await SimulatedBroker.run(on: disk) { _, client in
                let count = try await client.describe("t").partitions.count
                #expect(call < cuts.count - 1 ? [1, 3].contains(count) : count == 3, "before call \(call)")
                #expect(try await client.produce(["a"], to: "t", PartitionIndex(Int32(count - 1))) == 0)
            }
        }
    }

    @Test func `a setting that was being changed has the old value or the new one`() async throws {
        let cuts = try await Self.cuts(
            of: 34,
            preparing: { client in
                try await client.createTopic("t", configs: ["retention.ms": "1000", "max.message.bytes": "1000"])
            },
            during: { client in
                try await client.alter("t", ["retention.ms": "2000", "max.message.bytes": "2000"])
            })
        for (call, disk) in cuts.enumerated() {
            let values = try await SimulatedBroker.run(on: disk) { _, client in
                let request = DescribeConfigsRequest.with {
                    $0.resources = [
                        .with {
                            $0.resourceType = 2
                            $0.resourceName = "t"
                            $0.configurationKeys = ["max.message.bytes", "retention.ms"]
                        }
                    ]
                }
                return try await client.exchange(request).results.flatMap(\.configs).map(\.value)
            }
            // Both together: they were changed by one request.
            let isNew = values == ["2000", "2000"]
            #expect(isNew || (values == ["1000", "1000"] && call < cuts.count - 1), "before call \(call): \(values)")
        }
    }

    @Test func `a clean stop after a deletion leaves no trace of the topic`() async throws {
        let disk = SimulatedFileSystem(seed: 35)
        try await SimulatedBroker.run(on: disk) { _, client in
            try await client.createTopic("t")
            try await client.produce(["old"], to: "t")
            try await client.deleteTopic("t")
        }
        try await SimulatedBroker.run(on: disk) { broker, client in
            #expect(broker.ready.wasClean && broker.ready.partitionCount == 0)
            await broker.tick()
            #expect(Self.folders(disk) == [])
        }
    }
}
