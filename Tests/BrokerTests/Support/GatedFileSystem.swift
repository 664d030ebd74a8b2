import BrokerTesting
import Foundation
import KafkaProtocol
import LogStorage
import Synchronization
import SystemPackage

/// A simulated disk whose flushes of chosen files, and writes if a test wants, wait until the test lets them go.
final class GatedFileSystem: FileSystem {
    private let disk: SimulatedFileSystem
    let gate = Gate()

    /// Where flushes wait.
    final class Gate: Sendable {
        private let condition = NSCondition()
        private let state = Mutex((closedFor: String?.none, includesWrites: false, waiting: 0))

        /// From now on flushes of files whose path begins so wait, and writes too if they are included.
        func close(for prefix: String, includingWrites: Bool = false) {
            state.withLock { ($0.closedFor, $0.includesWrites) = (prefix, includingWrites) }
        }

        /// How many calls wait at the gate.
        var waitingCount: Int { state.withLock { $0.waiting } }

        func open() {
            condition.lock()
            state.withLock { $0.closedFor = nil }
            condition.broadcast()
            condition.unlock()
        }

        /// Returns once a flush waits at the gate.
        func someoneWaits() async {
            while state.withLock({ $0.waiting }) == 0 { await Task.yield() }
        }

        fileprivate func pass(_ path: FilePath, isWrite: Bool = false) {
            condition.lock()
            defer { condition.unlock() }
            func isClosed() -> Bool {
                let (prefix, includesWrites) = state.withLock { ($0.closedFor, $0.includesWrites) }
                return (includesWrites || !isWrite) && prefix.map { path.string.hasPrefix($0) } ?? false
            }
            guard isClosed() else { return }
            state.withLock { $0.waiting += 1 }
            while isClosed() { condition.wait() }
            state.withLock { $0.waiting -= 1 }
        }
    }

    init(_ disk: SimulatedFileSystem) { self.disk = disk }

    func open(_ path: FilePath, _ mode: FileOpenMode) throws(FileSystemError) -> any LogFile {
        GatedFile(try disk.open(path, mode), gate)
    }

    func rename(_ source: FilePath, to destination: FilePath) throws(FileSystemError) {
        try disk.rename(source, to: destination)
    }

    func link(_ source: FilePath, to destination: FilePath) throws(FileSystemError) {
        try disk.link(source, to: destination)
    }

    func remove(_ path: FilePath) throws(FileSystemError) { try disk.remove(path) }
    func removeDirectory(_ path: FilePath) throws(FileSystemError) { try disk.removeDirectory(path) }
    func createDirectory(_ path: FilePath) throws(FileSystemError) { try disk.createDirectory(path) }
    func synchronizeDirectory(_ path: FilePath) throws(FileSystemError) { try disk.synchronizeDirectory(path) }
    func list(_ path: FilePath) throws(FileSystemError) -> [String] { try disk.list(path) }
    func isDirectory(_ path: FilePath) throws(FileSystemError) -> Bool { try disk.isDirectory(path) }
    func space(at path: FilePath) throws(FileSystemError) -> FileSystemSpace { try disk.space(at: path) }
    func absolutePath(of path: FilePath) -> FilePath { disk.absolutePath(of: path) }
    func device(of path: FilePath) throws(FileSystemError) -> UInt64 { try disk.device(of: path) }
    func synchronizeAll(on device: UInt64) throws(FileSystemError) { try disk.synchronizeAll(on: device) }
}

private final class GatedFile: LogFile {
    private let file: any LogFile
    private let gate: GatedFileSystem.Gate

    init(_ file: any LogFile, _ gate: GatedFileSystem.Gate) {
        self.file = file
        self.gate = gate
    }

    var path: FilePath { file.path }
    var descriptor: CInt? { file.descriptor }

    func read(into buffer: UnsafeMutableRawBufferPointer, at position: Int) throws(FileSystemError) -> Int {
        unsafe try file.read(into: buffer, at: position)
    }

    func write(_ pieces: UnsafeBufferPointer<FilePiece>, at position: Int) throws(FileSystemError) {
        gate.pass(path, isWrite: true)
        unsafe try file.write(pieces, at: position)
    }

    func truncate(to size: Int) throws(FileSystemError) { try file.truncate(to: size) }
    func allocate(_ range: Range<Int>) throws(FileSystemError) { try file.allocate(range) }

    func synchronizeData() throws(FileSystemError) {
        gate.pass(path)
        try file.synchronizeData()
    }

    func synchronize() throws(FileSystemError) { try file.synchronize() }
    func size() throws(FileSystemError) -> Int { try file.size() }
    var modificationTime: Timestamp { file.modificationTime }
    func lock() throws(FileSystemError) -> Bool { try file.lock() }
    func dropFromPageCache(_ range: Range<Int>) throws(FileSystemError) { try file.dropFromPageCache(range) }
    func isResident(_ range: Range<Int>) -> Bool { file.isResident(range) }
    func map(count: Int) throws(FileSystemError) -> any FileMap { try file.map(count: count) }
}
