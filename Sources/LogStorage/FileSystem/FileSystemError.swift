package import SystemPackage

/// A system call on a file that failed.
package struct FileSystemError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was tried.
    package enum Operation: String, Sendable {
        case open, read, write, truncate, allocate, synchronize, size, rename, remove, createDirectory
        case synchronizeDirectory, list, lock, link, map, space, dropFromPageCache, residency
    }

    package let operation: Operation
    package let path: FilePath
    /// The system's reason.
    package let errno: Errno

    package init(_ operation: Operation, _ path: FilePath, _ errno: Errno) {
        self.operation = operation
        self.path = path
        self.errno = errno
    }

    package var description: String { "\(operation.rawValue) \(path): \(errno)" }

    /// Whether the disk or the quota is full: nothing is broken, and nothing more can be written for now.
    package var isOutOfSpace: Bool { errno == .noSpace || errno == .diskQuotaExceeded }
    package var isMissing: Bool { errno == .noSuchFileOrDirectory }
}
