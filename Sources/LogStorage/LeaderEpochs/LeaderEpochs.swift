import KafkaProtocol

/// Which leader epoch began at which offset (KIP-101, KIP-279, KIP-320): ascending in both.
struct LeaderEpochs: Hashable, Sendable {
    struct Entry: Hashable, Sendable {
        var epoch: LeaderEpoch
        var startOffset: Offset
    }

    private(set) var entries: [Entry] = []

    init() {}

    /// nil where epochs or offsets do not rise.
    init?(entries: [Entry]) {
        for (left, right) in zip(entries, entries.dropFirst()) {
            guard left.epoch < right.epoch, left.startOffset <= right.startOffset else { return nil }
        }
        guard entries.allSatisfy({ $0.epoch >= 0 && $0.startOffset >= 0 }) else { return nil }
        self.entries = entries
    }

    var latest: LeaderEpoch? { entries.last?.epoch }

    /// The epoch begins at the offset; epochs that would begin there or behind held no record and go. False if it is
    /// known already.
    mutating func assign(_ epoch: LeaderEpoch, startOffset: Offset) -> Bool {
        guard epoch > latest ?? -1 else { return false }
        entries.removeAll { $0.startOffset >= startOffset }
        entries.append(Entry(epoch: epoch, startOffset: startOffset))
        return true
    }

    /// The log ends at `end`: epochs that begin behind it go. True if any did.
    mutating func truncate(to end: Offset) -> Bool {
        let count = entries.count
        entries.removeAll { $0.startOffset > end }
        return entries.count != count
    }

    /// The log begins at `start`: epochs that end at or before it go, and the one that holds it begins there.
    mutating func truncate(before start: Offset) {
        guard let index = entries.lastIndex(where: { $0.startOffset <= start }) else { return }
        entries[index].startOffset = start
        entries.removeFirst(index)
    }

    /// The epoch that holds the offset, or would if it were written next.
    func epoch(at offset: Offset) -> LeaderEpoch? { entries.last { $0.startOffset <= offset }?.epoch }

    /// The largest epoch not above `epoch` and the offset at which it ends. Of an epoch below all that is known, the
    /// answer is that epoch and the first known start; of one above all, nil.
    func endOffset(for epoch: LeaderEpoch, logEnd: Offset) -> (epoch: LeaderEpoch, endOffset: Offset)? {
        guard let latest, epoch >= 0 else { return nil }
        if epoch == latest { return (epoch, logEnd) }
        guard let next = entries.firstIndex(where: { $0.epoch > epoch }) else { return nil }
        return (next == 0 ? epoch : entries[next - 1].epoch, entries[next].startOffset)
    }
}
