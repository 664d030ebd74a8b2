import BrokerTesting
import KafkaProtocol
import LogStorage
import NIOCore

/// What readers see, compared with the model.
extension LogSimulation {
    /// The whole log, byte by byte, and everything that can be asked about it.
    mutating func checkAll() throws(SimulationFailure) {
        try observe()
        disk.mend()
        guard try knowsFiles() else { return }
        try readEverything()
        for _ in 0..<3 {
            try read()
            try lookUp()
        }
    }

    private mutating func readEverything() throws(SimulationFailure) {
        let log = try openLog()
        let maxBytes = Int.random(in: 1...6000, using: &random)
        var next = log.offsets.logStart
        var expected = model.readable[...]
        while next < log.offsets.logEnd {
            let read = try attempt(.reads, "read from \(next)") { () throws(LogError) in
                try log.reader.read(from: next, maxBytes: maxBytes, minOneBatch: true, upTo: log.offsets.logEnd)
            }
            let bytes = try bytes(of: read)
            // Behind the last batch a cleaning may have left nothing.
            if bytes.isEmpty && expected.isEmpty { break }
            expected = Self.passOver(expected, read)
            guard let first = expected.first, !bytes.isEmpty else {
                throw failure(
                    .acknowledged,
                    "nothing stands at \(next), and the log ends at \(log.offsets.logEnd)")
            }
            try expect(read.firstBatchBaseOffset == first.baseOffset, .offsets, "\(read) at \(first.baseOffset)")
            var rest = bytes[...]
            while !rest.isEmpty {
                guard let batch = expected.popFirst() else { throw failure(.bytes, "\(rest.count) bytes too many") }
                try expect(rest.starts(with: batch.stored), .bytes, "others than those of \(batch.baseOffset)")
                rest = rest.dropFirst(batch.stored.count)
                next = batch.nextOffset
            }
        }
        try expect(expected.isEmpty, .acknowledged, "the log ends before \(expected.first?.baseOffset ?? 0)")
    }

    /// Batches without records, which cleanings leave, may be passed over where others follow.
    private static func passOver(_ batches: ArraySlice<ModelBatch>, _ read: LogRead) -> ArraySlice<ModelBatch> {
        guard let found = read.firstBatchBaseOffset else { return batches }
        return batches.drop { $0.records.isEmpty && $0.baseOffset < found }
    }

    /// One read from anywhere, with any limit and any bound that consumers have.
    mutating func read() throws(SimulationFailure) {
        guard !model.isHalfCleaned else { return }
        let log = try openLog()
        let offsets = log.offsets
        let bound =
            [offsets.logEnd, offsets.highWatermark, offsets.lastStable].randomElement(using: &random)
            ?? offsets.logEnd
        let from = Offset(
            Int64.random(in: max(0, offsets.logStart.rawValue - 2)...offsets.logEnd.rawValue + 1, using: &random))
        let maxBytes = Int.random(in: 0...3000, using: &random)
        let minOneBatch = Bool.random(using: &random)
        let mayFail = disk.hasPlannedFault
        let read: LogRead
        do throws(LogError) {
            read = try log.reader.read(from: from, maxBytes: maxBytes, minOneBatch: minOneBatch, upTo: bound)
        } catch {
            let isOut = from < offsets.logStart || from > offsets.logEnd
            switch error {
            case .offsetOutOfRange where isOut: return
            case .storage where mayFail: return
            default: throw failure(.reads, "read from \(from) of \(offsets): \(error)")
            }
        }
        try expect(from >= offsets.logStart && from <= offsets.logEnd, .reads, "read from \(from) of \(offsets)")
        try check(read, from: from, maxBytes: maxBytes, minOneBatch: minOneBatch, bound: bound)
    }

    private func check(
        _ read: LogRead, from: Offset, maxBytes: Int, minOneBatch: Bool, bound: Offset
    ) throws(SimulationFailure) {
        let what = "read from \(from) below \(bound), \(maxBytes) bytes, \(minOneBatch)"
        let below = model.batches.filter { $0.nextOffset > from && $0.nextOffset <= bound && !$0.isGone }
        let batches = Self.passOver(below[...], read)
        guard !disk.hasPlannedFault else { return }
        let bytes = try bytes(of: read)
        guard let first = batches.first, minOneBatch || first.stored.count <= maxBytes else {
            return try expect(bytes.isEmpty, .reads, "\(what): \(bytes.count) bytes, not 0")
        }
        try expect(!bytes.isEmpty, .reads, "\(what): nothing")
        try expect(read.firstBatchBaseOffset == first.baseOffset, .reads, "\(what): \(read.firstBatchBaseOffset ?? -1)")
        try expect(bytes.count <= max(maxBytes, first.stored.count), .reads, "\(what): \(bytes.count) bytes")
        var rest = bytes[...]
        for batch in batches where !rest.isEmpty {
            try expect(rest.starts(with: batch.stored), .bytes, "\(what): others than those of \(batch.baseOffset)")
            rest = rest.dropFirst(batch.stored.count)
        }
        try expect(rest.isEmpty, .reads, "\(what): \(rest.count) bytes too many")
    }

    private func bytes(of read: LogRead) throws(SimulationFailure) -> [UInt8] {
        var bytes: [UInt8] = []
        for slice in read.slices {
            bytes += try attempt(.reads, "bytes") { () throws(LogError) in try slice.readBytes() }.readableBytesView
        }
        return bytes
    }

    // MARK: Questions

    mutating func lookUp() throws(SimulationFailure) {
        guard !disk.hasPlannedFault, !model.isHalfCleaned else { return }
        try lookUpTimes()
        try lookUpAborted()
        try lookUpEpochs()
    }

    private mutating func lookUpTimes() throws(SimulationFailure) {
        let log = try openLog()
        let bound = log.offsets.highWatermark
        let readable = model.readable
        let records = readable.flatMap(\.records).filter { $0.offset >= log.offsets.logStart }
        let times = records.map(\.time)
        let wanted = (times.randomElement(using: &random) ?? clock.now)
            .advanced(byMilliseconds: Int64.random(in: -3...3, using: &random))
        let expected = records.first { $0.time >= wanted }.flatMap { $0.offset < bound ? $0 : nil }
        let found = try attempt(.timestamps, "time \(wanted)") { () throws(LogError) in
            try log.reader.offset(forTimestamp: wanted, upTo: bound)
        }
        try expect(
            found?.offset == expected?.offset && found?.timestamp == expected?.time, .timestamps,
            "\(wanted) below \(bound): \(String(describing: found)), not \(String(describing: expected))")
        let highest = try attempt(.timestamps, "maximum") { () throws(LogError) in
            try log.reader.maxTimestamp(upTo: bound)
        }
        // The times of batches that a cleaning has left without records are nobody's.
        let best = readable.filter { $0.nextOffset <= bound && !$0.records.isEmpty }.map(\.header.maxTimestamp).max()
        try expect(
            highest?.timestamp == best, .timestamps,
            "highest below \(bound): \(String(describing: highest)), not \(String(describing: best))")
    }

    private mutating func lookUpAborted() throws(SimulationFailure) {
        let log = try openLog()
        let offsets = log.offsets
        guard offsets.logStart < offsets.lastStable else { return }
        let lower = Int64.random(in: offsets.logStart.rawValue..<offsets.lastStable.rawValue, using: &random)
        let upper = Int64.random(in: lower + 1...offsets.lastStable.rawValue, using: &random)
        let found = try attempt(.aborted, "\(lower)..<\(upper)") { () throws(LogError) in
            try log.reader.abortedTransactions(in: Offset(lower)..<Offset(upper))
        }
        let known = model.history.aborted
            .filter { $0.lastOffset >= Offset(lower) && $0.firstOffset < Offset(upper) }
            .sorted { $0.firstOffset < $1.firstOffset }
        // Of a transaction that a cleaning has taken away nothing has to be told, nor of its beginning.
        let needed = known.filter { model.hasRecords(of: $0, in: Offset(lower)..<Offset(upper)) }
        let isRight = found.allSatisfy { told in known.contains { isTold($0, as: told) } }
        let isWhole = needed.allSatisfy { needed in found.contains { isTold(needed, as: $0) } }
        let isSorted = zip(found, found.dropFirst()).allSatisfy { $0.firstOffset < $1.firstOffset }
        func text(_ transactions: [AbortedTransaction]) -> [String] {
            transactions.map { "\($0.producerID): \($0.firstOffset)-\($0.lastOffset)" }
        }
        try expect(
            isRight && isWhole && isSorted, .aborted,
            "in \(lower)..<\(upper) \(text(found)), not \(text(known)), at least \(text(needed))")
    }

    private func isTold(_ transaction: AbortedTransaction, as told: AbortedTransaction) -> Bool {
        guard told.producerID == transaction.producerID, told.lastOffset == transaction.lastOffset,
            told.firstOffset >= transaction.firstOffset
        else { return false }
        return !model.hasRecords(of: transaction, in: transaction.firstOffset..<told.firstOffset)
    }

    private mutating func lookUpEpochs() throws(SimulationFailure) {
        let log = try openLog()
        guard let batch = model.readable.randomElement(using: &random) else { return }
        let epoch = log.reader.leaderEpoch(at: batch.baseOffset)
        try expect(epoch == batch.epoch, .epochs, "\(epoch) at \(batch.baseOffset), not \(batch.epoch)")
        let end = model.batches.last { $0.epoch == batch.epoch }?.nextOffset
        let found = log.reader.endOffset(forLeaderEpoch: epoch)
        try expect(
            found?.epoch == epoch && found?.endOffset == end, .epochs,
            "epoch \(epoch) ends at \(String(describing: found)), not \(end ?? -1)")
    }

    private func attempt<Result>(
        _ invariant: SimulationFailure.Invariant, _ what: String, _ body: () throws(LogError) -> Result
    ) throws(SimulationFailure) -> Result {
        do throws(LogError) { return try body() } catch { throw failure(invariant, "\(what): \(error)") }
    }
}
