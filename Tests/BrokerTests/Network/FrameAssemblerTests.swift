import KafkaProtocol
import NIOCore
import Testing

@testable import Broker

struct FrameAssemblerTests {
    private static func stream(_ frames: [[UInt8]]) -> ByteBuffer {
        var bytes = ByteBuffer()
        for frame in frames {
            bytes.writeInteger(Int32(frame.count))
            bytes.writeBytes(frame)
        }
        return bytes
    }

    @Test(arguments: 1...40)
    func `frames come out whole however the stream is cut`(piece: Int) throws {
        let frames: [[UInt8]] = [Array(0..<8), Array(10..<50), Array(repeating: 7, count: 9), Array(0..<30)]
        var stream = Self.stream(frames)
        var assembler = FrameAssembler(maxFrameSize: 100)
        var found: [[UInt8]] = []
        while stream.readableBytes > 0 {
            let part = stream.readSlice(length: min(piece, stream.readableBytes))
            assembler.receive(try #require(part))
            while let frame = try assembler.next() { found.append(Array(frame.readableBytesView)) }
        }
        #expect(found == frames)
    }

    @Test(arguments: [Int32.min, -1, 0, 7, 101, .max])
    func `a size that is not possible ends the stream`(size: Int32) {
        var assembler = FrameAssembler(maxFrameSize: 100)
        var bytes = ByteBuffer()
        bytes.writeInteger(size)
        assembler.receive(bytes)
        do {
            _ = try assembler.next()
            Issue.record("the size was accepted")
        } catch {
            #expect(error == .frameSizeOutOfBounds(size))
        }
    }

    @Test func `a promised size reserves little until its bytes come`() throws {
        var assembler = FrameAssembler(maxFrameSize: .max)
        var bytes = ByteBuffer()
        bytes.writeInteger(Int32.max)
        bytes.writeBytes([1, 2, 3])
        assembler.receive(bytes)
        let frame = try assembler.next()
        #expect(frame == nil)
        #expect(assembler.reservedBytes <= 1 << 20)
    }
}
