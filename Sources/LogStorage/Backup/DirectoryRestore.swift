package import SystemPackage

/// Puts a backup in the place of a data directory. Blocks.
///
/// The copy is made beside the target and gets its name last: what has that name is whole.
package struct DirectoryRestore {
    package enum Failure: Error, Hashable, CustomStringConvertible {
        case noBackup(FilePath)
        case targetIsNotEmpty(FilePath)
        case storage(FileSystemError)

        package var description: String {
            switch self {
            case .noBackup(let path):
                "\(path) is no whole backup: the file \(DirectoryBackup.markName), which is written last, is missing"
            case .targetIsNotEmpty(let path): "\(path) is not empty; restore into a new directory"
            case .storage(let error): error.description
            }
        }
    }

    private let backup: FilePath
    private let target: FilePath
    private let fileSystem: any FileSystem
    private var copier: FileCopier

    /// - Parameter links: whether sealed segments are linked where that can be done. Then backup and data directory
    ///   share them: a damaged sector, or a hand that writes into them, harms both.
    package init(
        of backup: FilePath, to target: FilePath, fileSystem: any FileSystem, links: Bool,
        progress: @escaping (Int) -> Void = { _ in }
    ) {
        self.backup = backup
        self.target = target
        self.fileSystem = fileSystem
        copier = FileCopier(fileSystem: fileSystem, links: links, progress: progress)
    }

    /// Throws unless there is a whole backup and room for it.
    package func check() throws(Failure) {
        do throws(FileSystemError) {
            guard try fileSystem.contents(of: backup.appending(DirectoryBackup.markName)) != nil else {
                throw FileSystemError(.open, backup, .noSuchFileOrDirectory)
            }
        } catch {
            throw error.isMissing ? .noBackup(backup) : .storage(error)
        }
        do throws(FileSystemError) {
            guard try fileSystem.isDirectory(target), try !fileSystem.list(target).isEmpty else { return }
        } catch { throw .storage(error) }
        throw .targetIsNotEmpty(target)
    }

    package mutating func run() throws(Failure) {
        try check()
        do throws(FileSystemError) {
            let aside = FilePath(target.string + ".restoring")
            try removeTree(aside)
            try fileSystem.createDirectory(aside)
            for name in try fileSystem.list(backup) where name != DirectoryBackup.markName {
                let path = backup.appending(name)
                if try fileSystem.isDirectory(path) {
                    try restoreLog(path, to: aside.appending(name))
                } else {
                    try copier.copy(path, to: aside.appending(name))
                }
            }
            try fileSystem.synchronizeDirectory(aside)
            if try fileSystem.isDirectory(target) { try fileSystem.removeDirectory(target) }
            try fileSystem.rename(aside, to: target)
            let parent = target.removingLastComponent()
            try fileSystem.synchronizeDirectory(parent.isEmpty ? "." : parent)
        } catch { throw .storage(error) }
    }

    /// The last segment is always copied: the broker goes on writing there.
    private mutating func restoreLog(_ source: FilePath, to folder: FilePath) throws(FileSystemError) {
        try fileSystem.createDirectory(folder)
        let names = try fileSystem.list(source)
        let last = names.last { SegmentFile.parse($0)?.file == .log }
        for name in names {
            let (from, to) = (source.appending(name), folder.appending(name))
            if name != last, SegmentFile.parse(name)?.file == .log {
                try copier.transfer(from, to: to, size: fileSystem.open(from, .readOnly).size())
            } else {
                try copier.copy(from, to: to)
            }
        }
        try fileSystem.synchronizeDirectory(folder)
    }

    private func removeTree(_ path: FilePath) throws(FileSystemError) {
        guard try fileSystem.isDirectory(path) else { return }
        for name in try fileSystem.list(path) {
            let child = path.appending(name)
            if try fileSystem.isDirectory(child) { try removeTree(child) } else { try fileSystem.remove(child) }
        }
        try fileSystem.removeDirectory(path)
    }
}
