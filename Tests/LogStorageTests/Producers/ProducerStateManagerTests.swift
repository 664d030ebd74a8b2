import BrokerTesting
import KafkaProtocol
import LogStorage
import NIOCore
import Testing

/// Idempotent producers and transactions, through the log.
struct ProducerStateManagerTests {
    private func append(
        _ log: PartitionLog, _ sequence: Int32, count: Int = 1, epoch: ProducerEpoch = 0, transactional: Bool = false,
        id: ProducerID = 7
    ) throws -> AppendResult {
        let producer = TestLog.Producer(id: id, epoch: epoch, sequence: SequenceNumber(sequence))
        return try log.append(TestLog.batch(count: count, producer: producer, isTransactional: transactional))
    }

    @Test(
        arguments: [
            // last sequence appended, epoch of it, next epoch, next sequence, expected sequence or nil where it is taken
            (4, 0, 0, 5, nil), (4, 0, 0, 6, 5), (4, 0, 0, 4, nil), (4, 0, 0, 3, 5), (4, 0, 1, 0, nil), (4, 0, 1, 5, 0),
            (Int32.max, 0, 0, 0, nil), (Int32.max, 0, 0, 1, 0), (Int32.max - 1, 0, 0, Int32.max, nil),
        ] as [(Int32, ProducerEpoch, ProducerEpoch, Int32, Int32?)])
    func `sequences follow each other within an epoch and begin with 0 in the next`(
        last: Int32, epoch: ProducerEpoch, next: ProducerEpoch, sequence: Int32, expected: Int32?
    ) throws {
        let test = try TestLog()
        let log = try test.open()
        _ = try append(log, last, epoch: epoch)
        if let expected {
            let error = LogError.outOfOrderSequence(
                7, expected: SequenceNumber(expected), received: SequenceNumber(sequence))
            #expect(throws: error) { _ = try append(log, sequence, epoch: next) }
            #expect(log.offsets.logEnd == 1)
        } else {
            let result = try append(log, sequence, epoch: next)
            let isRepeated = sequence == last && epoch == next
            #expect(result.isDuplicate == isRepeated && result.baseOffset == (isRepeated ? 0 : 1))
        }
    }

    @Test func `a producer that nobody knows may begin anywhere`() throws {
        let test = try TestLog()
        let log = try test.open()
        #expect(try append(log, 1234).baseOffset == 0)
        #expect(try append(log, 1235).baseOffset == 1)
    }

    @Test func `the last five batches are answered with their own offsets, an older one is out of order`() throws {
        let test = try TestLog()
        let log = try test.open()
        for batch in 0..<6 { _ = try append(log, Int32(batch * 2), count: 2) }
        for batch in 1..<6 {
            let base = Offset(Int64(batch * 2))
            #expect(
                try append(log, Int32(batch * 2), count: 2)
                    == AppendResult(baseOffset: base, lastOffset: base + 1, isDuplicate: true))
        }
        #expect(throws: LogError.outOfOrderSequence(7, expected: 12, received: 0)) { _ = try append(log, 0, count: 2) }
        // The same first sequence with another count is no repetition.
        #expect(throws: LogError.outOfOrderSequence(7, expected: 12, received: 10)) {
            _ = try append(log, 10, count: 1)
        }
        #expect(log.offsets.logEnd == 12)
    }

    @Test func `a batch whose sequences wrap is known again`() throws {
        let test = try TestLog()
        let log = try test.open()
        #expect(try append(log, Int32.max - 1, count: 4).baseOffset == 0)
        #expect(try append(log, Int32.max - 1, count: 4).isDuplicate)
        #expect(try append(log, 2).baseOffset == 4)
    }

    @Test func `an older epoch is fenced, also after a restart`() throws {
        let test = try TestLog()
        let log = try test.open()
        _ = try append(log, 0, epoch: 3)
        let error = LogError.invalidProducerEpoch(7, current: 3, received: 2)
        #expect(throws: error) { _ = try append(log, 1, epoch: 2) }
        try log.close()
        let again = try test.open()
        #expect(throws: error) { _ = try append(again, 1, epoch: 2) }
    }

    @Test(arguments: [LogStart.clean, .unclean(recoveryPoint: 0)])
    func `all five batches are known after a restart`(start: LogStart) throws {
        var test = try TestLog()
        test.configuration.segmentBytes = 300
        let log = try test.open()
        for batch in 0..<8 { _ = try append(log, Int32(batch)) }
        try log.flush()
        if start == .clean { try log.close() } else { test.disk.processEnd() }
        let again = try test.open(start)
        for batch in 3..<8 {
            #expect(try append(again, Int32(batch)).baseOffset == Offset(Int64(batch)))
        }
        #expect(throws: LogError.self) { _ = try append(again, 2) }
        #expect(try append(again, 8).baseOffset == 8)
    }

    @Test func `an append that the disk refuses leaves the sequence where it was`() throws {
        let test = try TestLog()
        let log = try test.open()
        _ = try append(log, 0)
        test.disk.failCall(1, with: .outOfSpace)
        #expect(throws: LogError.self) { _ = try append(log, 1) }
        #expect(try append(log, 1) == AppendResult(baseOffset: 1, lastOffset: 1))
    }

    @Test func `of several batches none is appended where one does not follow`() throws {
        let test = try TestLog()
        let log = try test.open()
        var records = try TestLog.batch(count: 2, producer: .init(id: 7, sequence: 0))
        records.writeImmutableBuffer(try TestLog.batch(producer: .init(id: 7, sequence: 3)))
        #expect(throws: LogError.outOfOrderSequence(7, expected: 2, received: 3)) { try log.append(records) }
        #expect(log.offsets.logEnd == 0)
        #expect(try append(log, 0).baseOffset == 0)
    }

    @Test func `a producer that was silent for long is forgotten`() throws {
        let test = try TestLog()
        let log = try test.open()
        _ = try append(log, 0)
        log.removeExpiredProducers(now: TestLog.timestamp.advanced(byMilliseconds: 86_399_999))
        #expect(throws: LogError.self) { _ = try append(log, 5) }
        log.removeExpiredProducers(now: TestLog.timestamp.advanced(byMilliseconds: 87_000_000))
        #expect(try append(log, 5).baseOffset == 1)
    }

    // MARK: Transactions

    @Test func `the last stable offset waits for the first open transaction, and for its marker to be committed`()
        throws
    {
        let test = try TestLog()
        let log = try test.open()
        _ = try append(log, 0)
        _ = try append(log, 0, transactional: true, id: 8)
        _ = try append(log, 0, transactional: true, id: 9)
        try log.flush()
        #expect(log.offsets.lastStable == 1 && log.offsets.highWatermark == 3)
        try log.append(TestLog.marker(.init(id: 8), isCommit: true), origin: .coordinator)
        #expect(log.offsets.lastStable == 1)
        try log.flush()
        #expect(log.offsets.lastStable == 2)
        try log.append(TestLog.marker(.init(id: 9), isCommit: false), origin: .coordinator)
        try log.flush()
        #expect(log.offsets.lastStable == 5)
        #expect(
            try log.reader.abortedTransactions(in: 0..<5)
                == [AbortedTransaction(producerID: 9, firstOffset: 2, lastOffset: 4, lastStableOffset: 5)])
        #expect(try log.reader.abortedTransactions(in: 0..<2).isEmpty)
    }

    @Test(arguments: [LogStart.clean, .unclean(recoveryPoint: 0)])
    func `open and aborted transactions survive rolls and restarts`(start: LogStart) throws {
        var test = try TestLog()
        test.configuration.segmentBytes = 250
        let log = try test.open()
        for round in 0..<4 {
            let producer = TestLog.Producer(id: 8, sequence: SequenceNumber(Int32(round)))
            try log.append(TestLog.batch(producer: producer, isTransactional: true))
            try log.append(TestLog.marker(producer, isCommit: round % 2 == 0), origin: .coordinator)
        }
        _ = try append(log, 0, transactional: true, id: 9)
        try log.flush()
        let aborted = try log.reader.abortedTransactions(in: 0..<9)
        #expect(aborted.map(\.firstOffset) == [2, 6])
        #expect(log.segmentCount > 2)
        if start == .clean { try log.close() } else { test.disk.processEnd() }
        let again = try test.open(start)
        #expect(try again.reader.abortedTransactions(in: 0..<9) == aborted)
        #expect(again.offsets.lastStable == 8)
        try again.append(TestLog.marker(.init(id: 9), isCommit: true), origin: .coordinator)
        try again.flush()
        #expect(again.offsets.lastStable == 10)
    }

    @Test func `data outside a transaction that is open, and markers of replaced coordinators, are refused`() throws {
        let test = try TestLog()
        let log = try test.open()
        _ = try append(log, 0, transactional: true)
        #expect(throws: LogError.invalidTransactionState(7)) { _ = try append(log, 1) }
        try log.append(TestLog.marker(.init(id: 7), isCommit: true, coordinatorEpoch: 5), origin: .coordinator)
        #expect(throws: LogError.fencedCoordinator(7)) {
            try log.append(TestLog.marker(.init(id: 7), isCommit: true, coordinatorEpoch: 4), origin: .coordinator)
        }
        #expect(try append(log, 1).baseOffset == 2)
    }
}
