#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif
import NIOCore
import NIOPosix
import Synchronization

/// Threads that may wait: work that is spread over some while the caller waits, and pauses.
enum Threads {
    /// Runs `body` for each of the items, `count` at a time, and returns when all are done.
    static func run<Item: Sendable>(_ count: Int, through items: [Item], _ body: @escaping @Sendable (Item) -> Void) {
        let next = Atomic<Int>(0)
        run(min(count, items.count)) {
            while true {
                let number = next.add(1, ordering: .relaxed).oldValue
                guard number < items.count else { return }
                body(items[number])
            }
        }
    }

    /// Holds up the calling thread, which must not be an event loop's.
    static func sleep(for duration: Duration) {
        let (seconds, attoseconds) = duration.components
        var time = timespec(tv_sec: Int(max(seconds, 0)), tv_nsec: Int(max(attoseconds, 0) / 1_000_000_000))
        unsafe nanosleep(&time, nil)
    }

    /// Runs `body` on `count` threads at once, the calling one among them, and returns when all are done.
    static func run(_ count: Int, _ body: @escaping @Sendable () -> Void) {
        guard count > 1 else { return body() }
        let pool = NIOThreadPool(numberOfThreads: count - 1)
        pool.start()
        let group = MultiThreadedEventLoopGroup.singleton.next()
        let others = (1..<count).map { _ in pool.runIfActive(eventLoop: group) { body() } }
        body()
        for other in others { try? other.wait() }
        try? pool.syncShutdownGracefully()
    }
}
