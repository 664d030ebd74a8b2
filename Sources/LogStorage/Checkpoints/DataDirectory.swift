package import KafkaProtocol
import Synchronization
package import SystemPackage

/// The directory that holds the logs of a broker: locked against other processes, with the files that tell the next
/// start what the last one left. All calls block; any thread may call.
package final class DataDirectory: Sendable {
    package let path: FilePath
    package let clusterID: String
    package let nodeID: BrokerID
    package let directoryID: KafkaUUID
    /// The file system that holds it.
    package let device: UInt64
    /// Up to where each log was compacted.
    package let cleaned: CleanerCheckpoint
    /// Whether the last stop was clean. The marker is gone from disk by now.
    package let wasClean: Bool

    private let environment: LogEnvironment
    fileprivate let state: Mutex<State>

    fileprivate struct State {
        /// Holds the lock for as long as it is open.
        var lockFile: (any LogFile)?
        /// What the checkpoint files say.
        var offsets: [OffsetCheckpoint: [TopicPartition: Offset]]
        /// Of ``offsets`` those that were written.
        var durableRecoveryPoints: [TopicPartition: Offset] = [:]
        /// There was no whole file of recovery points, though the directory is not new.
        var hasLostRecoveryPoints = false
        /// The topics of the logs that have been opened.
        var topics: [TopicPartition: TopicID] = [:]
    }

    static let lockName = ".lock"
    package static let cleanShutdownName = ".kafka_cleanshutdown"
    private static let cleanShutdownContents = #"{"version":0,"brokerEpoch":-1}"#

    private init(
        _ path: FilePath, _ properties: MetaProperties, device: UInt64, wasClean: Bool, environment: LogEnvironment,
        cleaned: CleanerCheckpoint, state: State
    ) {
        self.cleaned = cleaned
        self.path = path
        clusterID = properties.clusterID
        nodeID = properties.nodeID
        directoryID = properties.directoryID
        self.device = device
        self.wasClean = wasClean
        self.environment = environment
        self.state = Mutex(state)
    }

    /// Opens the directory, which is made if it is not there, and takes its lock until ``close(clean:)`` or the end of
    /// the process.
    /// - Parameter clusterID: of the cluster that it has to belong to; random for a new directory if nil.
    package static func open(
        _ path: FilePath, environment: LogEnvironment, nodeID: BrokerID, clusterID: String? = nil
    ) throws(DataDirectoryError) -> DataDirectory {
        let fileSystem = environment.fileSystem
        let found: Result<DataDirectory, DataDirectoryError>
        do throws(FileSystemError) {
            try createWithParents(path, fileSystem)
            try makeNamesDurable(path, fileSystem)
            let lockFile = try fileSystem.open(path.appending(lockName), .create)
            guard try lockFile.lock() else { throw FileSystemError(.lock, path, .wouldBlock) }
            let device = try fileSystem.device(of: path)
            let bytes = try fileSystem.contents(of: path.appending(MetaProperties.name))
            let properties = try properties(bytes, path, nodeID, clusterID, fileSystem)
            var state = State(lockFile: lockFile, offsets: [:])
            for kind in OffsetCheckpoint.allCases { state.offsets[kind] = try checkpoint(kind, path, fileSystem) }
            state.durableRecoveryPoints = state.offsets[.recoveryPoint] ?? [:]
            state.hasLostRecoveryPoints = state.offsets[.recoveryPoint] == nil
            let cleaned = try CleanerCheckpoint(in: path, fileSystem: fileSystem)
            // A directory that is refused keeps its marker.
            let wasClean: Bool
            if case .success = properties {
                let isMarked = try takeMarker(path, fileSystem)
                let holdsLogs = try holdsLogs(path, fileSystem)
                wasClean = isMarked || (bytes == nil && !holdsLogs)
            } else {
                wasClean = false
            }
            found = properties.map { [state] in
                DataDirectory(
                    path, $0, device: device, wasClean: wasClean, environment: environment, cleaned: cleaned,
                    state: state)
            }
        } catch {
            throw error.operation == .lock && error.errno == .wouldBlock
                ? .lockedByAnotherProcess(path) : .storage(error)
        }
        return try found.get()
    }

    /// The cluster that a directory belongs to, by its `meta.properties`; nil for a directory that is new or cannot be
    /// read, of which ``open(_:environment:nodeID:clusterID:)`` says more.
    package static func clusterID(of path: FilePath, _ fileSystem: any FileSystem) -> String? {
        let bytes = try? fileSystem.contents(of: path.appending(MetaProperties.name))
        return bytes.flatMap { try? MetaProperties.decode($0) }?.clusterID
    }

    /// Whether a directory, opened or not, holds the logs of partitions.
    package static func holdsLogs(_ path: FilePath, _ fileSystem: any FileSystem) throws(FileSystemError) -> Bool {
        guard try fileSystem.isDirectory(path) else { return false }
        return try fileSystem.list(path).contains { TopicPartition(folderName: $0) != nil }
    }

    /// Whether the last stop left the clean-shutdown marker; removes it, durably, before anything changes.
    private static func takeMarker(_ path: FilePath, _ fileSystem: any FileSystem) throws(FileSystemError) -> Bool {
        let marker = path.appending(cleanShutdownName)
        guard try fileSystem.contents(of: marker) != nil else { return false }
        try fileSystem.remove(marker)
        try fileSystem.synchronizeDirectory(path)
        return true
    }

    private static func createWithParents(_ path: FilePath, _ fileSystem: any FileSystem) throws(FileSystemError) {
        guard try !fileSystem.isDirectory(path) else { return }
        let parent = path.removingLastComponent()
        if !parent.isEmpty { try createWithParents(parent, fileSystem) }
        try fileSystem.createDirectory(path)
        try fileSystem.synchronizeDirectory(parent.isEmpty ? "." : parent)
    }

    /// What an earlier start has created, and was killed before it was durable: the directory and the folders in it. Who
    /// may not read the parent has not created the directory either.
    private static func makeNamesDurable(_ path: FilePath, _ fileSystem: any FileSystem) throws(FileSystemError) {
        let parent = path.removingLastComponent()
        do throws(FileSystemError) {
            try fileSystem.synchronizeDirectory(parent.isEmpty ? "." : parent)
        } catch  where error.errno == .permissionDenied {}
        try fileSystem.synchronizeDirectory(path)
    }

    /// Reads or makes `meta.properties`.
    private static func properties(
        _ bytes: [UInt8]?, _ path: FilePath, _ nodeID: BrokerID, _ clusterID: String?, _ fileSystem: any FileSystem
    ) throws(FileSystemError) -> Result<MetaProperties, DataDirectoryError> {
        let file = path.appending(MetaProperties.name)
        guard let bytes else {
            let made = MetaProperties(
                clusterID: clusterID ?? KafkaUUID.random().description, nodeID: nodeID, directoryID: .random())
            // From now on a missing file of recovery points is one that was lost. Of logs that are here already nothing
            // is known.
            if try !holdsLogs(path, fileSystem) {
                try fileSystem.replace(
                    path.appending(OffsetCheckpoint.recoveryPoint.rawValue), with: OffsetCheckpoint.encode([:]))
            }
            try fileSystem.replace(file, with: made.encode())
            return .success(made)
        }
        do throws(MetaProperties.Problem) {
            let found = try MetaProperties.decode(bytes)
            guard found.nodeID == nodeID else {
                return .failure(.wrongNode(path, found: "\(found.nodeID)", configured: "\(nodeID)"))
            }
            if let clusterID, found.clusterID != clusterID {
                return .failure(.wrongCluster(path, found: found.clusterID, expected: clusterID))
            }
            return .success(found)
        } catch {
            if case .newerFormat(let version) = error { return .failure(.newerFormat(path, found: version)) }
            return .failure(.damagedProperties(file, reason: error.description))
        }
    }

    /// A checkpoint that is missing or damaged knows nothing: everything is verified then.
    private static func checkpoint(
        _ kind: OffsetCheckpoint, _ path: FilePath, _ fileSystem: any FileSystem
    ) throws(FileSystemError) -> [TopicPartition: Offset]? {
        try fileSystem.contents(of: path.appending(kind.rawValue)).flatMap { bytes in
            // We never write an empty one.
            bytes.isEmpty ? nil : OffsetCheckpoint.decode(bytes)
        }
    }

    // MARK: Logs

    /// Where a partition's log lives.
    package func folder(of partition: TopicPartition) -> FilePath { path.appending("\(partition)") }

    /// Opens the log of a partition as the last stop left it. A folder of another topic of that name gets its last name
    /// and a new log is made. Blocks.
    package func openLog(
        _ partition: TopicPartition, topicID: TopicID, configuration: LogConfiguration, environment: LogEnvironment,
        leaderEpochAtLeast: LeaderEpoch = 0
    ) throws(LogError) -> sending PartitionLog {
        let folder = folder(of: partition)
        let isNew: Bool
        do throws(FileSystemError) {
            isNew = try prepare(folder, of: partition, for: topicID)
        } catch { throw .storage(error) }
        let isCompacted = configuration.cleanupPolicy.contains(.compact)
        let (start, logStart) = state.withLock { state in
            (state.start(of: partition, isCompacted: isCompacted), state.offset(.logStart, of: partition))
        }
        let log = try PartitionLog.open(
            directory: folder, configuration: configuration, environment: environment,
            start: wasClean || isNew ? .clean : start, logStartOffset: logStart,
            cleanedUpTo: cleaned[partition], leaderEpochAtLeast: leaderEpochAtLeast)
        state.withLock { $0.topics[partition] = topicID }
        let isKnown = state.withLock { $0.durableRecoveryPoints[partition] != nil }
        if isCompacted && !isKnown { try writeFirstCheckpoint(of: partition, topicID, log.recoveryPoint) }
        return log
    }

    /// A compacted log is known to have no hole behind its recovery point only where that is written down. A disk without
    /// room may do without: then holes are let pass.
    private func writeFirstCheckpoint(
        of partition: TopicPartition, _ topicID: TopicID, _ recoveryPoint: Offset
    ) throws(LogError) {
        let beginning = LogCheckpoint(
            partition: partition, topicID: topicID, recoveryPoint: recoveryPoint, logStart: .zero,
            highWatermark: .zero)
        do throws(LogError) {
            try writeCheckpoints([beginning], [.recoveryPoint])
        } catch {
            guard case .storage(let cause) = error, cause.isOutOfSpace else { throw error }
        }
    }

    /// The partition's log is no more: its offsets are written down no longer, and its name is free for another.
    package func forgetLog(of partition: TopicPartition) {
        state.withLock { state in
            state.topics[partition] = nil
            _ = state.forget(partition)
        }
    }

    /// Makes the folder if there is none for that topic; true if it did.
    private func prepare(
        _ folder: FilePath, of partition: TopicPartition, for id: TopicID
    ) throws(FileSystemError) -> Bool {
        let fileSystem = environment.fileSystem
        let metadata = folder.appending(PartitionMetadata.name)
        if try fileSystem.isDirectory(folder) {
            guard let found = try fileSystem.contents(of: metadata).flatMap({ PartitionMetadata.decode($0) }) else {
                try fileSystem.replace(metadata, with: PartitionMetadata.encode(id))
                return false
            }
            if found == id { return false }
            try forget(partition)
            try fileSystem.rename(folder, to: PartitionLog.deletedFolder(folder, uuid: .random()))
        }
        try forget(partition)
        try fileSystem.createDirectory(folder)
        try fileSystem.replace(metadata, with: PartitionMetadata.encode(id))
        try fileSystem.synchronizeDirectory(path)
        return true
    }

    /// A new log must not meet the checkpoints of an old one of its name.
    private func forget(_ partition: TopicPartition) throws(FileSystemError) {
        try state.withLock { state throws(FileSystemError) in
            if state.forget(partition) { try write(OffsetCheckpoint.allCases, &state) }
        }
        try cleaned.forget(partition)
    }

    /// Whether the directory holds the log of the partition of this very topic, or one that does not say whose it is.
    package func holds(_ partition: TopicPartition, of id: TopicID) throws(LogError) -> Bool {
        if let found = try topicID(of: partition) { return found == id }
        do throws(FileSystemError) {
            return try environment.fileSystem.isDirectory(folder(of: partition))
        } catch { throw .storage(error) }
    }

    /// The topic that the folder of the partition says to belong to; nil if it says nothing or is not there.
    package func topicID(of partition: TopicPartition) throws(LogError) -> TopicID? {
        do throws(FileSystemError) {
            let path = folder(of: partition).appending(PartitionMetadata.name)
            return try environment.fileSystem.contents(of: path).flatMap { PartitionMetadata.decode($0) }
        } catch { throw .storage(error) }
    }

    /// The partitions that have a folder.
    package func partitions() throws(LogError) -> [TopicPartition] {
        try folders().compactMap { TopicPartition(folderName: $0) }
    }

    /// The folders of deleted partitions, which are still to be removed.
    package func deletedFolders() throws(LogError) -> [FilePath] {
        try folders().filter { $0.hasSuffix(Self.deletedSuffix) }.map { path.appending($0) }
    }

    /// Gives a partition's folder its last name, durably, if it belongs to one of `topics`: what a deletion does that a
    /// stop has interrupted. Returns the new name; nil for the folder of any other topic. Blocks.
    package func retireFolder(
        of partition: TopicPartition, ifIn topics: Set<TopicID>
    ) throws(LogError) -> FilePath? {
        let folder = folder(of: partition)
        guard let id = try topicID(of: partition), topics.contains(id) else { return nil }
        do throws(FileSystemError) {
            let target = PartitionLog.deletedFolder(folder, uuid: .random())
            try forget(partition)
            try environment.fileSystem.rename(folder, to: target)
            try environment.fileSystem.synchronizeDirectory(path)
            return target
        } catch { throw .storage(error) }
    }

    private static let deletedSuffix = "-delete"
    /// Ends of folder names that are no partition's: deleted ones, and Kafka's that are being moved or belong to nobody.
    static let otherEndings = [deletedSuffix, "-future", "-stray"]

    private func folders() throws(LogError) -> [String] {
        do throws(FileSystemError) {
            var names: [String] = []
            for name in try environment.fileSystem.list(path) where !name.hasPrefix(".") {
                if try environment.fileSystem.isDirectory(path.appending(name)) { names.append(name) }
            }
            return names
        } catch { throw .storage(error) }
    }

    // MARK: Checkpoints

    /// Writes down how far logs are; of those that are not named, what is known stays. Blocks.
    package func writeCheckpoints(
        _ checkpoints: [LogCheckpoint], _ kinds: [OffsetCheckpoint] = OffsetCheckpoint.allCases
    ) throws(LogError) {
        do throws(FileSystemError) {
            try state.withLock { state throws(FileSystemError) in
                for checkpoint in checkpoints where state.topics[checkpoint.partition] == checkpoint.topicID {
                    for kind in kinds { state.put(kind, checkpoint) }
                }
                try write(kinds, &state)
            }
        } catch { throw .storage(error) }
    }

    /// The recovery point as the checkpoint file has it: from there on a start after a crash reads the log again.
    package func recoveryPoint(of partition: TopicPartition) -> Offset {
        state.withLock { $0.durableRecoveryPoints[partition] ?? .zero }
    }

    /// Writes the checkpoint of a log that was put in place by hand, whatever a log of that name had before. Blocks.
    package func add(_ checkpoint: LogCheckpoint) throws(LogError) {
        state.withLock { state in
            _ = state.forget(checkpoint.partition)
            state.topics[checkpoint.partition] = checkpoint.topicID
        }
        try writeCheckpoints([checkpoint])
    }

    /// Makes log starts durable before anybody sees them; those that are higher already stay. Blocks.
    package func raiseLogStarts(_ checkpoints: [LogCheckpoint]) throws(LogError) {
        try writeCheckpoints(checkpoints, [.logStart])
    }

    private func write(_ kinds: [OffsetCheckpoint], _ state: inout State) throws(FileSystemError) {
        for kind in kinds {
            var offsets = state.offsets[kind] ?? [:]
            if kind == .logStart { offsets = offsets.filter { $0.value > 0 } }
            // Where the recovery points were lost, half of them would say that the others never were.
            if kind == .recoveryPoint, state.hasLostRecoveryPoints, try !knowsAll(offsets) { continue }
            try environment.fileSystem.replace(path.appending(kind.rawValue), with: OffsetCheckpoint.encode(offsets))
            guard kind == .recoveryPoint else { continue }
            state.durableRecoveryPoints = offsets
            state.hasLostRecoveryPoints = false
        }
    }

    /// Whether every log that is here has a recovery point.
    private func knowsAll(_ offsets: [TopicPartition: Offset]) throws(FileSystemError) -> Bool {
        try environment.fileSystem.list(path).allSatisfy { name in
            TopicPartition(folderName: name).map { offsets[$0] != nil } ?? true
        }
    }

    // MARK: Stop

    /// Writes the clean-shutdown marker, if every log was closed cleanly, and lets the lock go.
    package func close(clean: Bool) throws(LogError) {
        do throws(FileSystemError) {
            if clean {
                let marker = path.appending(Self.cleanShutdownName)
                try environment.fileSystem.replace(marker, with: Array(Self.cleanShutdownContents.utf8))
            }
            state.withLock { $0.lockFile = nil }
        } catch { throw .storage(error) }
    }

    // MARK: Space

    /// How much room the file system has.
    package func space() throws(LogError) -> FileSystemSpace {
        do { return try environment.fileSystem.space(at: path) } catch { throw .storage(error) }
    }

    /// What is kept free on its file system.
    package var diskGuard: DiskGuard { environment.diskGuards.guardian(of: device, at: path) }

    /// The path from the root, for people.
    package var absolutePath: String { environment.fileSystem.absolutePath(of: path).string }
}

extension DataDirectory.State {
    /// How a log is opened after an unclean stop.
    fileprivate func start(of partition: TopicPartition, isCompacted: Bool) -> LogStart {
        let known = offsets[.recoveryPoint]?[partition]
        return .unclean(recoveryPoint: known ?? (hasLostRecoveryPoints || isCompacted ? nil : .zero))
    }

    fileprivate func offset(_ kind: OffsetCheckpoint, of partition: TopicPartition) -> Offset {
        offsets[kind]?[partition] ?? .zero
    }

    /// Log starts only rise: a checkpoint may have been taken before the last raise.
    fileprivate mutating func put(_ kind: OffsetCheckpoint, _ checkpoint: LogCheckpoint) {
        let partition = checkpoint.partition
        offsets[kind, default: [:]][partition] =
            switch kind {
            case .recoveryPoint: checkpoint.recoveryPoint
            case .logStart: max(checkpoint.logStart, offset(.logStart, of: partition))
            case .highWatermark: checkpoint.highWatermark
            }
    }

    /// Whether there was anything to forget.
    fileprivate mutating func forget(_ partition: TopicPartition) -> Bool {
        durableRecoveryPoints[partition] = nil
        var knew = false
        for kind in OffsetCheckpoint.allCases where offsets[kind]?.removeValue(forKey: partition) != nil { knew = true }
        return knew
    }
}
