import KafkaProtocol
import LogStorage
import Logging
import Synchronization
import SystemPackage

/// Folders of deleted partitions, which stay for `file.delete.delay.ms` so that answers under way can still be sent.
final class Graveyard: Sendable {
    private let environment: LogEnvironment
    private let logger: Logger
    private let folders = Mutex<[(folder: FilePath, due: Timestamp)]>([])

    init(environment: LogEnvironment, logger: Logger) {
        self.environment = environment
        self.logger = logger
    }

    func bury(_ folder: FilePath, for delay: Duration) {
        let due = environment.clock.now.advanced(byMilliseconds: delay.wholeMilliseconds)
        folders.withLock { $0.append((folder, due)) }
    }

    /// Removes what is due.
    func tick(now: Timestamp) {
        let due = folders.withLock { folders in
            let due = folders.filter { $0.due <= now }
            folders.removeAll { $0.due <= now }
            return due
        }
        for (folder, _) in due {
            do throws(LogError) {
                try PartitionLog.removeDeleted(folder, fileSystem: environment.fileSystem)
            } catch {
                logger.warning("files not removed", metadata: ["folder": "\(folder)", "reason": "\(error)"])
            }
        }
    }
}
