import DequeModule

/// A bounded dictionary: who comes when it is full takes the place of the one that was used least recently.
struct RecencyCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Entry {
        var value: Value
        /// Of the last use; a place in `uses` with another number is an earlier one.
        var use: UInt64
    }

    private let capacity: Int
    private var entries: [Key: Entry] = [:]
    /// All uses in order, those that others have followed included.
    private var uses: Deque<(key: Key, use: UInt64)> = []
    private var lastUse: UInt64 = 0

    init(capacity: Int) { self.capacity = max(1, capacity) }

    var count: Int { entries.count }

    subscript(key: Key) -> Value? { entries[key]?.value }

    var all: [(key: Key, value: Value)] { entries.map { ($0.key, $0.value.value) } }

    /// Puts a value in, as the one used last.
    /// - Returns: the one that had to go.
    mutating func put(_ value: Value, for key: Key) -> (key: Key, value: Value)? {
        let evicted = entries[key] == nil && entries.count >= capacity ? removeOldest() : nil
        lastUse += 1
        entries[key] = Entry(value: value, use: lastUse)
        uses.append((key, lastUse))
        if uses.count > 2 * capacity { uses.removeAll { entries[$0.key]?.use != $0.use } }
        return evicted
    }

    @discardableResult
    mutating func remove(_ key: Key) -> Value? { entries.removeValue(forKey: key)?.value }

    mutating func removeOldest() -> (key: Key, value: Value)? {
        while let (key, use) = uses.popFirst() {
            guard let entry = entries[key], entry.use == use else { continue }
            entries[key] = nil
            return (key, entry.value)
        }
        return nil
    }
}
