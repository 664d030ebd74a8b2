package import KafkaProtocol
package import SystemPackage

/// What the files of a data directory say about its logs, read without taking the directory: the broker may run.
package struct DirectorySurvey: Sendable {
    package struct Log: Hashable, Sendable {
        package let partition: TopicPartition
        package let directory: FilePath
        /// How ``PartitionVerifier`` has to judge it.
        package var rules: PartitionVerifier.Rules

        package init(partition: TopicPartition, directory: FilePath, rules: PartitionVerifier.Rules) {
            self.partition = partition
            self.directory = directory
            self.rules = rules
        }
    }

    package let path: FilePath
    /// Whether another process holds the directory's lock.
    package private(set) var isInUse = false
    /// Whether the clean-shutdown marker is there.
    package private(set) var wasClosed = false
    package private(set) var clusterID: String?
    package private(set) var logs: [Log] = []
    /// What is wrong with the directory's own files.
    package private(set) var findings: [VerificationFinding] = []

    package var isSound: Bool { !findings.contains { $0.severity == .damage } }

    private let fileSystem: any FileSystem

    /// Throws if the directory itself cannot be read.
    package init(_ path: FilePath, fileSystem: any FileSystem) throws(FileSystemError) {
        self.path = path
        self.fileSystem = fileSystem
        let names = try fileSystem.list(path)
        isInUse = try isLocked(names)
        wasClosed = names.contains(DataDirectory.cleanShutdownName)
        checkProperties(isThere: names.contains(MetaProperties.name))
        let recoveryPoints = checkpoint(OffsetCheckpoint.recoveryPoint.rawValue)
        let logStarts = checkpoint(OffsetCheckpoint.logStart.rawValue)
        let highWatermarks = checkpoint(OffsetCheckpoint.highWatermark.rawValue)
        _ = checkpoint(CleanerCheckpoint.name)
        for name in names where !name.hasPrefix(".") {
            guard try fileSystem.isDirectory(path.appending(name)) else { continue }
            guard let partition = TopicPartition(folderName: name) else {
                findings.append(
                    VerificationFinding(.note, .leftover, path.appending(name), "The folder is no partition's."))
                continue
            }
            var rules = PartitionVerifier.Rules()
            rules.start = wasClosed ? .clean : .unclean(recoveryPoint: recoveryPoints[partition])
            rules.logStart = logStarts[partition]
            rules.highWatermark = highWatermarks[partition]
            logs.append(Log(partition: partition, directory: path.appending(name), rules: rules))
        }
    }

    /// Asks for the lock and lets it go at once.
    private func isLocked(_ names: [String]) throws(FileSystemError) -> Bool {
        guard names.contains(DataDirectory.lockName) else { return false }
        return try !fileSystem.open(path.appending(DataDirectory.lockName), .readOnly).lock()
    }

    private mutating func checkProperties(isThere: Bool) {
        let file = path.appending(MetaProperties.name)
        guard let bytes = contents(file) else {
            if !isThere { findings.append(VerificationFinding(.damage, .metadata, file, "Missing.")) }
            return
        }
        do throws(MetaProperties.Problem) { clusterID = try MetaProperties.decode(bytes).clusterID } catch {
            findings.append(VerificationFinding(.damage, .metadata, file, error.description))
        }
    }

    private mutating func checkpoint(_ name: String) -> [TopicPartition: Offset] {
        let file = path.appending(name)
        guard let bytes = contents(file) else { return [:] }
        if let decoded = OffsetCheckpoint.decode(bytes) { return decoded }
        findings.append(VerificationFinding(.damage, .checkpoint, file, "This is no whole checkpoint."))
        return [:]
    }

    private mutating func contents(_ file: FilePath) -> [UInt8]? {
        do { return try fileSystem.contents(of: file) } catch {
            findings.append(VerificationFinding(.damage, .unreadable, file, error.description))
            return nil
        }
    }
}

extension TopicPartition {
    /// Reads the name of a partition's folder; nil for any other, those of deleted partitions among them.
    package init?(folderName name: String) {
        guard !DataDirectory.otherEndings.contains(where: { name.hasSuffix($0) }), let dash = name.lastIndex(of: "-"),
            dash > name.startIndex, let number = Int32(name[name.index(after: dash)...]), number >= 0
        else { return nil }
        self.init(topic: String(name[..<dash]), partition: PartitionIndex(number))
    }
}
