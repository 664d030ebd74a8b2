import KafkaProtocol
import LogStorage
import Logging
import Synchronization
import SystemPackage

/// Folders of deleted partitions and files of removed segments, which stay for `file.delete.delay.ms` so that who was
/// about to open them still can.
final class Graveyard: Sendable {
    private let environment: LogEnvironment
    private let logger: Logger
    private let paths = Mutex<[(path: FilePath, due: Timestamp)]>([])

    init(environment: LogEnvironment, logger: Logger) {
        self.environment = environment
        self.logger = logger
    }

    func bury(_ buried: [FilePath], for delay: Duration) {
        let due = environment.clock.now.advanced(byMilliseconds: delay.wholeMilliseconds)
        paths.withLock { $0 += buried.map { ($0, due) } }
    }

    /// Removes what is due. Blocks.
    func tick(now: Timestamp) {
        let due = paths.withLock { paths in
            let due = paths.filter { $0.due <= now }
            paths.removeAll { $0.due <= now }
            return due
        }
        for (path, _) in due {
            do throws(LogError) {
                try PartitionLog.removeDeleted(path, fileSystem: environment.fileSystem)
            } catch {
                logger.warning("files not removed", metadata: ["path": "\(path)", "reason": "\(error)"])
            }
        }
    }
}
