import BrokerTesting
import KafkaProtocol
import LogStorage
import NIOCore
import Testing

/// Transactions in a log that is cleaned: Kafka's rules for records, markers and the index of aborted transactions.
struct TransactionCleaningTests {
    private let producer = TestLog.Producer(id: 3)
    private let other = TestLog.Producer(id: 4)

    private func open() throws -> (TestLog, PartitionLog) {
        var test = try TestLog.compacted()
        test.configuration.deleteRetention = .seconds(10)
        return (test, try test.open())
    }

    private func write(_ log: PartitionLog, _ producer: TestLog.Producer, _ records: KeyedRecord...) throws {
        try log.append(TestLog.keyed(records, producer: producer, isTransactional: true))
    }

    private func end(_ log: PartitionLog, _ producer: TestLog.Producer, isCommit: Bool) throws {
        try log.append(TestLog.marker(producer, isCommit: isCommit), origin: .coordinator)
        try log.flush()
    }

    /// Something new behind, so that another cleaning is due.
    private func fill(_ log: PartitionLog) throws {
        for number in 0..<2 { try log.put(KeyedRecord("fill", "\(number)"), KeyedRecord("more", "\(number)")) }
    }

    private func controlOffsets(_ log: PartitionLog) throws -> [Offset] {
        try log.batches(from: 0).filter { $0.header.isControl && $0.header.recordCount > 0 }.map(\.header.baseOffset)
    }

    @Test func `records of an aborted transaction go, and supersede nothing`() throws {
        let (_, log) = try open()
        try log.put(KeyedRecord("a", "1"), KeyedRecord("b", "1"))
        try write(log, producer, KeyedRecord("a", "wrong"), KeyedRecord("c", "wrong"))
        try end(log, producer, isCommit: false)
        try fill(log)
        try log.clean()
        #expect(try table(of: log.records()) == ["a": "1", "b": "1", "fill": "1", "more": "1"])
        #expect(try log.records(committedOnly: true) == log.records())
    }

    @Test func `records of a committed transaction are as others`() throws {
        let (_, log) = try open()
        try log.put(KeyedRecord("a", "1"), KeyedRecord("b", "1"))
        try write(log, producer, KeyedRecord("a", "2"), KeyedRecord("c", "1"))
        try end(log, producer, isCommit: true)
        try fill(log)
        try log.clean()
        #expect(try table(of: log.records()) == ["a": "2", "b": "1", "c": "1", "fill": "1", "more": "1"])
        #expect(try log.records().first?.description == "1:b=1")
        #expect(try controlOffsets(log) == [4])
    }

    @Test func `nothing of an open transaction, and nothing behind its begin, is cleaned`() throws {
        let (_, log) = try open()
        try log.put(KeyedRecord("a", "1"), KeyedRecord("b", "1"))
        try log.put(KeyedRecord("a", "2"), KeyedRecord("b", "2"))
        try write(log, producer, KeyedRecord("a", "3"), KeyedRecord("b", "3"))
        try fill(log)
        try fill(log)
        #expect(try log.clean()?.cleanedUpTo == 4)
        #expect(try log.records().map(\.offset) == (2..<14).map { Offset($0) })
    }

    /// A topic that leaves flushing to the system shows a transaction as committed before its marker is on disk.
    @Test func `what only a marker in memory decides is not cleaned, for a power cut takes the decision back`() throws {
        var test = try TestLog.compacted()
        test.configuration.flushMessages = .max
        let log = try test.open()
        try log.put(KeyedRecord("a", "1"), KeyedRecord("b", "1"))
        try write(log, producer, KeyedRecord("a", "2"), KeyedRecord("b", "2"))
        try fill(log)
        try log.flush()
        try log.append(TestLog.marker(producer, isCommit: true), origin: .coordinator)
        let end = log.offsets.logEnd
        #expect(log.offsets.lastStable == end && log.decidedEnd == 2)
        try log.flush()
        #expect(log.decidedEnd == end)
    }

    @Test func `a marker stays while a record of its transaction does, then for delete.retention.ms`() throws {
        let (_, log) = try open()
        let now = TestLog.timestamp
        try write(log, producer, KeyedRecord("a", "1"), KeyedRecord("b", "1"))
        try end(log, producer, isCommit: true)
        // The producer goes on, so that the batch is not kept for its sequence.
        for number in 1...6 {
            var next = producer
            next.sequence = SequenceNumber(Int32(2 * number))
            try write(log, next, KeyedRecord("x", "\(number)"), KeyedRecord("y", "\(number)"))
        }
        try end(log, producer, isCommit: true)
        try fill(log)
        try log.cleanIntoOne(now: now)
        #expect(try controlOffsets(log) == [2, 15])
        try log.put(KeyedRecord("a", "2"), KeyedRecord("b", "2"))
        try fill(log)
        // Now the records go; the marker was needed until this cleaning.
        try log.cleanIntoOne(now: now)
        #expect(try log.records().contains { $0.offset < 2 } == false)
        #expect(try controlOffsets(log).contains(2))
        try fill(log)
        // The transaction is empty: from here on the marker's time runs.
        try log.cleanIntoOne(now: now)
        #expect(try controlOffsets(log).contains(2))
        #expect(try log.batches(from: 0).first { $0.header.baseOffset == 2 }?.header.deleteHorizon != nil)
        try fill(log)
        try log.cleanIntoOne(now: now.advanced(byMilliseconds: 9_999))
        #expect(try controlOffsets(log).contains(2))
        try fill(log)
        try log.cleanIntoOne(now: now.advanced(byMilliseconds: 10_000))
        #expect(try controlOffsets(log) == [15])
    }

    @Test func `the index names a transaction as long as its marker is there for its records`() throws {
        var (test, log) = try open()
        try write(log, producer, KeyedRecord("a", "wrong"), KeyedRecord("b", "wrong"))
        try write(log, other, KeyedRecord("c", "1"), KeyedRecord("d", "1"))
        try end(log, producer, isCommit: false)
        try end(log, other, isCommit: true)
        try fill(log)
        let known = [AbortedTransaction(producerID: 3, firstOffset: 0, lastOffset: 4, lastStableOffset: 2)]
        #expect(try log.reader.abortedTransactions(in: 0..<10) == known)
        try log.cleanIntoOne()
        #expect(try log.reader.abortedTransactions(in: 0..<10) == known)
        // The producer's last batch stays, without records, and with it the marker and the entry.
        #expect(try log.batches(from: 0)[0].header.recordCount == 0)
        #expect(try log.batches(from: 0)[0].header.isTransactional)
        try log.close()
        log = try test.open()
        #expect(try log.reader.abortedTransactions(in: 0..<10) == known)
        #expect(try table(of: log.records()) == ["c": "1", "d": "1", "fill": "1", "more": "1"])
        test.configuration.segmentBytes = 1 << 20
    }

    @Test func `a transaction over several segments, aborted in a later one, goes everywhere`() throws {
        let (_, log) = try open()
        try log.put(KeyedRecord("a", "1"), KeyedRecord("b", "1"))
        for number in 0..<7 {
            var next = producer
            next.sequence = SequenceNumber(Int32(2 * number))
            try write(log, next, KeyedRecord("a", "wrong"), KeyedRecord("w\(number)", "wrong"))
        }
        try end(log, producer, isCommit: false)
        try fill(log)
        // A map that ends in the middle of the transaction.
        var limits = CleaningLimits()
        limits.mapBytes = 24 * 3
        while try log.clean(limits) != nil {}
        #expect(try table(of: log.records()) == ["a": "1", "b": "1", "fill": "1", "more": "1"])
    }

    @Test func `the last marker of a producer without batches keeps its epoch known`() throws {
        let (test, log) = try open()
        let fenced = TestLog.Producer(id: 8, epoch: 5)
        try end(log, fenced, isCommit: false)
        for _ in 0..<3 { try fill(log) }
        try log.clean()
        try fill(log)
        try log.clean(now: TestLog.timestamp.advanced(byMilliseconds: 1_000_000))
        #expect(try controlOffsets(log) == [0])
        _ = test
    }
}
