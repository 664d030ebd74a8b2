package import Broker
import LogStorage
import Logging
import NIOPosix
import SystemPackage

/// Runs `body` against a broker of its own, in this process: a free port on 127.0.0.1, a data directory that goes with
/// it.
///
///     try await withBroker { bootstrap in
///         // bootstrap is "127.0.0.1:49152": point any Kafka client at it.
///     }
///
/// - Parameters:
///   - settings: broker settings by Kafka's names, such as `["num.partitions": "4"]`. Records of any age stay unless one
///     of `log.retention.*` is among them.
///   - body: gets the broker's address. The broker stops when it returns or throws.
public func withBroker<Result>(
    settings: [String: String] = [:], _ body: (_ bootstrap: String) async throws -> Result
) async throws -> Result {
    let directory = try TemporaryDirectory()
    let broker = try await InProcessBroker.start(directory: directory.path, settings: settings)
    do {
        let result = try await body(broker.bootstrap)
        await broker.stop()
        directory.remove()
        return result
    } catch {
        await broker.stop()
        directory.remove()
        throw error
    }
}

/// A broker in this process, for tests that stop it and start it again on the same data.
public struct InProcessBroker: Sendable {
    /// `127.0.0.1:PORT`
    public let bootstrap: String
    private let service: BrokerService
    /// What a broker does every second, such as flushes by time and the removal of deleted files.
    private let background: Task<Void, Never>

    /// Starts a broker on `directory`, which is created if it is not there.
    ///
    /// - Parameters:
    ///   - directory: where the logs are kept.
    ///   - port: 0 takes a free one.
    ///   - settings: broker settings by Kafka's names. Records of any age stay unless one of `log.retention.*` is among
    ///     them: with its default those that a test makes with old times would go when the test takes long.
    public static func start(
        directory: String, port: Int = 0, settings: [String: String] = [:]
    ) async throws -> InProcessBroker {
        let configuration = try configuration(directory: directory, port: port, settings: settings)
        let logger = Logger(label: "broker", factory: { _ in SwiftLogNoOpLogHandler() })
        let service = BrokerService(
            configuration: configuration, environment: LogEnvironment(fileSystem: PosixFileSystem()), logger: logger)
        let ready = try await service.start()
        let background = Task { _ = await service.background() }
        return InProcessBroker(
            bootstrap: "127.0.0.1:\(ready.listeners[0].port)", service: service, background: background)
    }

    /// What a broker of a test is configured to be.
    package static func configuration(
        directory: String, port: Int, settings: [String: String]
    ) throws -> BrokerConfiguration {
        var settings = settings
        let retention = ["log.retention.ms", "log.retention.minutes", "log.retention.hours"]
        if !retention.contains(where: { settings[$0] != nil }) { settings["log.retention.ms"] = "-1" }
        settings["listeners"] = "PLAINTEXT://127.0.0.1:\(port)"
        settings["log.dirs"] = directory
        return try BrokerConfiguration.load(file: nil, overrides: settings.map { (key: $0.key, value: $0.value) })
    }

    /// Stops the broker cleanly.
    public func stop() async {
        background.cancel()
        await background.value
        await service.stop()
    }
}
