import KafkaProtocol
import LogStorage
import Logging
import Synchronization
import SystemPackage

/// Looks at the room of each file system every second, and tells the operator when records are refused and when they are
/// taken again.
final class DiskWatch: Sendable {
    private struct Told {
        var isShort = false
        var time = Timestamp(0)
    }

    /// A disk that goes to and fro is told of so often at most.
    private static let interval: Int64 = 10_000

    private let guards: DiskGuards
    private let logger: Logger
    private let told = Mutex<[FilePath: Told]>([:])

    init(guards: DiskGuards, logger: Logger) {
        self.guards = guards
        self.logger = logger
    }

    /// Blocks for as long as the file systems take to answer.
    func tick(now: Timestamp) {
        for guardian in guards.all {
            guardian.look()
            let shortage = guardian.shortage
            let isNews = told.withLock { told in
                let last = told[guardian.path] ?? Told()
                guard last.isShort != (shortage != nil), last.time.milliseconds(to: now) >= Self.interval else {
                    return false
                }
                told[guardian.path] = Told(isShort: shortage != nil, time: now)
                return true
            }
            if isNews { tell(shortage, guardian.path) }
        }
    }

    private func tell(_ shortage: SpaceShortage?, _ path: FilePath) {
        if let shortage {
            logger.error(
                "the disk is nearly full: records are refused, reads and deletions go on",
                metadata: [
                    "path": "\(path)", "usable bytes": "\(shortage.usableBytes)",
                    "log.dir.reserve.bytes": "\(shortage.limit)",
                ])
        } else {
            logger.notice("the disk has room again: records are taken", metadata: ["path": "\(path)"])
        }
    }
}
