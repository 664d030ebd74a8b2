import KafkaProtocol
import NIOCore
import Testing

@testable import KafkaClient

@Suite struct ConsumerBufferTests {
    private static let one = TopicPartition(topic: "t", partition: 0)
    private static let two = TopicPartition(topic: "t", partition: 1)
    private static let ends = ConsumerBuffer.Ends(logStart: 0, highWatermark: 3, lastStable: 2)

    private static func buffer(_ change: (inout ConsumerConfiguration) -> Void = { _ in }) throws -> ConsumerBuffer {
        var configuration = try ConsumerConfiguration()
        change(&configuration)
        return ConsumerBuffer(configuration)
    }

    private static func chunk(_ baseOffset: Offset, _ values: [String]) throws -> FetchedChunk {
        var builder = RecordBatchBuilder(baseOffset: baseOffset)
        for value in values { _ = try builder.append(key: nil, value: ByteBuffer(string: value), timestamp: 1) }
        return try FetchedChunk(try builder.finish(), from: baseOffset)
    }

    private static func values(_ records: [ConsumerRecord]) -> [String] {
        records.map { $0.value.map { String(buffer: $0) } ?? "" }
    }

    @Test func `records are handed out once and move the position`() throws {
        let buffer = try Self.buffer()
        let generation = try #require(buffer.assign([Self.one: .offset(0)])[Self.one])
        buffer.add(try Self.chunk(0, ["a", "b", "c"]), ends: Self.ends, to: Self.one, generation: generation)
        #expect(buffer.position(of: Self.one) == 0)
        #expect(Self.values(try buffer.take(2).records) == ["a", "b"])
        #expect(buffer.position(of: Self.one) == 2)
        #expect(!buffer.isAtEnd)
        #expect(Self.values(try buffer.take(2).records) == ["c"])
        #expect(try buffer.take(2).records.isEmpty)
        #expect(buffer.position(of: Self.one) == 3)
        #expect(buffer.isAtEnd)
    }

    @Test func `partitions take turns`() throws {
        let buffer = try Self.buffer()
        let generations = buffer.assign([Self.one: .offset(0), Self.two: .offset(0)])
        for partition in [Self.one, Self.two] {
            let chunk = try Self.chunk(0, ["\(partition.partition)a", "\(partition.partition)b"])
            buffer.add(chunk, ends: Self.ends, to: partition, generation: generations[partition] ?? 0)
        }
        #expect(Self.values(try buffer.take(10).records) == ["0a", "0b", "1a", "1b"])
    }

    @Test func `what was fetched before a seek is dropped`() throws {
        let buffer = try Self.buffer()
        let old = try #require(buffer.assign([Self.one: .offset(0)])[Self.one])
        buffer.add(try Self.chunk(0, ["a"]), ends: Self.ends, to: Self.one, generation: old)
        let new = try #require(buffer.seek(Self.one, to: .offset(7)))
        buffer.add(try Self.chunk(1, ["b"]), ends: Self.ends, to: Self.one, generation: old)
        #expect(try buffer.take(10).records.isEmpty)
        #expect(buffer.position(of: Self.one) == 7)
        buffer.add(try Self.chunk(7, ["c"]), ends: Self.ends, to: Self.one, generation: new)
        #expect(Self.values(try buffer.take(10).records) == ["c"])
        #expect(buffer.seek(Self.two, to: .earliest) == nil)
    }

    @Test func `a paused partition keeps its records`() throws {
        let buffer = try Self.buffer()
        let generation = try #require(buffer.assign([Self.one: .offset(0)])[Self.one])
        buffer.add(try Self.chunk(0, ["a"]), ends: Self.ends, to: Self.one, generation: generation)
        buffer.setPaused(true, [Self.one])
        #expect(try buffer.take(10).records.isEmpty)
        #expect(buffer.withRoom([Self.one: generation]).isEmpty)
        buffer.setPaused(false, [Self.one])
        #expect(Self.values(try buffer.take(10).records) == ["a"])
    }

    @Test func `fetching pauses when the buffer is full and is woken when there is room`() throws {
        let buffer = try Self.buffer { $0.prefetchBytes = 100 }
        let generation = try #require(buffer.assign([Self.one: .offset(0)])[Self.one])
        #expect(buffer.withRoom([Self.one: generation]) == [Self.one])
        let large = String(repeating: "x", count: 200)
        buffer.add(try Self.chunk(0, [large]), ends: Self.ends, to: Self.one, generation: generation)
        #expect(buffer.withRoom([Self.one: generation]).isEmpty)
        #expect(try buffer.take(1).wakes == false, "the chunk is not finished yet")
        #expect(try buffer.take(1).wakes == true)
        #expect(buffer.withRoom([Self.one: generation]) == [Self.one])
    }

    @Test func `damaged records stop their partition until the next seek`() throws {
        let buffer = try Self.buffer()
        let generation = try #require(buffer.assign([Self.one: .offset(0)])[Self.one])
        var builder = RecordBatchBuilder()
        _ = try builder.append(key: nil, value: ByteBuffer(string: "aaaa"), timestamp: 1)
        var bytes = try builder.finish()
        bytes.setInteger(UInt8(0), at: bytes.writerIndex - 3)
        buffer.add(try FetchedChunk(bytes, from: 0), ends: Self.ends, to: Self.one, generation: generation)
        for _ in 0..<2 {
            let error = #expect(throws: KafkaError.self) { try buffer.take(1) }
            #expect(error?.code == .corruptRecords)
        }
        _ = buffer.seek(Self.one, to: .offset(1))
        #expect(try buffer.take(1).records.isEmpty)
    }

    @Test func `under read committed the end is the last stable offset`() throws {
        let buffer = try Self.buffer { $0.isolationLevel = .readCommitted }
        let generation = try #require(buffer.assign([Self.one: .offset(2)])[Self.one])
        #expect(!buffer.isAtEnd)
        buffer.add(nil, ends: Self.ends, to: Self.one, generation: generation)
        #expect(buffer.isAtEnd)
    }

    @Test func `who waits is woken by records, errors and the end`() async throws {
        let buffer = try Self.buffer()
        let generation = try #require(buffer.assign([Self.one: .offset(0)])[Self.one])
        let first = try #require(buffer.waiter())
        buffer.add(try Self.chunk(0, ["a"]), ends: Self.ends, to: Self.one, generation: generation)
        try await first.value()
        #expect(buffer.waiter() == nil, "there is something to take")
        _ = try buffer.take(10)
        _ = try buffer.take(10)
        let second = try #require(buffer.waiter())
        buffer.fail(KafkaError(.closed, ""))
        try await second.value()
        #expect(throws: KafkaError.self) { try buffer.take(1) }
    }

    @Test func `what was handed out is consumed when more is asked for, and not before`() throws {
        let buffer = try Self.buffer()
        let generation = try #require(buffer.assign([Self.one: .offset(0)], epochs: [Self.one: 4])[Self.one])
        #expect(buffer.consumed[Self.one] == CommittedOffset(0, leaderEpoch: 4))
        buffer.add(try Self.chunk(0, ["a", "b", "c"]), ends: Self.ends, to: Self.one, generation: generation)
        _ = try buffer.take(2)
        #expect(buffer.consumed[Self.one]?.offset == 0)
        buffer.markConsumed()
        #expect(buffer.consumed[Self.one]?.offset == 2)
        _ = buffer.seek(Self.one, to: .offset(1))
        #expect(buffer.consumed[Self.one]?.offset == 2)
        buffer.markConsumed()
        #expect(buffer.consumed[Self.one]?.offset == 1)
    }

    @Test func `partitions come and go while others are read on`() throws {
        let buffer = try Self.buffer()
        let generation = try #require(buffer.assign([Self.one: .offset(0)])[Self.one])
        buffer.add(try Self.chunk(0, ["a"]), ends: Self.ends, to: Self.one, generation: generation)
        #expect(buffer.assign([Self.two: .offset(5)], keeping: [Self.one]).keys.map(\.partition) == [1])
        #expect(buffer.assignment == [Self.one, Self.two])
        _ = buffer.assign([:], keeping: [Self.one])
        #expect(buffer.assignment == [Self.one])
        #expect(Self.values(try buffer.take(9).records) == ["a"])
    }
}
