import ArgumentParser
import LogStorage
import SystemPackage

struct LogVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Read logs from their first byte to their last and say what is damaged.",
        discussion: """
            DIR is a data directory or the folder of one partition. Every batch is checked (structure, checksum, offsets, \
            leader epochs), with --deep its records, too; indexes, transaction indexes, producer snapshots, checkpoints \
            and meta.properties are compared with the batches and with each other. Nothing is written.

            The broker may run, or may have been killed. Then what lies behind a log's recovery point is judged as recovery \
            would: a tail that is torn there is a note, no damage. Retention and compaction may take files away \
            meanwhile, which is a note, too.

            Examples:
              martlet log verify data
              martlet log verify --deep data/events-0
              martlet log verify --output json data | jq '.logs[] | select(.sound | not)'

            Exit codes:
              0  sound
              1  something is damaged, which is printed: file, byte, reason
              2  the command line is wrong, or DIR is not there
            """)

    @Argument(help: "A data directory, or one partition's folder.") var directory: String
    @Flag(help: "Decompress and walk the records, too.") var deep = false
    @Option(name: .shortAndLong, help: "How many logs at a time; without it one per core.") var jobs: Int?
    @Option(name: .shortAndLong, help: "text or json.") var output = OutputStyle.text

    func validate() throws {
        if let jobs, jobs < 1 { throw ValidationError("--jobs \(jobs): at least one.") }
    }

    func run() async throws {
        let fileSystem = PosixFileSystem()
        let verification = try DirectoryVerification(FilePath(directory), fileSystem: fileSystem, walksRecords: deep)
        let progress = TransferProgress("verified", total: verification.byteCount)
        let result = await verification.run(jobs: jobs) { progress.add($0) }
        progress.finish()
        OutputBuffer.write(output == .json ? result.json.text + "\n" : result.text)
        guard result.isSound else {
            throw CommandFailure(message: "\(directory) is damaged: \(result.damageCount) findings")
        }
    }
}
