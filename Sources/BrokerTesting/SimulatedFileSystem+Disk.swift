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
        /// The end of what was reserved beyond the size.
        var allocated = 0
        /// Whether the size was changed since the last flush and may reach the disk by itself.
        var sizeIsDirty = false
        /// When it was last written, in milliseconds since 1970.
        var modified: Int64 = -1
        var entries: [String: Int] = [:]
        var durableEntries: [String: Int] = [:]
        /// Changes of names since the last flush of the directory, in order.
        var pendingNames: [NameChange] = []
    }

    /// A name that was given or taken. A rename is one change: no cut leaves both names or none.
    struct NameChange: Sendable {
        var name: String
        var node: Int?
        var removed: String?

        func apply(to entries: inout [String: Int]) {
            if let removed { entries[removed] = nil }
            entries[name] = node
        }
    }

    var nodes = [Node(isDirectory: true)]
    var random: SeededRandomNumberGenerator
    var capacity: Int
    var milliseconds: Int64 = 1_700_000_000_000
    /// Raised when the process or the machine stops: files of an earlier one are dead.
    var generation = 0
    var locks: [Int: Int] = [:]
    var callCount = 0
    var readCount = 0
    var fault: PlannedFault?
    /// The process that made the planned call is no more: nothing answers it.
    var isStopped = false
    /// What each call that changes or flushes something costs, and by whose clock.
    var delay: (clock: ManualClock, time: Duration)?
    /// The disk as it was before each call, while somebody wants to know.
    var recorded: [SimulatedDisk]?

    init(seed: UInt64, capacity: Int) {
        random = SeededRandomNumberGenerator(seed: seed)
        self.capacity = capacity
    }

    /// The same disk without the memory of its past.
    var unrecorded: SimulatedDisk {
        var copy = self
        copy.recorded = nil
        return copy
    }

    /// The bytes of all files that have a name, or two, and what is reserved for them.
    var used: Int {
        var named: Set<Int> = []
        collect(Self.root, &named)
        return named.reduce(0) { $0 + max(nodes[$1].bytes.count, nodes[$1].allocated) }
    }

    private func collect(_ node: Int, _ named: inout Set<Int>) {
        guard named.insert(node).inserted else { return }
        for child in nodes[node].entries.values { collect(child, &named) }
    }

    // MARK: Names

    static let root = 0

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
        guard let name = names.last, let node = node(names.dropLast()) else {
            throw FileSystemError(operation, path, .noSuchFileOrDirectory)
        }
        guard nodes[node].isDirectory else { throw FileSystemError(operation, path, .notDirectory) }
        return (node, name)
    }

    /// What stands at the path; throws where the way there leads through a file.
    func find(_ path: FilePath, _ operation: FileSystemError.Operation) throws(FileSystemError) -> Int? {
        let names = Self.names(path)
        if let parent = node(names.dropLast()), !nodes[parent].isDirectory {
            throw FileSystemError(operation, path, .notDirectory)
        }
        return node(names[...])
    }

    private mutating func change(_ directory: Int, _ change: NameChange) {
        change.apply(to: &nodes[directory].entries)
        nodes[directory].pendingNames.append(change)
    }

    mutating func open(_ path: FilePath, _ mode: FileOpenMode) throws(FileSystemError) -> Int {
        if let found = try find(path, .open) {
            guard !nodes[found].isDirectory || mode == .readOnly else {
                throw FileSystemError(.open, path, .isDirectory)
            }
            if mode == .createEmpty { try truncate(found, to: 0, path) }
            return found
        }
        let (directory, name) = try parent(of: path, .open)
        guard mode == .create || mode == .createEmpty else {
            throw FileSystemError(.open, path, .noSuchFileOrDirectory)
        }
        try enter(.open, path)
        nodes.append(Node(isDirectory: false))
        change(directory, NameChange(name: name, node: nodes.count - 1))
        return nodes.count - 1
    }

    mutating func createDirectory(_ path: FilePath) throws(FileSystemError) {
        if let found = try find(path, .createDirectory) {
            guard nodes[found].isDirectory else { throw FileSystemError(.createDirectory, path, .fileExists) }
            return
        }
        let (directory, name) = try parent(of: path, .createDirectory)
        try enter(.createDirectory, path)
        nodes.append(Node(isDirectory: true))
        change(directory, NameChange(name: name, node: nodes.count - 1))
    }

    mutating func rename(_ source: FilePath, to destination: FilePath) throws(FileSystemError) {
        guard let moved = try find(source, .rename) else {
            throw FileSystemError(.rename, source, .noSuchFileOrDirectory)
        }
        let (from, oldName) = try parent(of: source, .rename)
        let (to, newName) = try parent(of: destination, .rename)
        if let replaced = nodes[to].entries[newName] {
            guard nodes[replaced].isDirectory == nodes[moved].isDirectory else {
                throw FileSystemError(.rename, source, nodes[moved].isDirectory ? .notDirectory : .isDirectory)
            }
            guard nodes[replaced].entries.isEmpty || replaced == moved else {
                throw FileSystemError(.rename, source, .directoryNotEmpty)
            }
        }
        try enter(.rename, source)
        precondition(from == to, "the simulated disk renames within a directory only")
        guard nodes[to].entries[newName] != moved else { return }
        change(from, NameChange(name: newName, node: moved, removed: oldName))
    }

    mutating func link(_ source: FilePath, to destination: FilePath) throws(FileSystemError) {
        guard let linked = try find(source, .link) else { throw FileSystemError(.link, source, .noSuchFileOrDirectory) }
        let (directory, name) = try parent(of: destination, .link)
        guard nodes[directory].entries[name] == nil else { throw FileSystemError(.link, source, .fileExists) }
        guard !nodes[linked].isDirectory else { throw FileSystemError(.link, source, .notPermitted) }
        try enter(.link, source)
        change(directory, NameChange(name: name, node: linked))
    }

    mutating func remove(_ path: FilePath, isDirectory: Bool) throws(FileSystemError) {
        guard let found = try find(path, .remove) else { throw FileSystemError(.remove, path, .noSuchFileOrDirectory) }
        guard nodes[found].isDirectory == isDirectory else {
            throw FileSystemError(.remove, path, isDirectory ? .notDirectory : .isDirectory)
        }
        guard nodes[found].entries.isEmpty else { throw FileSystemError(.remove, path, .directoryNotEmpty) }
        let (directory, name) = try parent(of: path, .remove)
        try enter(.remove, path)
        change(directory, NameChange(name: name, node: nil))
    }

    mutating func synchronizeDirectory(_ path: FilePath) throws(FileSystemError) {
        guard let found = try find(path, .synchronizeDirectory) else {
            throw FileSystemError(.synchronizeDirectory, path, .noSuchFileOrDirectory)
        }
        guard nodes[found].isDirectory else { throw FileSystemError(.synchronizeDirectory, path, .notDirectory) }
        try enter(.synchronizeDirectory, path)
        flushNames(of: found)
    }

    private mutating func flushNames(of directory: Int) {
        nodes[directory].durableEntries = nodes[directory].entries
        nodes[directory].pendingNames = []
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
        let held = max(nodes[node].bytes.count, nodes[node].allocated)
        let growth = max(0, position + bytes.count - held)
        if growth > 0, capacity < .max, growth > capacity - used {
            failed = FileSystemError(.write, path, .noSpace)
            bytes = bytes.prefix(max(0, bytes.count - (growth - max(0, capacity - used))))
        }
        if !bytes.isEmpty { put(bytes, into: node, at: position) }
        if let failed { throw failed }
    }

    private mutating func put(_ bytes: ArraySlice<UInt8>, into node: Int, at position: Int) {
        let end = position + bytes.count
        nodes[node].modified = milliseconds
        if end > nodes[node].bytes.count { setSize(end, of: node) }
        Self.copy(bytes, to: &nodes[node].bytes, at: position)
        for sector in position / Self.sectorSize...(end - 1) / Self.sectorSize { nodes[node].dirty.insert(sector) }
    }

    mutating func truncate(_ node: Int, to size: Int, _ path: FilePath) throws(FileSystemError) {
        try enter(.truncate, path)
        setSize(size, of: node)
        nodes[node].allocated = size
    }

    /// What is new reads as zeros. Of a sector that was cut in two the rest is zeros on the disk, too, if it gets there.
    private mutating func setSize(_ size: Int, of node: Int) {
        let count = nodes[node].bytes.count
        guard size != count else { return }
        Self.resize(&nodes[node].bytes, to: size)
        nodes[node].sizeIsDirty = true
        let sectors = (min(size, count) / Self.sectorSize)..<Self.sectorCount(size)
        if size < count { nodes[node].dirty = nodes[node].dirty.filter { $0 < sectors.upperBound } }
        nodes[node].dirty.formUnion(sectors)
    }

    private static func sectorCount(_ size: Int) -> Int { (size + sectorSize - 1) / sectorSize }

    mutating func allocate(_ range: Range<Int>, for node: Int, _ path: FilePath) throws(FileSystemError) {
        try enter(.allocate, path)
        let growth = range.upperBound - max(nodes[node].bytes.count, nodes[node].allocated)
        if growth > 0, capacity < .max, growth > capacity - used { throw FileSystemError(.allocate, path, .noSpace) }
        nodes[node].allocated = max(nodes[node].allocated, range.upperBound)
    }

    mutating func synchronize(_ node: Int, _ path: FilePath) throws(FileSystemError) {
        do throws(FileSystemError) { try enter(.synchronize, path) } catch {
            if !isStopped { loseWritten(node) }
            throw error
        }
        flushBytes(of: node)
    }

    /// The pages count as clean now: readable, and gone at the next cut. That the file became shorter is no page's
    /// business, but the journal's, which has it still to write.
    private mutating func loseWritten(_ node: Int) {
        nodes[node].dirty = []
        nodes[node].sizeIsDirty = nodes[node].sizeIsDirty && nodes[node].bytes.count < nodes[node].durable.count
    }

    private mutating func flushBytes(of node: Int) {
        // What an earlier flush failed to write is clean and is not written now.
        var durable = nodes[node].durable
        let bytes = nodes[node].bytes
        Self.resize(&durable, to: nodes[node].sizeIsDirty || !nodes[node].dirty.isEmpty ? bytes.count : durable.count)
        for sector in nodes[node].dirty { Self.copySector(sector, from: bytes, to: &durable) }
        nodes[node].durable = durable
        nodes[node].dirty = []
        nodes[node].sizeIsDirty = false
    }

    mutating func synchronizeAll() throws(FileSystemError) {
        do throws(FileSystemError) { try enter(.synchronize, FilePath("/")) } catch {
            guard !isStopped else { throw error }
            for node in nodes.indices where !nodes[node].isDirectory { loseWritten(node) }
            throw error
        }
        for node in nodes.indices { if nodes[node].isDirectory { flushNames(of: node) } else { flushBytes(of: node) } }
    }

    /// The page cache forgets clean sectors: the next read shows what the disk has.
    mutating func dropClean(_ node: Int, _ range: Range<Int>) {
        guard !range.isEmpty else { return }
        var onDisk = nodes[node].durable
        Self.resize(&onDisk, to: nodes[node].bytes.count)
        let last = min(range.upperBound - 1, onDisk.count - 1)
        guard range.lowerBound <= last else { return }
        for sector in range.lowerBound / Self.sectorSize...last / Self.sectorSize
        where !nodes[node].dirty.contains(sector) {
            Self.copySector(sector, from: onDisk, to: &nodes[node].bytes)
        }
    }

    static func resize(_ bytes: inout [UInt8], to size: Int) {
        if size < bytes.count {
            bytes.removeLast(bytes.count - size)
        } else {
            bytes += [UInt8](repeating: 0, count: size - bytes.count)
        }
    }

    /// Copies a sector, or the part of it behind `start` or before `end`. Where the source ends the sector has zeros.
    static func copySector(
        _ sector: Int, from source: [UInt8], to target: inout [UInt8], part: Range<Int> = 0..<sectorSize
    ) {
        let start = sector * sectorSize + part.lowerBound
        let end = min(sector * sectorSize + part.upperBound, target.count)
        guard start < end else { return }
        let copied = min(end, source.count)
        if start < copied { copy(source[start..<copied], to: &target, at: start) }
        for place in max(start, copied)..<max(end, copied) { target[place] = 0 }
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
