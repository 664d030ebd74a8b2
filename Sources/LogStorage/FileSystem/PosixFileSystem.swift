import CSystemCalls
import KafkaProtocol
import Synchronization
package import SystemPackage

/// The operating system's own files.
package final class PosixFileSystem: FileSystem {
    /// By device. The kernel tells each descriptor of write-back errors since it was opened: one that is opened for the
    /// flush itself would not hear of those before it.
    private let flushFiles = Mutex<[UInt64: any LogFile]>([:])

    package init() {}

    package func open(_ path: FilePath, _ mode: FileOpenMode) throws(FileSystemError) -> any LogFile {
        let how: Int =
            switch mode {
            case .readOnly: Int(MARTLET_OPEN_READ)
            case .readWrite: Int(MARTLET_OPEN_WRITE)
            case .create: Int(MARTLET_OPEN_WRITE | MARTLET_OPEN_CREATE)
            case .createEmpty: Int(MARTLET_OPEN_WRITE | MARTLET_OPEN_CREATE | MARTLET_OPEN_EMPTY)
            }
        let result = unsafe martlet_open(path.string, CInt(how))
        return PosixFile(descriptor: try check(result, .open, path), path: path)
    }

    package func rename(_ source: FilePath, to destination: FilePath) throws(FileSystemError) {
        _ = try check(unsafe martlet_rename(source.string, destination.string), .rename, source)
    }

    package func link(_ source: FilePath, to destination: FilePath) throws(FileSystemError) {
        _ = try check(unsafe martlet_link(source.string, destination.string), .link, source)
    }

    package func remove(_ path: FilePath) throws(FileSystemError) {
        _ = try check(unsafe martlet_unlink(path.string), .remove, path)
    }

    package func removeDirectory(_ path: FilePath) throws(FileSystemError) {
        _ = try check(unsafe martlet_rmdir(path.string), .remove, path)
    }

    package func createDirectory(_ path: FilePath) throws(FileSystemError) {
        let result = unsafe martlet_mkdir(path.string)
        if Errno(rawValue: -result) == .fileExists, try isDirectory(path) { return }
        _ = try check(result, .createDirectory, path)
    }

    package func synchronizeDirectory(_ path: FilePath) throws(FileSystemError) {
        _ = try check(unsafe martlet_sync_directory(path.string), .synchronizeDirectory, path)
    }

    package func list(_ path: FilePath) throws(FileSystemError) -> [String] {
        var block: UnsafeMutablePointer<CChar>?
        var length = 0
        _ = try check(unsafe martlet_list(path.string, &block, &length), .list, path)
        defer { unsafe martlet_free(block) }
        let bytes = unsafe UnsafeRawBufferPointer(start: block, count: length)
        return unsafe bytes.split(separator: 0).map { unsafe String(decoding: $0, as: UTF8.self) }.sorted()
    }

    package func isDirectory(_ path: FilePath) throws(FileSystemError) -> Bool {
        let result = unsafe martlet_is_directory(path.string)
        if Errno(rawValue: -result) == .noSuchFileOrDirectory { return false }
        return try check(result, .list, path) == 1
    }

    package func space(at path: FilePath) throws(FileSystemError) -> FileSystemSpace {
        var total: UInt64 = 0
        var usable: UInt64 = 0
        _ = try check(unsafe martlet_space(path.string, &total, &usable), .space, path)
        return FileSystemSpace(totalBytes: Int64(clamping: total), usableBytes: Int64(clamping: usable))
    }

    package func absolutePath(of path: FilePath) -> FilePath {
        guard let resolved = unsafe martlet_absolute_path(path.string) else { return path }
        defer { unsafe martlet_free(resolved) }
        return FilePath(unsafe String(cString: resolved))
    }

    package func device(of path: FilePath) throws(FileSystemError) -> UInt64 {
        var device: UInt64 = 0
        _ = try check(unsafe martlet_device(path.string, &device), .size, path)
        if flushFiles.withLock({ $0[device] == nil }) {
            let file = try open(path, .readOnly)
            flushFiles.withLock { if $0[device] == nil { $0[device] = file } }
        }
        return device
    }

    package func synchronizeAll(on device: UInt64) throws(FileSystemError) {
        guard let file = flushFiles.withLock({ $0[device] }) else {
            throw FileSystemError(.synchronize, FilePath(), .badFileDescriptor)
        }
        _ = try check(martlet_syncfs(file.descriptor ?? -1), .synchronize, file.path)
    }
}

/// Turns a negated errno into an error.
@inline(__always)
private func check<Number: FixedWidthInteger & SignedInteger>(
    _ result: Number, _ operation: FileSystemError.Operation, _ path: FilePath
) throws(FileSystemError) -> Number {
    guard result >= 0 else { throw FileSystemError(operation, path, Errno(rawValue: CInt(clamping: -result))) }
    return result
}

/// A file by its descriptor.
final class PosixFile: LogFile {
    let path: FilePath
    private let handle: CInt
    var descriptor: CInt? { handle }

    init(descriptor: CInt, path: FilePath) {
        handle = descriptor
        self.path = path
    }

    deinit { martlet_close(handle) }

    func read(into buffer: UnsafeMutableRawBufferPointer, at position: Int) throws(FileSystemError) -> Int {
        let result = unsafe martlet_pread(handle, buffer.baseAddress, buffer.count, Int64(position))
        return Int(try check(result, .read, path))
    }

    func write(_ pieces: UnsafeBufferPointer<FilePiece>, at position: Int) throws(FileSystemError) {
        guard let first = pieces.baseAddress else { return }
        let result = unsafe UnsafeRawPointer(first).withMemoryRebound(to: martlet_piece.self, capacity: pieces.count) {
            unsafe martlet_pwritev(handle, $0, pieces.count, Int64(position))
        }
        _ = try check(result, .write, path)
    }

    func truncate(to size: Int) throws(FileSystemError) {
        _ = try check(martlet_truncate(handle, Int64(size)), .truncate, path)
    }

    func allocate(_ range: Range<Int>) throws(FileSystemError) {
        _ = try check(martlet_allocate(handle, Int64(range.lowerBound), Int64(range.count)), .allocate, path)
    }

    func synchronizeData() throws(FileSystemError) {
        _ = try check(martlet_fdatasync(handle), .synchronize, path)
    }

    func synchronize() throws(FileSystemError) {
        _ = try check(martlet_fsync(handle), .synchronize, path)
    }

    func size() throws(FileSystemError) -> Int { Int(try check(martlet_size(handle), .size, path)) }

    var modificationTime: Timestamp { Timestamp(martlet_modification_milliseconds(handle)) }

    func lock() throws(FileSystemError) -> Bool {
        let result = martlet_lock(handle)
        if Errno(rawValue: -result) == .wouldBlock { return false }
        _ = try check(result, .lock, path)
        return true
    }

    func dropFromPageCache(_ range: Range<Int>) throws(FileSystemError) {
        _ = try check(
            martlet_drop_cache(handle, Int64(range.lowerBound), Int64(range.count)), .dropFromPageCache, path)
    }

    func isResident(_ range: Range<Int>) -> Bool {
        martlet_is_resident(handle, Int64(range.lowerBound), Int64(range.count)) == 1
    }

    func map(count: Int) throws(FileSystemError) -> any FileMap {
        guard count > 0 else { return unsafe PosixFileMap(address: nil, count: 0) }
        var address: UnsafeRawPointer?
        _ = try check(unsafe martlet_map(handle, count, &address), .map, path)
        return unsafe PosixFileMap(address: address, count: count)
    }
}

/// A mapped file. The one place where a disk error could come as a signal: indexes only, read once before.
@safe final class PosixFileMap: FileMap {
    nonisolated(unsafe) private let address: UnsafeRawPointer?
    let count: Int

    init(address: UnsafeRawPointer?, count: Int) {
        unsafe self.address = address
        self.count = count
    }

    deinit {
        if let address = unsafe address { unsafe martlet_unmap(address, count) }
    }

    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        unsafe body(UnsafeRawBufferPointer(start: address, count: count))
    }
}
