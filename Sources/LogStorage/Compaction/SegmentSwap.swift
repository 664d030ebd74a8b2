import KafkaProtocol
import SystemPackage

/// Puts a cleaned segment in the place of those that it was made of, so that a stop at any moment leaves the old ones or
/// the new one. The steps are numbered in the article CrashSafety; ``LogLoader`` completes or undoes what a stop cut off.
struct SegmentSwap {
    /// The base of the new segment and of the first old one.
    let baseOffset: Offset
    let directory: FilePath
    let fileSystem: any FileSystem

    private func path(_ kind: SegmentFile, _ suffix: SegmentFile.Suffix? = nil) -> FilePath {
        kind.path(baseOffset, in: directory, suffix)
    }

    /// The new segment is on disk under its first name. From the end of this on a stop is followed by the new segment,
    /// before by the old ones: the name of the log decides.
    /// - Parameter kinds: the files of the new segment, the log last.
    func commit(_ kinds: [SegmentFile]) throws(FileSystemError) {
        for kind in kinds { try fileSystem.rename(path(kind, .cleaned), to: path(kind, .swap)) }
        try fileSystem.synchronizeDirectory(directory)
    }

    /// Removes the old segments and gives the new one its last name. Can be repeated from its beginning.
    /// - Parameter others: the bases of the old segments behind the first.
    func complete(removing others: [Offset], names: Set<String>) throws(FileSystemError) {
        for other in others.reversed() {
            for kind in [SegmentFile.index, .timeindex, .txnindex, .snapshot, .log] {
                try fileSystem.removeIfPresent(kind.path(other, in: directory))
            }
        }
        for kind in [SegmentFile.index, .timeindex, .txnindex] {
            if names.contains(kind.name(baseOffset) + SegmentFile.Suffix.swap.rawValue) {
                try fileSystem.rename(path(kind, .swap), to: path(kind))
            } else {
                // Of the old log, or renamed before a stop: an index is made anew, and no entry is missed of transactions
                // whose records are gone.
                try fileSystem.removeIfPresent(path(kind))
            }
        }
        try fileSystem.synchronizeDirectory(directory)
        try fileSystem.rename(path(.log, .swap), to: path(.log))
        try fileSystem.synchronizeDirectory(directory)
    }
}
