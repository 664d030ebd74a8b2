package import KafkaProtocol
package import SystemPackage

/// Takes a partition's log that another broker wrote, and that was verified, into a data directory.
///
/// The batches are linked or copied, the last segment always copied, and the log is opened once as after an unclean
/// stop: every batch is read again, indexes, transaction indexes and producers are made anew, and the end is closed
/// cleanly. The folder gets its name last. Blocks.
package struct LogAdoption {
    package enum Failure: Error, Hashable, CustomStringConvertible {
        /// The copy ends elsewhere than the original.
        case endsAt(Offset, expected: Offset)
        case log(String)
        case storage(FileSystemError)

        package var description: String {
            switch self {
            case .endsAt(let found, let expected): "the copy ends at offset \(found), not at \(expected)"
            case .log(let text): text
            case .storage(let error): error.description
            }
        }
    }

    private let directory: DataDirectory
    private let environment: LogEnvironment
    private var copier: FileCopier

    /// - Parameter links: whether sealed segments get a second name in the place of a copy.
    package init(
        into directory: DataDirectory, environment: LogEnvironment, links: Bool,
        progress: @escaping (Int) -> Void = { _ in }
    ) {
        self.directory = directory
        self.environment = environment
        copier = FileCopier(fileSystem: environment.fileSystem, links: links, progress: progress)
    }

    package var linkedBytes: Int { copier.linkedBytes }
    package var copiedBytes: Int { copier.copiedBytes }

    /// - Parameters:
    ///   - report: of the log's verification, which found it sound.
    ///   - logStart: where readers may begin; the first segment's start if that is later.
    package mutating func adopt(
        _ report: PartitionReport, as partition: TopicPartition, of id: TopicID, logStart: Offset
    ) throws(Failure) {
        let fileSystem = environment.fileSystem
        let folder = directory.folder(of: partition)
        let aside = FilePath(folder.string + ".importing")
        do throws(FileSystemError) {
            try empty(aside)
            try copyFiles(of: report, to: aside)
            try fileSystem.replace(aside.appending(PartitionMetadata.name), with: PartitionMetadata.encode(id))
            try fileSystem.synchronizeDirectory(aside)
        } catch { throw .storage(error) }
        let checkpoint = try recover(aside, partition, id, logStart: logStart, expectedEnd: report.logEnd)
        do throws(LogError) {
            try directory.add(checkpoint)
            try fileSystem.renameDurably(aside, to: folder)
        } catch { throw .log(error.findingText) }
    }

    private func empty(_ folder: FilePath) throws(FileSystemError) {
        let fileSystem = environment.fileSystem
        try fileSystem.createDirectory(folder)
        for name in try fileSystem.list(folder) { try fileSystem.remove(folder.appending(name)) }
    }

    /// The segments up to where the log is sound; the epochs; and the producers of the time before the first segment.
    private mutating func copyFiles(of report: PartitionReport, to folder: FilePath) throws(FileSystemError) {
        let fileSystem = environment.fileSystem
        let names = try fileSystem.list(report.directory)
        let bases = names.compactMap { SegmentFile.parse($0) }.filter { $0.file == .log }.map(\.offset)
            .filter { base in report.cutSegment.map { base <= $0 } ?? true }
        for base in bases {
            let name = SegmentFile.log.name(base)
            let (source, target) = (report.directory.appending(name), folder.appending(name))
            if base == bases.last {
                try copier.copy(source, to: target)
            } else {
                try copier.transfer(source, to: target, size: fileSystem.open(source, .readOnly).size())
            }
        }
        let beside = [LeaderEpochCheckpoint.name, SegmentFile.snapshot.name(report.firstOffset)]
        for name in beside where names.contains(name) {
            try copier.copy(report.directory.appending(name), to: folder.appending(name))
        }
    }

    private func recover(
        _ folder: FilePath, _ partition: TopicPartition, _ id: TopicID, logStart: Offset, expectedEnd: Offset
    ) throws(Failure) -> LogCheckpoint {
        do throws(LogError) {
            let log = try PartitionLog.open(
                directory: folder, configuration: LogConfiguration(), environment: environment,
                start: .unclean(recoveryPoint: nil), logStartOffset: logStart)
            let offsets = log.offsets
            try log.close()
            guard offsets.logEnd == expectedEnd || expectedEnd < logStart else {
                throw LogError.offsetOutOfRange(requested: expectedEnd, valid: offsets.logStart...offsets.logEnd)
            }
            return LogCheckpoint(
                partition: partition, topicID: id, recoveryPoint: offsets.logEnd, logStart: offsets.logStart,
                highWatermark: offsets.logEnd)
        } catch {
            if case .offsetOutOfRange(let expected, let valid) = error {
                throw .endsAt(valid.upperBound, expected: expected)
            }
            throw .log(error.findingText)
        }
    }
}

extension FileSystem {
    fileprivate func renameDurably(_ source: FilePath, to target: FilePath) throws(LogError) {
        do throws(FileSystemError) {
            try rename(source, to: target)
            try synchronizeDirectory(target.removingLastComponent())
        } catch { throw .storage(error) }
    }
}
