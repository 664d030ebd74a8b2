import LogStorage
import SystemPackage

/// A generator that gives the same numbers for the same seed, on every machine (SplitMix64).
public struct SeededRandomNumberGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// The generator of this seed.
    public init(seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

/// What stands on the simulated disk, and what only seems to.
struct SimulatedDisk: Sendable {
    static let sectorSize = 512

    struct Node: Sendable {
        var isDirectory: Bool
        /// What readers see.
        var bytes: [UInt8] = []
        /// What a power cut keeps for sure.
        var durable: [UInt8] = []
        /// Sectors that were written since the last flush; a failed flush empties it and keeps nothing.
        var dirty: Set<Int> = []
        /// Whether the size was changed since the last flush and may reach the disk by itself.
        var sizeIsDirty = false
        var entries: [String: Int] = [:]
        var durableEntries: [String: Int] = [:]
        /// Changes of names since the last flush of the directory, in order.
        var pendingNames: [(name: String, node: Int?)] = []
    }

    var nodes = [Node(isDirectory: true)]
    var random: SeededRandomNumberGenerator
    var capacity: Int
    /// Raised when the process or the machine stops: files of an earlier one are dead.
    var generation = 0
    var locks: [Int: Int] = [:]
    var callCount = 0
    var failure: (countdown: Int, errno: Errno, operation: FileSystemError.Operation?)?
    /// The disk as it was before each call, while somebody wants to know.
    var recorded: [SimulatedDisk]?

    init(seed: UInt64, capacity: Int) {
        random = SeededRandomNumberGenerator(seed: seed)
        self.capacity = capacity
    }

    /// The same disk without the memory of its past.
    private var unrecorded: SimulatedDisk {
        var copy = self
        copy.recorded = nil
        return copy
    }

    /// The bytes of all files that have a name.
    var used: Int { size(of: Self.root) }

    private func size(of node: Int) -> Int {
        nodes[node].entries.values.reduce(nodes[node].bytes.count) { $0 + size(of: $1) }
    }

    // MARK: Names

    private static let root = 0

    func node(_ path: FilePath) -> Int? { node(Self.names(path)[...]) }

    /// The components as strings: a `FilePath`'s own take most of a test's time where nothing is optimised.
    private static func names(_ path: FilePath) -> [String] {
        path.string.utf8.split(separator: UInt8(ascii: "/")).map { String($0) ?? "" }.filter { $0 != "." }
    }

    private func node(_ names: ArraySlice<String>) -> Int? {
        var node = Self.root
        for name in names {
            guard let next = nodes[node].entries[name] else { return nil }
            node = next
        }
        return node
    }

    private func parent(
        of path: FilePath, _ operation: FileSystemError.Operation
    ) throws(FileSystemError) -> (node: Int, name: String) {
        let names = Self.names(path)
        guard let name = names.last, let node = node(names.dropLast()), nodes[node].isDirectory else {
            throw FileSystemError(operation, path, .noSuchFileOrDirectory)
        }
        return (node, name)
    }

    private mutating func setEntry(_ name: String, in directory: Int, to node: Int?) {
        nodes[directory].entries[name] = node
        nodes[directory].pendingNames.append((name, node))
    }

    /// Counts a call that changes or flushes something, and fails it if it is its turn.
    private mutating func enter(_ operation: FileSystemError.Operation, _ path: FilePath) throws(FileSystemError) {
        callCount += 1
        if recorded != nil {
            let now = unrecorded
            recorded?.append(now)
        }
        guard let planned = failure, planned.operation == nil || planned.operation == operation else { return }
        guard planned.countdown <= 1 else {
            failure?.countdown -= 1
            return
        }
        failure = nil
        throw FileSystemError(operation, path, planned.errno)
    }

    mutating func open(_ path: FilePath, _ mode: FileOpenMode) throws(FileSystemError) -> Int {
        if let found = node(path) {
            guard !nodes[found].isDirectory || mode == .readOnly else {
                throw FileSystemError(.open, path, .isDirectory)
            }
            if mode == .createEmpty { try truncate(found, to: 0, path) }
            return found
        }
        guard mode == .create || mode == .createEmpty else {
            throw FileSystemError(.open, path, .noSuchFileOrDirectory)
        }
        let (directory, name) = try parent(of: path, .open)
        try enter(.open, path)
        nodes.append(Node(isDirectory: false))
        setEntry(name, in: directory, to: nodes.count - 1)
        return nodes.count - 1
    }

    mutating func createDirectory(_ path: FilePath) throws(FileSystemError) {
        if let found = node(path), nodes[found].isDirectory { return }
        let (directory, name) = try parent(of: path, .createDirectory)
        try enter(.createDirectory, path)
        nodes.append(Node(isDirectory: true))
        setEntry(name, in: directory, to: nodes.count - 1)
    }

    mutating func rename(_ source: FilePath, to destination: FilePath) throws(FileSystemError) {
        guard let moved = node(source) else { throw FileSystemError(.rename, source, .noSuchFileOrDirectory) }
        let (from, oldName) = try parent(of: source, .rename)
        let (to, newName) = try parent(of: destination, .rename)
        try enter(.rename, source)
        precondition(from == to, "the simulated disk renames within a directory only")
        // One change for the disk: no cut leaves both names or none.
        nodes[from].entries[newName] = moved
        nodes[from].entries[oldName] = nil
        nodes[from].pendingNames.append((newName + "\0" + oldName, moved))
    }

    mutating func link(_ source: FilePath, to destination: FilePath) throws(FileSystemError) {
        guard let linked = node(source) else { throw FileSystemError(.link, source, .noSuchFileOrDirectory) }
        let (directory, name) = try parent(of: destination, .link)
        try enter(.link, source)
        setEntry(name, in: directory, to: linked)
    }

    mutating func remove(_ path: FilePath) throws(FileSystemError) {
        guard let found = node(path) else { throw FileSystemError(.remove, path, .noSuchFileOrDirectory) }
        guard nodes[found].entries.isEmpty else { throw FileSystemError(.remove, path, .directoryNotEmpty) }
        let (directory, name) = try parent(of: path, .remove)
        try enter(.remove, path)
        setEntry(name, in: directory, to: nil)
    }

    mutating func synchronizeDirectory(_ path: FilePath) throws(FileSystemError) {
        guard let found = node(path) else {
            throw FileSystemError(.synchronizeDirectory, path, .noSuchFileOrDirectory)
        }
        try enter(.synchronizeDirectory, path)
        nodes[found].durableEntries = nodes[found].entries
        nodes[found].pendingNames = []
    }

    // MARK: Bytes

    mutating func write(
        _ bytes: [UInt8], to node: Int, at position: Int, _ path: FilePath
    ) throws(FileSystemError) {
        var bytes = bytes[...]
        var failed: FileSystemError?
        do throws(FileSystemError) { try enter(.write, path) } catch {
            failed = error
            bytes = bytes.prefix(Int.random(in: 0...bytes.count, using: &random))
        }
        let growth = max(0, position + bytes.count - nodes[node].bytes.count)
        if growth > 0, capacity < .max, growth > capacity - used {
            failed = FileSystemError(.write, path, .noSpace)
            bytes = bytes.prefix(max(0, bytes.count - (growth - max(0, capacity - used))))
        }
        if !bytes.isEmpty { put(bytes, into: node, at: position) }
        if let failed { throw failed }
    }

    private mutating func put(_ bytes: ArraySlice<UInt8>, into node: Int, at position: Int) {
        let end = position + bytes.count
        if end > nodes[node].bytes.count {
            nodes[node].bytes += [UInt8](repeating: 0, count: end - nodes[node].bytes.count)
            nodes[node].sizeIsDirty = true
        }
        Self.copy(bytes, to: &nodes[node].bytes, at: position)
        for sector in position / Self.sectorSize...(end - 1) / Self.sectorSize { nodes[node].dirty.insert(sector) }
    }

    mutating func truncate(_ node: Int, to size: Int, _ path: FilePath) throws(FileSystemError) {
        try enter(.truncate, path)
        let count = nodes[node].bytes.count
        if size < count {
            nodes[node].bytes.removeLast(count - size)
        } else {
            nodes[node].bytes += [UInt8](repeating: 0, count: size - count)
        }
        nodes[node].sizeIsDirty = true
    }

    mutating func synchronize(_ node: Int, _ path: FilePath) throws(FileSystemError) {
        do throws(FileSystemError) { try enter(.synchronize, path) } catch {
            // The pages count as clean now: readable, and gone at the next cut.
            nodes[node].dirty = []
            nodes[node].sizeIsDirty = false
            throw error
        }
        // What an earlier flush failed to write is clean and is not written now.
        var durable = nodes[node].durable
        let bytes = nodes[node].bytes
        resize(&durable, to: nodes[node].sizeIsDirty || !nodes[node].dirty.isEmpty ? bytes.count : durable.count)
        for sector in nodes[node].dirty { copySector(sector, from: bytes, to: &durable) }
        nodes[node].durable = durable
        nodes[node].dirty = []
        nodes[node].sizeIsDirty = false
    }

    mutating func synchronizeAll() throws(FileSystemError) {
        for node in nodes.indices {
            if nodes[node].isDirectory {
                nodes[node].durableEntries = nodes[node].entries
                nodes[node].pendingNames = []
            } else {
                try synchronize(node, FilePath("/"))
            }
        }
    }

    /// The page cache forgets clean sectors: the next read shows what the disk has.
    mutating func dropClean(_ node: Int, _ range: Range<Int>) {
        guard nodes[node].dirty.isEmpty, !nodes[node].sizeIsDirty else { return }
        var bytes = nodes[node].durable
        resize(&bytes, to: nodes[node].bytes.count)
        nodes[node].bytes = bytes
    }

    private func resize(_ bytes: inout [UInt8], to size: Int) {
        if size < bytes.count {
            bytes.removeLast(bytes.count - size)
        } else {
            bytes += [UInt8](repeating: 0, count: size - bytes.count)
        }
    }

    private func copySector(_ sector: Int, from source: [UInt8], to target: inout [UInt8]) {
        let start = sector * Self.sectorSize
        let end = min(start + Self.sectorSize, source.count, target.count)
        if start < end { Self.copy(source[start..<end], to: &target, at: start) }
    }

    /// What `replaceSubrange` does, also fast where nothing is optimised: tests run thousands of disks.
    private static func copy(_ source: ArraySlice<UInt8>, to target: inout [UInt8], at position: Int) {
        unsafe source.withUnsafeBytes { source in
            unsafe target.withUnsafeMutableBytes { target in
                unsafe UnsafeMutableRawBufferPointer(rebasing: target[position..<position + source.count])
                    .copyMemory(from: source)
            }
        }
    }

    // MARK: Power

    mutating func processEnd() {
        generation += 1
        failure = nil
    }

    mutating func powerCut() {
        processEnd()
        for node in nodes.indices {
            if nodes[node].isDirectory { cutNames(node) } else { cutBytes(node) }
        }
    }

    private mutating func cutBytes(_ node: Int) {
        let written = nodes[node].bytes
        var kept = nodes[node].durable
        if nodes[node].sizeIsDirty {
            let sizes = [kept.count, written.count, Int.random(in: between(kept.count, written.count), using: &random)]
            resize(&kept, to: sizes.randomElement(using: &random) ?? kept.count)
        }
        let share = UInt64.random(in: 0...4, using: &random)
        for sector in nodes[node].dirty.sorted() where UInt64.random(in: 0..<4, using: &random) < share {
            copySector(sector, from: written, to: &kept)
        }
        nodes[node].bytes = kept
        nodes[node].durable = kept
        nodes[node].dirty = []
        nodes[node].sizeIsDirty = false
    }

    private func between(_ one: Int, _ other: Int) -> ClosedRange<Int> { min(one, other)...max(one, other) }

    private mutating func cutNames(_ node: Int) {
        let pending = nodes[node].pendingNames
        var entries = nodes[node].durableEntries
        for (name, target) in pending.prefix(Int.random(in: 0...pending.count, using: &random)) {
            let names = name.split(separator: "\0")
            entries[String(names[0])] = target
            if names.count > 1 { entries[String(names[1])] = nil }
        }
        nodes[node].entries = entries
        nodes[node].durableEntries = entries
        nodes[node].pendingNames = []
    }

    func allPaths() -> [String] {
        var paths: [String] = []
        func walk(_ node: Int, _ path: String) {
            for (name, child) in nodes[node].entries {
                if nodes[child].isDirectory { walk(child, path + "/" + name) } else { paths.append(path + "/" + name) }
            }
        }
        walk(Self.root, "")
        return paths.sorted()
    }
}
