import ArgumentParser
import KafkaProtocol
import LogStorage
import SystemPackage

struct LogDumpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dump",
        abstract: "Print what stands in log files.",
        discussion: """
            Reads segments (.log) and what lies beside them: .index, .timeindex, .txnindex, .snapshot, checkpoints, \
            partition.metadata and meta.properties, all in Kafka's formats, by their names. The lines are those of \
            kafka-dump-log. Only reads; a running broker may go on writing. What is sound is printed, then the byte where \
            that ends, and why.

            --deep prints the records, too. Those of __cluster_metadata, __consumer_offsets, __transaction_state and \
            __share_group_state are decoded, by the name of the folder or by --as.

            Examples:
              martlet log dump data/events-0/00000000000000000000.log
              martlet log dump --deep --bytes hex data/events-0/00000000000000000000.log
              martlet log dump --deep data/__cluster_metadata-0/*.log
              martlet log dump --deep --as offsets saved/00000000000000000000.log
              martlet log dump --output json data/events-0/*

            Exit codes:
              0  every file is sound
              1  a file is damaged, cut off, or cannot be read
              2  the command line is wrong
            """)

    @Argument(help: "The files.") var files: [String]
    @Flag(name: [.long, .customLong("print-data-log")], help: "The records of segments, too, decompressed.")
    var deep = false
    @Option(name: .customLong("as"), help: "cluster-metadata, offsets, transactions, share-state or none.")
    var content: InternalLog?
    @Option(help: "How keys and values are shown: escape, hex or base64.") var bytes = BytesStyle.escape
    @Option(name: .shortAndLong, help: "text or json: one object a line.") var output = OutputStyle.text

    func run() async throws {
        var target = DumpOutput(style: output, bytes: bytes)
        let fileSystem = PosixFileSystem()
        for file in files {
            try target.begin(file)
            try dump(FilePath(file), fileSystem, to: &target)
            try target.flush()
        }
        guard target.damagedFiles == 0 else {
            throw CommandFailure(message: "\(target.damagedFiles) of \(files.count) files are not sound")
        }
    }

    /// Prints one file, with what is wrong with it.
    func dump(_ path: FilePath, _ fileSystem: any FileSystem, to output: inout DumpOutput) throws {
        let name = Self.plainName(path)
        do {
            let file = try fileSystem.open(path, .readOnly)
            let base = SegmentFile.parse(name)?.offset ?? .zero
            if name.hasSuffix(".log") || name.hasSuffix(".checkpoint") {
                try output.remark("Log starting offset: \(base)")
                let folder = path.removingLastComponent().lastComponent?.string ?? ""
                var dump = SegmentDump(content: content ?? InternalLog(folder: folder), isDeep: deep)
                try dump.run(file, to: &output)
            } else if try SmallFileDump.run(name, file.readAll(), base: base, to: &output) == nil {
                try output.problem(at: nil, "The name is not that of a file of a log.")
            }
        } catch let error as FileSystemError {
            try output.problem(at: nil, error.description)
        }
    }

    /// Without the endings that files have while they are replaced or deleted.
    private static func plainName(_ path: FilePath) -> String {
        let name = path.lastComponent?.string ?? ""
        for ending in [".deleted", ".cleaned", ".swap", ".tmp"] where name.hasSuffix(ending) {
            return String(name.dropLast(ending.count))
        }
        return name
    }
}
