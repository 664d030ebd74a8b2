import NIOCore
import NIOPosix
import Synchronization

/// Work that is spread over threads while the caller waits: the start of a broker.
enum Threads {
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
