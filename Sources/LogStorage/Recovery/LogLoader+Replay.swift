import KafkaProtocol
import SystemPackage

extension LogLoader {
    /// Without a sound checkpoint the epochs are those of the batches.
    mutating func readEpochsFromBatches(before suspect: Int) throws(LogError) {
        let last = start == .clean ? bases.count : suspect
        var epochs = epochs
        for base in bases[..<last] {
            try walkHeaders(of: base) { batch, _ in
                _ = epochs.assign(batch.header.partitionLeaderEpoch, startOffset: batch.header.baseOffset)
            }
        }
        self.epochs = epochs
    }

    /// Rebuilds the producers from the newest snapshot that can be trusted and the headers behind it. Returns the
    /// aborted transactions of segments whose transaction index is in doubt.
    mutating func loadProducers(
        suspect: Offset, logEnd: Offset
    ) throws(LogError) -> [Offset: [AbortedTransaction]] {
        var doubtful: Set<Offset> = []
        if start != .clean { doubtful = Set(bases.filter { $0 >= suspect }) }
        for base in bases where !doubtful.contains(base) {
            if try transactionIndexIsDoubtful(base) { doubtful.insert(base) }
        }
        var newest = start == .clean ? logEnd : suspect
        if let first = doubtful.min() { newest = min(newest, first) }
        let from = try loadSnapshot(notBehind: newest)
        if start == .clean, from < logEnd { report.filesRebuilt.append(SegmentFile.snapshot.name(logEnd)) }
        var aborted: [Offset: [AbortedTransaction]] = [:]
        for base in doubtful { aborted[base] = [] }
        var producers = producers
        for (index, base) in bases.enumerated() {
            let next = index + 1 < bases.count ? bases[index + 1] : logEnd
            guard next > from else { continue }
            if base > from { try write(snapshotOf: producers, at: base) }
            try walkHeaders(of: base) { batch, marker in
                guard batch.header.baseOffset >= from else { return }
                if let transaction = producers.replay(batch.header, marker), doubtful.contains(base) {
                    aborted[base, default: []].append(transaction)
                }
            }
        }
        producers.advance(highWatermark: logEnd)
        // What is read here is on disk.
        producers.beginFlush()
        producers.endFlush()
        self.producers = producers
        for (base, transactions) in aborted where transactions.isEmpty {
            if !names.contains(SegmentFile.txnindex.name(base)) { aborted[base] = nil }
        }
        return aborted
    }

    /// A segment has a snapshot of its base offset, so that the ones before it can go: a transaction that is open there,
    /// and every producer, have to stay known. A full disk is no reason not to start.
    private func write(snapshotOf producers: ProducerStateManager, at base: Offset) throws(LogError) {
        do throws(FileSystemError) {
            try write(ProducerSnapshot.encode(producers.producers), to: .snapshot, base)
        } catch  where error.isOutOfSpace {} catch { throw .storage(error) }
    }

    private mutating func transactionIndexIsDoubtful(_ base: Offset) throws(LogError) -> Bool {
        do throws(FileSystemError) {
            guard let bytes = try contents(of: SegmentFile.txnindex.name(base)) else { return false }
            guard let transactions = TransactionIndex.decode(bytes) else {
                report.filesRebuilt.append(SegmentFile.txnindex.name(base))
                return true
            }
            if base == bases.last { verified[base]?.aborted = transactions }
            return false
        } catch { throw .storage(error) }
    }

    /// Loads the newest sound snapshot at or before `newest` and removes those behind it, which may tell of batches
    /// that are gone. Returns where to replay from.
    private mutating func loadSnapshot(notBehind newest: Offset) throws(LogError) -> Offset {
        do throws(FileSystemError) {
            let offsets = names.compactMap { name in
                SegmentFile.parse(name).flatMap { $0.file == .snapshot ? $0.offset : nil }
            }
            for offset in offsets.sorted().reversed() {
                let path = SegmentFile.snapshot.path(offset, in: directory)
                if offset <= newest, let bytes = try contentsOnDisk(of: path) {
                    if let loaded = ProducerSnapshot.decode(bytes), loaded.values.allSatisfy({ $0.isBefore(offset) }) {
                        producers = ProducerStateManager(producers: loaded)
                        return offset
                    }
                    report.filesRebuilt.append(SegmentFile.snapshot.name(offset))
                }
                try fileSystem.removeIfPresent(path)
            }
            return .zero
        } catch { throw .storage(error) }
    }

    /// What a snapshot says; after an unclean stop, as the disk has it.
    private func contentsOnDisk(of path: FilePath) throws(FileSystemError) -> [UInt8]? {
        do throws(FileSystemError) {
            if start != .clean { try showAsOnDisk(path) }
        } catch  where error.isMissing { return nil }
        return try fileSystem.contents(of: path)
    }

    /// Every batch of a segment, with its transaction marker if it holds one.
    private func walkHeaders(
        of base: Offset, _ body: (SegmentScanner.Batch, EndTransactionMarker?) -> Void
    ) throws(LogError) {
        let file: any LogFile
        let size: Int
        do throws(FileSystemError) {
            file = try fileSystem.open(SegmentFile.log.path(base, in: directory), .readOnly)
            size = try file.size()
        } catch { throw .storage(error) }
        var scanner = SegmentScanner(file, to: size, window: SegmentScanner.walkWindow)
        while let batch = try scanner.next() {
            body(batch, batch.header.isControl ? try scanner.marker(of: batch) : nil)
        }
    }
}
