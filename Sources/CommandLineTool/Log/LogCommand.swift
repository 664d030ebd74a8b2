import ArgumentParser

struct LogCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log", abstract: "Look into the files of a data directory.",
        subcommands: [LogDumpCommand.self, LogVerifyCommand.self, LogImportCommand.self])
}
