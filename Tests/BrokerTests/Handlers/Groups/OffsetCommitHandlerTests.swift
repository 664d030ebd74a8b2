import BrokerTesting
import KafkaProtocol
import Testing

@testable import Broker

/// Offsets that groups commit, and what they are worth.
@Suite(.timeLimit(.minutes(5)))
struct OffsetCommitHandlerTests {
    private static let atOnce = ["group.initial.rebalance.delay.ms": "0"]

    @Test func `offsets, leader epochs and metadata come back as they were committed`() async throws {
        try await withClient { client in
            try await client.createTopic("t")
            try await client.findCoordinator()
            #expect(try await client.commit(42, of: "t", metadata: "why ä") == .none)
            let found = try await client.committed("t")
            #expect(found.committedOffset == 42 && found.committedLeaderEpoch == 5 && found.metadata == "why ä")
            let other = try await client.committed("t", group: "other")
            #expect(other.committedOffset == -1 && other.committedLeaderEpoch == -1 && other.metadata == "")
        }
    }

    @Test(arguments: OffsetCommitHandler.versions)
    func `every version commits, and the same version of OffsetFetch reads it`(version: Int16) async throws {
        try await withClient { client in
            let id = try await client.createTopic("t")
            try await client.findCoordinator()
            var commit = TestClient.commit(7, of: "t", metadata: "m")
            if version >= 10 {
                commit.topics[0].name = ""
                commit.topics[0].topicID = id
            }
            let committed = try await client.exchange(commit, version: version)
            #expect(committed.topics.first?.partitions.first?.errorCode == ErrorCode.none)
            if version >= 10 { #expect(committed.topics.first?.topicID == id) }
            let all = try await client.exchange(
                OffsetFetchRequest.with {
                    guard version >= 8 else {
                        $0.groupID = "g"
                        $0.topics = nil
                        return
                    }
                    $0.groups = [
                        .with {
                            $0.groupID = "g"
                            $0.topics = nil
                        }
                    ]
                }, version: version)
            if version >= 8 {
                let topic = try #require(all.groups.first?.topics.first)
                #expect(topic.partitions.map(\.committedOffset) == [7])
                #expect(version >= 10 ? topic.topicID == id : topic.name == "t")
            } else {
                #expect(all.errorCode == .none && all.topics.first?.partitions.map(\.committedOffset) == [7])
            }
        }
    }

    @Test func `topics that are not there, texts that are too long and strangers are refused`() async throws {
        try await withClient(settings: Self.atOnce.merging(["offset.metadata.max.bytes": "10"]) { $1 }) { client in
            try await client.createTopic("t")
            #expect(try await client.commit(1, of: "t") == .coordinatorNotAvailable)
            try await client.findCoordinator()
            #expect(try await client.commit(1, of: "nowhere") == .unknownTopicOrPartition)
            #expect(try await client.commit(1, of: "t", metadata: "0123456789") == .none)
            #expect(try await client.commit(1, of: "t", metadata: "0123456789a") == .offsetMetadataTooLarge)
            #expect(try await client.commit(1, of: "t", group: "") == .invalidGroupID)
            #expect(try await client.commit(1, of: "t", group: "h", generation: 4) == .groupIDNotFound)
            let (memberID, generation) = try await client.becomeOnlyMember()
            #expect(try await client.commit(2, of: "t", memberID: memberID, generation: generation) == .none)
            #expect(
                try await client.commit(2, of: "t", memberID: memberID, generation: generation - 1)
                    == .illegalGeneration)
            #expect(try await client.commit(2, of: "t", memberID: "x", generation: generation) == .unknownMemberID)
            #expect(try await client.commit(2, of: "t") == .unknownMemberID)
            #expect(try await client.committed("t").committedOffset == 2)
        }
    }

    @Test func `no commit is answered before it is on disk`() async throws {
        let gated = GatedFileSystem(SimulatedFileSystem(seed: 3))
        try await SimulatedBroker.run(through: gated, settings: ["offsets.topic.num.partitions": "1"]) {
            broker, client in
            try await client.createTopic("t")
            try await client.findCoordinator()
            gated.gate.close(for: "/data/__consumer_offsets-0")
            try client.send(TestClient.commit(9, of: "t"), version: 9)
            await gated.gate.someoneWaits()
            // Who asks now hears of it only when it is on disk, too.
            let other = try await TestClient.connect(to: broker.bootstrap)
            async let found = other.committed("t")
            gated.gate.open()
            let response = try await client.receive(OffsetCommitRequest.self, version: 9)
            #expect(response.topics.first?.partitions.first?.errorCode == ErrorCode.none)
            #expect(try await found.committedOffset == 9)
            await other.close()
        }
    }

    @Test(arguments: UInt64(1)...8) func `what was acknowledged survives power cuts`(seed: UInt64) async throws {
        let disk = SimulatedFileSystem(seed: seed)
        let settings = ["offsets.topic.num.partitions": "2"]
        let crashed = try await SimulatedBroker.run(on: disk, settings: settings) { _, client in
            try await client.createTopic("t")
            try await client.findCoordinator()
            for offset in 1...5 { try await client.commit(Offset(Int64(offset)), of: "t", group: "g\(offset % 2)") }
            return disk.copy(seed: seed + 100)
        }
        crashed.powerCut()
        try await SimulatedBroker.run(on: crashed, settings: settings) { broker, client in
            try await until { broker.core?.groups.shards.allSatisfy(\.isReady) ?? false }
            #expect(try await client.committed("t", group: "g0").committedOffset == 4)
            #expect(try await client.committed("t", group: "g1").committedOffset == 5)
        }
    }

    @Test func `a topic that comes back under its name has no old offsets`() async throws {
        try await withClient { client in
            try await client.createTopic("t")
            try await client.findCoordinator()
            try await client.commit(42, of: "t")
            try await client.deleteTopic("t")
            try await client.createTopic("t")
            #expect(try await client.committed("t").committedOffset == -1)
        }
    }

    @Test func `a disk that fails costs the answer, not the group`() async throws {
        let disk = SimulatedFileSystem(seed: 5)
        try await SimulatedBroker.run(
            on: disk, settings: Self.atOnce.merging(["offsets.topic.num.partitions": "1"]) { $1 }
        ) { broker, client in
            try await client.createTopic("t")
            try await client.findCoordinator()
            try await client.commit(1, of: "t")
            disk.failCall(1, with: .outOfSpace)
            #expect(try await client.commit(2, of: "t") == .coordinatorNotAvailable)
            #expect(try await client.committed("t").committedOffset == 1)
            #expect(try await client.commit(3, of: "t") == .none)
        }
    }

    @Test func `two spellings of one name are two groups, and the second is refused`() async throws {
        try await withClient(settings: ["offsets.topic.num.partitions": "1"]) { client in
            try await client.createTopic("t")
            try await client.findCoordinator()
            #expect(try await client.commit(1, of: "t", group: "caf\u{e9}") == .none)
            #expect(try await client.commit(2, of: "t", group: "cafe\u{301}") == .invalidGroupID)
            #expect(try await client.committed("t", group: "caf\u{e9}").committedOffset == 1)
        }
    }

    @Test func `a commit that is more than a batch holds is refused, and the group goes on`() async throws {
        try await withClient(settings: Self.atOnce) { client in
            try await client.createTopic("t", partitions: 5000)
            try await client.findCoordinator()
            let (memberID, generation) = try await client.becomeOnlyMember()
            var commit = TestClient.commit(1, of: "t", memberID: memberID, generation: generation)
            commit.topics[0].partitions = (0..<5000).map { index in
                .with {
                    $0.partitionIndex = PartitionIndex(Int32(index))
                    $0.committedOffset = 1
                    $0.committedMetadata = String(repeating: "x", count: 4096)
                }
            }
            let response = try await client.exchange(commit, version: 9)
            #expect(response.topics.first?.partitions.allSatisfy { $0.errorCode == .invalidCommitOffsetSize } == true)
            #expect(try await client.commit(2, of: "t", memberID: memberID, generation: generation) == .none)
        }
    }
}
