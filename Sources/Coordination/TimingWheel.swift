/// Deadlines in the slots of a wheel (Varghese and Lauck): to arm one costs the same however many there are, and to move
/// one back, as each heartbeat does, costs no more than a write into a dictionary.
///
/// A deadline is never met early, and late by at most one tick beside what the caller is late.
package struct TimingWheel<Key: Hashable & Sendable>: Sendable {
    private struct Entry {
        var deadline: Duration
        /// The tick in whose slot the key stands; entries of other slots are leftovers.
        var tick: Int64
    }

    private let tick: Duration
    private var slots: [[Key]]
    private var entries: [Key: Entry] = [:]
    /// All ticks up to this one have been looked at.
    private var current: Int64 = 0

    /// - Parameters:
    ///   - tick: how exact deadlines are.
    ///   - slotCount: ticks that one turn of the wheel takes; longer deadlines go round several times.
    package init(tick: Duration = .milliseconds(5), slotCount: Int = 1024) {
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
        let due = max(ticks(deadline, roundedUp: true), current + 1)
        if let old = entries[key], old.tick <= due, old.tick > current {
            // It is looked at early and put into its place then.
            entries[key] = Entry(deadline: deadline, tick: old.tick)
        } else {
            entries[key] = Entry(deadline: deadline, tick: due)
            slots[slot(of: due)].append(key)
        }
    }

    package mutating func cancel(_ key: Key) { entries[key] = nil }

    /// Whether ``expire(by:)`` has anything to look at: cheap, and wrong only in saying yes.
    package func mayExpire(by now: Duration) -> Bool {
        guard !entries.isEmpty else { return false }
        let last = ticks(now, roundedUp: false)
        guard last - current < Int64(slots.count) else { return true }
        return last > current && (current + 1...last).contains { !slots[slot(of: $0)].isEmpty }
    }

    /// Takes out the keys that are due, the earliest first.
    package mutating func expire(by now: Duration) -> [Key] {
        let last = ticks(now, roundedUp: false)
        guard last > current else { return [] }
        guard !entries.isEmpty else {
            current = last
            return []
        }
        var due: [(key: Key, deadline: Duration)] = []
        // More than one turn: each slot once is enough.
        for tick in max(current + 1, last - Int64(slots.count) + 1)...last { sweep(slot(of: tick), upTo: last, &due) }
        current = last
        return due.sorted { $0.deadline < $1.deadline }.map(\.key)
    }

    private mutating func sweep(_ slot: Int, upTo last: Int64, _ due: inout [(key: Key, deadline: Duration)]) {
        guard !slots[slot].isEmpty else { return }
        let keys = slots[slot]
        slots[slot] = []
        // A key that was cancelled and armed again can stand here twice.
        var kept: Set<Key> = []
        for key in keys {
            guard let entry = entries[key], self.slot(of: entry.tick) == slot else { continue }
            let dueTick = ticks(entry.deadline, roundedUp: true)
            if entry.tick > last {
                // Of a later turn.
                if kept.insert(key).inserted { slots[slot].append(key) }
            } else if dueTick <= last {
                entries[key] = nil
                due.append((key, entry.deadline))
            } else {
                entries[key] = Entry(deadline: entry.deadline, tick: dueTick)
                slots[self.slot(of: dueTick)].append(key)
            }
        }
    }

    private func slot(of tick: Int64) -> Int { Int(tick % Int64(slots.count)) }

    private func ticks(_ time: Duration, roundedUp: Bool) -> Int64 {
        let (count, rest) = (Int64(time / tick), time - tick * Int64(time / tick))
        if roundedUp, rest > .zero { return max(count + 1, 0) }
        return max(rest < .zero ? count - 1 : count, 0)
    }
}
