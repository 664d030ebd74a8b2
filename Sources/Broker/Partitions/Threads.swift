import NIOCore
import NIOPosix
import Synchronization

/// Work that is spread over threads while the caller waits: the start and the stop of a broker.
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
