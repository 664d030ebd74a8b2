import ArgumentParser
import LogStorage
import SystemPackage

/// `martlet restore`
struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Make a data directory of a backup.",
        discussion: """
            The backup is verified first, then copied beside the target, which gets its name when everything is on disk. \
            The broker starts on it as after an unclean stop: it has the same cluster id, node id and topics.

            --link gives sealed segments a second name in the place of a copy: backup and broker then share them, and what \
            damages one damages both.

            Examples:
              martlet restore /backup/2026-11-23 --data-dir /var/lib/martlet
              martlet restore backup --data-dir data --link

            Exit codes:
              0  restored
              1  the backup is damaged or not whole, or the target is not empty; the target is as it was
              2  the command line is wrong
            """)

    @Argument(help: "The backup.") var backup: String
    @Option(help: "The data directory, which is made or is empty.") var dataDir = "data"
    @Flag(help: "Link sealed segments in the place of copying them.") var link = false

    func run() async throws {
        let fileSystem = PosixFileSystem()
        do throws(DirectoryRestore.Failure) {
            try DirectoryRestore(
                of: FilePath(backup), to: FilePath(dataDir), fileSystem: fileSystem, links: link
            ).check()
        } catch { throw CommandFailure(message: "\(error)") }
        let verification = try DirectoryVerification(FilePath(backup), fileSystem: fileSystem, walksRecords: false)
        let verified = TransferProgress("verified", total: verification.byteCount)
        let result = await verification.run { verified.add($0) }
        verified.finish()
        guard result.isSound else {
            OutputBuffer.write(result.text)
            throw CommandFailure(message: "\(backup) is damaged and was not restored")
        }
        let progress = TransferProgress("restored", total: verification.byteCount)
        var restore = DirectoryRestore(
            of: FilePath(backup), to: FilePath(dataDir), fileSystem: fileSystem, links: link,
            progress: { progress.add($0) })
        do throws(DirectoryRestore.Failure) { try restore.run() } catch {
            progress.finish()
            throw CommandFailure(message: "\(error)")
        }
        progress.finish()
        OutputBuffer.write("restored \(result.reports.count) logs to \(dataDir); 'martlet serve' recovers them\n")
    }
}
