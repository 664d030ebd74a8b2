import DequeModule
import NIOCore

/// The open requests of one connection, in order. Answers may become ready in any order and leave in this one.
struct ResponseQueue {
    private struct Slot {
        var response: EncodedResponse?
        var byteCount: Int
        var cancel: (@Sendable () -> Void)?
    }

    private var slots: Deque<Slot> = []
    /// The number of the first slot: numbers are given once and never again.
    private var firstNumber = 0
    /// Bytes of the requests that are open.
    private(set) var openBytes = 0

    init() {}

    var count: Int { slots.count }

    /// Opens a request of `byteCount` bytes and returns its number.
    mutating func open(byteCount: Int, cancel: (@Sendable () -> Void)? = nil) -> Int {
        slots.append(Slot(response: nil, byteCount: byteCount, cancel: cancel))
        openBytes += byteCount
        return firstNumber + slots.count - 1
    }

    /// The answer of a request is ready.
    mutating func fulfil(_ number: Int, _ response: EncodedResponse) {
        let index = number - firstNumber
        guard slots.indices.contains(index) else { return }
        slots[index].response = response
        slots[index].cancel = nil
    }

    /// The next answer that may leave, with the size of its request.
    mutating func popReady() -> (response: EncodedResponse, byteCount: Int)? {
        guard let first = slots.first, let response = first.response else { return nil }
        slots.removeFirst()
        firstNumber += 1
        openBytes -= first.byteCount
        return (response, first.byteCount)
    }

    /// Forgets all open requests; returns what tells their handlers.
    mutating func drain() -> [@Sendable () -> Void] {
        let cancels = slots.compactMap(\.cancel)
        firstNumber += slots.count
        slots.removeAll()
        openBytes = 0
        return cancels
    }
}
