import BrokerTesting
import KafkaProtocol
import Testing

@testable import Broker

/// Fetch sessions as a client lives with them (KIP-227).
@Suite(.timeLimit(.minutes(5)))
struct FetchSessionWireTests {
    private static func open(
        _ partitions: [(PartitionIndex, Offset)], id: TopicID = .zero, session: Int32 = 0
    ) -> FetchRequest {
        .with {
            $0 = .of("t", id: id, partitions)
            $0.sessionID = session
            $0.sessionEpoch = 0
        }
    }

    private static func next(_ session: Int32, _ epoch: Int32) -> FetchRequest {
        .with {
            $0.sessionID = session
            $0.sessionEpoch = epoch
        }
    }

    private static func indexes(_ response: FetchResponse) -> [PartitionIndex] {
        response.responses.flatMap(\.partitions).map(\.partitionIndex)
    }

    @Test func `an incremental answer carries only the partitions that have news`() async throws {
        try await withClient { client in
            try await client.createTopic("t", partitions: 3)
            let full = try await client.exchange(Self.open([(0, 0), (1, 0), (2, 0)]), version: 12)
            #expect(full.errorCode == .none && full.sessionID > 0)
            #expect(Self.indexes(full) == [0, 1, 2])
            let quiet = try await client.exchange(Self.next(full.sessionID, 1), version: 12)
            #expect(quiet.sessionID == full.sessionID)
            #expect(quiet.responses.isEmpty)
            try await client.produce(["a"], to: "t", 1)
            let news = try await client.exchange(Self.next(full.sessionID, 2), version: 12)
            #expect(Self.indexes(news) == [1])
            #expect(try news.responses[0].partitions[0].values == ["a"])
        }
    }

    @Test func `a session takes new offsets and partitions in and forgets others`() async throws {
        try await withClient { client in
            try await client.createTopic("t", partitions: 3)
            for partition in [PartitionIndex(0), 1, 2] { try await client.produce(["a"], to: "t", partition) }
            let session = try await client.exchange(Self.open([(0, 0), (1, 0)]), version: 12).sessionID
            var change = FetchRequest.of("t", [(0, 1), (2, 0)])
            change.sessionID = session
            change.sessionEpoch = 1
            change.forgottenTopicsData = [
                .with {
                    $0.topic = "t"
                    $0.partitions = [1]
                }
            ]
            let changed = try await client.exchange(change, version: 12)
            #expect(Self.indexes(changed) == [2])
            for partition in [PartitionIndex(0), 1] { try await client.produce(["b"], to: "t", partition) }
            let later = try await client.exchange(Self.next(session, 2), version: 12)
            // Partition 2 still stands at offset 0; partition 1 is forgotten.
            #expect(Set(Self.indexes(later)) == [0, 2])
        }
    }

    @Test func `errors of a session are told without any partition`() async throws {
        try await withClient { client in
            let id = try await client.createTopic("t")
            let session = try await client.exchange(Self.open([(0, 0)]), version: 12).sessionID
            let outOfTurn = try await client.exchange(Self.next(session, 9), version: 12)
            #expect(outOfTurn.errorCode == .invalidFetchSessionEpoch)
            #expect(outOfTurn.responses.isEmpty && outOfTurn.sessionID == 0)
            let unknown = try await client.exchange(Self.next(session ^ 1, 1), version: 12)
            #expect(unknown.errorCode == .fetchSessionIDNotFound)
            // The same session, now by ids: also where the request names no topic at all.
            let byID = try await client.exchange(Self.next(session, 1), version: 13)
            #expect(byID.errorCode == .fetchSessionTopicIDError)
            let withID = try await client.exchange(Self.open([(0, 0)], id: id), version: 13)
            #expect(withID.errorCode == .none)
            let byName = try await client.exchange(Self.next(withID.sessionID, 1), version: 12)
            #expect(byName.errorCode == .fetchSessionTopicIDError)
        }
    }

    @Test func `a session whose last partition is forgotten is over`() async throws {
        try await withClient { client in
            try await client.createTopic("t")
            let session = try await client.exchange(Self.open([(0, 0)]), version: 12).sessionID
            var forget = Self.next(session, 1)
            forget.forgottenTopicsData = [
                .with {
                    $0.topic = "t"
                    $0.partitions = [0]
                }
            ]
            let last = try await client.exchange(forget, version: 12)
            #expect(last.errorCode == .none && last.sessionID == 0)
            let after = try await client.exchange(Self.next(session, 2), version: 12)
            #expect(after.errorCode == .fetchSessionIDNotFound)
        }
    }

    @Test func `epoch 0 replaces a session and epoch -1 ends it`() async throws {
        try await withClient { client in
            try await client.createTopic("t")
            let first = try await client.exchange(Self.open([(0, 0)]), version: 12).sessionID
            let second = try await client.exchange(Self.open([(0, 0)], session: first), version: 12).sessionID
            #expect(second > 0 && second != first)
            let replaced = try await client.exchange(Self.next(first, 1), version: 12)
            #expect(replaced.errorCode == .fetchSessionIDNotFound)
            var final = FetchRequest.of("t", [(0, 0)])
            final.sessionID = second
            final.sessionEpoch = -1
            let ended = try await client.exchange(final, version: 12)
            #expect(ended.errorCode == .none && ended.sessionID == 0)
            #expect(Self.indexes(ended) == [0])
            let gone = try await client.exchange(Self.next(second, 1), version: 12)
            #expect(gone.errorCode == .fetchSessionIDNotFound)
        }
    }

    @Test func `without a place in the cache a client gets all partitions and no session`() async throws {
        try await withClient(settings: ["max.incremental.fetch.session.cache.slots": "1"]) { client in
            try await client.createTopic("t")
            let first = try await client.exchange(Self.open([(0, 0)]), version: 12)
            #expect(first.sessionID > 0)
            let second = try await client.exchange(Self.open([(0, 0)]), version: 12)
            #expect(second.errorCode == .none && second.sessionID == 0)
            #expect(Self.indexes(second) == [0])
        }
    }

    @Test func `a topic that is deleted and made anew is an unknown id to its session`() async throws {
        try await withClient { client in
            let id = try await client.createTopic("t")
            let session = try await client.exchange(Self.open([(0, 0)], id: id), version: 13).sessionID
            try await client.deleteTopic("t")
            try await client.createTopic("t")
            let answer = try await client.exchange(Self.next(session, 1), version: 13)
            #expect(answer.errorCode == .none)
            #expect(answer.responses.flatMap(\.partitions).map(\.errorCode) == [.unknownTopicID])
        }
    }
}
