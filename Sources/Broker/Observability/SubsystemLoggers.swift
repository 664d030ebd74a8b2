import Coordination
import KafkaProtocol
import Logging
import Synchronization

/// The loggers of the broker's parts. Their levels change while the broker runs (KIP-412) and last until it ends.
final class SubsystemLoggers: Sendable {
    enum Subsystem: String, CaseIterable, Sendable {
        case cleaner = "martlet.cleaner"
        case directories = "martlet.directories"
        case disks = "martlet.disks"
        case groups = "martlet.groups"
        case maintenance = "martlet.maintenance"
        case network = "martlet.network"
        case scrubber = "martlet.scrubber"
        case topics = "martlet.topics"
    }

    /// The level of whoever has none of its own.
    static let rootName = "root"

    /// For what belongs to no part.
    let root: Logger
    private let rootLevel: LoggerLevel
    private let levels: [Subsystem: LoggerLevel]
    private let loggers: [Subsystem: Logger]

    /// - Parameter logger: where everything is written, with the level to begin with.
    init(_ logger: Logger) {
        let rootLevel = LoggerLevel(logger.logLevel)
        let levels = Dictionary(
            uniqueKeysWithValues: Subsystem.allCases.map { ($0, LoggerLevel(inheritingFrom: rootLevel)) })
        self.rootLevel = rootLevel
        self.levels = levels
        root = logger.following(rootLevel)
        loggers = levels.mapValues { logger.following($0) }
    }

    subscript(subsystem: Subsystem) -> Logger { loggers[subsystem] ?? root }

    /// Every logger with the level in force, in Kafka's word, by name.
    var entries: [(name: String, level: String)] {
        let parts = levels.map { ($0.key.rawValue, $0.value.level.kafkaName) }
        return (parts + [(Self.rootName, rootLevel.level.kafkaName)]).sorted { $0.0 < $1.0 }
    }

    /// Carries out all changes or, with a reason, none.
    func alter(_ changes: [ConfigurationChange], validateOnly: Bool) throws(Refusal) {
        var accepted: [(LoggerLevel, Logger.Level?)] = []
        for change in changes {
            let level = try level(of: change.name)
            switch change.operation {
            case .set: accepted.append((level, try Self.parsed(change)))
            case .delete:
                guard change.name != Self.rootName else {
                    throw Refusal(.invalidRequest, "Removing the log level of the root logger is not allowed")
                }
                accepted.append((level, nil))
            case .append, .subtract:
                throw Refusal(.invalidRequest, "A log level is set or deleted, not appended to or subtracted from")
            }
        }
        guard !validateOnly else { return }
        for (level, value) in accepted { level.set(value) }
    }

    private func level(of name: String) throws(Refusal) -> LoggerLevel {
        if name == Self.rootName { return rootLevel }
        guard let level = Subsystem(rawValue: name).flatMap({ levels[$0] }) else {
            throw Refusal(.invalidConfig, "Logger \(name) does not exist!")
        }
        return level
    }

    private static func parsed(_ change: ConfigurationChange) throws(Refusal) -> Logger.Level {
        guard let level = change.value.flatMap({ Logger.Level(kafkaName: $0) }) else {
            throw Refusal(
                .invalidConfig,
                "Cannot set the log level of \(change.name) to \(change.value ?? "null") as it is not a supported log "
                    + "level. Valid log levels are FATAL, ERROR, WARN, INFO, DEBUG, TRACE")
        }
        return level
    }
}

/// A level that many loggers read and an operator changes.
private final class LoggerLevel: Sendable {
    private static let inherited = -1
    private let index: Atomic<Int>
    private let parent: LoggerLevel?

    init(_ level: Logger.Level) {
        index = Atomic(level.index)
        parent = nil
    }

    init(inheritingFrom parent: LoggerLevel) {
        index = Atomic(Self.inherited)
        self.parent = parent
    }

    var level: Logger.Level {
        let index = index.load(ordering: .relaxed)
        return index == Self.inherited ? parent?.level ?? .info : Logger.Level.allCases[index]
    }

    /// - Parameter level: nil for that of the parent.
    func set(_ level: Logger.Level?) { index.store(level?.index ?? Self.inherited, ordering: .relaxed) }
}

/// Writes where another one writes, at a level that changes.
private struct FollowingLogHandler: LogHandler {
    var base: any LogHandler
    let followed: LoggerLevel
    /// A logger whose level was set in code keeps it.
    var own: Logger.Level?

    var logLevel: Logger.Level {
        get { own ?? followed.level }
        set { own = newValue }
    }

    var metadata: Logger.Metadata {
        get { base.metadata }
        set { base.metadata = newValue }
    }

    var metadataProvider: Logger.MetadataProvider? {
        get { base.metadataProvider }
        set { base.metadataProvider = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { base[metadataKey: key] }
        set { base[metadataKey: key] = newValue }
    }

    func log(event: LogEvent) { base.log(event: event) }
}

extension Logger {
    fileprivate func following(_ level: LoggerLevel) -> Logger {
        let base = handler
        return Logger(label: label) { _ in FollowingLogHandler(base: base, followed: level) }
    }
}

extension Logger.Level {
    fileprivate var index: Int { Self.allCases.firstIndex(of: self) ?? 0 }

    fileprivate var kafkaName: String {
        switch self {
        case .trace: "TRACE"
        case .debug: "DEBUG"
        case .info, .notice: "INFO"
        case .warning: "WARN"
        case .error: "ERROR"
        case .critical: "FATAL"
        }
    }

    fileprivate init?(kafkaName: String) {
        switch kafkaName.uppercased() {
        case "TRACE": self = .trace
        case "DEBUG": self = .debug
        case "INFO": self = .info
        case "WARN": self = .warning
        case "ERROR": self = .error
        case "FATAL": self = .critical
        default: return nil
        }
    }
}
