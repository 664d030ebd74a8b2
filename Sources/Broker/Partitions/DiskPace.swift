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

    /// What a disk that is not slow flushes in a second at least.
    private static let bytesPerSecond = 100_000_000
    /// So much may wait for a slow disk; more is refused.
    static let waitingLimit = (requests: 1000, bytes: 64 << 20)

    private let flushes = Beginnings()
    private let appends = Beginnings()
    private let slowUntil = Atomic<UInt64>(0)
    private let waiting = Mutex((requests: 0, bytes: 0))
    private let threads = Mutex<NIOThreadPool?>(nil)

    /// When what is under way began, by the clock of ``NIODeadline``.
    private final class Beginnings: Sendable {
        private let all = Mutex<[UInt64]>([])
        /// 0 while nothing is under way.
        let oldest = Atomic<UInt64>(0)

        func add(_ time: UInt64) { change { $0.append(time) } }
        func remove(_ time: UInt64) { change { times in times.firstIndex(of: time).map { _ = times.remove(at: $0) } } }

        private func change(_ body: (inout [UInt64]) -> Void) {
            all.withLock { times in
                body(&times)
                oldest.store(times.min() ?? 0, ordering: .relaxed)
            }
        }
    }

    var isSlow: Bool {
        let (flush, append) = (flushes.oldest.load(ordering: .relaxed), appends.oldest.load(ordering: .relaxed))
        let until = slowUntil.load(ordering: .relaxed)
        guard flush != 0 || append != 0 || until != 0 else { return false }
        let now = Self.now
        return now < until || Self.isOver(flush, now) || Self.isOver(append, now)
            || waiting.withLock { $0.requests > 0 }
    }

    private static func isOver(_ begin: UInt64, _ now: UInt64) -> Bool {
        begin != 0 && now > begin + UInt64(limit.nanoseconds)
    }

    /// Does what writes to the disk, and notes if it has to wait.
    func timed<Result>(_ write: () throws -> Result) rethrows -> Result {
        let begin = Self.now
        appends.add(begin)
        defer {
            appends.remove(begin)
            let end = Self.now
            if Self.isOver(begin, end) {
                slowUntil.store(end + UInt64(Self.memory.nanoseconds), ordering: .relaxed)
            }
        }
        return try write()
    }

    /// Does what flushes so many bytes. A flush of much may take longer than one of little.
    func flushing(_ byteCount: Int, _ flush: () throws(FileSystemError) -> Void) throws(FileSystemError) {
        let begin = Self.now + UInt64(byteCount) * UInt64(1_000_000_000 / Self.bytesPerSecond)
        flushes.add(begin)
        defer { flushes.remove(begin) }
        try flush()
    }

    /// Runs `body` on a thread that may wait for this disk; nil where too much waits already.
    func waiting<Result: Sendable>(
        with byteCount: Int, on eventLoop: any EventLoop, _ body: @escaping @Sendable () -> Result
    ) -> EventLoopFuture<Result>? {
        let isAdmitted = waiting.withLock { waiting in
            guard waiting.requests < Self.waitingLimit.requests, waiting.bytes < Self.waitingLimit.bytes else {
                return false
            }
            waiting = (waiting.requests + 1, waiting.bytes + byteCount)
            return true
        }
        guard isAdmitted else { return nil }
        return pool().runIfActive(eventLoop: eventLoop) { [self] in
            defer { waiting.withLock { $0 = ($0.requests - 1, $0.bytes - byteCount) } }
            return body()
        }
    }

    private func pool() -> NIOThreadPool {
        threads.withLock { threads in
            if let threads { return threads }
            let started = NIOThreadPool(numberOfThreads: Self.threadCount)
            started.start()
            threads = started
            return started
        }
    }

    func shutdown() async { try? await threads.withLock { $0 }?.shutdownGracefully() }

    private static var now: UInt64 { NIODeadline.now().uptimeNanoseconds }
}
