import KafkaProtocol
import LogStorage
import Synchronization
import SystemPackage

/// An open file of the simulated disk.
final class SimulatedFile: LogFile {
    let path: FilePath
    let mode: FileOpenMode
    let node: Int
    let generation: Int
    private let fileSystem: SimulatedFileSystem
    private let holdsLock = Atomic(false)

    init(path: FilePath, mode: FileOpenMode, node: Int, generation: Int, fileSystem: SimulatedFileSystem) {
        self.path = path
        self.mode = mode
        self.node = node
        self.generation = generation
        self.fileSystem = fileSystem
    }

    deinit { if holdsLock.load(ordering: .relaxed) { fileSystem.unlock(self) } }

    var descriptor: CInt? { nil }

    func read(into buffer: UnsafeMutableRawBufferPointer, at position: Int) throws(FileSystemError) -> Int {
        let limit = buffer.count
        let bytes = try fileSystem.withNode(of: self, .read) { disk throws(FileSystemError) in
            try disk.enterRead(path)
            guard !disk.nodes[node].isDirectory else { throw FileSystemError(.read, path, .isDirectory) }
            return disk.nodes[node].bytes
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
        guard mode != .readOnly else { throw FileSystemError(.write, path, .badFileDescriptor) }
        try fileSystem.withNode(of: self, .write) { disk throws(FileSystemError) in
            try disk.write(bytes, to: node, at: position, path)
        }
    }

    func truncate(to size: Int) throws(FileSystemError) {
        guard mode != .readOnly else { throw FileSystemError(.truncate, path, .invalidArgument) }
        try fileSystem.withNode(of: self, .truncate) { disk throws(FileSystemError) in
            try disk.truncate(node, to: size, path)
        }
    }

    func allocate(_ range: Range<Int>) throws(FileSystemError) {
        guard mode != .readOnly else { throw FileSystemError(.allocate, path, .badFileDescriptor) }
        try fileSystem.withNode(of: self, .allocate) { disk throws(FileSystemError) in
            try disk.allocate(range, for: node, path)
        }
    }

    func synchronizeData() throws(FileSystemError) {
        try fileSystem.withNode(of: self, .synchronize) { disk throws(FileSystemError) in
            try disk.synchronize(node, path)
        }
    }

    func synchronize() throws(FileSystemError) { try synchronizeData() }

    func size() throws(FileSystemError) -> Int {
        try fileSystem.withNode(of: self, .size) { disk throws(FileSystemError) in disk.nodes[node].bytes.count }
    }

    var modificationTime: Timestamp {
        let found = try? fileSystem.withNode(of: self, .size) { disk throws(FileSystemError) in
            disk.nodes[node].modified
        }
        return Timestamp(found ?? -1)
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
