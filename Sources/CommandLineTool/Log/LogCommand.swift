import ArgumentParser
import NIOCore
import SystemPackage

struct LogCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log", abstract: "Look into the files of a data directory.", subcommands: [LogDumpCommand.self])
}

struct LogDumpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dump",
        abstract: "Print what stands in log files.",
        discussion: """
            Reads segments (.log) and what lies beside them: .index, .timeindex, .txnindex, .snapshot, checkpoints and \
            partition.metadata, all in Kafka's formats. Only reads; a running broker may go on writing. Exit code 1: \
            something is damaged or cut off, which is printed where it was found.

            Examples:
              martlet log dump data/events-0/00000000000000000000.log
              martlet log dump --deep data/__cluster_metadata-0/00000000000000000000.log
              martlet log dump data/events-0/*
            """)

    @Argument(help: "The files.") var files: [String]
    @Flag(name: [.long, .customLong("print-data-log")], help: "The records of segments, too, decompressed.")
    var deep = false

    func run() async throws {
        var output = OutputBuffer()
        var damaged = 0
        for file in files {
            try output.write("\(file)\n")
            do {
                if try !Self.dump(file, deep: deep, to: &output) { damaged += 1 }
            } catch let error as CommandFailure {
                try output.write("  \(error.message)\n")
                damaged += 1
            }
            try output.flush()
        }
        guard damaged == 0 else {
            throw CommandFailure(message: "\(damaged) of \(files.count) files cannot be read to their end")
        }
    }

    /// - Returns: whether the file is sound.
    private static func dump(_ file: String, deep: Bool, to output: inout OutputBuffer) throws -> Bool {
        let path = FilePath(file)
        let base = path.stem.flatMap { Int64($0) } ?? 0
        switch path.extension {
        case "log":
            let folder = path.removingLastComponent().lastComponent?.string ?? ""
            var dump = SegmentDump(isMetadata: folder.hasPrefix("__cluster_metadata"), isDeep: deep)
            return try dump.run(try FileBytes(path), to: &output)
        case "index": return try IndexDump.offsets(try FileBytes(path).all(), base: base, to: &output)
        case "timeindex": return try IndexDump.times(try FileBytes(path).all(), base: base, to: &output)
        case "txnindex": return try IndexDump.transactions(try FileBytes(path).all(), to: &output)
        case "snapshot": return try IndexDump.producers(try FileBytes(path).all(), to: &output)
        default:
            let text = try FileBytes(path).all()
            for line in text.readableBytesView.split(separator: UInt8(ascii: "\n")) {
                try output.write("  \(String(decoding: line, as: UTF8.self))\n")
            }
            return true
        }
    }
}
