import KafkaProtocol
import NIOCore
import Testing

@testable import Broker

/// KIP-227
struct FetchSessionTests {
    private static func request(
        session: Int32, epoch: Int32, partitions: [Int32] = [], forgotten: [Int32] = []
    ) -> FetchRequest {
        .with { request in
            request.sessionID = session
            request.sessionEpoch = epoch
            if !partitions.isEmpty {
                request.topics = [
                    .with { topic in
                        topic.topic = "t"
                        topic.partitions = partitions.map { number in .with { $0.partition = PartitionIndex(number) } }
                    }
                ]
            }
            if !forgotten.isEmpty {
                request.forgottenTopicsData = [
                    .with {
                        $0.topic = "t"
                        $0.partitions = forgotten.map { PartitionIndex($0) }
                    }
                ]
            }
        }
    }

    private static func data(_ highWatermark: Int64, records: Int = 0, error: ErrorCode = .none)
        -> FetchResponse.PartitionData
    {
        .with {
            $0.highWatermark = Offset(highWatermark)
            $0.errorCode = error
            $0.records = records > 0 ? .external(byteCount: records) : .bytes(ByteBuffer())
        }
    }

    private static func key(_ partition: Int32) -> FetchPartitionKey {
        FetchPartitionKey(topic: "t", topicID: .zero, partition: PartitionIndex(partition))
    }

    private static let start = NIODeadline.uptimeNanoseconds(0)

    @Test func `a session remembers its partitions, takes new ones in and forgets others`() throws {
        let cache = FetchSessionCache(capacity: 10)
        let items = Self.request(session: 0, epoch: 0, partitions: [0, 1]).planItems
        let id = cache.open(usesTopicIDs: false, items: items, now: Self.start)
        #expect(id != 0)
        let first = Self.request(session: id, epoch: 1, partitions: [2], forgotten: [0])
        let read = try cache.advance(first, usesTopicIDs: false, now: Self.start).get()
        #expect(read.map(\.key.partition) == [1, 2])
        let second = Self.request(session: id, epoch: 2)
        #expect(try cache.advance(second, usesTopicIDs: false, now: Self.start).get().count == 2)
    }

    @Test func `an epoch out of turn, an unknown session and another way of naming are refused`() {
        let cache = FetchSessionCache(capacity: 10)
        let items = Self.request(session: 0, epoch: 0, partitions: [0]).planItems
        let id = cache.open(usesTopicIDs: false, items: items, now: Self.start)
        func code(_ request: FetchRequest, ids: Bool = false) -> ErrorCode? {
            if case .failure(let error) = cache.advance(request, usesTopicIDs: ids, now: Self.start) {
                return error.code
            }
            return nil
        }
        #expect(code(Self.request(session: id, epoch: 5)) == .invalidFetchSessionEpoch)
        #expect(code(Self.request(session: id ^ 1, epoch: 1)) == .fetchSessionIDNotFound)
        #expect(code(Self.request(session: id, epoch: 1), ids: true) == .fetchSessionTopicIDError)
        #expect(code(Self.request(session: id, epoch: 1)) == nil)
    }

    @Test func `an answer carries only what the client does not know yet`() {
        let items = Self.request(session: 0, epoch: 0, partitions: [0]).planItems
        var session = FetchSession(id: 1, usesTopicIDs: false, items: items)
        func tells(_ data: FetchResponse.PartitionData) -> Bool {
            session.tells(Self.key(0), data, hasRecords: data.records.byteCount > 0)
        }
        let answers = [
            tells(Self.data(5)), tells(Self.data(5)),
            tells(Self.data(6)),
            tells(Self.data(6, records: 9)),
            tells(Self.data(-1, error: .kafkaStorageError)),
            tells(Self.data(6)), tells(Self.data(6)),
        ]
        // First time, nothing new, high watermark, records, an error, its end, nothing new.
        #expect(answers == [true, false, true, true, true, true, false])
    }

    @Test func `partitions that returned data go to the end of the line`() {
        let items = Self.request(session: 0, epoch: 0, partitions: [0, 1, 2]).planItems
        var session = FetchSession(id: 1, usesTopicIDs: false, items: items)
        _ = session.tells(Self.key(0), Self.data(1, records: 9), hasRecords: true)
        #expect(session.items.map(\.key.partition) == [1, 2, 0])
    }

    @Test func `a full cache gives a place away only when its session was unused for a while`() {
        let cache = FetchSessionCache(capacity: 1, evictable: .minutes(2))
        let items = Self.request(session: 0, epoch: 0, partitions: [0]).planItems
        let first = cache.open(usesTopicIDs: false, items: items, now: Self.start)
        #expect(cache.open(usesTopicIDs: false, items: items, now: Self.start + .minutes(1)) == 0)
        let second = cache.open(usesTopicIDs: false, items: items, now: Self.start + .minutes(3))
        #expect(second != 0 && second != first)
        #expect(cache.count == 1)
    }
}
