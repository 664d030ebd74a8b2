import NIOCore
import Testing

@testable import KafkaProtocol

@Suite struct VarintTests {
    private static let values: [Int64] =
        (0..<64).flatMap { bit -> [Int64] in
            let power = Int64(bitPattern: 1 << UInt64(bit))
            return [power, power &- 1, 0 &- power, power &+ 1]
        } + [.min, .max]

    private func written(_ value: Int64) -> [UInt8] {
        let count = Varint.byteCount(value)
        return unsafe [UInt8](unsafeUninitializedCapacity: count) { memory, initialized in
            var writer = unsafe RecordWriter(UnsafeMutableRawBufferPointer(memory), byteCount: count)
            writer.varint(value)
            initialized = count - writer.remaining
        }
    }

    @Test func `64 bit numbers read back and are as long as measured`() {
        for value in Self.values {
            let bytes = written(value)
            #expect(bytes.count == Varint.byteCount(value))
            var position = 0
            let read = unsafe bytes.withUnsafeBytes { unsafe Varint.read64($0, at: &position) }
            #expect(read == value)
            #expect(position == bytes.count)
        }
    }

    @Test func `32 bit numbers read back, larger ones do not`() {
        for value in Self.values {
            let bytes = written(value)
            var position = 0
            let read = unsafe bytes.withUnsafeBytes { unsafe Varint.read32($0, at: &position) }
            #expect(read == Int32(exactly: value))
            if read != nil { #expect(position == bytes.count) }
        }
    }

    @Test func `a number that is cut off is none`() {
        for value in Self.values {
            for length in 0..<Varint.byteCount(value) {
                var position = 0
                let read = unsafe written(value).withUnsafeBytes {
                    unsafe Varint.read64(UnsafeRawBufferPointer(rebasing: $0[..<length]), at: &position)
                }
                #expect(read == nil)
            }
        }
    }
}
