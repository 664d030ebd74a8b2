import KafkaProtocol
import NIOCore
import Testing

@testable import KafkaClient

@Suite struct FetchedChunkTests {
    private static func batch(
        _ baseOffset: Offset, _ values: [String], producer: ProducerID = .none, isTransactional: Bool = false,
        codec: CompressionCodec = .none
    ) throws -> ByteBuffer {
        var builder = RecordBatchBuilder(baseOffset: baseOffset)
        builder.producerID = producer
        builder.producerEpoch = producer < 0 ? .none : 0
        builder.baseSequence = producer < 0 ? .none : 0
        builder.isTransactional = isTransactional
        for value in values {
            _ = try builder.append(key: nil, value: ByteBuffer(string: value), timestamp: 1000)
        }
        var compressor = Compressor(codec: codec)
        return try builder.finish(with: &compressor, evenIfLarger: true)
    }

    private static func marker(_ offset: Offset, producer: ProducerID, isCommit: Bool) throws -> ByteBuffer {
        var marker = try EndTransactionMarker(isCommit: isCommit, coordinatorEpoch: 0)
            .batch(producerID: producer, producerEpoch: 0, timestamp: 1000)
        try marker.setRecordBatch(baseOffset: offset, leaderEpoch: 3, at: 0)
        return marker
    }

    private static func joined(_ batches: [ByteBuffer]) -> ByteBuffer {
        var all = ByteBuffer()
        for batch in batches { all.writeImmutableBuffer(batch) }
        return all
    }

    private static func read(_ chunk: FetchedChunk, isReadCommitted: Bool = false) throws -> [String] {
        var rules = FetchedChunk.Rules()
        rules.isReadCommitted = isReadCommitted
        var chunk = chunk
        var decompressor = Decompressor()
        var found: [String] = []
        while let (record, _) = try chunk.next(rules, &decompressor) {
            found.append("\(record.offset):\(record.value.map { String(buffer: $0) } ?? "null")")
        }
        return found
    }

    @Test(arguments: CompressionCodec.allCases)
    func `records come in the order of their offsets`(codec: CompressionCodec) throws {
        let bytes = Self.joined([try Self.batch(0, ["a", "b"], codec: codec), try Self.batch(2, ["c"], codec: codec)])
        let chunk = try FetchedChunk(bytes, from: 0)
        #expect(try Self.read(chunk) == ["0:a", "1:b", "2:c"])
        #expect(chunk.nextOffset == 3)
        #expect(chunk.byteCount == bytes.readableBytes)
    }

    @Test func `records before the position are left out`() throws {
        let bytes = Self.joined([try Self.batch(0, ["a", "b"]), try Self.batch(2, ["c", "d"])])
        #expect(try Self.read(try FetchedChunk(bytes, from: 1)) == ["1:b", "2:c", "3:d"])
        #expect(try Self.read(try FetchedChunk(bytes, from: 3)) == ["3:d"])
    }

    @Test func `a batch that is cut off is fetched again`() throws {
        let whole = try Self.batch(0, ["a", "b"])
        let next = try Self.batch(2, ["c"])
        for cut in 0..<next.readableBytes {
            var bytes = whole
            bytes.writeImmutableBuffer(try #require(next.getSlice(at: 0, length: cut)))
            let chunk = try FetchedChunk(bytes, from: 0)
            #expect(try Self.read(chunk) == ["0:a", "1:b"])
            #expect(chunk.nextOffset == 2)
        }
    }

    @Test func `control records are never shown but passed`() throws {
        let bytes = Self.joined([
            try Self.batch(0, ["a"], producer: 1, isTransactional: true),
            try Self.marker(1, producer: 1, isCommit: true),
        ])
        let chunk = try FetchedChunk(bytes, from: 0)
        #expect(try Self.read(chunk) == ["0:a"])
        #expect(chunk.nextOffset == 2)
    }

    @Test func `read committed leaves out exactly the aborted transactions`() throws {
        let bytes = Self.joined([
            try Self.batch(0, ["aborted"], producer: 1, isTransactional: true),
            try Self.batch(1, ["kept"], producer: 2, isTransactional: true),
            try Self.batch(2, ["plain"], producer: 1),
            try Self.marker(3, producer: 1, isCommit: false),
            try Self.batch(4, ["again"], producer: 1, isTransactional: true),
            try Self.marker(5, producer: 2, isCommit: true),
            try Self.marker(6, producer: 1, isCommit: true),
            try Self.batch(7, ["late"], producer: 2, isTransactional: true),
            try Self.marker(8, producer: 2, isCommit: false),
        ])
        let aborted = [
            FetchedChunk.AbortedTransaction(producerID: 2, firstOffset: 7),
            FetchedChunk.AbortedTransaction(producerID: 1, firstOffset: 0),
        ]
        let chunk = try FetchedChunk(bytes, from: 0, aborted: aborted)
        #expect(try Self.read(chunk, isReadCommitted: true) == ["1:kept", "2:plain", "4:again"])
        #expect(try Self.read(chunk).count == 5)
    }

    @Test func `a transaction that was aborted before the chunk begins is left out in it`() throws {
        let bytes = Self.joined([
            try Self.batch(10, ["aborted"], producer: 1, isTransactional: true),
            try Self.marker(11, producer: 1, isCommit: false),
            try Self.batch(12, ["kept"], producer: 1, isTransactional: true),
        ])
        let chunk = try FetchedChunk(bytes, from: 10, aborted: [.init(producerID: 1, firstOffset: 2)])
        #expect(try Self.read(chunk, isReadCommitted: true) == ["12:kept"])
    }

    @Test func `a flipped bit is noticed, unless checksums are off`() throws {
        var bytes = try Self.batch(0, ["aaaa"])
        let last = bytes.writerIndex - 2
        bytes.setInteger(UInt8(ascii: "x"), at: last)
        let chunk = try FetchedChunk(bytes, from: 0)
        #expect(throws: RecordBatchError.self) { try Self.read(chunk) }
        var rules = FetchedChunk.Rules()
        rules.checksCRC = false
        var unchecked = chunk
        var decompressor = Decompressor()
        #expect(try unchecked.next(rules, &decompressor)?.record.offset == 0)
    }
}
