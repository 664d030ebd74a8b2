import BrokerTesting
import KafkaProtocol
import LogStorage
import NIOCore

/// What takes records away: compaction and retention.
extension LogSimulation {
    // MARK: Compaction

    /// As a cleaner's thread does it, with an append between its decision and its work.
    mutating func clean() throws(SimulationFailure) {
        guard configuration.cleanupPolicy.contains(.compact), try !openLog().isOffline else { return }
        try writeCheckpoint()
        guard let cleaning = try beginCleaning() else { return }
        try append(nil)
        let limits = cleaningLimits()
        if swarm.interruptsCleanings, Int.random(in: 0..<3, using: &random) == 0 {
            let call = Int.random(in: 1...40, using: &random)
            if Bool.random(using: &random) { disk.stop(atCall: call) } else { disk.failCall(call, with: .inputOutput) }
        }
        let (log, mayFail) = (try openLog(), mayFail)
        let outcome = Result { () throws(LogError) in try cleaning.run(limits, now: clock.now) }
        log.endCleaning(cleaning, outcome)
        model.cleanedEnd = max(model.cleanedEnd, cleaning.range.end)
        model.isHalfCleaned = true
        let report: CleaningReport
        switch outcome {
        case .success(let done): report = done
        case .failure(let error): return try expect(mayFail || log.isOffline, .availability, "cleaning: \(error)")
        }
        try recordCleaning(report)
        guard try knowsFiles() else { return }
        let leftOver = model.leftOver(below: report.cleanedUpTo)
        try expect(leftOver == nil, .cleaned, "\(leftOver ?? ""), cleaned up to \(report.cleanedUpTo)")
    }

    private func beginCleaning() throws(SimulationFailure) -> LogCleaning? {
        guard let directory, !disk.isStopped else { return nil }
        let (log, mayFail) = (try openLog(), mayFail)
        do throws(LogError) {
            let range = try log.reader.cleanableRange(
                cleanedUpTo: log.cleanedUpTo,
                recoveryPoint: min(directory.recoveryPoint(of: Self.partition), log.decidedEnd), configuration,
                now: clock.now)
            return range.dirtyBytes > 0 ? log.beginCleaning(range) : nil
        } catch {
            try expect(mayFail, .availability, "range: \(error)")
            return nil
        }
    }

    private mutating func cleaningLimits() -> CleaningLimits {
        var limits = CleaningLimits()
        limits.bufferBytes = Int.random(in: 1...2000, using: &random)
        if Int.random(in: 0..<3, using: &random) == 0 { limits.mapBytes = Int.random(in: 0...24 * 12, using: &random) }
        return limits
    }

    private func recordCleaning(_ report: CleaningReport) throws(SimulationFailure) {
        let mayFail = mayFail || disk.isStopped
        do throws(LogError) { try directory?.cleaned.record(report.cleanedUpTo, of: Self.partition) } catch {
            try expect(mayFail, .availability, "checkpoint of the cleaner: \(error)")
        }
    }

    /// Whether the model knows what the files hold; looks at them if a cleaning has changed them. False while only the
    /// next start can tell.
    mutating func knowsFiles() throws(SimulationFailure) -> Bool {
        guard model.isHalfCleaned else { return true }
        guard !disk.isStopped, try !openLog().isOffline else { return false }
        var stored: [Offset: ModelBatch] = [:]
        var beginning: Offset?
        let logs = disk.paths.filter { $0.hasPrefix("\(Self.path)/\(Self.partition)/") && $0.hasSuffix(".log") }
        for path in logs {
            guard let (_, base) = SegmentFile.parse(String(path.suffix(24))) else { continue }
            beginning = beginning ?? base
            for batch in batches(inFileAt: path) where batch.baseOffset < model.end {
                try expect(stored[batch.baseOffset] == nil, .cleaned, "\(batch.baseOffset) stands in two segments")
                stored[batch.baseOffset] = batch
            }
        }
        let wrong = model.takeOver(stored, from: beginning ?? 0, now: clock.now)
        try expect(wrong == nil, .cleaned, wrong ?? "")
        model.isHalfCleaned = false
        return true
    }

    private func batches(inFileAt path: String) -> [ModelBatch] {
        let bytes = ByteBuffer(bytes: disk.contents(ofFileAt: path) ?? [])
        var views = RecordBatchSequence(bytes, tail: .ignored).makeIterator()
        var found: [ModelBatch] = []
        while let view = try? views.next(), view.crcIsValid {
            if let batch = try? BatchMaker.model(view, sent: view.bytes) { found.append(batch) }
        }
        return found
    }

    // MARK: Retention

    /// One round of a broker's retention: decide, seal, flush, make the log start durable, let go.
    mutating func retain() throws(SimulationFailure) {
        guard try !openLog().isOffline, let end = try expiredEnd() else { return }
        // Where the next segment is not on disk yet, nothing goes before it is.
        if Int.random(in: 0..<4, using: &random) > 0 { try flush() }
        let (log, mayFail) = (try openLog(), mayFail)
        guard !log.isOffline else { return }
        let offsets = log.offsets
        let start = max(offsets.logStart, min(end, log.removableEnd, offsets.highWatermark))
        guard try raiseLogStart(to: start), let removed = log.removeSegments() else { return }
        model.hasLostSegments = true
        do throws(LogError) {
            for file in try removed.retire() where Bool.random(using: &random) { try? disk.remove(file) }
        } catch { try expect(mayFail, .availability, "retention: \(error)") }
    }

    /// As DeleteRecords does it.
    mutating func moveLogStart() throws(SimulationFailure) {
        let log = try openLog()
        let offsets = log.offsets
        let range = offsets.logStart.rawValue...offsets.highWatermark.rawValue
        let target = Offset(Int64.random(in: range, using: &random))
        if try raiseLogStart(to: target) {
            try expect(log.offsets.logStart == target, .bounds, "log start \(log.offsets.logStart), not \(target)")
        }
    }

    /// Makes a log start durable, then shows it; false where the disk refuses.
    private mutating func raiseLogStart(to start: Offset) throws(SimulationFailure) -> Bool {
        let (log, mayFail) = (try openLog(), mayFail)
        model.wantedLogStart = max(model.wantedLogStart, start)
        do throws(LogError) {
            try directory?.raiseLogStarts([
                LogCheckpoint(
                    partition: Self.partition, topicID: Self.topicID, recoveryPoint: log.recoveryPoint,
                    logStart: start, highWatermark: log.offsets.highWatermark)
            ])
            model.durableLogStart = max(model.durableLogStart, start)
            _ = try log.advanceLogStart(to: start)
            return true
        } catch {
            try expect(mayFail, .availability, "log start \(start) of \(log.offsets): \(error)")
            return false
        }
    }

    private func expiredEnd() throws(SimulationFailure) -> Offset? {
        let (log, mayFail, now) = (try openLog(), mayFail, clock.now)
        do throws(LogError) {
            try log.sealIdleTail(now: now)
            let decision = try log.reader.expired(RetentionLimits(configuration), now: now)
            guard let end = decision.logStart else { return nil }
            if decision.includesTail { try log.sealTail(at: end, now: now) }
            return end
        } catch {
            try expect(mayFail, .availability, "retention: \(error)")
            return nil
        }
    }
}
