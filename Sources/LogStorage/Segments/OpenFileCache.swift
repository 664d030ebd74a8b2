import Synchronization

/// Whose file it is. Two segments have files of the same name one after the other where a cleaned one takes the place of
/// an old one: so they are not known by their names.
struct OpenFileID: Hashable, Sendable {
    var segment: Int
    var kind: SegmentFile
}

/// The open files and maps of sealed segments, least recently used first to go. What goes is closed when nobody reads it
/// any more. Its lock is a leaf: nothing else is locked, and no system call made, while it is held.
package final class OpenFileCache: Sendable {
    private let files: Mutex<RecentlyUsed<any LogFile>>
    private let maps: Mutex<RecentlyUsed<any FileMap>>

    private let segmentCount = Atomic<Int>(0)

    package init(maxOpenFiles: Int, maxMaps: Int) {
        files = Mutex(RecentlyUsed(limit: max(1, maxOpenFiles)))
        maps = Mutex(RecentlyUsed(limit: max(1, maxMaps)))
    }

    /// A number for a segment, given once.
    func newSegment() -> Int { segmentCount.add(1, ordering: .relaxed).oldValue }

    /// The open file of the id, opened if it is not; for reading only.
    func file(
        _ id: OpenFileID, open: () throws(FileSystemError) -> any LogFile
    ) throws(FileSystemError) -> any LogFile {
        if let file = files.withLock({ $0.value(id) }) { return file }
        let file = try open()
        let leaving = files.withLock { $0.insert(file, id) }
        return withExtendedLifetime(leaving) { file }
    }

    /// The map of the id, made if there is none.
    func map(_ id: OpenFileID, make: () throws(LogError) -> any FileMap) throws(LogError) -> any FileMap {
        if let map = maps.withLock({ $0.value(id) }) { return map }
        let map = try make()
        let leaving = maps.withLock { $0.insert(map, id) }
        return withExtendedLifetime(leaving) { map }
    }

    /// Forgets the id: its file was removed, renamed or rewritten.
    func forget(_ id: OpenFileID) {
        let file = files.withLock { $0.remove(id) }
        let map = maps.withLock { $0.remove(id) }
        withExtendedLifetime((file, map)) {}
    }

    /// How many files and maps are open.
    package var counts: (files: Int, maps: Int) {
        (files.withLock { $0.count }, maps.withLock { $0.count })
    }
}

/// A dictionary with a limit that forgets what was used longest ago: a doubly linked list in an array.
struct RecentlyUsed<Value: Sendable>: Sendable {
    private struct Node: Sendable {
        var id: OpenFileID
        var value: Value?
        var newer: Int
        var older: Int
    }

    private let limit: Int
    private var slots: [OpenFileID: Int] = [:]
    private var nodes: [Node] = []
    private var free: [Int] = []
    private var newest = -1
    private var oldest = -1

    init(limit: Int) { self.limit = limit }

    var count: Int { slots.count }

    mutating func value(_ id: OpenFileID) -> Value? {
        guard let slot = slots[id] else { return nil }
        unlink(slot)
        linkAsNewest(slot)
        return nodes[slot].value
    }

    /// Takes in a value; returns those that have to go, which the caller releases outside its lock.
    mutating func insert(_ value: Value, _ id: OpenFileID) -> [Value] {
        var leaving: [Value] = []
        if let old = remove(id) { leaving.append(old) }
        while slots.count >= limit, let old = remove(nodes[oldest].id) { leaving.append(old) }
        let node = Node(id: id, value: value, newer: -1, older: -1)
        let slot = free.popLast() ?? nodes.count
        if slot == nodes.count { nodes.append(node) } else { nodes[slot] = node }
        slots[id] = slot
        linkAsNewest(slot)
        return leaving
    }

    mutating func remove(_ id: OpenFileID) -> Value? {
        guard let slot = slots.removeValue(forKey: id) else { return nil }
        unlink(slot)
        free.append(slot)
        defer { nodes[slot].value = nil }
        return nodes[slot].value
    }

    private mutating func unlink(_ slot: Int) {
        let (newer, older) = (nodes[slot].newer, nodes[slot].older)
        if newer >= 0 { nodes[newer].older = older } else { newest = older }
        if older >= 0 { nodes[older].newer = newer } else { oldest = newer }
    }

    private mutating func linkAsNewest(_ slot: Int) {
        nodes[slot].newer = -1
        nodes[slot].older = newest
        if newest >= 0 { nodes[newest].newer = slot } else { oldest = slot }
        newest = slot
    }
}
