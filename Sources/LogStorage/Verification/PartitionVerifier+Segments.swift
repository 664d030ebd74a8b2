import KafkaProtocol
import NIOCore
import SystemPackage

extension PartitionVerifier {
    /// What a walk over one segment compares with the batches.
    private struct SegmentChecks {
        let base: Offset
        var offsets: OffsetIndexCheck?
        var times: TimeIndexCheck?
        /// The transactions whose abort markers were passed while they were open.
        var aborted: [AbortedTransaction] = []
        /// The producers of all abort markers, by offset.
        var abortMarkers: [Offset: ProducerID] = [:]
    }

    /// Walks a segment, then judges what lies beside it.
    mutating func walk(_ base: Offset, next: Offset?, progress: (Int) -> Void) {
        let name = SegmentFile.log.name(base)
        let file: any LogFile
        let size: Int
        do throws(FileSystemError) {
            file = try fileSystem.open(directory.appending(name), .readOnly)
            size = try file.size()
        } catch {
            vanished(name, error)
            return
        }
        report.segments += 1
        if base > expected { hole(name, at: 0, to: base, lastSegment: bases.last { $0 < base } ?? base) }
        if isCut { return }
        expected = max(expected, base)
        var checks = SegmentChecks(base: base)
        checks.offsets = contents(SegmentFile.index.name(base)).map { OffsetIndexCheck($0, baseOffset: base) }
        checks.times = contents(SegmentFile.timeindex.name(base)).map { TimeIndexCheck($0, baseOffset: base) }
        let isWhole = walkBatches(of: file, size, base, next: next, &checks, progress)
        producers.advance(highWatermark: expected)
        guard isWhole else {
            // What lies beside it tells of batches that are not known now.
            isIncomplete = true
            return
        }
        judgeIndexes(&checks, isSealed: next != nil || rules.start == .clean, isEmpty: size == 0)
        judgeTransactions(checks)
    }

    private mutating func vanished(_ name: String, _ error: FileSystemError) {
        if error.isMissing, rules.start != .clean {
            note(.unreadable, name, "It went away meanwhile, by retention or compaction.")
        } else {
            damage(.unreadable, name, error.description)
        }
    }

    /// The offsets from `expected` to `end` are missing. Compaction never comes behind the recovery point: there, the
    /// log ends.
    private mutating func hole(_ name: String, at position: Int, to end: Offset, lastSegment: Offset) {
        // Nobody reads there any more.
        if let start = rules.logStart, end <= start {
            report.missingOffsets += expected.distance(to: end)
            return
        }
        let text = "The offsets from \(expected) to \(end - 1) are missing."
        if let point = rules.start.recoveryPoint, expected >= point, rules.isDense || rules.start.isDense {
            report.cutSegment = lastSegment
            note(.tail, name, at: position, text + " Recovery ends the log before.")
            return
        }
        report.missingOffsets += expected.distance(to: end)
        if rules.isDense { damage(.offsets, name, at: position, text) }
    }

    /// False where a batch is not sound.
    private mutating func walkBatches(
        of file: any LogFile, _ size: Int, _ base: Offset, next: Offset?, _ checks: inout SegmentChecks,
        _ progress: (Int) -> Void
    ) -> Bool {
        let name = SegmentFile.log.name(base)
        var scanner = SegmentScanner(file, to: size, window: SegmentScanner.walkWindow)
        var unreported = 0
        var isWhole = true
        defer { progress(unreported) }
        while true {
            let batch: SegmentScanner.Batch
            do throws(LogError) {
                guard let found = try scanner.next() else { return isWhole }
                batch = found
            } catch {
                broken(name, at: scanner.position, size: size, error)
                return false
            }
            unreported += batch.header.sizeInBytes
            if unreported >= 4 << 20 {
                progress(unreported)
                unreported = 0
            }
            report.bytes += batch.header.sizeInBytes
            do throws(LogError) {
                try checkPlace(of: batch.header, base: base, next: next, scanner)
                try checkContent(of: batch, &scanner)
            } catch {
                broken(name, at: batch.position, size: size, error)
                if isCut { return false }
                isWhole = false
                continue
            }
            if batch.header.baseOffset > expected {
                hole(name, at: batch.position, to: batch.header.baseOffset, lastSegment: base)
                if isCut { return false }
            }
            take(batch, name, marker: batch.header.isControl ? try? scanner.marker(of: batch) : nil, &checks)
        }
    }

    /// Throws unless the offsets follow those before, stay in the segment, and below the next one.
    private func checkPlace(
        of header: RecordBatchHeader, base: Offset, next: Offset?, _ scanner: borrowing SegmentScanner
    ) throws(LogError) {
        guard header.baseOffset >= expected, base.distance(to: header.lastOffset) <= Int64(Int32.max),
            next.map({ header.lastOffset < $0 }) ?? true
        else {
            throw scanner.damage(.badOffsetRange, at: scanner.position - header.sizeInBytes)
        }
    }

    /// Throws unless the checksum is right and, where asked, the records are sound.
    private mutating func checkContent(
        of batch: SegmentScanner.Batch, _ scanner: inout SegmentScanner
    ) throws(LogError) {
        if batch.header.isControl { _ = try scanner.marker(of: batch) }
        guard rules.walksRecords else { return try scanner.checkCRC(of: batch) }
        let bytes: [UInt8]
        do { bytes = try scanner.file.read(batch.position..<batch.end) } catch { throw .storage(error) }
        do throws(RecordBatchError) {
            let view = try RecordBatchView(ByteBuffer(bytes: bytes))
            try validator.check(inLog: view)
        } catch { throw scanner.damage(error, at: batch.position) }
    }

    /// A batch that cannot be taken in: damage, or where recovery would cut the log.
    private mutating func broken(_ name: String, at position: Int, size: Int, _ error: LogError) {
        let text = error.findingText
        guard case .corrupt = error else { return damage(.unreadable, name, at: position, text) }
        if let point = rules.start.recoveryPoint, expected >= point {
            report.cutSegment = SegmentFile.parse(name)?.offset
            let rest = size - position
            note(.tail, name, at: position, "\(text) Recovery cuts the log here, \(rest) bytes before its end.")
        } else if error.isAboutOffsets {
            damage(.offsets, name, at: position, "The offsets do not follow \(expected - 1), or leave the segment.")
        } else {
            damage(.batch, name, at: position, text)
        }
    }

    /// A sound batch: what it says becomes what the rest is compared with.
    private mutating func take(
        _ batch: SegmentScanner.Batch, _ name: String, marker: EndTransactionMarker?, _ checks: inout SegmentChecks
    ) {
        let header = batch.header
        checkEpoch(of: batch, name)
        passSnapshots(before: header.baseOffset)
        if let marker, !marker.isCommit { checks.abortMarkers[header.baseOffset] = header.producerID }
        if Int64(header.recordCount) != Int64(header.lastOffsetDelta) + 1 { isCompacted = true }
        let aborted = producers.replay(header, marker)
        // Of a transaction of which no record can be read any more nobody has to be told.
        if header.isTransactional, !header.isControl, header.recordCount > 0,
            header.lastOffset >= rules.logStart ?? .zero
        {
            producersWithRecords.insert(header.producerID)
        } else if marker != nil, producersWithRecords.remove(header.producerID) != nil, let aborted {
            checks.aborted.append(aborted)
        }
        checks.offsets?.pass(batch)
        checks.times?.pass(batch)
        report.batches += 1
        report.records += Int(header.recordCount)
        expected = header.nextOffset
    }

    private mutating func checkEpoch(of batch: SegmentScanner.Batch, _ name: String) {
        let found = batch.header.partitionLeaderEpoch
        if found < lastEpoch {
            damage(.epoch, name, at: batch.position, "The leader epoch falls from \(lastEpoch) to \(found).")
        } else if let known = epochs?.epoch(at: batch.header.baseOffset), known != found,
            batch.header.lastOffset >= rules.logStart ?? .zero
        {
            damage(
                .epoch, name, at: batch.position,
                "The leader epoch is \(found), but \(LeaderEpochCheckpoint.name) says \(known).")
        }
        lastEpoch = max(lastEpoch, found)
    }

    // MARK: - Beside the segment

    private mutating func judgeIndexes(_ checks: inout SegmentChecks, isSealed: Bool, isEmpty: Bool) {
        let base = checks.base
        checks.offsets?.finish()
        checks.times?.finish(isSealed: isSealed)
        let found: [(VerificationFinding.Kind, SegmentFile, isThere: Bool, IndexProblem?)] = [
            (.index, .index, checks.offsets != nil, checks.offsets?.problem),
            (.timeindex, .timeindex, checks.times != nil, checks.times?.problem),
        ]
        for (kind, file, isThere, problem) in found {
            let name = file.name(base)
            if let problem {
                if isSuspect(base) {
                    note(kind, name, at: problem.position, problem.text + " Recovery makes it anew.")
                } else {
                    damage(kind, name, at: problem.position, problem.text)
                }
            } else if !isThere, isSealed, !isEmpty, !isSuspect(base) {
                note(kind, name, "Missing; it is made anew when it is needed.")
            }
        }
    }

    private mutating func judgeTransactions(_ checks: SegmentChecks) {
        guard !isIncomplete else { return }
        let name = SegmentFile.txnindex.name(checks.base)
        let bytes = contents(name)
        guard let problem = transactionProblem(bytes, checks) else { return }
        // While a compaction is half done, markers can be missing of transactions whose records are there.
        if isSuspect(checks.base) || !swaps.isEmpty {
            note(.txnindex, name, problem + " Recovery makes it anew.")
        } else {
            damage(.txnindex, name, problem)
        }
    }

    /// Whether every batch that was ever written is there, or what came before is known from a snapshot.
    private var knowsAllTransactions: Bool { report.missingOffsets == 0 && startIsKnown && !isCompacted }

    private func transactionProblem(_ bytes: [UInt8]?, _ checks: SegmentChecks) -> String? {
        guard let entries = TransactionIndex.decode(bytes ?? []) else {
            return "This is no list of aborted transactions in rising order."
        }
        let known = Dictionary(entries.map { ($0.lastOffset, $0) }, uniquingKeysWith: { $1 })
        for transaction in checks.aborted {
            guard let entry = known[transaction.lastOffset] else {
                return "The transaction of producer \(transaction.producerID) that was aborted at "
                    + "\(transaction.lastOffset) is missing."
            }
            // Compaction takes the first records of a transaction away, but never puts any before them; and it may have
            // taken the marker of one that a snapshot calls open.
            let isSame =
                knowsAllTransactions
                ? entry == transaction
                : entry.producerID == transaction.producerID
                    && (entry.firstOffset <= transaction.firstOffset || transaction.firstOffset < report.firstOffset)
            guard isSame else {
                return "The entry of the abort at \(entry.lastOffset) begins at \(entry.firstOffset), stable up to "
                    + "\(entry.lastStableOffset), but in the log that is \(transaction.firstOffset) and "
                    + "\(transaction.lastStableOffset)."
            }
        }
        for entry in entries {
            guard entry.lastOffset >= checks.base, entry.lastOffset < expected else {
                return "An entry names an abort at \(entry.lastOffset), outside the segment."
            }
            if let producer = checks.abortMarkers[entry.lastOffset], producer != entry.producerID {
                return "The entry of the abort at \(entry.lastOffset) names producer \(entry.producerID), "
                    + "the marker \(producer)."
            }
        }
        return nil
    }
}

extension LogError {
    fileprivate var isAboutOffsets: Bool {
        if case .corrupt(let damage) = self { damage.reason == .batch(.badOffsetRange) } else { false }
    }
}
