package import KafkaProtocol
import Synchronization
import SystemPackage

/// `cleaner-offset-checkpoint` of a data directory: up to where each log was compacted. Without it everything is
/// compacted once more.
package final class CleanerCheckpoint: Sendable {
    static let name = "cleaner-offset-checkpoint"

    private let path: FilePath
    private let fileSystem: any FileSystem
    private let offsets: Mutex<[TopicPartition: Offset]>

    /// Reads the file; one that is missing or damaged knows nothing.
    init(in directory: FilePath, fileSystem: any FileSystem) throws(FileSystemError) {
        path = directory.appending(Self.name)
        self.fileSystem = fileSystem
        offsets = Mutex(try fileSystem.contents(of: path).flatMap { OffsetCheckpoint.decode($0) } ?? [:])
    }

    package subscript(partition: TopicPartition) -> Offset { offsets.withLock { $0[partition] ?? .zero } }

    /// Writes down, durably, that a log is clean up to `offset`. Blocks.
    package func record(_ offset: Offset, of partition: TopicPartition) throws(LogError) {
        do { try change { $0[partition] = offset } } catch { throw .storage(error) }
    }

    /// The log is another one from now on. Blocks.
    func forget(_ partition: TopicPartition) throws(FileSystemError) {
        guard offsets.withLock({ $0[partition] != nil }) else { return }
        try change { $0[partition] = nil }
    }

    private func change(_ body: (inout [TopicPartition: Offset]) -> Void) throws(FileSystemError) {
        try offsets.withLock { offsets throws(FileSystemError) in
            body(&offsets)
            try fileSystem.replace(path, with: OffsetCheckpoint.encode(offsets))
        }
    }
}
