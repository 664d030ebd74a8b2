package import KafkaProtocol
package import SystemPackage

/// The seam to the disk: everything that the log asks of a file system, and nothing else.
///
/// `PosixFileSystem` is the real one, `SimulatedFileSystem` (in BrokerTesting) its twin that can lose power. Every call
/// blocks its thread. Names are durable only after ``synchronizeDirectory(_:)``, bytes only after
/// ``LogFile/synchronizeData()``.
package protocol FileSystem: AnyObject, Sendable {
    /// Opens a file.
    func open(_ path: FilePath, _ mode: FileOpenMode) throws(FileSystemError) -> any LogFile
    /// Renames a file over any other of that name, or a directory.
    func rename(_ source: FilePath, to destination: FilePath) throws(FileSystemError)
    /// Gives the file a second name.
    func link(_ source: FilePath, to destination: FilePath) throws(FileSystemError)
    /// Removes a file. Who has it open goes on reading it.
    func remove(_ path: FilePath) throws(FileSystemError)
    /// Removes an empty directory.
    func removeDirectory(_ path: FilePath) throws(FileSystemError)
    /// Creates a directory; one that is there already is no error.
    func createDirectory(_ path: FilePath) throws(FileSystemError)
    /// Makes creations, renames and removals in the directory durable.
    func synchronizeDirectory(_ path: FilePath) throws(FileSystemError)
    /// The names in a directory, sorted.
    func list(_ path: FilePath) throws(FileSystemError) -> [String]
    /// Whether there is a directory at the path.
    func isDirectory(_ path: FilePath) throws(FileSystemError) -> Bool
    /// How much room the file system that holds the path has.
    func space(at path: FilePath) throws(FileSystemError) -> FileSystemSpace
    /// The path from the root; the path itself where the system cannot tell.
    func absolutePath(of path: FilePath) -> FilePath
    /// The file system that holds the path: logs with the same number can be flushed by one ``synchronizeAll(on:)``.
    func device(of path: FilePath) throws(FileSystemError) -> UInt64
    /// Makes all bytes and names of a file system durable (Linux `syncfs`). Reports write-back errors since
    /// ``device(of:)`` was first asked for that number.
    func synchronizeAll(on device: UInt64) throws(FileSystemError)
}

/// The room of a file system, in bytes.
package struct FileSystemSpace: Hashable, Sendable {
    package var totalBytes: Int64
    /// What can still be written.
    package var usableBytes: Int64

    package init(totalBytes: Int64, usableBytes: Int64) {
        self.totalBytes = totalBytes
        self.usableBytes = usableBytes
    }
}

/// How a file is opened.
package enum FileOpenMode: Hashable, Sendable {
    case readOnly
    /// For reading and writing; the file must be there.
    case readWrite
    /// For reading and writing; made if it is not there, kept if it is.
    case create
    /// For reading and writing; made if it is not there, emptied if it is.
    case createEmpty
}

/// An open file. It closes itself when its last owner lets it go, so that a response under way outlives the deletion of
/// its segment. Positions and counts are bytes.
package protocol LogFile: AnyObject, Sendable {
    /// The path by which it was opened.
    var path: FilePath { get }
    /// For sendfile; nil where there is no such thing.
    var descriptor: CInt? { get }

    /// Reads until `buffer` is full or the file ends; returns how many bytes.
    func read(into buffer: UnsafeMutableRawBufferPointer, at position: Int) throws(FileSystemError) -> Int
    /// Writes the pieces one behind the other, in one call where the system can. After an error any part of them may
    /// have been written.
    func write(_ pieces: UnsafeBufferPointer<FilePiece>, at position: Int) throws(FileSystemError)
    /// Cuts or extends the file.
    func truncate(to size: Int) throws(FileSystemError)
    /// Reserves space for the range without changing the size.
    func allocate(_ range: Range<Int>) throws(FileSystemError)
    /// Makes the bytes and the size durable (`fdatasync`). After an error the written range is lost: never try again.
    func synchronizeData() throws(FileSystemError)
    /// The same, with all metadata (`fsync`).
    func synchronize() throws(FileSystemError)
    func size() throws(FileSystemError) -> Int
    /// When it was last written; `none` where nobody knows.
    var modificationTime: Timestamp { get }
    /// Takes the exclusive lock for as long as the file is open; false if another process holds it.
    func lock() throws(FileSystemError) -> Bool
    /// Lets the page cache forget the range, as far as it is clean, so that the next read shows what the disk has.
    func dropFromPageCache(_ range: Range<Int>) throws(FileSystemError)
    /// Whether the whole range can be read without the disk; false where nobody knows.
    func isResident(_ range: Range<Int>) -> Bool
    /// The first `count` bytes, mapped for reading. The caller has read them before, so that each page is there.
    func map(count: Int) throws(FileSystemError) -> any FileMap
}

/// Memory to be written; laid out as `struct iovec`.
@unsafe package struct FilePiece {
    package var base: UnsafeRawPointer?
    package var count: Int

    package init(_ bytes: UnsafeRawBufferPointer) {
        unsafe base = bytes.baseAddress
        unsafe count = bytes.count
    }
}

/// The bytes of a file that stand in memory, for as long as this object lives.
package protocol FileMap: AnyObject, Sendable {
    var count: Int { get }
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result
}

extension LogFile {
    package func write(_ bytes: UnsafeRawBufferPointer, at position: Int) throws(FileSystemError) {
        var piece = unsafe FilePiece(bytes)
        try unsafe withUnsafePointer(to: &piece) { pointer throws(FileSystemError) in
            unsafe try write(UnsafeBufferPointer(start: pointer, count: 1), at: position)
        }
    }

    package func write(_ bytes: [UInt8], at position: Int) throws(FileSystemError) {
        try unsafe bytes.span.bytes.withUnsafeBytes { bytes throws(FileSystemError) in
            unsafe try write(bytes, at: position)
        }
    }

    /// The bytes of the range, fewer where the file ends.
    package func read(_ range: Range<Int>) throws(FileSystemError) -> [UInt8] {
        var failure: FileSystemError?
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
            do throws(FileSystemError) {
                unsafe count = try read(into: UnsafeMutableRawBufferPointer(buffer), at: range.lowerBound)
            } catch { failure = error }
        }
        if let failure { throw failure }
        return bytes
    }

    package func readAll() throws(FileSystemError) -> [UInt8] { try read(0..<size()) }
}

extension FileSystem {
    /// The whole content of a small file; nil if there is none.
    package func contents(of path: FilePath) throws(FileSystemError) -> [UInt8]? {
        do throws(FileSystemError) {
            return try open(path, .readOnly).readAll()
        } catch {
            if error.isMissing { return nil }
            throw error
        }
    }

    /// Puts a small file in place so that after a crash there is either the old content or the new: written aside,
    /// flushed, renamed, and the directory flushed.
    package func replace(_ path: FilePath, with contents: [UInt8]) throws(FileSystemError) {
        let aside = FilePath(path.string + ".tmp")
        let file = try open(aside, .createEmpty)
        try file.write(contents, at: 0)
        try file.synchronize()
        try rename(aside, to: path)
        try synchronizeDirectory(path.removingLastComponent())
    }

    /// Removes a file; one that is not there is no error.
    package func removeIfPresent(_ path: FilePath) throws(FileSystemError) {
        do throws(FileSystemError) {
            try remove(path)
        } catch  where error.isMissing {}
    }
}
