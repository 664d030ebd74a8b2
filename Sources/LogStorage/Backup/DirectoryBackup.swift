package import KafkaProtocol
package import SystemPackage

/// Copies a data directory, of a broker that runs or not, so that the copy is one from which a broker starts as after an
/// unclean stop. The steps, and what they guarantee, stand in the article CrashSafety.
///
/// Sealed segments get a second name where the file system allows it: nobody writes into them any more. All else is
/// copied. Blocks.
package struct DirectoryBackup {
    package enum Failure: Error, Hashable, CustomStringConvertible {
        case targetIsThere(FilePath)
        case noDataDirectory(FilePath)
        /// A log that changed each time that it was copied.
        case restless(TopicPartition)
        case storage(FileSystemError)

        package var description: String {
            switch self {
            case .targetIsThere(let path): "\(path) is there already; a backup is made in a new directory"
            case .noDataDirectory(let path): "\(path) is no data directory: it has no \(MetaProperties.name)"
            case .restless(let partition): "\(partition) was changed by compaction each time that it was copied"
            case .storage(let error): error.description
            }
        }
    }

    /// When a log is cut and copied.
    package enum Rank: Int, Comparable, Sendable {
        /// Before all others: what it says must be true of the others (group offsets point into logs).
        case first
        case data
        /// Behind all others: it must know whatever the others have (topics, producer ids).
        case last

        package static func < (left: Rank, right: Rank) -> Bool { left.rawValue < right.rawValue }
    }

    package struct Summary: Hashable, Sendable {
        package internal(set) var logs = 0
        /// Logs that were deleted meanwhile.
        package internal(set) var vanished = 0
        package internal(set) var linkedBytes = 0
        package internal(set) var copiedBytes = 0
    }

    private let source: FilePath
    private let target: FilePath
    private let fileSystem: any FileSystem
    private let rank: (TopicPartition) -> Rank
    private var copier: FileCopier
    private var summary = Summary()
    /// Up to where the copied logs were flushed.
    private var recoveryPoints: [TopicPartition: Offset] = [:]

    /// - Parameters:
    ///   - target: is made; may not be there.
    ///   - links: whether sealed segments are linked where that can be done.
    ///   - progress: told how many more bytes are done.
    package init(
        of source: FilePath, to target: FilePath, fileSystem: any FileSystem, links: Bool = true,
        rank: @escaping (TopicPartition) -> Rank, progress: @escaping (Int) -> Void = { _ in }
    ) {
        self.source = source
        self.target = target
        self.fileSystem = fileSystem
        self.rank = rank
        copier = FileCopier(fileSystem: fileSystem, links: links, progress: progress)
    }

    /// The file that is written last: without it a backup is not whole.
    package static let markName = "martlet-backup"

    package mutating func run() throws(Failure) -> Summary {
        do {
            try prepare()
            // Folders first: whatever has one is in the metadata, which is copied last, or was deleted there.
            let owners = try folders()
            let known = try copyOwnFiles()
            let ranked = Dictionary(grouping: owners.keys.sorted { "\($0)" < "\($1)" }, by: rank)
            let early = try cuts(of: ranked[.first] ?? [])
            let data = try cuts(of: ranked[.data] ?? [])
            for cut in early + data { try copy(cut) }
            for cut in try cuts(of: ranked[.last] ?? []) { try copy(cut) }
            try raiseRecoveryPoints(to: known, of: owners)
            try finish()
            return summary
        } catch let error as Failure {
            throw error
        } catch let error as FileSystemError {
            throw .storage(error)
        } catch {
            throw .noDataDirectory(source)
        }
    }

    private func prepare() throws {
        guard try fileSystem.contents(of: source.appending(MetaProperties.name)) != nil else {
            throw Failure.noDataDirectory(source)
        }
        if try fileSystem.isDirectory(target) { throw Failure.targetIsThere(target) }
        try fileSystem.createDirectory(target)
    }

    /// The partitions, with what says whose they are.
    private func folders() throws(FileSystemError) -> [TopicPartition: [UInt8]] {
        var owners: [TopicPartition: [UInt8]] = [:]
        for name in try fileSystem.list(source) {
            guard let partition = TopicPartition(folderName: name), try fileSystem.isDirectory(source.appending(name))
            else { continue }
            let metadata = source.appending(name).appending(PartitionMetadata.name)
            owners[partition] = try fileSystem.contents(of: metadata) ?? []
        }
        return owners
    }

    /// The checkpoints before any log: what they say is true of whatever the logs have later. Neither the lock nor the
    /// clean-shutdown marker is copied. Returns the recovery points, which get a file of their own at the end.
    private mutating func copyOwnFiles() throws(FileSystemError) -> [TopicPartition: Offset] {
        let others: [OffsetCheckpoint] = [.logStart, .highWatermark]
        for name in [MetaProperties.name, CleanerCheckpoint.name] + others.map(\.rawValue) {
            try copyIfThere(name, from: source, to: target)
        }
        let bytes = try fileSystem.contents(of: source.appending(OffsetCheckpoint.recoveryPoint.rawValue))
        return bytes.flatMap { OffsetCheckpoint.decode($0) } ?? [:]
    }

    /// Inside the last segment the source's own recovery points hold, unless a topic was made anew meanwhile.
    private mutating func raiseRecoveryPoints(
        to known: [TopicPartition: Offset], of owners: [TopicPartition: [UInt8]]
    ) throws(FileSystemError) {
        for (partition, point) in recoveryPoints {
            let metadata = target.appending("\(partition)").appending(PartitionMetadata.name)
            guard let better = known[partition], better > point, let owner = owners[partition],
                try fileSystem.contents(of: metadata) == owner
            else { continue }
            recoveryPoints[partition] = better
        }
    }

    private func cuts(of partitions: [TopicPartition]) throws(FileSystemError) -> [LogCut] {
        var cuts: [LogCut] = []
        for partition in partitions {
            let folder = source.appending("\(partition)")
            if let cut = try LogCut.take(of: partition, in: folder, fileSystem) { cuts.append(cut) }
        }
        return cuts
    }

    // MARK: - One log

    /// Copies a log until compaction has not changed it meanwhile.
    private mutating func copy(_ cut: LogCut) throws {
        var cut = cut
        let folder = target.appending("\(cut.partition)")
        for _ in 0..<LogCut.attempts {
            do throws(FileSystemError) {
                let bytes = (copier.linkedBytes, copier.copiedBytes)
                try fileSystem.createDirectory(folder)
                for segment in cut.segments { try copy(segment, of: cut, to: folder) }
                try copyBeside(cut, to: folder)
                guard let now = try LogCut.take(of: cut.partition, in: cut.directory, fileSystem) else {
                    return try vanish(folder)
                }
                if cut.isStill(now) {
                    try fileSystem.synchronizeDirectory(folder)
                    // Sealed segments are flushed here, and what compaction has left of them has holes, which recovery
                    // would take for damage above this point.
                    recoveryPoints[cut.partition] = cut.segments.last?.base ?? .zero
                    summary.logs += 1
                    return
                }
                (copier.linkedBytes, copier.copiedBytes) = bytes
                try empty(folder)
                cut = now
            } catch {
                guard error.isMissing, try !fileSystem.isDirectory(cut.directory) else { throw error }
                return try vanish(folder)
            }
        }
        throw Failure.restless(cut.partition)
    }

    private mutating func copy(
        _ segment: LogCut.Segment, of cut: LogCut, to folder: FilePath
    ) throws(FileSystemError) {
        let name = SegmentFile.log.name(segment.base)
        let isSealed = segment.base != cut.segments.last?.base
        do throws(FileSystemError) {
            if isSealed {
                try copier.transfer(cut.directory.appending(name), to: folder.appending(name), size: segment.size)
            } else {
                try copier.copy(cut.directory.appending(name), to: folder.appending(name), upTo: segment.size)
            }
        } catch  where error.isMissing {
            // Retention or compaction has taken it: the comparison behind the copy says which.
        }
    }

    /// Everything small: read and written, never linked, since a start may write some of it anew in its place.
    private mutating func copyBeside(_ cut: LogCut, to folder: FilePath) throws(FileSystemError) {
        for name in try fileSystem.list(cut.directory) {
            if let (kind, offset) = SegmentFile.parse(name) {
                // The growing segment's indexes are in memory; those on disk, if any, are old.
                guard kind != .log, offset < cut.segments.last?.base ?? .zero || kind == .snapshot else { continue }
            } else if !cut.swaps.contains(name), name != PartitionMetadata.name, name != LeaderEpochCheckpoint.name {
                continue
            }
            try copyIfThere(name, from: cut.directory, to: folder)
        }
    }

    private mutating func copyIfThere(
        _ name: String, from directory: FilePath, to folder: FilePath
    ) throws(FileSystemError) {
        do throws(FileSystemError) {
            try copier.copy(directory.appending(name), to: folder.appending(name))
        } catch  where error.isMissing {}
    }

    private mutating func vanish(_ folder: FilePath) throws(FileSystemError) {
        try empty(folder)
        try fileSystem.removeDirectory(folder)
        summary.vanished += 1
    }

    private func empty(_ folder: FilePath) throws(FileSystemError) {
        guard try fileSystem.isDirectory(folder) else { return try fileSystem.createDirectory(folder) }
        for name in try fileSystem.list(folder) { try fileSystem.removeIfPresent(folder.appending(name)) }
    }

    // MARK: - End

    private mutating func finish() throws(FileSystemError) {
        (summary.linkedBytes, summary.copiedBytes) = (copier.linkedBytes, copier.copiedBytes)
        let points = target.appending(OffsetCheckpoint.recoveryPoint.rawValue)
        try fileSystem.replace(points, with: OffsetCheckpoint.encode(recoveryPoints))
        try fileSystem.synchronizeDirectory(target)
        let mark = "version=1\nlogs=\(summary.logs)\nbytes=\(summary.linkedBytes + summary.copiedBytes)\n"
        try fileSystem.replace(target.appending(Self.markName), with: Array(mark.utf8))
        let parent = target.removingLastComponent()
        try fileSystem.synchronizeDirectory(parent.isEmpty ? "." : parent)
    }
}
