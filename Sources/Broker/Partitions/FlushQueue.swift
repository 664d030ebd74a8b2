import DequeModule
import NIOPosix
import Synchronization

/// A queue for each file system: a slow one keeps no thread from the others.
struct FlushQueues: Sendable {
    let statistics = FlushStatistics()
    private let queues: [UInt64: FlushQueue]

    init(devices: Set<UInt64>) {
        let statistics = statistics
        queues = Dictionary(uniqueKeysWithValues: devices.map { ($0, FlushQueue(statistics)) })
    }

    /// The queue of a file system that was named at the start.
    subscript(device: UInt64) -> FlushQueue {
        guard let queue = queues[device] else { preconditionFailure("no log directory lies on device \(device)") }
        return queue
    }

    /// Whether a disk makes appends wait.
    var isAnySlow: Bool { queues.values.contains { $0.disk.isSlow } }

    /// Ends all threads, after the flushes that were asked for.
    func shutdown() async {
        for queue in queues.values { await queue.shutdown() }
    }
}

/// Group commit for the logs of one file system: makes what was appended durable.
///
/// A log is flushed at once if it is not being flushed; what is appended to it meanwhile shares the next flush. So a
/// disk is never asked twice for what one flush can do, no append waits for a timer, and no log for the slowest.
final class FlushQueue: Sendable {
    private struct State {
        var waiting: Deque<Partition> = []
        var workers = 0
    }

    /// Logs that are flushed at once. More gain nothing on the disks that were measured.
    static let threadCount = 8

    private let state = Mutex(State())
    private let threads = NIOThreadPool(numberOfThreads: threadCount)
    private let statistics: FlushStatistics
    let disk = DiskPace()

    init(_ statistics: FlushStatistics) {
        self.statistics = statistics
        threads.start()
    }

    /// Asks for a flush of what `partition` has appended so far. A partition stands here once, or is being flushed, and
    /// not both.
    func enqueue(_ partition: Partition) {
        let starts = state.withLock { state in
            state.waiting.append(partition)
            guard state.workers < Self.threadCount else { return false }
            state.workers += 1
            return true
        }
        if starts { threads.submit { [self] _ in work() } }
    }

    /// Ends the threads, after the flushes that were asked for.
    func shutdown() async {
        await disk.shutdown()
        try? await threads.shutdownGracefully()
    }

    private func work() {
        while true {
            let partition = state.withLock { state in
                if state.waiting.isEmpty { state.workers -= 1 }
                return state.waiting.popFirst()
            }
            guard let partition else { return }
            if partition.flush(statistics) { enqueueAgain(partition) }
        }
    }

    /// The worker itself takes it, or another one that is free sooner.
    private func enqueueAgain(_ partition: Partition) { state.withLock { $0.waiting.append(partition) } }
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
