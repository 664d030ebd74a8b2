import ArgumentParser
import Broker
import CSystemCalls
import LogStorage
import Logging
import ServiceLifecycle
import SystemPackage
import UnixSignals

/// `martlet serve`
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run a broker.",
        discussion: """
            Settings come from the configuration file, then from --set, --data-dir and --listen, the later ones winning.
            One line on standard output says when the broker is ready, and where; the log goes to standard error.
            SIGTERM and SIGINT stop it: answers leave, logs are flushed and closed, and the exit code is 0.

            EXAMPLES
              martlet serve
              martlet serve --data-dir /var/lib/martlet --listen 0.0.0.0:9092 --advertise broker.example.org:9092
              martlet serve --config config/broker.properties --set num.partitions=4
              martlet serve --listen 127.0.0.1:0        (any free port; the ready line names it)

            EXIT CODES
              0 stopped as asked   1 could not start, or could not go on   2 wrong usage
            """)

    @Option(help: ArgumentHelp("A file of Kafka's own form: key=value, one a line.", valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("Where the logs are kept (log.dirs).", valueName: "dir"))
    var dataDir: String?

    @Option(help: ArgumentHelp("The address to accept clients on; port 0 takes a free one.", valueName: "host:port"))
    var listen: String?

    @Option(help: ArgumentHelp("The address that clients are told, if it is another.", valueName: "host:port"))
    var advertise: String?

    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp("A broker setting; may be repeated.", valueName: "key=value"))
    var settings: [String] = []

    @Option(help: ArgumentHelp("trace, debug, info, notice, warning, error or critical.", valueName: "level"))
    var logLevel: String = "info"

    func validate() throws {
        guard Logger.Level(rawValue: logLevel) != nil else {
            throw ValidationError(
                "--log-level \(logLevel): use trace, debug, info, notice, warning, error or critical.")
        }
        for setting in settings where !setting.contains("=") {
            throw ValidationError("--set \(setting): use --set key=value.")
        }
    }

    func run() async throws {
        var logger = Logger(label: "martlet", factory: { StreamLogHandler.standardError(label: $0) })
        logger.logLevel = Logger.Level(rawValue: logLevel) ?? .info
        // Each partition and each connection holds a file open.
        let fileLimit = martlet_raise_file_limit()
        logger.debug("limit on open files", metadata: ["files": "\(fileLimit)"])
        do {
            let configuration = try BrokerConfiguration.load(file: config.map { FilePath($0) }, overrides: overrides)
            for warning in configuration.warnings { logger.warning("\(warning)") }
            let service = BrokerService(
                configuration: configuration, environment: LogEnvironment(fileSystem: PosixFileSystem()),
                logger: logger, onReady: { Self.announce($0, directories: configuration.logDirectories) })
            // Who stops the broker before it is ready ends the process at once: what recovery has done so far is as good
            // as after any crash, and a stop need not wait for it.
            try await service.start()
            let group = ServiceGroup(
                services: [service], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
            try await group.run()
        } catch {
            logger.critical("\(error)")
            throw ExitCode(1)
        }
    }

    private var overrides: [(key: String, value: String)] {
        var overrides: [(key: String, value: String)] = settings.map { setting in
            let parts = setting.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (String(parts[0]), String(parts[1]))
        }
        if let dataDir { overrides.append(("log.dirs", dataDir)) }
        if let listen { overrides.append(("listeners", "PLAINTEXT://\(listen)")) }
        if let advertise { overrides.append(("advertised.listeners", "PLAINTEXT://\(advertise)")) }
        return overrides
    }

    /// The one line on standard output.
    private static func announce(_ ready: BrokerService.Ready, directories: [FilePath]) {
        let addresses = ready.listeners.map { "\($0.host):\($0.port)" }.joined(separator: ", ")
        let (seconds, attoseconds) = ready.duration.components
        let milliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000
        let recovered = ready.wasClean ? "" : ", recovered after an unclean stop"
        // Parsing and starting have touched most of the executable, and serving needs little of it.
        martlet_release_clean_pages()
        print(
            "Martlet is ready on \(addresses) "
                + "(data in \(directories.map(\.string).joined(separator: ", ")), \(ready.partitionCount) partitions, \(milliseconds) ms\(recovered))"
        )
        flushStandardOutput()
    }
}
