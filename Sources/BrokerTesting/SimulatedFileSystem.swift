package import LogStorage
import Synchronization
package import SystemPackage

/// A disk in memory that can lose power, run full and fail at the n-th call: the twin of the real file system.
///
/// It keeps what was written apart from what was flushed. ``powerCut()`` keeps flushed bytes and, by the seed, any part
/// of the others: single sectors of 512 bytes of what was written, some of them torn, any size between the flushed one
/// and the last, and of the changes of names in a directory that was not flushed a first part or any. After a failed
/// flush the written bytes can still be read, count as clean, and are gone at the next cut, as on Linux.
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
        disk.withLock { $0.fault = .init(countdown: count, effect: .error(failure.errno)) }
    }

    /// The `count`-th flush from now fails.
    public func failFlush(_ count: Int = 1) {
        disk.withLock { $0.fault = .init(countdown: count, effect: .error(.ioError), operation: .synchronize) }
    }

    /// The `count`-th read from now fails.
    public func failRead(_ count: Int = 1) {
        disk.withLock { $0.fault = .init(countdown: count, effect: .error(.ioError), operation: .read) }
    }

    /// In the middle of the `count`-th call from now that changes or flushes something the process stops: that call is
    /// done in part, and every call fails until ``powerCut()`` or ``processEnd()`` says how the stop went.
    public func stop(atCall count: Int) { disk.withLock { $0.fault = .init(countdown: count, effect: .stop) } }

    /// Whether a call that was to fail, or to be the last, is still to come.
    public var hasPlannedFault: Bool { disk.withLock { $0.fault != nil } }

    /// No call fails that was to fail.
    public func mend() { disk.withLock { $0.fault = nil } }

    /// Whether the process has stopped and was not started again.
    public var isStopped: Bool { disk.withLock { $0.isStopped } }

    /// From now on, each call that changes or flushes something takes `time` by `clock`.
    public func slowDown(by time: Duration, of clock: ManualClock) {
        disk.withLock { $0.delay = time > .zero ? (clock, time) : nil }
    }

    /// Turns over one bit of a file where it lies on the disk: the bit of that number, else one by the seed. Returns
    /// which; nil where the disk has no such file or no such bit.
    @discardableResult public func flipBit(_ bit: Int? = nil, inFileAt path: String) -> Int? {
        disk.withLock { disk in
            guard let node = disk.node(FilePath(path)), !disk.nodes[node].durable.isEmpty else { return nil }
            let bit = bit ?? Int.random(in: 0..<8 * disk.nodes[node].durable.count, using: &disk.random)
            guard disk.nodes[node].durable.indices.contains(bit / 8) else { return nil }
            disk.nodes[node].durable[bit / 8] ^= 1 << UInt8(bit % 8)
            disk.dropClean(node, bit / 8..<bit / 8 + 1)
            return bit
        }
    }

    /// Calls that changed or flushed something so far: the range for ``failCall(_:with:)``.
    public var callCount: Int { disk.withLock { $0.callCount } }

    /// Reads from files so far.
    public var readCount: Int { disk.withLock { $0.readCount } }

    /// How many bytes all files may hold together.
    public var capacity: Int {
        get { disk.withLock { $0.capacity } }
        set { disk.withLock { $0.capacity = newValue } }
    }

    /// The time of day that a file gets when it is written, in milliseconds since 1970.
    public var milliseconds: Int64 {
        get { disk.withLock { $0.milliseconds } }
        set { disk.withLock { $0.milliseconds = newValue } }
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
            disk.nodes[node].sizeIsDirty = false
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
        let (node, generation) = try withDisk(.open, path) { disk throws(FileSystemError) in
            (try disk.open(path, mode), disk.generation)
        }
        return SimulatedFile(path: path, mode: mode, node: node, generation: generation, fileSystem: self)
    }

    package func rename(_ source: FilePath, to destination: FilePath) throws(FileSystemError) {
        try disk.withLock { disk throws(FileSystemError) in try disk.rename(source, to: destination) }
    }

    package func link(_ source: FilePath, to destination: FilePath) throws(FileSystemError) {
        try disk.withLock { disk throws(FileSystemError) in try disk.link(source, to: destination) }
    }

    package func remove(_ path: FilePath) throws(FileSystemError) {
        try disk.withLock { disk throws(FileSystemError) in try disk.remove(path, isDirectory: false) }
    }

    package func removeDirectory(_ path: FilePath) throws(FileSystemError) {
        try disk.withLock { disk throws(FileSystemError) in try disk.remove(path, isDirectory: true) }
    }

    package func createDirectory(_ path: FilePath) throws(FileSystemError) {
        try disk.withLock { disk throws(FileSystemError) in try disk.createDirectory(path) }
    }

    package func synchronizeDirectory(_ path: FilePath) throws(FileSystemError) {
        try disk.withLock { disk throws(FileSystemError) in try disk.synchronizeDirectory(path) }
    }

    package func list(_ path: FilePath) throws(FileSystemError) -> [String] {
        try withDisk(.list, path) { disk throws(FileSystemError) in
            guard let node = try disk.find(path, .list) else {
                throw FileSystemError(.list, path, .noSuchFileOrDirectory)
            }
            guard disk.nodes[node].isDirectory else { throw FileSystemError(.list, path, .notDirectory) }
            return disk.nodes[node].entries.keys.sorted()
        }
    }

    package func isDirectory(_ path: FilePath) throws(FileSystemError) -> Bool {
        try withDisk(.list, path) { disk throws(FileSystemError) in
            try disk.find(path, .list).map { disk.nodes[$0].isDirectory } ?? false
        }
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

    private func withDisk<Result: Sendable>(
        _ operation: FileSystemError.Operation, _ path: FilePath,
        _ body: (inout SimulatedDisk) throws(FileSystemError) -> Result
    ) throws(FileSystemError) -> Result {
        try disk.withLock { disk throws(FileSystemError) in
            try disk.checkRunning(operation, path)
            return try body(&disk)
        }
    }

    func withNode<Result: Sendable>(
        of file: SimulatedFile, _ operation: FileSystemError.Operation,
        _ body: (inout SimulatedDisk) throws(FileSystemError) -> Result
    ) throws(FileSystemError) -> Result {
        try withDisk(operation, file.path) { disk throws(FileSystemError) in
            // A file that was open when the machine stopped belongs to a process that is no more.
            guard disk.generation == file.generation else { throw FileSystemError(operation, file.path, .ioError) }
            return try body(&disk)
        }
    }

    func unlock(_ file: SimulatedFile) {
        disk.withLock { disk in
            if disk.generation == file.generation { disk.locks[file.node] = nil }
        }
    }
}
