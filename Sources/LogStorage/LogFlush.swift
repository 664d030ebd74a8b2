package import KafkaProtocol
import SystemPackage

/// What has to be flushed so that a log is durable up to ``target``. Runs without the log's lock, on a flush thread.
package struct LogFlush: Sendable {
    /// The log end when the flush was prepared.
    package let target: Offset
    /// The bytes of log that are not durable yet, for statistics.
    package let byteCount: Int
    /// Where ``target`` stands: the segment and the byte.
    let position: (base: Offset, position: Int)
    /// The file system: logs with the same number may be flushed by one `fileSystem.synchronizeAll(on: device)`
    /// in the place of ``run()``.
    package let device: UInt64
    package let fileSystem: any FileSystem
    let files: [any LogFile]
    /// Set where names are new.
    let directory: FilePath?

    /// Flushes each file, and the directory where names are new. Blocks. After an error nothing of it is trusted:
    /// ``PartitionLog/failFlush(_:)``, never a second try.
    package func run() throws(FileSystemError) {
        for file in files { try file.synchronizeData() }
        if let directory { try fileSystem.synchronizeDirectory(directory) }
    }
}
