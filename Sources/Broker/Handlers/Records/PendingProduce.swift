import KafkaProtocol
import LogStorage
import NIOCore
import Synchronization

/// The answer to one produce request while its partitions wait for their high watermarks.
final class PendingProduce: Sendable {
    /// Where a partition's part of the answer stands.
    struct Slot: Hashable, Sendable {
        var topic: Int
        var partition: Int
    }

    fileprivate struct State {
        var response: ProduceResponse
        var waiting: Int
        var promise: EventLoopPromise<Answer<ProduceResponse>>?
    }

    private let state: Mutex<State>

    private init(_ response: ProduceResponse, waiting: Int, _ promise: EventLoopPromise<Answer<ProduceResponse>>) {
        state = Mutex(State(response: response, waiting: waiting, promise: promise))
    }

    /// The answer, now or when the last of `written` is committed. What takes longer than the request allows is
    /// answered with REQUEST_TIMED_OUT; its records stay in the log.
    static func answer(
        _ response: ProduceResponse, waitingFor written: [ProduceHandler.Written], timeoutMs: Int32,
        on eventLoop: any EventLoop
    ) -> Handling<ProduceResponse> {
        guard !written.isEmpty else { return .answer(response) }
        let promise = eventLoop.makePromise(of: Answer<ProduceResponse>.self)
        let pending = PendingProduce(response, waiting: written.count, promise)
        for part in written {
            part.partition.whenCommitted(part.committedAt) { code in pending.finish(part.slot, code) }
        }
        let timeout = eventLoop.scheduleTask(in: .milliseconds(Int64(max(timeoutMs, 0)))) { pending.timeOut() }
        return .eventually(promise.futureResult.always { _ in timeout.cancel() })
    }

    private func finish(_ slot: Slot, _ code: ErrorCode) {
        let done: (EventLoopPromise<Answer<ProduceResponse>>, ProduceResponse)? = state.withLock { state in
            guard state.waiting > 0 else { return nil }
            if code != .none { state.fail(slot, code) }
            state.waiting -= 1
            return state.takePromise(when: state.waiting == 0)
        }
        if let (promise, response) = done { promise.succeed(Answer(response)) }
    }

    private func timeOut() {
        let done: (EventLoopPromise<Answer<ProduceResponse>>, ProduceResponse)? = state.withLock { state in
            guard state.waiting > 0 else { return nil }
            state.waiting = 0
            state.failAllUnrefused(.requestTimedOut)
            return state.takePromise(when: true)
        }
        if let (promise, response) = done { promise.succeed(Answer(response)) }
    }
}

extension PendingProduce.State {
    fileprivate mutating func fail(_ slot: PendingProduce.Slot, _ code: ErrorCode) {
        guard response.responses.indices.contains(slot.topic) else { return }
        let index = response.responses[slot.topic].partitionResponses[slot.partition].index
        // Nothing is left that might be taken for an offset.
        response.responses[slot.topic].partitionResponses[slot.partition] = .with {
            $0.index = index
            $0.errorCode = code
            $0.baseOffset = .none
        }
    }

    fileprivate mutating func failAllUnrefused(_ code: ErrorCode) {
        for topic in response.responses.indices {
            for partition in response.responses[topic].partitionResponses.indices
            where response.responses[topic].partitionResponses[partition].errorCode == .none {
                fail(PendingProduce.Slot(topic: topic, partition: partition), code)
            }
        }
    }

    fileprivate mutating func takePromise(
        when isDone: Bool
    ) -> (EventLoopPromise<Answer<ProduceResponse>>, ProduceResponse)? {
        guard isDone, let promise else { return nil }
        self.promise = nil
        return (promise, response)
    }
}
