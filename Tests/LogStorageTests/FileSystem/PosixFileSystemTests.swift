import Foundation
import KafkaProtocol
import LogStorage
import NIOCore
import SystemPackage
import Testing

/// The real disk, in a folder that goes when the test ends.
final class PosixFileSystemTests {
    private let fileSystem = PosixFileSystem()
    private let folder: FilePath

    init() throws {
        folder = FilePath(FileManager.default.temporaryDirectory.path).appending("martlet-\(UUID().uuidString)")
        try fileSystem.createDirectory(folder)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder.string) }

    @Test func `pieces are written one behind the other, also more than one call takes`() throws {
        let file = try fileSystem.open(folder.appending("a"), .create)
        let expected = (0..<9000).map { UInt8($0 % 251) }
        try unsafe expected.withUnsafeBytes { bytes in
            let pieces = unsafe (0..<3000).map { piece in
                unsafe FilePiece(UnsafeRawBufferPointer(rebasing: bytes[3 * piece..<3 * piece + 3]))
            }
            try unsafe pieces.withUnsafeBufferPointer { unsafe try file.write($0, at: 5) }
        }
        #expect(try file.readAll() == [0, 0, 0, 0, 0] + expected)
        try file.synchronizeData()
        #expect(file.isResident(0..<expected.count))
    }

    @Test func `files and names do what they say`() throws {
        let (one, two) = (folder.appending("one"), folder.appending("two"))
        #expect(throws: FileSystemError(.open, one, .noSuchFileOrDirectory)) {
            _ = try fileSystem.open(one, .readWrite)
        }
        #expect(try fileSystem.contents(of: one) == nil)
        try fileSystem.replace(one, with: [1, 2, 3, 4])
        let file = try fileSystem.open(one, .readWrite)
        try file.truncate(to: 3)
        try file.allocate(0..<100_000)
        #expect(try file.size() == 3)
        try fileSystem.rename(one, to: two)
        try fileSystem.link(two, to: one)
        #expect(try fileSystem.list(folder) == ["one", "two"])
        try fileSystem.remove(one)
        #expect(try fileSystem.contents(of: two) == [1, 2, 3])
        let map = try file.map(count: 3)
        #expect(unsafe map.withBytes { unsafe Array($0) } == [1, 2, 3])
        try fileSystem.createDirectory(folder)
        #expect(try fileSystem.isDirectory(folder) && !fileSystem.isDirectory(two))
        #expect(try fileSystem.space(at: folder).usableBytes > 0)
        try fileSystem.synchronizeAll(on: fileSystem.device(of: folder))
        try fileSystem.synchronizeDirectory(folder)
    }

    @Test func `a lock is held until its file is let go`() throws {
        let path = folder.appending("lock")
        var first: (any LogFile)? = try fileSystem.open(path, .create)
        #expect(try first?.lock() == true)
        #expect(try !fileSystem.open(path, .create).lock())
        first = nil
        #expect(try fileSystem.open(path, .create).lock())
    }

    @Test func `a log lives on the real disk as it does on the simulated one`() throws {
        var configuration = LogConfiguration()
        configuration.segmentBytes = 4000
        let environment = LogEnvironment(fileSystem: fileSystem)
        let path = folder.appending("orders-0")
        let log = try PartitionLog.open(
            directory: path, configuration: configuration, environment: environment, start: .clean)
        for mark in 0..<100 {
            try log.append(TestLog.batch(count: 3, size: 100, mark: UInt8(mark)))
            try log.flush()
        }
        let bytes = try log.bytes(from: 0)
        #expect(log.offsets.highWatermark == 300 && log.segmentCount > 5)
        let again = try PartitionLog.open(
            directory: path, configuration: configuration, environment: environment,
            start: .unclean(recoveryPoint: 0))
        #expect(again.recovery.bytesVerified == bytes.count)
        #expect(try again.bytes(from: 0) == bytes)
        try again.close()
        let third = try PartitionLog.open(
            directory: path, configuration: configuration, environment: environment, start: .clean)
        #expect(try third.bytes(from: 0) == bytes)
    }
}
