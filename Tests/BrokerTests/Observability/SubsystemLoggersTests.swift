import BrokerTesting
import Coordination
import KafkaProtocol
import Logging
import Synchronization
import Testing

@testable import Broker

@Suite(.timeLimit(.minutes(5)))
struct SubsystemLoggersTests {
    /// Keeps what was logged.
    private final class Lines: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }
        func append(_ line: String) { lines.withLock { $0.append(line) } }
    }

    private struct Handler: LogHandler {
        let lines: Lines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.info
        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }
        func log(event: LogEvent) { lines.append("\(event.level) \(event.message)") }
    }

    private let lines = Lines()
    private let loggers: SubsystemLoggers

    init() {
        let lines = lines
        loggers = SubsystemLoggers(Logger(label: "test") { _ in Handler(lines: lines) })
    }

    private func set(_ name: String, _ level: String?, validateOnly: Bool = false) throws(Refusal) {
        try loggers.alter([.init(name, level == nil ? .delete : .set, level)], validateOnly: validateOnly)
    }

    private func level(_ name: String) -> String? { loggers.entries.first { $0.name == name }?.level }

    @Test func `a part's level changes for loggers that exist already, and for no other part`() throws {
        let (cleaner, network) = (loggers[.cleaner], loggers[.network])
        cleaner.debug("1")
        try set("martlet.cleaner", "DEBUG")
        cleaner.debug("2")
        network.debug("3")
        loggers.root.debug("4")
        try set("martlet.cleaner", nil)
        cleaner.debug("5")
        cleaner.info("6")
        #expect(lines.all == ["debug 2", "info 6"])
    }

    @Test func `who has no level of its own has the root's`() throws {
        try set("martlet.topics", "ERROR")
        try set("root", "trace")
        loggers[.network].trace("1")
        loggers.root.trace("2")
        loggers[.topics].warning("3")
        loggers[.topics].error("4")
        #expect(lines.all == ["trace 1", "trace 2", "error 4"])
        #expect(level("root") == "TRACE" && level("martlet.network") == "TRACE" && level("martlet.topics") == "ERROR")
    }

    @Test(arguments: [
        (ConfigurationChange("root", .delete, nil), ErrorCode.invalidRequest),
        (.init("martlet.cleaner", .append, "DEBUG"), .invalidRequest),
        (.init("martlet.cleaner", .set, "LOUD"), .invalidConfig), (.init("martlet.cleaner", .set, nil), .invalidConfig),
        (.init("nobody", .set, "DEBUG"), .invalidConfig),
    ])
    func `what makes no sense is refused, and what stands beside it is not done`(
        change: ConfigurationChange, code: ErrorCode
    ) throws {
        let refusal = try #require(throws: Refusal.self) {
            try loggers.alter([.init("martlet.disks", .set, "TRACE"), change], validateOnly: false)
        }
        #expect(refusal.code == code)
        #expect(level("martlet.disks") == "INFO")
    }

    @Test func `a question changes nothing`() throws {
        try set("martlet.disks", "TRACE", validateOnly: true)
        #expect(level("martlet.disks") == "INFO")
    }

    @Test func `levels are described and altered over the wire`() async throws {
        try await withClient { (client) async throws in
            func describe(_ id: String) async throws -> DescribeConfigsResponse.DescribeConfigsResult {
                let answer = try await client.exchange(
                    DescribeConfigsRequest.with {
                        $0.resources = [
                            .with {
                                $0.resourceType = 8
                                $0.resourceName = id
                                $0.configurationKeys = nil
                            }
                        ]
                    })
                return try #require(answer.results.first)
            }
            try await client.alter("1", type: 8, ["martlet.network": "WARN"])
            let result = try await describe("1")
            #expect(result.errorCode == .none && result.configs.count == SubsystemLoggers.Subsystem.allCases.count + 1)
            let network = try #require(result.configs.first { $0.name == "martlet.network" })
            #expect(network.value == "WARN" && network.configSource == 6 && !network.readOnly)
            for id in ["", "2"] {
                let refused = try await describe(id)
                #expect(refused.errorCode == .invalidRequest && refused.configs.isEmpty)
            }
            let all = try await client.exchange(
                AlterConfigsRequest.with { $0.resources = [.with { ($0.resourceType, $0.resourceName) = (8, "1") }] })
            #expect(all.responses.map(\.errorCode) == [.invalidRequest])
        }
    }
}
