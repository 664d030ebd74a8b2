import Coordination
import KafkaProtocol
import LogStorage
import Logging
import Synchronization
import SystemPackage

/// What the metadata says that a topic is.
struct TopicDefinition: Hashable, Sendable {
    var name: String
    var id: TopicID
    var partitionCount: Int
    /// By partition: the directory that the metadata names; zero where it names none.
    var directories: [KafkaUUID]
    /// The settings in force, defaults included.
    var configuration: LogConfiguration
    var minInSyncReplicas: Int

    /// What the metadata says of a topic; nil if there is none of that name.
    init?(_ name: String, in image: ClusterMetadataImage, _ resolver: ConfigurationResolver) {
        guard let topic = image.topic(named: name) else { return nil }
        let values = image.configuration(of: .topic(name))
        self.name = name
        id = topic.id
        partitionCount = topic.partitions.count
        directories = topic.partitions.map { $0.directories.first ?? .zero }
        configuration =
            topic.isInternal ? resolver.internalLogConfiguration(values) : resolver.logConfiguration(values)
        // Whatever somebody has set: age alone takes nothing from a coordinator.
        if topic.isInternal { configuration.cleanupPolicy = [.compact] }
        minInSyncReplicas = resolver.minimumInSyncReplicas(values)
    }
}

/// Brings the logs on disk and the topics that are served into line with the metadata.
///
/// Every step can be repeated: after a crash the same definitions lead to the same folders. Called by one thread at a
/// time, which may wait for the disk.
struct TopicHost: Sendable {
    let table: TopicTable
    let environment: LogEnvironment
    let directories: LogDirectories
    let flushQueues: FlushQueues
    let graveyard: Graveyard
    let logger: Logger

    /// Serves `definition`: creates what is missing, puts changed settings into force.
    ///
    /// A log that cannot be opened leaves its partition offline; the others are served.
    func host(_ definition: TopicDefinition, opened: [TopicPartition: Partition] = [:]) {
        if let old = table[definition.name], old.id != definition.id { drop(old.name) }
        let old = table[definition.name]
        var partitions: [Partition?] = []
        for number in 0..<definition.partitionCount {
            let index = PartitionIndex(Int32(number))
            if let old, number < old.partitions.count {
                old.partitions[number]?.apply(definition.configuration)
                partitions.append(old.partitions[number])
            } else {
                let key = TopicPartition(topic: definition.name, partition: index)
                partitions.append(opened[key] ?? open(index, of: definition))
            }
        }
        table.put(
            HostedTopic(
                name: definition.name, id: definition.id, partitions: partitions,
                configuration: definition.configuration, minInSyncReplicas: definition.minInSyncReplicas,
                isInternal: TopicName.isInternal(definition.name)))
    }

    /// Opens one partition's log, creating its folder where there is none; nil if that fails.
    func open(_ index: PartitionIndex, of definition: TopicDefinition) -> Partition? {
        let key = TopicPartition(topic: definition.name, partition: index)
        do {
            let directory = try directories.home(
                of: key, topicID: definition.id, assigned: definition.directories[Int(index.rawValue)])
            return try open(key, of: definition, in: directory)
        } catch {
            logger.error("partition offline", metadata: ["partition": "\(key)", "reason": "\(error)"])
            return nil
        }
    }

    private func open(
        _ key: TopicPartition, of definition: TopicDefinition, in directory: DataDirectory
    ) throws(LogError) -> Partition {
        do throws(LogError) {
            let log = try directory.openLog(
                key, topicID: definition.id, configuration: definition.configuration, environment: environment)
            report(log.recovery, of: key)
            return Partition(
                key, topicID: definition.id, log: log, in: directory, of: directories,
                flushQueue: flushQueues[directory.device])
        } catch {
            if case .storage(let error) = error { directories.report(error, in: directory) }
            throw error
        }
    }

    private func report(_ recovery: RecoveryReport, of key: TopicPartition) {
        guard recovery.wasUnclean, recovery.bytesCut > 0 || recovery.segmentsDropped > 0 else { return }
        logger.warning(
            "log recovered",
            metadata: [
                "partition": "\(key)", "bytes cut": "\(recovery.bytesCut)",
                "segments dropped": "\(recovery.segmentsDropped)",
                "reason": "\(recovery.cut.map { "\($0.reason)" } ?? "torn tail")",
            ])
    }

    /// Serves the topic no more: who waits is told, and its folders get their last names. What a failed directory keeps
    /// of it goes at the start that finds the directory again.
    func drop(_ name: String) {
        guard let topic = table.remove(name) else { return }
        for partition in topic.partitions.compactMap(\.self) {
            do throws(LogError) {
                partition.directory.forgetLog(of: partition.topicPartition)
                graveyard.bury([try partition.delete()], for: topic.configuration.fileDeleteDelay)
            } catch {
                logger.error("deletion failed", metadata: ["topic": "\(name)", "reason": "\(error)"])
            }
        }
    }

    /// Serves nothing of a directory that has failed.
    func takeOffline(_ directory: DataDirectory) {
        let lost = partitions.filter { $0.directory === directory }
        // Who waits is told before a log that is being written to is waited for.
        for partition in lost { partition.end(.kafkaStorageError) }
        for partition in lost { partition.takeOffline() }
    }
}

// MARK: - Start and stop

extension TopicHost {
    /// Opens the logs of all topics, `threadCount` at a time, and serves them.
    func hostAll(_ definitions: [TopicDefinition], threadCount: Int) {
        let jobs = definitions.flatMap { definition in
            (0..<definition.partitionCount).map { (definition, PartitionIndex(Int32($0))) }
        }
        let opened = Mutex<[TopicPartition: Partition]>([:])
        Threads.run(threadCount, through: jobs) { (definition, index) in
            guard let partition = open(index, of: definition) else { return }
            opened.withLock { $0[partition.topicPartition] = partition }
        }
        let partitions = opened.withLock { $0 }
        for definition in definitions { host(definition, opened: partitions) }
    }

    /// Folders that belong to no topic: of deleted ones they are removed in time, also where a stop came between the
    /// deletion and their last name; of unknown ones they are left alone and named.
    func buryStrays(keeping definitions: [TopicDefinition], deleted: Set<TopicID>) throws {
        var known: Set<TopicPartition> = [TopicPartition(topic: TopicName.clusterMetadata, partition: 0)]
        for definition in definitions {
            for number in 0..<definition.partitionCount {
                known.insert(TopicPartition(topic: definition.name, partition: PartitionIndex(Int32(number))))
            }
        }
        for directory in directories.online { try buryStrays(in: directory, keeping: known, deleted: deleted) }
    }

    private func buryStrays(
        in directory: DataDirectory, keeping known: Set<TopicPartition>, deleted: Set<TopicID>
    ) throws(LogError) {
        for partition in try directory.partitions() where !isHosted(partition, in: directory, known) {
            guard try directory.retireFolder(of: partition, ifIn: deleted) == nil else { continue }
            logger.warning(
                "folder of an unknown topic left alone",
                metadata: ["folder": "\(directory.folder(of: partition))"])
        }
        for folder in try directory.deletedFolders() { graveyard.bury([folder], for: .zero) }
    }

    /// Whether the folder is a partition's own; of two with its name, in different directories, one is of another topic.
    private func isHosted(
        _ partition: TopicPartition, in directory: DataDirectory, _ known: Set<TopicPartition>
    ) -> Bool {
        guard known.contains(partition) else { return false }
        guard directories.entries.count > 1, let hosted = try? table[partition.topic]?.partition(partition.partition)
        else { return true }
        return hosted.directory === directory
    }

    var partitions: [Partition] { table.all.flatMap(\.partitions).compactMap(\.self) }

    /// Writes how far each log is known to be on disk, so that recovery has less to read, and where it begins.
    func writeCheckpoints(_ kinds: [OffsetCheckpoint] = OffsetCheckpoint.allCases) {
        let all = partitions
        for directory in directories.online {
            do throws(LogError) {
                try directory.writeCheckpoints(all.filter { $0.directory === directory }.map(\.checkpoint), kinds)
            } catch {
                logger.error(
                    "checkpoint not written", metadata: ["directory": "\(directory.path)", "reason": "\(error)"])
                if case .storage(let error) = error, !error.isPassing { directories.fail(directory, because: error) }
            }
        }
    }

    /// Makes log starts durable before anybody sees them. Returns why that failed, by directory. Blocks.
    func raiseLogStarts(_ raised: [(partition: Partition, checkpoint: LogCheckpoint)]) -> [FilePath: LogError] {
        var failures: [FilePath: LogError] = [:]
        let byDirectory = Dictionary(grouping: raised) { ObjectIdentifier($0.partition.directory) }
        for group in byDirectory.values {
            guard let directory = group.first?.partition.directory else { continue }
            do throws(LogError) {
                try directory.raiseLogStarts(group.map(\.checkpoint))
            } catch {
                failures[directory.path] = error
                logger.error(
                    "log starts not written", metadata: ["directory": "\(directory.path)", "reason": "\(error)"])
                if case .storage(let cause) = error { directories.report(cause, in: directory) }
            }
        }
        return failures
    }

    /// Closes every log; marks the stop of a directory as clean if all of its logs could be flushed, and that of the
    /// metadata's directory if what else there is could be, too (`isClean`).
    func close(isClean: Bool) {
        let unclean = Mutex<Set<FilePath>>(isClean ? [] : [directories.metadata.path])
        // Most of the time goes into waiting for the disk.
        Threads.run(FlushQueue.threadCount, through: partitions.filter { directories.isOnline($0.directory) }) {
            do throws(LogError) {
                try $0.close()
            } catch {
                let partition = $0
                unclean.withLock { _ = $0.insert(partition.directory.path) }
                logger.error(
                    "log not closed", metadata: ["partition": "\(partition.topicPartition)", "reason": "\(error)"])
            }
        }
        writeCheckpoints()
        let paths = unclean.withLock { $0 }
        directories.close { !paths.contains($0.path) }
    }
}
