import LogStorage
import NIOCore
import NIOPosix

/// Threads that wait for the disk in place of the event loops.
final class ReaderPool: Sendable {
    /// Answers of up to so many bytes are copied rather than sent from the file: below it a read costs less than the
    /// extra system call and the file region's bookkeeping.
    static let copyLimit = 32 << 10

    private let threads: NIOThreadPool

    init(threadCount: Int) {
        threads = NIOThreadPool(numberOfThreads: threadCount)
        threads.start()
    }

    func shutdown() async { try? await threads.shutdownGracefully() }

    /// Brings ranges that are not in memory into the page cache; the future completes on `eventLoop`.
    func bringIn(_ slices: [LogSlice], on eventLoop: any EventLoop) -> EventLoopFuture<Void> {
        threads.runIfActive(eventLoop: eventLoop) {
            for slice in slices { try Self.bringIn(slice) }
        }
    }

    /// Reads a range in pieces, for nothing but to have it in the page cache.
    private static func bringIn(_ slice: LogSlice) throws(FileSystemError) {
        let end = slice.position + slice.count
        for position in stride(from: slice.position, to: end, by: pieceByteCount) {
            _ = try slice.file.read(position..<min(end, position + pieceByteCount))
        }
    }

    /// What is read at once when a range is brought in.
    private static let pieceByteCount = 1 << 20

    /// Runs work that may wait for the disk; the future completes on `eventLoop`.
    func run<Value: Sendable>(
        on eventLoop: any EventLoop, _ work: @escaping @Sendable () throws -> Value
    ) -> EventLoopFuture<Value> {
        threads.runIfActive(eventLoop: eventLoop, work)
    }
}
