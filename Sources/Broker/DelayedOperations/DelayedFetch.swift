import KafkaProtocol
import NIOCore
import Synchronization

/// A fetch that waits until its partitions have enough to give, or its time is over.
///
/// Its state belongs to the connection's loop; partitions only ring a bell, from any thread, and several rings before
/// the loop has looked are one.
final class DelayedFetch: ReadWaiter {
    private let eventLoop: any EventLoop
    private let partitions: [Partition]
    /// How far the partitions were when the fetch looked first.
    private let highWatermarks: [Offset]
    private let isRung = Atomic<Bool>(false)
    private let isDone = Atomic<Bool>(false)
    /// Looks again, on the loop; true when the fetch is answered.
    private let attempt: @Sendable (_ isLast: Bool) -> Bool

    init(
        _ partitions: [Partition], seen highWatermarks: [Offset], on eventLoop: any EventLoop,
        attempt: @escaping @Sendable (_ isLast: Bool) -> Bool
    ) {
        self.partitions = partitions
        self.highWatermarks = highWatermarks
        self.eventLoop = eventLoop
        self.attempt = attempt
    }

    /// Begins to wait, for at most `maxWait`. Call on the loop.
    func start(maxWait: TimeAmount) {
        var isStill = true
        for (partition, seen) in zip(partitions, highWatermarks) {
            isStill = partition.add(self) == seen && isStill
        }
        // What came between the first look and this line rang no bell.
        if !isStill, attempt(false) { return finish() }
        let timeout = eventLoop.scheduleTask(deadline: Self.deadline(.now(), maxWait)) { [self] in look(isLast: true) }
        self.timeout.withLock { $0 = timeout }
    }

    private let timeout = Mutex<Scheduled<Void>?>(nil)

    /// When a wait of at most `maxWait` ends: early by less than a quarter, on a grid that all waits of its length share,
    /// so that a loop wakes once for many consumers that have nothing to read. A consumer that asks again at once
    /// is on the grid already, and waits its whole time.
    static func deadline(_ now: NIODeadline, _ maxWait: TimeAmount) -> NIODeadline {
        let grid = UInt64(clamping: max(1, min(maxWait.nanoseconds / 4, TimeAmount.milliseconds(125).nanoseconds)))
        let latest = (now + maxWait).uptimeNanoseconds
        return max(now, NIODeadline.uptimeNanoseconds(latest - latest % grid))
    }

    func partitionAdvanced() {
        guard !isRung.exchange(true, ordering: .acquiringAndReleasing) else { return }
        eventLoop.execute { [self] in look(isLast: false) }
    }

    /// The client has gone.
    func cancel() { finish() }

    private func look(isLast: Bool) {
        isRung.store(false, ordering: .releasing)
        guard !isDone.load(ordering: .relaxed) else { return }
        if attempt(isLast) || isLast { finish() }
    }

    private func finish() {
        guard !isDone.exchange(true, ordering: .relaxed) else { return }
        for partition in partitions { partition.remove(self) }
        timeout.withLock { $0?.cancel() }
    }
}
