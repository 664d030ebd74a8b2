import BrokerTesting
import KafkaProtocol
import NIOCore
import Testing

@testable import Broker

/// What a reader gets, over the wire.
@Suite(.timeLimit(.minutes(5)))
struct FetchHandlerTests {
    // MARK: - Where a read begins and how much it brings

    @Test func `a fetch inside a batch returns the whole batch`() async throws {
        try await withClient { client in
            try await client.createTopic("t")
            try await client.produce(["a", "b", "c"], to: "t")
            try await client.produce(["d"], to: "t")
            let data = try await client.fetch("t", from: 1)
            #expect(try data.values == ["a", "b", "c", "d"])
            #expect(data.highWatermark == 4)
            #expect(data.lastStableOffset == 4)
            #expect(data.logStartOffset == 0)
        }
    }

    @Test func `a fetch at the log's end finds nothing and is no error`() async throws {
        try await withClient { client in
            try await client.createTopic("t")
            let empty = try await client.fetch("t", from: 0)
            #expect(empty.errorCode == .none && empty.records.byteCount == 0)
            try await client.produce(["a"], to: "t")
            let end = try await client.fetch("t", from: 1)
            #expect(end.errorCode == .none && end.records.byteCount == 0 && end.highWatermark == 1)
        }
    }

    @Test(arguments: [Offset(-1), 3, .max]) func `an offset outside of the log is out of range`(
        offset: Offset
    ) async throws {
        try await withClient { client in
            try await client.createTopic("t")
            try await client.produce(["a", "b"], to: "t")
            let data = try await client.fetch("t", from: offset)
            #expect(data.errorCode == .offsetOutOfRange)
            // As Kafka says it: a client that sees these must not take them for offsets.
            #expect(data.highWatermark == -1 && data.lastStableOffset == -1 && data.logStartOffset == -1)
        }
    }

    @Test func `the first batch comes even if it is larger than all limits, the second does not`() async throws {
        try await withClient { client in
            try await client.createTopic("t", partitions: 2)
            for partition in [PartitionIndex(0), 1] {
                for _ in 0..<2 { _ = try await client.produce(TestBatch.sized(5_000), to: "t", partition) }
            }
            let response = try await client.exchange(
                FetchRequest.with {
                    $0 = .of("t", [(0, 0), (1, 0)], maxBytes: 10)
                    $0.maxBytes = 10
                }, version: 12)
            let parts = try #require(response.responses.first?.partitions)
            #expect(try parts.map { try $0.batches.count } == [1, 0])
            #expect(parts.map(\.errorCode) == [.none, .none])
            // The second partition's state is told all the same.
            #expect(parts.map(\.highWatermark) == [2, 2])
        }
    }

    @Test func `a partition without data leaves the oversize allowance to the next`() async throws {
        try await withClient { client in
            try await client.createTopic("t", partitions: 2)
            _ = try await client.produce(TestBatch.sized(5_000), to: "t", 1)
            let response = try await client.exchange(
                FetchRequest.of("t", [(0, 0), (1, 0)], maxBytes: 10), version: 12)
            #expect(try response.responses.flatMap(\.partitions).map { try $0.batches.count } == [0, 1])
        }
    }

    @Test func `several partitions share the request's bytes`() async throws {
        try await withClient { client in
            try await client.createTopic("t", partitions: 3)
            for partition in [PartitionIndex(0), 1, 2] {
                _ = try await client.produce(TestBatch.sized(1_000), to: "t", partition)
            }
            let response = try await client.exchange(
                FetchRequest.with {
                    $0 = .of("t", [(0, 0), (1, 0), (2, 0)])
                    $0.maxBytes = 2_500
                }, version: 12)
            #expect(try response.responses.flatMap(\.partitions).map { try $0.batches.count } == [1, 1, 0])
        }
    }

    @Test func `a read goes on across the segments of a log`() async throws {
        try await withClient { client in
            try await client.createTopic("t", configs: ["segment.bytes": "1048576"])
            for number in 0..<6 {
                _ = try await client.produce(
                    TestBatch.sized(400_000, mark: Character("\(number)")), to: "t")
            }
            var marks = ""
            var next = Offset(0)
            while next < 6 {
                let data = try await client.fetch("t", from: next, maxBytes: 500_000)
                let read = try data.read
                for record in read { marks.append(record.value.first ?? "?") }
                next = try #require(read.last).offset.advanced(by: 1)
            }
            #expect(marks == "012345")
        }
    }

    /// What is small is copied, what is large is sent from the file: the bytes must be the same.
    @Test func `a large answer has the bytes of many small ones`() async throws {
        try await withClient { client in
            try await client.createTopic("t")
            for number in 0..<20 {
                _ = try await client.produce(TestBatch.sized(7_000, mark: Character("\(number % 10)")), to: "t")
            }
            let large = try await client.fetch("t", from: 0)
            let whole = try #require(large.records.buffer)
            #expect(whole.readableBytes > 4 * ReaderPool.copyLimit)
            var pieces = ByteBuffer()
            for offset in 0..<20 {
                let data = try await client.fetch("t", from: Offset(Int64(offset)), maxBytes: 1)
                pieces.writeImmutableBuffer(try #require(data.records.buffer))
            }
            #expect(pieces == whole)
            #expect(try large.values.count == 20)
        }
    }

    // MARK: - Waiting

    @Test func `a fetch waits for min bytes and is released by the append that brings them`() async throws {
        try await withClient { client in
            try await client.createTopic("t")
            let fetch = FetchRequest.with {
                $0 = .of("t", [(0, 0)])
                $0.minBytes = 500
                $0.maxWaitMs = 600_000
            }
            // Requests of one connection are begun in order, so the fetch waits when the appends come.
            try client.send(fetch, version: 12, correlationID: 1)
            try client.send(ProduceRequest.of(TestBatch.sized(10), to: "t"), version: 12, correlationID: 2)
            try client.send(ProduceRequest.of(TestBatch.sized(600), to: "t"), version: 12, correlationID: 3)
            let answer = try await client.receive(FetchRequest.self, version: 12, correlationID: 1)
            let data = try #require(answer.responses.first?.partitions.first)
            #expect(try data.batches.count == 2)
            for number in [Int32(2), 3] {
                let produced = try await client.receive(ProduceRequest.self, version: 12, correlationID: number)
                #expect(produced.responses.first?.partitionResponses.first?.errorCode == ErrorCode.none)
            }
        }
    }

    @Test func `a fetch that waits in vain is answered when its time is over, with what there is`() async throws {
        try await withClient { client in
            try await client.createTopic("t")
            try await client.produce(["a"], to: "t")
            let data = try await client.fetch("t", from: 0) {
                $0.minBytes = 1_000_000
                $0.maxWaitMs = 5
            }
            #expect(try data.values == ["a"])
        }
    }

    @Test func `an error in one partition ends the wait for the others`() async throws {
        try await withClient { client in
            try await client.createTopic("t")
            let response = try await client.exchange(
                FetchRequest.with {
                    $0 = .of("t", [(0, 0), (7, 0)])
                    $0.minBytes = 1
                    $0.maxWaitMs = 600_000
                }, version: 12)
            let codes = response.responses.flatMap(\.partitions).map(\.errorCode)
            #expect(codes == [.none, .unknownTopicOrPartition])
        }
    }

    @Test(arguments: [Int16(12), 13]) func `the deletion of a topic releases who waits on it`(
        version: Int16
    ) async throws {
        try await withClient { client in
            let id = try await client.createTopic("t")
            let fetch = FetchRequest.with {
                $0 = .of("t", id: id, [(0, 0)])
                $0.minBytes = 1
                $0.maxWaitMs = 600_000
            }
            try client.send(fetch, version: version, correlationID: 1)
            try client.send(DeleteTopicsRequest.with { $0.topics = [.with { $0.name = "t" }] }, correlationID: 2)
            let answer = try await client.receive(FetchRequest.self, version: version, correlationID: 1)
            let code = try #require(answer.responses.first?.partitions.first).errorCode
            #expect(code == (version < 13 ? .unknownTopicOrPartition : .unknownTopicID))
            _ = try await client.receive(DeleteTopicsRequest.self, correlationID: 2)
        }
    }

    // MARK: - Leader epochs

    @Test func `a client with a wrong leader epoch is told the right one`() async throws {
        try await withClient { client in
            try await client.createTopic("t")
            let epoch = try #require(try await client.describe("t").partitions.first).leaderEpoch
            func fetch(_ claimed: LeaderEpoch) async throws -> TestClient.Fetched {
                try await client.fetch("t", from: 0) { $0.topics[0].partitions[0].currentLeaderEpoch = claimed }
            }
            let right = try await fetch(epoch)
            #expect(right.errorCode == .none)
            let ahead = try await fetch(LeaderEpoch(epoch.rawValue + 1))
            #expect(ahead.errorCode == .unknownLeaderEpoch)
            #expect(ahead.currentLeader.leaderEpoch == epoch)
        }
    }

    // MARK: - Names and ids

    @Test func `topics are found by id from version 13 on, and an unknown id is told as such`() async throws {
        try await withClient { client in
            let id = try await client.createTopic("t")
            try await client.produce(["a"], to: "t")
            let found = try await client.exchange(FetchRequest.of("", id: id, [(0, 0)]), version: 18)
            let topic = try #require(found.responses.first)
            #expect(topic.topicID == id)
            #expect(try topic.partitions[0].values == ["a"])
            for unknown in [TopicID(.random()), .zero] {
                let lost = try await client.exchange(FetchRequest.of("", id: unknown, [(0, 0)]), version: 13)
                #expect(lost.responses.first?.topicID == unknown)
                #expect(lost.responses.first?.partitions.map(\.errorCode) == [.unknownTopicID])
            }
        }
    }

    @Test func `a name that nobody knows and a partition that is not there are errors of their partition`()
        async throws
    {
        try await withClient { client in
            try await client.createTopic("t")
            let absent = try await client.fetch("nowhere", from: 0)
            #expect(absent.errorCode == .unknownTopicOrPartition)
            let negative = try await client.fetch("t", -1, from: 0)
            #expect(negative.errorCode == .unknownTopicOrPartition)
        }
    }

    // MARK: - Isolation and versions

    @Test func `aborted transactions are listed for read committed only`() async throws {
        try await withClient { client in
            try await client.createTopic("t")
            try await client.produce(["a"], to: "t")
            let uncommitted = try await client.fetch("t", from: 0)
            #expect(uncommitted.abortedTransactions == nil)
            let committed = try await client.fetch("t", from: 0) { $0.isolationLevel = 1 }
            #expect(committed.abortedTransactions == [])
            #expect(try committed.values == ["a"])
            let unknown = try await client.exchange(
                FetchRequest.with {
                    $0 = .of("t", [(0, 0)])
                    $0.isolationLevel = 2
                }, version: 12)
            #expect(unknown.errorCode == .invalidRequest)
        }
    }

    @Test func `a reader that is too old for zstd is refused where the topic is kept in it`() async throws {
        try await withClient { client in
            try await client.createTopic("t", configs: ["compression.type": "zstd"])
            let batch = try TestBatch.records([("a", TestBatch.recent)], codec: .zstd)
            let produced = try await client.produce(batch, to: "t")
            #expect(produced.errorCode == .none)
            let old = try await client.fetch("t", from: 0, version: 9)
            #expect(old.errorCode == .unsupportedCompressionType)
            let new = try await client.fetch("t", from: 0, version: 10)
            #expect(try new.batches.count == 1)
        }
    }

    @Test func `a follower of another cluster is turned away`() async throws {
        try await withClient { client in
            try await client.createTopic("t")
            let response = try await client.exchange(
                FetchRequest.with {
                    $0 = .of("t", [(0, 0)])
                    $0.replicaID = 2
                }, version: 12)
            #expect(response.errorCode == .notLeaderOrFollower)
        }
    }
}
