import ArgumentParser
import Broker
import LogStorage
import SystemPackage

/// `martlet backup`
struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy a data directory, while its broker runs or not.",
        discussion: """
            The copy is consistent: each log is a prefix of what it was, nothing that was acknowledged before the backup \
            began is missing, and no committed offset points behind its log. Sealed segments get a second name (a hard \
            link) where DIR is on the same file system, so that a backup takes little time and space; what still grows is \
            copied. A hard link outlives retention, deletion and mistakes, not the disk: for another disk, give a DIR \
            there, or --copy.

            'martlet restore' makes a data directory of it, 'martlet log verify DIR' checks it.

            Examples:
              martlet backup /backup/2026-11-23 --data-dir /var/lib/martlet
              martlet backup backup --copy

            Exit codes:
              0  the backup is whole and on disk
              1  it failed; DIR lacks the file martlet-backup and is refused by 'martlet restore'
              2  the command line is wrong
            """)

    @Argument(help: "The directory of the backup, which is made.") var directory: String
    @Option(help: "The data directory.") var dataDir = "data"
    @Flag(help: "Copy sealed segments, too, in the place of hard links.") var copy = false

    func run() async throws {
        let fileSystem = PosixFileSystem()
        let total = DirectoryVerification.byteCount(ofLogsIn: FilePath(dataDir), fileSystem)
        let progress = TransferProgress("saved", total: total)
        var backup = DirectoryBackup(
            of: FilePath(dataDir), to: FilePath(directory), fileSystem: fileSystem, links: !copy,
            rank: BackupOrder.rank, progress: { progress.add($0) })
        do throws(DirectoryBackup.Failure) {
            let summary = try backup.run()
            progress.finish()
            OutputBuffer.write(
                "saved \(summary.logs) logs to \(directory): \(byteText(Int64(summary.linkedBytes))) linked, "
                    + "\(byteText(Int64(summary.copiedBytes))) copied\n")
        } catch {
            progress.finish()
            throw CommandFailure(message: "\(error)")
        }
    }
}
