import NIOPosix
import Synchronization

/// Group commit: makes what was appended durable, for all partitions of one file system together.
///
/// One round is under way at a time. It takes every partition that was dirtied since the last one; who comes meanwhile
/// joins the next. So the disk is never asked twice for what one flush can do, and no append waits for a timer.
final class FlushRounds: Sendable {
    private struct State {
        var dirty: [Partition] = []
        var isRunning = false
    }

    /// The partitions of one round, taken one by one by the threads that work on it.
    private final class Round: Sendable {
        let partitions: [Partition]
        let next = Atomic<Int>(0)
        let unfinished: Atomic<Int>

        init(_ partitions: [Partition]) {
            self.partitions = partitions
            unfinished = Atomic(partitions.count)
        }
    }

    /// Logs of one round that are flushed at once. More gain nothing on the disks that were measured.
    private static let threadCount = 8

    private let state = Mutex(State())
    private let threads = NIOThreadPool(numberOfThreads: threadCount)
    let statistics = FlushStatistics()

    init() { threads.start() }

    /// Asks for a flush of what `partition` has appended so far.
    func enqueue(_ partition: Partition) {
        let starts = state.withLock { state in
            state.dirty.append(partition)
            defer { state.isRunning = true }
            return !state.isRunning
        }
        if starts { threads.submit { [self] _ in startRound() } }
    }

    /// Ends the threads, after the rounds that were asked for.
    func shutdown() async { try? await threads.shutdownGracefully() }

    private func startRound() {
        while true {
            let dirty = state.withLock { state in
                let dirty = state.dirty
                state.dirty = []
                if dirty.isEmpty { state.isRunning = false }
                return dirty
            }
            if dirty.isEmpty { return }
            guard dirty.count == 1 else { return start(Round(dirty)) }
            dirty[0].flush(statistics)
        }
    }

    private func start(_ round: Round) {
        for _ in 0..<min(round.partitions.count, Self.threadCount) {
            threads.submit { [self] _ in work(on: round) }
        }
    }

    private func work(on round: Round) {
        while true {
            let index = round.next.add(1, ordering: .relaxed).oldValue
            guard index < round.partitions.count else { return }
            round.partitions[index].flush(statistics)
            // Whoever finishes the round starts the next one.
            if round.unfinished.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 { return startRound() }
        }
    }
}

/// What flushing has cost so far: how well appends share flushes.
final class FlushStatistics: Sendable {
    private let flushes = Atomic<Int>(0)
    private let bytes = Atomic<Int>(0)

    /// Log flushes that were done.
    var flushCount: Int { flushes.load(ordering: .relaxed) }
    /// Bytes of log that they made durable.
    var flushedBytes: Int { bytes.load(ordering: .relaxed) }

    func record(bytes count: Int) {
        flushes.add(1, ordering: .relaxed)
        bytes.add(count, ordering: .relaxed)
    }
}
