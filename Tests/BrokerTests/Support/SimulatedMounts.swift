import KafkaProtocol
import LogStorage
import Synchronization
import SystemPackage

/// Several disks under one root: each path belongs to the disk that is mounted at its first component.
///
/// A disk can be made to fail as a whole: from then on every call that changes or flushes something there has that error.
final class SimulatedMounts: FileSystem {
    private let disks: [(mount: String, disk: any FileSystem)]
    private let faults = Mutex<[String: Errno]>([:])

    init(_ disks: [String: any FileSystem]) {
        self.disks = disks.sorted { $0.key < $1.key }.map { (mount: $0.key, disk: $0.value) }
    }

    /// nil mends the disk.
    func fail(_ mount: String, with errno: Errno?) { faults.withLock { $0[mount] = errno } }

    private func mounted(_ path: FilePath) -> (index: Int, mount: String, disk: any FileSystem) {
        let index = disks.firstIndex { path.string == $0.mount || path.string.hasPrefix($0.mount + "/") }
        guard let index else { preconditionFailure("nothing is mounted at \(path)") }
        return (index, disks[index].mount, disks[index].disk)
    }

    fileprivate func check(_ operation: FileSystemError.Operation, _ path: FilePath) throws(FileSystemError) {
        let mount = mounted(path).mount
        if let errno = faults.withLock({ $0[mount] }) { throw FileSystemError(operation, path, errno) }
    }

    private func disk(
        _ path: FilePath, changing operation: FileSystemError.Operation
    ) throws(FileSystemError) -> any FileSystem {
        try check(operation, path)
        return mounted(path).disk
    }

    func open(_ path: FilePath, _ mode: FileOpenMode) throws(FileSystemError) -> any LogFile {
        if mode != .readOnly { try check(.open, path) }
        return MountedFile(try mounted(path).disk.open(path, mode), self)
    }

    func rename(_ source: FilePath, to destination: FilePath) throws(FileSystemError) {
        try disk(source, changing: .rename).rename(source, to: destination)
    }

    func link(_ source: FilePath, to destination: FilePath) throws(FileSystemError) {
        try disk(source, changing: .link).link(source, to: destination)
    }

    func remove(_ path: FilePath) throws(FileSystemError) { try disk(path, changing: .remove).remove(path) }

    func removeDirectory(_ path: FilePath) throws(FileSystemError) {
        try disk(path, changing: .remove).removeDirectory(path)
    }

    func createDirectory(_ path: FilePath) throws(FileSystemError) {
        try disk(path, changing: .createDirectory).createDirectory(path)
    }

    func synchronizeDirectory(_ path: FilePath) throws(FileSystemError) {
        if path == "/" {
            for (_, disk) in disks { try disk.synchronizeDirectory(path) }
            return
        }
        try disk(path, changing: .synchronizeDirectory).synchronizeDirectory(path)
    }

    func list(_ path: FilePath) throws(FileSystemError) -> [String] { try mounted(path).disk.list(path) }

    func isDirectory(_ path: FilePath) throws(FileSystemError) -> Bool {
        path == "/" ? true : try mounted(path).disk.isDirectory(path)
    }

    func space(at path: FilePath) throws(FileSystemError) -> FileSystemSpace {
        try mounted(path).disk.space(at: path)
    }

    func absolutePath(of path: FilePath) -> FilePath { path }
    func device(of path: FilePath) throws(FileSystemError) -> UInt64 { UInt64(mounted(path).index + 1) }

    func synchronizeAll(on device: UInt64) throws(FileSystemError) {
        let (mount, disk) = disks[Int(device) - 1]
        try check(.synchronize, FilePath(mount))
        try disk.synchronizeAll(on: disk.device(of: FilePath(mount)))
    }
}

private final class MountedFile: LogFile {
    private let file: any LogFile
    private let mounts: SimulatedMounts

    init(_ file: any LogFile, _ mounts: SimulatedMounts) {
        self.file = file
        self.mounts = mounts
    }

    var path: FilePath { file.path }
    var descriptor: CInt? { file.descriptor }

    func read(into buffer: UnsafeMutableRawBufferPointer, at position: Int) throws(FileSystemError) -> Int {
        unsafe try file.read(into: buffer, at: position)
    }

    func write(_ pieces: UnsafeBufferPointer<FilePiece>, at position: Int) throws(FileSystemError) {
        try mounts.check(.write, path)
        unsafe try file.write(pieces, at: position)
    }

    func truncate(to size: Int) throws(FileSystemError) {
        try mounts.check(.truncate, path)
        try file.truncate(to: size)
    }

    func allocate(_ range: Range<Int>) throws(FileSystemError) {
        try mounts.check(.allocate, path)
        try file.allocate(range)
    }

    func synchronizeData() throws(FileSystemError) {
        try mounts.check(.synchronize, path)
        try file.synchronizeData()
    }

    func synchronize() throws(FileSystemError) {
        try mounts.check(.synchronize, path)
        try file.synchronize()
    }

    func size() throws(FileSystemError) -> Int { try file.size() }
    var modificationTime: Timestamp { file.modificationTime }
    func lock() throws(FileSystemError) -> Bool { try file.lock() }
    func dropFromPageCache(_ range: Range<Int>) throws(FileSystemError) { try file.dropFromPageCache(range) }
    func isResident(_ range: Range<Int>) -> Bool { file.isResident(range) }
    func map(count: Int) throws(FileSystemError) -> any FileMap { try file.map(count: count) }
}
