import KafkaProtocol
import NIOCore
import Testing

@testable import Broker

struct ResponseQueueTests {
    private static func response(_ correlationID: Int32) throws -> EncodedResponse {
        try EncodedResponse(Answer(ApiVersionsResponse()), correlationID: correlationID, version: 0)
    }

    private static func correlationID(_ response: EncodedResponse) -> Int32? {
        guard case .bytes(let bytes)? = response.parts.first else { return nil }
        return bytes.getInteger(at: bytes.readerIndex + 4)
    }

    @Test func `answers leave in the order of their requests, in whatever order they are ready`() throws {
        var queue = ResponseQueue()
        let numbers = (0..<4).map { _ in queue.open(byteCount: 10) }
        var left: [Int32?] = []
        for index in [2, 0, 3, 1] {
            queue.fulfil(numbers[index], try Self.response(Int32(index)))
            while let ready = queue.popReady() { left.append(Self.correlationID(ready.response)) }
        }
        #expect(left == [0, 1, 2, 3])
        #expect(queue.count == 0)
        #expect(queue.openBytes == 0)
    }

    @Test func `a closed connection cancels what is open and takes no late answer`() throws {
        var queue = ResponseQueue()
        let number = queue.open(byteCount: 10, cancel: {})
        let cancels = queue.drain()
        #expect(cancels.count == 1)
        queue.fulfil(number, try Self.response(1))
        let none = queue.popReady()
        #expect(none.map(\.byteCount) == nil)
        let next = queue.open(byteCount: 5)
        queue.fulfil(number, try Self.response(1))
        queue.fulfil(next, try Self.response(2))
        let ready = queue.popReady()
        #expect(ready.map { Self.correlationID($0.response) } == 2)
    }
}
