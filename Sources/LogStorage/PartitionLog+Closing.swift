package import KafkaProtocol
import Synchronization
package import SystemPackage

extension PartitionLog {
    /// Writes the trimmed indexes and the producer snapshot, flushes everything, and takes no appends and gives no reads
    /// any more. Only when all logs have closed may the clean-shutdown marker be written. Throws where the log is
    /// offline or goes offline by it: then it was not closed cleanly. Blocks.
    package func close() throws(LogError) {
        guard condition == .open else {
            end()
            throw .offline
        }
        defer { end() }
        // Nothing has come in since a clean stop, or ever: the files say all that there is.
        guard logEnd != cleanEnd else { return try flush() }
        let (indexes, aborted) = reader.state.withLock { state in
            state.tail.indexes.seal()
            return (state.tail.indexes, state.tail.aborted)
        }
        do throws(FileSystemError) {
            unflushed.files += try writeIndexes(indexes, aborted)
            unflushed.files.append(try write(ProducerSnapshot.encode(producers.producers), to: .snapshot, logEnd))
            unflushed.names = true
            try removeStraySnapshots()
            try writeEpochs()
        } catch { throw .storage(error) }
        try flush()
    }

    /// Snapshots of earlier stops go; each segment keeps that of its base offset.
    private func removeStraySnapshots() throws(FileSystemError) {
        let bases = Set(reader.state.withLock { $0.sealed.map(\.baseOffset) + [$0.tail.baseOffset] })
        for name in try environment.fileSystem.list(directory) {
            guard let (file, offset) = SegmentFile.parse(name), file == .snapshot, offset != logEnd,
                !bases.contains(offset)
            else { continue }
            try environment.fileSystem.remove(directory.appending(name))
        }
    }

    /// Epochs that ended below the log start went in memory only.
    private func writeEpochs() throws(FileSystemError) {
        let path = directory.appending(LeaderEpochCheckpoint.name)
        let bytes = LeaderEpochCheckpoint.encode(epochs)
        guard epochs.latest != nil, try environment.fileSystem.contents(of: path) != bytes else { return }
        try environment.fileSystem.replace(path, with: bytes)
    }

    private func end() {
        condition = .closed
        let sealed = reader.state.withLock { state in
            state.isClosed = true
            return state.sealed
        }
        for segment in sealed { segment.forgetFiles() }
    }

    /// First half of a deletion: the log takes and gives nothing any more, and its folder is renamed to
    /// `<name>.<uuid>-delete`, durably. Returns the folder, for ``removeDeleted(_:fileSystem:)``. Slices that were read
    /// before stay readable. Blocks.
    package func markDeleted(uuid: KafkaUUID) throws(LogError) -> FilePath {
        end()
        let target = Self.deletedFolder(directory, uuid: uuid)
        do throws(FileSystemError) {
            try environment.fileSystem.rename(directory, to: target)
            try environment.fileSystem.synchronizeDirectory(target.removingLastComponent())
        } catch { throw .storage(error) }
        directory = target
        return target
    }

    /// `<name>.<uuid>-delete`, where need be with a shorter name: file names have 255 bytes at most.
    static func deletedFolder(_ folder: FilePath, uuid: KafkaUUID) -> FilePath {
        let suffix = "." + uuid.hexadecimal + "-delete"
        let name = folder.lastComponent?.string ?? "log"
        return folder.removingLastComponent().appending(String(name.prefix(255 - suffix.utf8.count)) + suffix)
    }

    /// Second half: removes a folder of that name with all that is in it, or the file of a removed segment. What is gone
    /// already is no error. Blocks.
    package static func removeDeleted(_ folder: FilePath, fileSystem: any FileSystem) throws(LogError) {
        do throws(FileSystemError) {
            guard try fileSystem.isDirectory(folder) else { return try fileSystem.removeIfPresent(folder) }
            for name in try fileSystem.list(folder) { try fileSystem.removeIfPresent(folder.appending(name)) }
            try fileSystem.removeDirectory(folder)
            try fileSystem.synchronizeDirectory(folder.removingLastComponent())
        } catch { throw .storage(error) }
    }
}

extension KafkaUUID {
    /// 32 hexadecimal digits.
    var hexadecimal: String {
        [high, low].map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}
