import KafkaProtocol

/// Producer snapshots, compared with the producers that the batches tell of.
extension PartitionVerifier {
    /// Who wrote before the log's first segment is known from its snapshot only.
    mutating func loadFirstSnapshot() {
        while let first = snapshots.first, let base = bases.first, first <= base {
            snapshots.removeFirst()
            if let loaded = readSnapshot(first), first == base {
                producers = ProducerStateManager(producers: loaded)
                startIsKnown = true
            }
        }
        if bases.first == .zero { startIsKnown = true }
    }

    /// Compares the snapshots that were taken before the batch at `offset`.
    mutating func passSnapshots(before offset: Offset) {
        while let first = snapshots.first, first <= offset {
            snapshots.removeFirst()
            compareSnapshot(first)
        }
    }

    /// The log has ended: the snapshot of its end is the last that may be there.
    mutating func checkRemainingSnapshots() {
        guard !isCut, !isIncomplete else { return }
        passSnapshots(before: expected)
        for offset in snapshots {
            snapshotProblem(offset, "It tells of offset \(offset), but the log ends at \(expected).")
        }
    }

    private mutating func readSnapshot(_ offset: Offset) -> [ProducerID: ProducerState]? {
        guard let bytes = contents(SegmentFile.snapshot.name(offset)) else { return nil }
        guard let loaded = ProducerSnapshot.decode(bytes) else {
            snapshotProblem(offset, "This is no whole snapshot with a right checksum.")
            return nil
        }
        return loaded
    }

    private mutating func compareSnapshot(_ offset: Offset) {
        guard let loaded = readSnapshot(offset), !isIncomplete else { return }
        for (id, saved) in loaded.sorted(by: { $0.key < $1.key }) {
            if let last = saved.batches.last, last.lastOffset >= offset {
                return snapshotProblem(
                    offset, "Producer \(id) has written offset \(last.lastOffset) only after the snapshot.")
            }
            guard let seen = producers.producers[id], let batch = seen.batches.last else { continue }
            // A producer that was compacted away leaves older batches only: those behind what is saved count.
            let savedOffset = saved.batches.last?.lastOffset ?? .none
            if saved.epoch < seen.epoch || (saved.epoch == seen.epoch && savedOffset < batch.lastOffset) {
                return snapshotProblem(
                    offset, "The last batch of producer \(id), which ends at \(batch.lastOffset), is missing.")
            }
            if savedOffset == batch.lastOffset, saved.lastSequence != seen.lastSequence {
                return snapshotProblem(
                    offset,
                    "The last sequence of producer \(id) is \(saved.lastSequence), but \(seen.lastSequence) in the log."
                )
            }
        }
    }

    private mutating func snapshotProblem(_ offset: Offset, _ text: String) {
        let name = SegmentFile.snapshot.name(offset)
        if let firstSuspect, offset > firstSuspect {
            note(.snapshot, name, text + " Recovery removes it.")
        } else if let point = rules.start.recoveryPoint, offset >= point {
            note(.snapshot, name, text + " Recovery does without it.")
        } else {
            damage(.snapshot, name, text)
        }
    }
}
