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
    /// Whether the device or its file system is to blame, and not one file: nothing else there can be relied on, either.
    /// A flush that failed is always of that kind, as nobody knows what it has lost, but for want of room. A read that
    /// failed is not: one bad sector does not take the other logs away.
    package var failsDirectory: Bool {
        switch operation {
        case .read, .map, .size, .residency, .dropFromPageCache, .space: false
        case .synchronize, .synchronizeDirectory: !isOutOfSpace
        default: Self.deviceFailures.contains(errno)
        }
    }

    private static let deviceFailures: Set<Errno> = [
        .ioError, .readOnlyFileSystem, .noSuchAddressOrDevice, .operationNotSupportedByDevice, .staleNFSFileHandle,
        .timedOut, .socketNotConnected, Errno(rawValue: 117 /* EUCLEAN: the file system is damaged */),
    ]

    /// Whether the same call may succeed a moment later: there is no room, or the process has too much open.
    package var isPassing: Bool {
        isOutOfSpace || [.tooManyOpenFiles, .tooManyOpenFilesInSystem, .noMemory].contains(errno)
    }

    package var isMissing: Bool { errno == .noSuchFileOrDirectory }
}
