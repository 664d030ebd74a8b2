import BrokerTesting
import KafkaProtocol
import LogStorage
import NIOCore
import Testing

/// Random keys, tombstones, transactions, cleanings, restarts and cuts against a table in memory. The seed is the
/// reproduction.
struct CompactionModelTests {
    @Test(arguments: 1...100)
    func `a table fed by a cleaned log is the table fed by all that was ever written`(seed: UInt64) throws {
        var run = try Run(seed: seed)
        for _ in 0..<40 { try run.step() }
        try run.check()
        try run.crash()
        try run.clean()
        try run.check()
    }
}

private struct Run {
    let seed: UInt64
    var test: TestLog
    var log: PartitionLog
    var random: SeededRandomNumberGenerator
    /// Every record that counts, by offset.
    var written: [Offset: KeyedRecord] = [:]
    /// What the open transaction has written.
    var pending: [KeyedRecord] = []
    var sequence: Int32 = 0
    var producer = TestLog.Producer(id: 6)
    var lastBatch: (bytes: ByteBuffer, offset: Offset)?
    var count = 0

    init(seed: UInt64) throws {
        self.seed = seed
        random = SeededRandomNumberGenerator(seed: seed)
        test = try TestLog.compacted(seed: seed &* 13, segmentBytes: Int.random(in: 300...1500, using: &random))
        test.configuration.indexIntervalBytes = Int.random(in: 0...300, using: &random)
        test.configuration.deleteRetention = .milliseconds(Int.random(in: 0...3000, using: &random))
        log = try test.open()
    }

    private var now: Timestamp { test.clock.now }

    mutating func step() throws {
        test.clock.advance(by: .milliseconds(Int.random(in: 0...200, using: &random)))
        switch Int.random(in: 0..<24, using: &random) {
        case 0..<12: try append()
        case 12..<15: try appendTransactional()
        case 15..<17: try endTransaction()
        case 17..<20: try clean()
        case 20: try check()
        case 21: try restart()
        case 22: try crash()
        default: try changeSizes()
        }
    }

    private mutating func records() -> [KeyedRecord] {
        (0..<Int.random(in: 1...5, using: &random)).map { _ in
            count += 1
            let value = Int.random(in: 0..<5, using: &random) == 0 ? nil : "\(count)"
            return KeyedRecord("k\(Int.random(in: 0..<12, using: &random))", value)
        }
    }

    private func placed(_ records: [KeyedRecord], at base: Offset) -> [KeyedRecord] {
        records.enumerated().map { KeyedRecord($1.key, $1.value, at: base + Int64($0)) }
    }

    mutating func append() throws {
        let records = records()
        let codec = CompressionCodec.allCases.randomElement(using: &random) ?? .none
        let isIdempotent = pending.isEmpty && Bool.random(using: &random)
        producer.sequence = SequenceNumber(sequence)
        let batch = try TestLog.keyed(
            records, timestamp: now, codec: codec, producer: isIdempotent ? producer : nil)
        let base = try log.append(batch, now: now).baseOffset
        if isIdempotent {
            sequence += Int32(records.count)
            lastBatch = (batch, base)
        }
        for record in placed(records, at: base) { written[record.offset] = record }
        try log.flush()
    }

    mutating func appendTransactional() throws {
        let records = records()
        producer.sequence = SequenceNumber(sequence)
        let batch = try TestLog.keyed(records, timestamp: now, producer: producer, isTransactional: true)
        let base = try log.append(batch, now: now).baseOffset
        sequence += Int32(records.count)
        lastBatch = (batch, base)
        pending += placed(records, at: base)
        try log.flush()
    }

    mutating func endTransaction() throws {
        guard !pending.isEmpty else { return }
        let isCommit = Bool.random(using: &random)
        try log.append(TestLog.marker(producer, isCommit: isCommit), origin: .coordinator, now: now)
        try log.flush()
        if isCommit { for record in pending { written[record.offset] = record } }
        pending = []
    }

    mutating func clean() throws {
        var limits = CleaningLimits()
        limits.bufferBytes = Int.random(in: 1...2000, using: &random)
        if Int.random(in: 0..<3, using: &random) == 0 { limits.mapBytes = Int.random(in: 0...24 * 12, using: &random) }
        try log.clean(now: now, limits)
    }

    mutating func changeSizes() throws {
        test.configuration.segmentBytes = Int.random(in: 300...5000, using: &random)
        _ = log.update(test.configuration)
    }

    mutating func restart() throws {
        let end = log.offsets.logEnd
        let cleanedUpTo = log.cleanedUpTo
        try log.close()
        test.disk.processEnd()
        log = try open(.clean, cleanedUpTo)
        #expect(log.offsets.logEnd == end, "seed \(seed)")
        try check()
    }

    /// A stop in the middle of a cleaning, or between two.
    mutating func crash() throws {
        let (end, recoveryPoint) = (log.offsets.logEnd, log.recoveryPoint)
        let cleanedUpTo = log.cleanedUpTo
        if Bool.random(using: &random) {
            test.disk.failCall(Int.random(in: 1...30, using: &random), with: .inputOutput)
            _ = try? clean()
        }
        if Bool.random(using: &random) { test.disk.powerCut() } else { test.disk.processEnd() }
        log = try open(.unclean(recoveryPoint: recoveryPoint), cleanedUpTo)
        #expect(log.offsets.logEnd == end, "seed \(seed)")
        try check()
    }

    private mutating func open(_ start: LogStart, _ cleanedUpTo: Offset) throws -> PartitionLog {
        try PartitionLog.open(
            directory: TestLog.directory, configuration: test.configuration, environment: test.environment,
            start: start, cleanedUpTo: Bool.random(using: &random) ? cleanedUpTo : 0)
    }

    mutating func check() throws {
        let all = try log.records()
        #expect(all.map(\.offset) == all.map(\.offset).sorted(), "seed \(seed)")
        let undecided = Set(pending.map(\.offset))
        let committed = try log.records(committedOnly: true).filter { !undecided.contains($0.offset) }
        // Nothing at an offset but what was written there.
        for record in committed { #expect(written[record.offset] == record, "seed \(seed)") }
        let model = table(of: written.keys.sorted().compactMap { written[$0] })
        #expect(table(of: committed) == model, "seed \(seed)")
        guard let lastBatch else { return }
        let again = try log.append(lastBatch.bytes, now: now)
        #expect(again.isDuplicate && again.baseOffset == lastBatch.offset, "seed \(seed)")
    }
}
