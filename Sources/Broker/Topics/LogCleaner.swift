import KafkaProtocol
import LogStorage
import Logging
import NIOPosix
import Synchronization

/// Compacts the logs whose topics ask for it, the filthiest first, on threads of its own.
///
/// Each thread cleans until nothing is due, then `log.cleaner.backoff.ms` pass. Settings are read anew for each look.
final class LogCleaner: Sendable {
    private struct State {
        var idle: [NIOThreadPool] = []
        var workerCount = 0
        /// When threads were last set to work.
        var lastLook: Timestamp?
        var pace = BytePace(bytesPerSecond: nil)
        /// What is being cleaned, to be ended with the broker.
        var cleanings: [ObjectIdentifier: LogCleaning] = [:]
        var isStopping = false

        /// Whether the last look is so long ago; a clock that was set back makes nobody wait.
        func isDue(_ now: Timestamp, after backoff: Duration) -> Bool {
            guard let lastLook, lastLook <= now else { return true }
            return lastLook.milliseconds(to: now) >= backoff.wholeMilliseconds
        }
    }

    private let topics: TopicHost
    private let clock: any WallClock
    private let settings: @Sendable () -> CleanerSettings
    private let logger: Logger
    private let state = Mutex(State())
    private let began = ContinuousClock.now

    init(
        topics: TopicHost, clock: any WallClock, logger: Logger, settings: @escaping @Sendable () -> CleanerSettings
    ) {
        self.topics = topics
        self.clock = clock
        self.settings = settings
        self.logger = logger
    }

    // MARK: - Threads

    /// Sets threads to work if a look is due. Returns at once.
    func tick(now: Timestamp) {
        let settings = settings()
        guard settings.isEnabled else { return }
        let threads = state.withLock { state -> [NIOThreadPool] in
            guard !state.isStopping, state.isDue(now, after: settings.backoff) else { return [] }
            state.lastLook = now
            let wanted = max(0, settings.threadCount - state.workerCount)
            state.workerCount += wanted
            return (0..<wanted).map { _ in state.idle.popLast() ?? Self.newThread() }
        }
        for thread in threads {
            thread.submit { [self] _ in
                clean()
                state.withLock { state in
                    state.workerCount -= 1
                    state.idle.append(thread)
                }
            }
        }
    }

    private static func newThread() -> NIOThreadPool {
        let thread = NIOThreadPool(numberOfThreads: 1)
        thread.start()
        return thread
    }

    /// Ends what is being cleaned, and the threads.
    func shutdown() async {
        let cleanings = state.withLock { state in
            state.isStopping = true
            return Array(state.cleanings.values)
        }
        for cleaning in cleanings { cleaning.abort() }
        while true {
            let (idle, workerCount) = state.withLock { state in
                defer { state.idle = [] }
                return (state.idle, state.workerCount)
            }
            for thread in idle { try? await thread.shutdownGracefully() }
            if workerCount == 0 && idle.isEmpty { return }
            try? await Task.sleep(for: .milliseconds(5))
        }
    }

    private var isStopping: Bool { state.withLock { $0.isStopping } }

    // MARK: - Cleaning

    /// Cleans here and now until nothing is due; returns how many cleanings came to their end. Blocks.
    @discardableResult
    func clean() -> Int {
        var count = 0
        // What fails, or another thread has taken, does not hold up the others.
        var passedOver: Set<TopicPartition> = []
        while !isStopping, let (partition, range) = filthiest(except: passedOver) {
            if clean(partition, range) { count += 1 } else { passedOver.insert(partition.topicPartition) }
        }
        return count
    }

    /// The log with the largest share of dirty bytes, of those that are due.
    private func filthiest(except passedOver: Set<TopicPartition>) -> (Partition, CleanableRange)? {
        let now = clock.now
        var found: (partition: Partition, range: CleanableRange)?
        for partition in topics.partitions where !passedOver.contains(partition.topicPartition) {
            do throws(LogError) {
                guard let range = try partition.cleanableRange(now: now) else { continue }
                if found.map({ range.dirtyRatio > $0.range.dirtyRatio }) ?? true { found = (partition, range) }
            } catch .offline {
                // Closed or deleted in between.
            } catch {
                logger.warning(
                    "log not looked at for compaction",
                    metadata: ["partition": "\(partition.topicPartition)", "reason": "\(error)"])
            }
        }
        return found
    }

    private func clean(_ partition: Partition, _ range: CleanableRange) -> Bool {
        guard isOnDisk(range, of: partition), let cleaning = partition.beginCleaning(range) else { return false }
        let settings = settings()
        let isStopping = state.withLock { state in
            state.cleanings[ObjectIdentifier(cleaning)] = cleaning
            state.pace.bytesPerSecond = settings.bytesPerSecond
            return state.isStopping
        }
        if isStopping { cleaning.abort() }
        let outcome = Result { () throws(LogError) in
            try cleaning.run(settings.limits, now: clock.now) { keepPace($0, cleaning) }
        }
        state.withLock { _ = $0.cleanings.removeValue(forKey: ObjectIdentifier(cleaning)) }
        partition.endCleaning(cleaning, outcome)
        tell(outcome, of: partition, wasAborted: cleaning.isAborted)
        if case .success = outcome { return true }
        return false
    }

    /// Makes sure that the recovery point on disk has passed what is to be cleaned.
    private func isOnDisk(_ range: CleanableRange, of partition: Partition) -> Bool {
        let key = partition.topicPartition
        if partition.directory.recoveryPoint(of: key) < range.end { topics.writeCheckpoints([.recoveryPoint]) }
        return partition.directory.recoveryPoint(of: key) >= range.end
    }

    private func record(_ report: CleaningReport, of partition: Partition) {
        guard partition.end == nil else { return }
        do throws(LogError) {
            try partition.directory.cleaned.record(report.cleanedUpTo, of: partition.topicPartition)
        } catch {
            logger.warning(
                "checkpoint not written", metadata: ["partition": "\(partition.topicPartition)", "reason": "\(error)"])
        }
    }

    private func keepPace(_ bytes: Int, _ cleaning: LogCleaning) {
        let now = began.duration(to: .now)
        var rest = state.withLock { $0.pace.spend(bytes, at: now) }
        while rest > .zero, !cleaning.isAborted {
            let piece = min(rest, Self.longestSleep)
            Threads.sleep(for: piece)
            rest -= piece
        }
    }

    /// A thread that keeps pace looks so often whether it shall end.
    private static let longestSleep: Duration = .milliseconds(100)

    private func tell(_ outcome: Result<CleaningReport, LogError>, of partition: Partition, wasAborted: Bool) {
        let name: Logger.MetadataValue = "\(partition.topicPartition)"
        switch outcome {
        case .success(let report):
            record(report, of: partition)
            logger.info(
                "log compacted",
                metadata: [
                    "partition": name, "up to": "\(report.cleanedUpTo)", "keys": "\(report.keyCount)",
                    "bytes before": "\(report.bytesBefore)", "bytes after": "\(report.bytesAfter)",
                    "segments before": "\(report.segmentsBefore)", "segments after": "\(report.segmentsAfter)",
                ])
        case .failure(let error) where !wasAborted:
            logger.error("compaction failed", metadata: ["partition": name, "reason": "\(error)"])
        case .failure: break
        }
    }
}
