import BrokerTesting
import KafkaProtocol
import LogStorage
import NIOCore
import Testing

/// A log on a disk that loses power, runs full and fails, against a model in memory. The seed is the reproduction.
struct PowerCutTests {
    @Test(arguments: 1...300)
    func `what was acknowledged is there after any stop, and nothing else than what was written`(seed: UInt64) throws {
        var run = try Run(seed: seed)
        for _ in 0..<40 { try run.step() }
        try run.crash()
        try run.check()
    }
}

private struct Run {
    struct Written {
        var offset: Offset
        var next: Offset
        var bytes: [UInt8]
        var producer: TestLog.Producer?
        var count: Int
    }

    var test: TestLog
    var log: PartitionLog
    var random: SeededRandomNumberGenerator
    let seed: UInt64
    /// All that was appended and not taken back by a crash, in order.
    var written: [Written] = []
    /// Below this everything was acknowledged.
    var acknowledged: Offset = 0
    /// As the checkpoint file would have it.
    var checkpoint: Offset = 0
    var sequence: Int32 = 0
    var mark: UInt8 = 0

    init(seed: UInt64) throws {
        self.seed = seed
        random = SeededRandomNumberGenerator(seed: seed)
        test = try TestLog(seed: seed &* 31)
        test.configuration.segmentBytes = Int.random(in: 1500...6000, using: &random)
        test.configuration.indexIntervalBytes = Int.random(in: 0...600, using: &random)
        log = try test.open()
    }

    mutating func step() throws {
        switch Int.random(in: 0..<20, using: &random) {
        case 0..<10: try append()
        case 10..<14: try flush()
        case 14: checkpoint = log.recoveryPoint
        case 15: try check()
        case 16: try closeAndOpen()
        case 17: test.disk.failCall(Int.random(in: 1...6, using: &random), with: .outOfSpace)
        case 18: test.disk.failCall(Int.random(in: 1...6, using: &random), with: .inputOutput)
        default: try crash()
        }
    }

    mutating func append() throws {
        mark &+= 1
        let count = Int.random(in: 1...4, using: &random)
        let producer = Bool.random(using: &random) ? TestLog.Producer(id: 5, sequence: SequenceNumber(sequence)) : nil
        let batch = try TestLog.batch(
            count: count, size: Int.random(in: 0...250, using: &random), mark: mark, producer: producer)
        let stored = try bytes(batch, log.offsets.logEnd)
        do throws(LogError) {
            let result = try log.append(batch)
            #expect(result.baseOffset == written.last?.next ?? 0 && !result.isDuplicate, "seed \(seed)")
            if producer != nil { sequence += Int32(count) }
            written.append(
                Written(
                    offset: result.baseOffset, next: result.lastOffset + 1,
                    bytes: stored, producer: producer, count: count))
        } catch {
            guard case .storage = error else {
                #expect(error == .offline, "seed \(seed)")
                return
            }
        }
    }

    private func bytes(_ batch: ByteBuffer, _ offset: Offset) throws -> [UInt8] {
        try stored(batch, at: offset, epoch: log.leaderEpoch)
    }

    /// A flush, which may fail, or be cut off before or after the disk did it.
    mutating func flush() throws {
        guard let flush = log.prepareFlush() else { return }
        if Int.random(in: 0..<8, using: &random) == 0 { return try crash() }
        do { try flush.run() } catch {
            log.failFlush(flush)
            return
        }
        if Int.random(in: 0..<8, using: &random) == 0 { return try crash() }
        let offsets = log.completeFlush(flush)
        #expect(offsets.highWatermark == flush.target, "seed \(seed)")
        acknowledged = max(acknowledged, offsets.highWatermark)
    }

    mutating func closeAndOpen() throws {
        let end = log.offsets.logEnd
        do throws(LogError) { try log.close() } catch { return try crash() }
        acknowledged = end
        checkpoint = end
        if Bool.random(using: &random) { test.disk.powerCut() } else { test.disk.processEnd() }
        log = try test.open()
        #expect(log.offsets == PartitionOffsets(logStart: 0, logEnd: end), "seed \(seed)")
        try check()
    }

    mutating func crash() throws {
        let epoch = log.leaderEpoch
        let isOffline = log.isOffline
        let losesPower = isOffline || Bool.random(using: &random)
        if losesPower { test.disk.powerCut() } else { test.disk.processEnd() }
        // Recovery itself may meet a cut.
        while Int.random(in: 0..<4, using: &random) == 0 {
            test.disk.failCall(Int.random(in: 1...12, using: &random), with: .inputOutput)
            _ = try? test.open(.unclean(recoveryPoint: checkpoint))
            test.disk.powerCut()
        }
        test.disk.processEnd()
        log = try test.open(.unclean(recoveryPoint: checkpoint))
        #expect(log.leaderEpoch > epoch, "seed \(seed)")
        #expect(log.offsets.highWatermark >= acknowledged, "seed \(seed): acknowledged \(acknowledged)")
        #expect(log.recovery.endsBelowRecoveryPoint == nil, "seed \(seed)")
        let end = log.offsets.logEnd
        written.removeAll { $0.next > end }
        #expect(written.last?.next ?? 0 == end, "seed \(seed): ends inside a batch")
        sequence =
            written.last { $0.producer != nil }.map { ($0.producer?.sequence.rawValue ?? 0) + Int32($0.count) } ?? 0
        acknowledged = end
        try check()
    }

    /// The log holds exactly the batches of the model, wherever a read begins, and knows its producer.
    mutating func check() throws {
        let all = try log.bytes(from: 0, maxBytes: Int.random(in: 1...5000, using: &random))
        #expect(all == written.flatMap(\.bytes), "seed \(seed)")
        guard let some = written.randomElement(using: &random) else { return }
        let inside = Offset(Int64.random(in: some.offset.rawValue..<some.next.rawValue, using: &random))
        let read = try log.reader.read(from: inside, maxBytes: 1, minOneBatch: true, upTo: log.offsets.logEnd)
        #expect(read.firstBatchBaseOffset == some.offset, "seed \(seed)")
        #expect(try read.slices.first.map { Array(try $0.readBytes().readableBytesView) } == some.bytes, "seed \(seed)")
        guard !log.isOffline, let last = written.last(where: { $0.producer != nil }) else { return }
        let again = try TestLog.batch(count: last.count, producer: last.producer)
        let result = try log.append(again)
        #expect(result.isDuplicate && result.baseOffset == last.offset, "seed \(seed)")
    }
}
