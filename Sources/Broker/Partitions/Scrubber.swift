import KafkaProtocol
import LogStorage
import Logging
import NIOPosix
import Synchronization
import SystemPackage

/// Reads every sealed segment once in `log.scrub.interval.ms` and compares checksums and indexes, at a bounded rate, so
/// that damage is known before somebody needs the bytes.
///
/// Each second allows so many bytes more; a thread of its own uses them up and rests. How far it has come is forgotten at
/// a stop.
final class Scrubber: Sendable {
    /// The settings in force.
    struct Settings: Hashable, Sendable {
        /// nil scrubs nothing.
        var interval: Duration?
        var bytesPerSecond: Int
    }

    private struct State {
        var settings: Settings
        /// When the next round begins.
        var due: Timestamp
        /// What is left of the round, the next segment last.
        var segments: [(partition: Partition, base: Offset)] = []
        var current: (partition: Partition, scrub: SegmentScrub)?
        var findings: Set<ScrubFinding> = []
        var isWorking = false
    }

    /// How long after the start the first round begins, at most: recovery has read enough.
    private static let initialDelay = Duration.seconds(60)
    /// What is read at once.
    private static let stepByteCount = 1 << 20

    private let topics: TopicTable
    private let environment: LogEnvironment
    private let logger: Logger
    private let thread = NIOThreadPool(numberOfThreads: 1)
    private let state: Mutex<State>

    init(topics: TopicTable, environment: LogEnvironment, settings: Settings, logger: Logger) {
        self.topics = topics
        self.environment = environment
        self.logger = logger
        let delay = min(settings.interval ?? Self.initialDelay, Self.initialDelay)
        let due = environment.clock.now.advanced(byMilliseconds: delay.wholeMilliseconds)
        state = Mutex(State(settings: settings, due: due))
        thread.start()
    }

    func apply(_ settings: Settings) { state.withLock { $0.settings = settings } }

    /// What was found since the start.
    var findings: Set<ScrubFinding> { state.withLock { $0.findings } }

    /// Whether there is nothing to do before the next round.
    var isIdle: Bool { state.withLock { !$0.isWorking && $0.segments.isEmpty && $0.current == nil } }
    /// Whether the bytes of the last second are used up.
    var isResting: Bool { state.withLock { !$0.isWorking } }

    func shutdown() async { try? await thread.shutdownGracefully() }

    /// Allows the bytes of another second.
    func tick(now: Timestamp) {
        let (budget, beginsRound): (Int?, Bool) = state.withLock { state in
            guard !state.isWorking, let interval = state.settings.interval else { return (nil, false) }
            let beginsRound = state.segments.isEmpty && state.current == nil
            if beginsRound {
                guard now >= state.due else { return (nil, false) }
                state.due = now.advanced(byMilliseconds: interval.wholeMilliseconds)
            }
            state.isWorking = true
            return (state.settings.bytesPerSecond, beginsRound)
        }
        guard let budget else { return }
        let segments = beginsRound ? round() : []
        if beginsRound { state.withLock { $0.segments = segments } }
        thread.submit { [self] threadState in
            if case .active = threadState { work(budget) }
            state.withLock { $0.isWorking = false }
        }
    }

    /// All sealed segments there are, the first to be checked last.
    private func round() -> [(partition: Partition, base: Offset)] {
        topics.all.sorted { $0.name > $1.name }.flatMap { topic in
            topic.partitions.compactMap(\.self).reversed().flatMap { partition in
                partition.reader.sealedSegments.reversed().map { (partition, $0) }
            }
        }
    }

    private func work(_ budget: Int) {
        var left = budget
        while left > 0, let next = nextScrub() {
            let partition = next.0
            var scrub = next.1
            do throws(LogError) {
                left -= try scrub.step(min(left, Self.stepByteCount))
            } catch {
                logger.warning(
                    "segment not scrubbed",
                    metadata: ["partition": "\(partition.topicPartition)", "reason": "\(error)"])
                state.withLock { $0.current = nil }
                continue
            }
            state.withLock { [scrub] in $0.current = scrub.isDone ? nil : (partition, scrub) }
            if scrub.isDone { for finding in scrub.findings { tell(finding, of: partition, scrub) } }
        }
    }

    /// The check under way, or of the next segment that is still there. Only the scrubber's own thread comes here.
    private func nextScrub() -> (Partition, SegmentScrub)? {
        while true {
            if let current = state.withLock({ $0.current }) { return current }
            guard let (partition, base) = state.withLock({ $0.segments.popLast() }) else { return nil }
            guard partition.end == nil,
                let scrub = try? partition.reader.scrub(base, environment.fileSystem)
            else { continue }
            state.withLock { $0.current = (partition, scrub) }
        }
    }

    private func tell(_ finding: ScrubFinding, of partition: Partition, _ scrub: SegmentScrub) {
        guard state.withLock({ $0.findings.insert(finding).inserted }) else { return }
        let place: Logger.Metadata = [
            "partition": "\(partition.topicPartition)", "file": "\(finding.file)", "position": "\(finding.position)",
            "reason": "\(finding.text)",
        ]
        if let damage = finding.damage {
            partition.keepAsItIs(because: damage)
            logger.error("damage in a sealed segment: it is kept as it is, restore it from a copy", metadata: place)
        } else {
            let isMended = (try? scrub.mendIndexes()) != nil
            logger.warning(isMended ? "damaged index made anew" : "damaged index", metadata: place)
        }
    }
}

extension Scrubber.Settings {
    init(_ settings: ConfigurationResolver) {
        func number(_ key: String) -> Int { settings.brokerValue(key).flatMap { Int($0) } ?? 0 }
        let interval = number("log.scrub.interval.ms")
        self.interval = interval < 0 ? nil : .milliseconds(interval)
        bytesPerSecond = number("log.scrub.io.max.bytes.per.second")
    }
}
