import Coordination
import KafkaProtocol
import NIOCore
import Synchronization

/// Hands out producer ids from blocks that the metadata log has set aside: an id is given once, whatever happens to the
/// broker between.
final class ProducerIDs: Sendable {
    private struct State {
        var next: Int64 = 0
        var end: Int64 = 0
        var waiting: [EventLoopPromise<ProducerID>] = []
        var isFetching = false
    }

    private let state = Mutex(State())
    private let allocate: @Sendable (any EventLoop) -> EventLoopFuture<ProducerIDBlock>

    init(allocate: @escaping @Sendable (any EventLoop) -> EventLoopFuture<ProducerIDBlock>) {
        self.allocate = allocate
    }

    /// The next id; waits for the disk once in a block.
    func next(on eventLoop: any EventLoop) -> EventLoopFuture<ProducerID> {
        let promise = eventLoop.makePromise(of: ProducerID.self)
        let (id, fetches): (ProducerID?, Bool) = state.withLock { state in
            if state.next < state.end {
                defer { state.next += 1 }
                return (ProducerID(state.next), false)
            }
            state.waiting.append(promise)
            defer { state.isFetching = true }
            return (nil, !state.isFetching)
        }
        if let id { promise.succeed(id) }
        if fetches { fetch(on: eventLoop) }
        return promise.futureResult
    }

    private func fetch(on eventLoop: any EventLoop) {
        allocate(eventLoop).whenComplete { [self] result in
            switch result {
            case .success(let block): hand(out: block, on: eventLoop)
            case .failure(let error):
                let failed = state.withLock { state in
                    state.isFetching = false
                    defer { state.waiting = [] }
                    return state.waiting
                }
                for promise in failed { promise.fail(error) }
            }
        }
    }

    private func hand(out block: ProducerIDBlock, on eventLoop: any EventLoop) {
        let (served, needsMore) = state.withLock { state in
            (state.next, state.end) = (block.first.rawValue, block.end.rawValue)
            let count = min(state.waiting.count, Int(state.end - state.next))
            let served = state.waiting.prefix(count).enumerated().map { index, promise in
                (promise, ProducerID(state.next + Int64(index)))
            }
            state.waiting.removeFirst(count)
            state.next += Int64(count)
            state.isFetching = !state.waiting.isEmpty
            return (served, state.isFetching)
        }
        for (promise, id) in served { promise.succeed(id) }
        if needsMore { fetch(on: eventLoop) }
    }
}
