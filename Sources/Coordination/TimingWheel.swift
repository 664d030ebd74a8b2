/// Deadlines in the slots of a wheel (Varghese and Lauck): to arm one costs the same however many there are, and to move
/// one back, as each heartbeat does, costs no more than a write into a dictionary.
///
/// Deadlines are exact: no key comes before its own, and every key that is due comes.
package struct TimingWheel<Key: Hashable & Sendable>: Sendable {
    private struct Entry {
        var deadline: Duration
        /// The tick in whose slot the key stands, at most that of its deadline; entries of other slots are leftovers.
        var tick: Int64
    }

    private let tick: Duration
    private var slots: [[Key]]
    private var entries: [Key: Entry] = [:]
    /// All ticks before this one have been looked at.
    private var current: Int64 = 0
    /// Before this nothing is due.
    private var earliest = Duration.zero

    /// - Parameters:
    ///   - tick: what one slot stands for.
    ///   - slotCount: slots of one turn of the wheel; keys with longer deadlines are passed by in each turn.
    package init(tick: Duration = .milliseconds(32), slotCount: Int = 2048) {
        precondition(tick > .zero && slotCount > 0)
        self.tick = tick
        slots = Array(repeating: [], count: slotCount)
    }

    package var isEmpty: Bool { entries.isEmpty }
    package var count: Int { entries.count }

    /// When `key` is due; nil if it is not armed.
    package func deadline(of key: Key) -> Duration? { entries[key]?.deadline }

    /// Arms `key`, or moves its deadline.
    package mutating func arm(_ key: Key, at deadline: Duration) {
        let due = max(ticks(deadline), current)
        if let old = entries[key], old.tick <= due, old.tick >= current {
            // It is looked at early and put into its place then.
            entries[key] = Entry(deadline: deadline, tick: old.tick)
        } else {
            entries[key] = Entry(deadline: deadline, tick: due)
            slots[slot(of: due)].append(key)
        }
        earliest = min(earliest, deadline)
    }

    package mutating func cancel(_ key: Key) { entries[key] = nil }

    /// Whether ``expire(by:)`` has anything to look at: one comparison, and wrong only in saying yes.
    package func mayExpire(by now: Duration) -> Bool { now >= earliest && !entries.isEmpty }

    /// Takes out the keys that are due, the earliest first.
    package mutating func expire(by now: Duration) -> [Key] {
        let last = max(ticks(now), current)
        guard !entries.isEmpty else {
            current = last
            earliest = now
            return []
        }
        var due: [(key: Key, deadline: Duration)] = []
        // More than one turn: each slot once is enough.
        for tick in max(current, last - Int64(slots.count) + 1)...last { sweep(slot(of: tick), upTo: last, now, &due) }
        current = last
        earliest = nextLook()
        return due.sorted { $0.deadline < $1.deadline }.map(\.key)
    }

    private mutating func sweep(
        _ slot: Int, upTo last: Int64, _ now: Duration, _ due: inout [(key: Key, deadline: Duration)]
    ) {
        guard !slots[slot].isEmpty else { return }
        let keys = slots[slot]
        slots[slot] = []
        // A key that was cancelled and armed again can stand here twice.
        var kept: Set<Key> = []
        for key in keys {
            guard let entry = entries[key], self.slot(of: entry.tick) == slot else { continue }
            if entry.tick > last {
                // Of a later turn.
                if kept.insert(key).inserted { slots[slot].append(key) }
            } else if entry.deadline <= now {
                entries[key] = nil
                due.append((key, entry.deadline))
            } else if kept.insert(key).inserted {
                let tick = max(ticks(entry.deadline), last)
                entries[key] = Entry(deadline: entry.deadline, tick: tick)
                slots[self.slot(of: tick)].append(key)
            }
        }
    }

    /// When something may be due next, or a slot has to be looked at because keys have been moved out of it.
    private func nextLook() -> Duration {
        for next in current..<current + Int64(slots.count) {
            let keys = slots[slot(of: next)]
            guard !keys.isEmpty else { continue }
            let deadlines = keys.lazy.compactMap { self.entries[$0] }.filter { $0.tick == next }.map(\.deadline)
            guard let first = deadlines.min() else { continue }
            return min(first, tick * Int(next + 1))
        }
        return tick * Int(current + Int64(slots.count))
    }

    private func slot(of tick: Int64) -> Int { Int(tick % Int64(slots.count)) }

    /// Whole ticks up to that time; none before the beginning.
    private func ticks(_ time: Duration) -> Int64 { max(Int64((time / tick).rounded(.down)), 0) }
}
