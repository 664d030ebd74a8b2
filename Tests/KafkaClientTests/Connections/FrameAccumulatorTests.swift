import NIOCore
import Testing

@testable import KafkaClient

@Suite struct FrameAccumulatorTests {
    private static let frames = ["abcd", "", "a longer frame than the others", "wxyz"].map { "head" + $0 }

    private static var stream: ByteBuffer {
        var stream = ByteBuffer()
        for frame in frames {
            stream.writeInteger(Int32(frame.utf8.count))
            stream.writeString(frame)
        }
        return stream
    }

    @Test func `frames come out whole however the bytes are split`() throws {
        let bytes = Array(Self.stream.readableBytesView)
        for size in 1...bytes.count {
            var accumulator = FrameAccumulator(limit: 1000)
            var found: [String] = []
            for start in stride(from: 0, to: bytes.count, by: size) {
                accumulator.append(ByteBuffer(bytes: bytes[start..<min(start + size, bytes.count)]))
                while let frame = try accumulator.next() { found.append(String(buffer: frame)) }
            }
            #expect(found == Self.frames, "pieces of \(size) bytes")
        }
    }

    @Test func `frames that were given out do not change`() throws {
        var accumulator = FrameAccumulator(limit: 1000)
        var stream = Self.stream
        let head = stream.readSlice(length: 20)
        accumulator.append(try #require(head))
        let frame = try accumulator.next()
        let first = try #require(frame)
        accumulator.append(stream)
        while try accumulator.next() != nil {}
        #expect(String(buffer: first) == Self.frames[0])
    }

    @Test(arguments: [Int32(-1), 0, 3, 1001, .max, .min])
    func `a size that cannot be is refused before anything is reserved`(size: Int32) {
        var accumulator = FrameAccumulator(limit: 1000)
        var bytes = ByteBuffer()
        bytes.writeInteger(size)
        accumulator.append(bytes)
        #expect(throws: KafkaError.self) { try accumulator.next() }
    }
}
