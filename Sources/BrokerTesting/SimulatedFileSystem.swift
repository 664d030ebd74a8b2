package import LogStorage
import Synchronization
package import SystemPackage

/// A disk in memory that can lose power, run full and fail at the n-th call: the twin of the real file system.
///
/// It keeps what was written apart from what was flushed. ``powerCut()`` keeps flushed bytes and, by the seed, any part
/// of the others: single sectors of 512 bytes of what was written, any size between the flushed one and the last, and of
/// the names in a directory that was not flushed any first part of the changes. After a failed flush the written bytes
/// can still be read, count as clean, and are gone at the next cut, as on Linux.
public final class SimulatedFileSystem: Sendable {
    private let disk: Mutex<SimulatedDisk>

    /// - Parameters:
    ///   - seed: decides everything that is left to chance.
    ///   - capacity: how many bytes all files may hold together.
    public init(seed: UInt64, capacity: Int = .max) { disk = Mutex(SimulatedDisk(seed: seed, capacity: capacity)) }

    /// What may be made to fail.
    public enum Failure: Hashable, Sendable {
        case outOfSpace
        case inputOutput

        fileprivate var errno: Errno { self == .outOfSpace ? .noSpace : .ioError }
    }

    /// The machine stops and starts again: files that are open are dead, and only what the disk kept is there.
    public func powerCut() { disk.withLock { $0.powerCut() } }

    /// The process ends and starts again: files that are open are dead, locks are free, and all that was written is there.
    public func processEnd() { disk.withLock { $0.processEnd() } }

    /// The `count`-th call from now that changes or flushes something fails, and is done in part.
    public func failCall(_ count: Int, with failure: Failure) {
        disk.withLock { $0.failure = (count, failure.errno, nil) }
    }

    /// The `count`-th flush from now fails.
    public func failFlush(_ count: Int = 1) {
        disk.withLock { $0.failure = (count, .ioError, .synchronize) }
    }

    /// Calls that changed or flushed something so far: the range for ``failCall(_:with:)``.
    public var callCount: Int { disk.withLock { $0.callCount } }

    /// How many bytes all files may hold together.
    public var capacity: Int {
        get { disk.withLock { $0.capacity } }
        set { disk.withLock { $0.capacity = newValue } }
    }

    /// The bytes of a file as a reader would see them now; nil if there is none.
    public func contents(ofFileAt path: String) -> [UInt8]? {
        disk.withLock { disk in
            guard let node = disk.node(FilePath(path)), !disk.nodes[node].isDirectory else { return nil }
            return disk.nodes[node].bytes
        }
    }

    /// Puts bytes on the disk, durably, as something else than the log might: damage, or a file of another version.
    public func overwrite(fileAt path: String, with bytes: [UInt8]) {
        disk.withLock { disk in
            guard let node = disk.node(FilePath(path)) else { return }
            disk.nodes[node].bytes = bytes
            disk.nodes[node].durable = bytes
            disk.nodes[node].dirty = []
        }
    }

    /// The paths of all files, sorted.
    public var paths: [String] { disk.withLock { $0.allPaths() } }

    /// A copy of the disk as it is, with chance begun anew from `seed`.
    public func copy(seed: UInt64) -> SimulatedFileSystem { Self.copy(of: disk.withLock { $0 }, seed: seed) }

    private static func copy(of state: SimulatedDisk, seed: UInt64) -> SimulatedFileSystem {
        let copy = SimulatedFileSystem(seed: seed)
        copy.disk.withLock { other in
            let random = other.random
            other = state
            other.random = random
            other.recorded = nil
            other.generation += 1
        }
        return copy
    }

    /// From now on, keeps the disk as it was before each call that changes or flushes something.
    public func record() { disk.withLock { $0.recorded = [] } }

    /// How many calls have been recorded.
    public var recordedCount: Int { disk.withLock { $0.recorded?.count ?? 0 } }

    /// The disk as it was before the recorded call of that number, from 0: what a stop at that moment leaves.
    public func copy(beforeRecordedCall index: Int, seed: UInt64) -> SimulatedFileSystem? {
        let state = disk.withLock { disk -> SimulatedDisk? in
            guard let recorded = disk.recorded, recorded.indices.contains(index) else { return nil }
            return recorded[index]
        }
        return state.map { Self.copy(of: $0, seed: seed) }
    }
}

extension SimulatedFileSystem: FileSystem {
    package func open(_ path: FilePath, _ mode: FileOpenMode) throws(FileSystemError) -> any LogFile {
        let (node, generation) = try disk.withLock { disk throws(FileSystemError) in
            (try disk.open(path, mode), disk.generation)
        }
        return SimulatedFile(path: path, node: node, generation: generation, fileSystem: self)
    }

    package func rename(_ source: FilePath, to destination: FilePath) throws(FileSystemError) {
        try disk.withLock { disk throws(FileSystemError) in try disk.rename(source, to: destination) }
    }

    package func link(_ source: FilePath, to destination: FilePath) throws(FileSystemError) {
        try disk.withLock { disk throws(FileSystemError) in try disk.link(source, to: destination) }
    }

    package func remove(_ path: FilePath) throws(FileSystemError) {
        try disk.withLock { disk throws(FileSystemError) in try disk.remove(path) }
    }

    package func removeDirectory(_ path: FilePath) throws(FileSystemError) {
        try disk.withLock { disk throws(FileSystemError) in try disk.remove(path) }
    }

    package func createDirectory(_ path: FilePath) throws(FileSystemError) {
        try disk.withLock { disk throws(FileSystemError) in try disk.createDirectory(path) }
    }

    package func synchronizeDirectory(_ path: FilePath) throws(FileSystemError) {
        try disk.withLock { disk throws(FileSystemError) in try disk.synchronizeDirectory(path) }
    }

    package func list(_ path: FilePath) throws(FileSystemError) -> [String] {
        try disk.withLock { disk throws(FileSystemError) in
            guard let node = disk.node(path) else { throw FileSystemError(.list, path, .noSuchFileOrDirectory) }
            return disk.nodes[node].entries.keys.sorted()
        }
    }

    package func isDirectory(_ path: FilePath) throws(FileSystemError) -> Bool {
        disk.withLock { disk in disk.node(path).map { disk.nodes[$0].isDirectory } ?? false }
    }

    package func space(at path: FilePath) throws(FileSystemError) -> FileSystemSpace {
        disk.withLock { disk in
            FileSystemSpace(
                totalBytes: Int64(clamping: disk.capacity), usableBytes: Int64(clamping: disk.capacity - disk.used))
        }
    }

    package func absolutePath(of path: FilePath) -> FilePath { path }

    package func device(of path: FilePath) throws(FileSystemError) -> UInt64 { 1 }

    package func synchronizeAll(on device: UInt64) throws(FileSystemError) {
        try disk.withLock { disk throws(FileSystemError) in try disk.synchronizeAll() }
    }

    fileprivate func withNode<Result: Sendable>(
        of file: SimulatedFile, _ operation: FileSystemError.Operation,
        _ body: (inout SimulatedDisk) throws(FileSystemError) -> Result
    ) throws(FileSystemError) -> Result {
        try disk.withLock { disk throws(FileSystemError) in
            // A file that was open when the machine stopped belongs to a process that is no more.
            guard disk.generation == file.generation else { throw FileSystemError(operation, file.path, .ioError) }
            return try body(&disk)
        }
    }

    fileprivate func unlock(_ file: SimulatedFile) {
        disk.withLock { disk in
            if disk.generation == file.generation { disk.locks[file.node] = nil }
        }
    }
}

/// An open file of the simulated disk.
final class SimulatedFile: LogFile {
    let path: FilePath
    let node: Int
    let generation: Int
    private let fileSystem: SimulatedFileSystem
    private let holdsLock = Atomic(false)

    init(path: FilePath, node: Int, generation: Int, fileSystem: SimulatedFileSystem) {
        self.path = path
        self.node = node
        self.generation = generation
        self.fileSystem = fileSystem
    }

    deinit { if holdsLock.load(ordering: .relaxed) { fileSystem.unlock(self) } }

    var descriptor: CInt? { nil }

    func read(into buffer: UnsafeMutableRawBufferPointer, at position: Int) throws(FileSystemError) -> Int {
        let limit = buffer.count
        let bytes = try fileSystem.withNode(of: self, .read) { disk throws(FileSystemError) in
            disk.nodes[node].bytes
        }
        let count = max(0, min(bytes.count - position, limit))
        guard count > 0 else { return 0 }
        unsafe bytes.withUnsafeBytes { bytes in
            unsafe buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[position..<position + count]))
        }
        return count
    }

    func write(_ pieces: UnsafeBufferPointer<FilePiece>, at position: Int) throws(FileSystemError) {
        var bytes: [UInt8] = []
        for index in 0..<pieces.count {
            let piece = unsafe pieces[index]
            unsafe bytes.append(contentsOf: UnsafeRawBufferPointer(start: piece.base, count: piece.count))
        }
        try fileSystem.withNode(of: self, .write) { disk throws(FileSystemError) in
            try disk.write(bytes, to: node, at: position, path)
        }
    }

    func truncate(to size: Int) throws(FileSystemError) {
        try fileSystem.withNode(of: self, .truncate) { disk throws(FileSystemError) in
            try disk.truncate(node, to: size, path)
        }
    }

    func allocate(_ range: Range<Int>) throws(FileSystemError) {}

    func synchronizeData() throws(FileSystemError) {
        try fileSystem.withNode(of: self, .synchronize) { disk throws(FileSystemError) in
            try disk.synchronize(node, path)
        }
    }

    func synchronize() throws(FileSystemError) { try synchronizeData() }

    func size() throws(FileSystemError) -> Int {
        try fileSystem.withNode(of: self, .size) { disk throws(FileSystemError) in disk.nodes[node].bytes.count }
    }

    func lock() throws(FileSystemError) -> Bool {
        let isTaken = try fileSystem.withNode(of: self, .lock) { disk throws(FileSystemError) in
            guard disk.locks[node] != disk.generation else { return false }
            disk.locks[node] = disk.generation
            return true
        }
        if isTaken { holdsLock.store(true, ordering: .relaxed) }
        return isTaken
    }

    func dropFromPageCache(_ range: Range<Int>) throws(FileSystemError) {
        try fileSystem.withNode(of: self, .dropFromPageCache) { disk throws(FileSystemError) in
            disk.dropClean(node, range)
        }
    }

    func isResident(_ range: Range<Int>) -> Bool { true }

    func map(count: Int) throws(FileSystemError) -> any FileMap { SimulatedFileMap(bytes: try read(0..<count)) }
}

/// A copy in the place of a map.
private final class SimulatedFileMap: FileMap {
    private let bytes: [UInt8]
    var count: Int { bytes.count }
    init(bytes: [UInt8]) { self.bytes = bytes }

    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        unsafe bytes.withUnsafeBytes { unsafe body($0) }
    }
}
