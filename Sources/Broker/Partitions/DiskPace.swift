import LogStorage
import NIOCore
import NIOPosix
import Synchronization

/// Whether one file system answers in time, and the threads that wait for it where it does not.
///
/// An append is made on the event loop that has read it, which costs least, as long as the page cache takes it at once.
/// A disk that hangs in a flush, or has just made an append wait, will make the next one wait, too, and with it every
/// client of that loop: then appends to its logs wait on threads of their own.
final class DiskPace: Sendable {
    /// What takes longer is slow: a flush that is under way, or an append.
    static let limit: TimeAmount = .milliseconds(50)
    /// For so long after a slow append a disk counts as slow.
    static let memory: TimeAmount = .seconds(1)
    private static let threadCount = 4

    private let flushes = Mutex<[UInt64]>([])
    /// By when the flushes that are under way should have been done, less the limit, the first one's; 0 while there is
    /// none. By the clock of ``NIODeadline``.
    private let oldestFlush = Atomic<UInt64>(0)
    /// When an append began that is under way; 0 while there is none. Of several at once one is enough.
    private let append = Atomic<UInt64>(0)
    private let slowUntil = Atomic<UInt64>(0)
    private let threads = Mutex<NIOThreadPool?>(nil)

    var isSlow: Bool {
        let (flush, append) = (oldestFlush.load(ordering: .relaxed), append.load(ordering: .relaxed))
        let until = slowUntil.load(ordering: .relaxed)
        guard flush != 0 || append != 0 || until != 0 else { return false }
        let now = Self.now
        return now < until || Self.isOver(flush, now) || Self.isOver(append, now)
    }

    private static func isOver(_ begin: UInt64, _ now: UInt64) -> Bool {
        begin != 0 && now > begin + UInt64(limit.nanoseconds)
    }

    /// Does what writes to the disk, and notes if it has to wait.
    func timed<Result>(_ write: () throws -> Result) rethrows -> Result {
        let begin = Self.now
        let isNoted = append.compareExchange(expected: 0, desired: begin, ordering: .relaxed).exchanged
        defer {
            if isNoted { append.store(0, ordering: .relaxed) }
            let end = Self.now
            if Self.isOver(begin, end) {
                slowUntil.store(end + UInt64(Self.memory.nanoseconds), ordering: .relaxed)
            }
        }
        return try write()
    }

    /// What a disk that is not slow flushes in a second at least.
    private static let bytesPerSecond = 100_000_000

    /// Does what flushes so many bytes. A flush of much may take longer than one of little.
    func flushing(_ byteCount: Int, _ flush: () throws(FileSystemError) -> Void) throws(FileSystemError) {
        let begin = Self.now + UInt64(byteCount) * 1_000_000_000 / UInt64(Self.bytesPerSecond)
        note { $0.append(begin) }
        defer { note { flushes in if let index = flushes.firstIndex(of: begin) { flushes.remove(at: index) } } }
        try flush()
    }

    private func note(_ change: (inout [UInt64]) -> Void) {
        flushes.withLock { flushes in
            change(&flushes)
            oldestFlush.store(flushes.min() ?? 0, ordering: .relaxed)
        }
    }

    /// Runs `body` on a thread that may wait for this disk.
    func waiting<Result: Sendable>(
        on eventLoop: any EventLoop, _ body: @escaping @Sendable () -> Result
    ) -> EventLoopFuture<Result> {
        let pool = threads.withLock { threads in
            if let threads { return threads }
            let started = NIOThreadPool(numberOfThreads: Self.threadCount)
            started.start()
            threads = started
            return started
        }
        return pool.runIfActive(eventLoop: eventLoop, body)
    }

    func shutdown() async { try? await threads.withLock { $0 }?.shutdownGracefully() }

    private static var now: UInt64 { NIODeadline.now().uptimeNanoseconds }
}
