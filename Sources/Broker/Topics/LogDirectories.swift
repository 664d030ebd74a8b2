import Coordination
import KafkaProtocol
import LogStorage
import Logging
import Synchronization
import SystemPackage

/// The directories that this broker keeps its logs in (`log.dirs`), and which of them have failed.
///
/// A directory that fails takes its partitions with it and is not touched again before the next start; the others serve
/// on. Without the directory of the metadata, or without any, the broker ends.
final class LogDirectories: Sendable {
    /// A directory as it was configured.
    struct Entry: Sendable {
        let path: FilePath
        /// nil where it could not be opened.
        let directory: DataDirectory?
    }

    private struct State {
        /// Why a directory cannot be used, by its path.
        var failures: [FilePath: String]
        var onFailure: (@Sendable (DataDirectory) -> Void)?
    }

    /// In the order of `log.dirs`.
    let entries: [Entry]
    /// The one that holds `__cluster_metadata`: `metadata.log.dir`, which need not be one of `entries`.
    let metadata: DataDirectory
    private let logger: Logger
    private let state: Mutex<State>

    private init(_ entries: [Entry], metadata: DataDirectory, failures: [FilePath: String], logger: Logger) {
        self.entries = entries
        self.metadata = metadata
        self.logger = logger
        state = Mutex(State(failures: failures))
    }

    /// Those that can be used.
    var online: [DataDirectory] {
        let failed = state.withLock { $0.failures }
        return entries.compactMap(\.directory).filter { failed[$0.path] == nil }
    }

    func isOnline(_ directory: DataDirectory) -> Bool { state.withLock { $0.failures[directory.path] == nil } }

    /// Whether every directory was left by a clean stop.
    var wereClean: Bool { all.allSatisfy(\.wasClean) && state.withLock { $0.failures.isEmpty } }

    /// Those that were opened, with that of the metadata, each once.
    private var all: [DataDirectory] {
        let opened = entries.compactMap(\.directory)
        return opened.contains { $0 === metadata } ? opened : opened + [metadata]
    }

    /// The file systems that they lie on.
    var devices: Set<UInt64> { Set(all.map(\.device)) }
}

// MARK: - Failure

/// Why a broker cannot go on: one line for its operator.
struct LogDirectoriesLost: Error, CustomStringConvertible {
    let description: String
}

extension LogDirectories {
    /// Calls `action` with each directory that fails from now on, on the thread that has met the failure.
    func onFailure(_ action: @escaping @Sendable (DataDirectory) -> Void) { state.withLock { $0.onFailure = action } }

    /// Takes the directory offline if `error` says that it cannot be relied on; returns once its partitions are, too.
    func report(_ error: FileSystemError, in directory: DataDirectory) {
        if error.failsDirectory { fail(directory, because: error) }
    }

    /// Takes the directory offline.
    func fail(_ directory: DataDirectory, because error: FileSystemError) {
        let action = state.withLock { state -> (@Sendable (DataDirectory) -> Void)?? in
            guard state.failures.updateValue("\(error)", forKey: directory.path) == nil else { return nil }
            return .some(state.onFailure)
        }
        guard let action else { return }
        logger.error(
            "log directory offline: its partitions are not served before the next start",
            metadata: ["directory": "\(directory.path)", "reason": "\(error)"])
        action?(directory)
    }

    /// Why the broker cannot go on; nil while it can.
    var failure: LogDirectoriesLost? {
        let failed = state.withLock { $0.failures }
        if let reason = failed[metadata.path] {
            return LogDirectoriesLost(
                description: "The directory of the cluster's metadata, \(metadata.path), has failed: \(reason)")
        }
        guard entries.allSatisfy({ failed[$0.path] != nil }) else { return nil }
        let reasons = entries.map { "\($0.path): \(failed[$0.path] ?? "")" }.joined(separator: "; ")
        return LogDirectoriesLost(description: "No log directory is left: \(reasons)")
    }

    /// Writes the clean-shutdown markers of the directories for which `isClean` holds, and lets the locks go.
    func close(isClean: (DataDirectory) -> Bool) {
        for directory in all {
            do throws(LogError) {
                try directory.close(clean: isOnline(directory) && isClean(directory))
            } catch {
                logger.error("data directory not closed", metadata: ["reason": "\(error)"])
            }
        }
    }
}

// MARK: - Start

extension LogDirectories {
    /// Opens all directories. One that the disk does not give is offline from the start; any other fault ends the start,
    /// and so does the loss of the metadata's directory or of all.
    static func open(
        _ paths: [FilePath], metadata metadataPath: FilePath, environment: LogEnvironment, nodeID: BrokerID,
        logger: Logger
    ) throws -> LogDirectories {
        let fileSystem = environment.fileSystem
        let wanted = paths.contains(metadataPath) ? paths : paths + [metadataPath]
        try checkMetadata(metadataPath, among: wanted, fileSystem)
        var clusterID = wanted.lazy.compactMap { DataDirectory.clusterID(of: $0, fileSystem) }.first
        var opened: [FilePath: DataDirectory] = [:]
        var failures: [FilePath: String] = [:]
        for path in wanted {
            do throws(DataDirectoryError) {
                let directory = try DataDirectory.open(
                    path, environment: environment, nodeID: nodeID, clusterID: clusterID)
                clusterID = directory.clusterID
                opened[path] = directory
            } catch {
                guard case .storage = error, wanted.count > 1 else { throw error }
                failures[path] = "\(error)"
                logger.error(
                    "log directory offline from the start",
                    metadata: ["directory": "\(path)", "reason": "\(error)"])
            }
        }
        guard let metadata = opened[metadataPath] else {
            throw BrokerStartError(
                description: "The directory of the cluster's metadata cannot be used. \(failures[metadataPath] ?? "")")
        }
        let entries = paths.map { Entry(path: $0, directory: opened[$0]) }
        let directories = LogDirectories(entries, metadata: metadata, failures: failures, logger: logger)
        if let failure = directories.failure { throw BrokerStartError(description: "\(failure)") }
        try directories.checkDistinct()
        return directories
    }

    /// A new metadata log beside logs that another one describes would lose all topics: refused.
    private static func checkMetadata(
        _ path: FilePath, among wanted: [FilePath], _ fileSystem: any FileSystem
    ) throws(BrokerStartError) {
        let name = "\(TopicName.clusterMetadata)-0"
        // What cannot be read is told when it is opened.
        guard (try? fileSystem.isDirectory(path.appending(name))) == false else { return }
        let others = wanted.filter { $0 != path }
        if let other = others.first(where: { (try? fileSystem.isDirectory($0.appending(name))) == true }) {
            throw BrokerStartError(
                description: "The cluster's metadata lies in \(other), not in \(path). Set metadata.log.dir=\(other), "
                    + "or name that directory first in log.dirs.")
        }
        if let other = others.first(where: { (try? DataDirectory.holdsLogs($0, fileSystem)) == true }) {
            throw BrokerStartError(
                description: "\(other) holds logs, but \(path), the directory of the metadata, knows nothing of them. "
                    + "Set metadata.log.dir to the directory that has __cluster_metadata-0.")
        }
    }

    /// No partition may lie in two directories: nobody could tell which one is right.
    private func checkDistinct() throws {
        guard entries.count > 1 else { return }
        var homes: [TopicPartition: DataDirectory] = [:]
        for directory in online {
            for partition in try directory.partitions() {
                guard let other = homes.updateValue(directory, forKey: partition) else { continue }
                guard try other.topicID(of: partition) == directory.topicID(of: partition) else { continue }
                throw BrokerStartError(
                    description: "Partition \(partition) lies in two directories, \(other.path) and \(directory.path). "
                        + "Move the older of the two folders away.")
            }
        }
    }
}

// MARK: - Where a partition lies

extension LogDirectories {
    /// The directory that holds the partition of this topic, or shall: `assigned`, which the metadata names.
    ///
    /// A log is never made anew while the one that the metadata means may lie in a directory that is not there.
    func home(
        of partition: TopicPartition, topicID: TopicID, assigned: KafkaUUID
    ) throws(PartitionHomeError) -> DataDirectory {
        let online = online
        let target = online.first { $0.directoryID == assigned }
        if let target, entries.count == 1 { return target }
        for directory in online {
            do throws(LogError) {
                if try directory.holds(partition, of: topicID) { return directory }
            } catch { throw .unreadable(directory.path, "\(error)") }
        }
        if let target { return target }
        guard assigned == .zero, online.count == entries.count, let first = online.first else {
            throw .directoryMissing(assigned)
        }
        return first
    }
}

extension LogDirectories {
    /// Why no log can be made now: every directory's disk is nearly full; nil if one is not.
    var refusalOfNewLogs: Refusal? {
        let shortages = online.map(\.diskGuard.shortage)
        guard let shortage = shortages.first ?? nil, !shortages.contains(where: { $0 == nil }) else { return nil }
        return Refusal(.kafkaStorageError, shortage.message)
    }
}

/// Why nobody can say where a partition's log is.
enum PartitionHomeError: Error, Hashable, CustomStringConvertible {
    case directoryMissing(KafkaUUID)
    case unreadable(FilePath, String)

    var description: String {
        switch self {
        case .directoryMissing(let id):
            "its log is in the directory with directory.id \(id), which is not among the log directories in use"
        case .unreadable(let path, let reason): "\(path) cannot be searched for its log: \(reason)"
        }
    }
}
