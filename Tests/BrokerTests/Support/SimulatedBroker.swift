import BrokerTesting
import KafkaProtocol
import LogStorage
import Logging

@testable import Broker

/// A broker on a disk that can lose power, with a clock that a test moves.
struct SimulatedBroker {
    static let directory = "/data"

    let disk: SimulatedFileSystem
    let clock: ManualClock
    let ready: BrokerService.Ready
    private let service: BrokerService

    /// The ports that are really open, in the order of `listeners`.
    var boundPorts: [Int] { service.boundPorts }
    var bootstrap: String { "127.0.0.1:\(boundPorts[0])" }

    static func start(
        on disk: SimulatedFileSystem, through fileSystem: (any FileSystem)? = nil, clock: ManualClock = ManualClock(),
        settings: [String: String] = [:]
    ) async throws -> SimulatedBroker {
        var overrides = settings.map { (key: $0.key, value: $0.value) }
        if settings["listeners"] == nil { overrides.append(("listeners", "PLAINTEXT://127.0.0.1:0")) }
        if settings["log.dirs"] == nil { overrides.append(("log.dirs", directory)) }
        overrides.append(("num.network.threads", "1"))
        let service = BrokerService(
            configuration: try BrokerConfiguration.load(file: nil, overrides: overrides),
            environment: LogEnvironment(fileSystem: fileSystem ?? disk, clock: clock),
            logger: Logger(label: "broker", factory: { _ in SwiftLogNoOpLogHandler() }))
        return SimulatedBroker(disk: disk, clock: clock, ready: try await service.start(), service: service)
    }

    /// Its inside.
    var core: BrokerCore? { service.core }

    /// Why it would end.
    var failure: (any Error)? { service.core?.failure }

    var scrubber: Scrubber? { service.core?.scrubber }

    /// The work that the broker does every second.
    func tick() async { await service.tick() }

    func stop() async { await service.stop() }

    /// Runs `body` against a broker on `disk` that stops cleanly at the end.
    static func run<Result>(
        on disk: SimulatedFileSystem = SimulatedFileSystem(seed: 1), through fileSystem: (any FileSystem)? = nil,
        clock: ManualClock = ManualClock(), settings: [String: String] = [:],
        _ body: (_ broker: SimulatedBroker, _ client: TestClient) async throws -> Result
    ) async throws -> Result {
        let broker = try await start(on: disk, through: fileSystem, clock: clock, settings: settings)
        do {
            let client = try await TestClient.connect(to: broker.bootstrap)
            let result = try await body(broker, client)
            await client.close()
            await broker.stop()
            return result
        } catch {
            await broker.stop()
            throw error
        }
    }
}

/// Runs `body` with one connection to a broker of its own, on the real file system.
func withClient<Result>(
    settings: [String: String] = [:], _ body: (_ client: TestClient) async throws -> Result
) async throws -> Result {
    try await withBroker(settings: settings) { bootstrap in
        let client = try await TestClient.connect(to: bootstrap)
        let result = try await body(client)
        await client.close()
        return result
    }
}
