import KafkaProtocol
import NIOCore
import Testing

@Suite struct CRC32CTests {
    /// Bit by bit, as the definition has it.
    private static func reference(_ bytes: some Sequence<UInt8>) -> UInt32 {
        var crc = UInt32.max
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0x82f6_3b78 : crc >> 1 }
        }
        return ~crc
    }

    @Test func `the checksum of the digits is the one that the standard gives`() {
        let digits = ByteBuffer(string: "123456789")
        #expect(CRC32C.checksum(of: digits.readableBytesView) == 0xe306_9283)
        #expect(CRC32C.checksum(of: digits.readableBytesSpan) == 0xe306_9283)
        #expect(Self.reference(digits.readableBytesView) == 0xe306_9283)
        #expect(CRC32C.checksum(of: ByteBuffer().readableBytesView) == 0)
    }

    @Test(arguments: CRC32C.Way.allCases.filter(\.isAvailable))
    func `every way gives the bitwise checksum at every length and alignment`(way: CRC32C.Way) {
        var random = SplitMix64(seed: 7)
        let bytes = (0..<1200).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        for length in Array(0...300) + [511, 512, 513, 1000, 1100] {
            let start = length % 17
            let expected = Self.reference(bytes[start..<start + length])
            let computed = unsafe bytes.withUnsafeBytes { all in
                unsafe CRC32C.checksum(of: UnsafeRawBufferPointer(rebasing: all[start..<start + length]), by: way)
            }
            #expect(computed == expected, "length \(length)")
        }
    }

    @Test(arguments: CRC32C.Way.allCases.filter(\.isAvailable))
    func `a checksum continues where another ended`(way: CRC32C.Way) {
        let bytes = (0..<700).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        for cut in stride(from: 0, through: 700, by: 50) {
            let computed = unsafe bytes.withUnsafeBytes { all in
                let first = unsafe CRC32C.checksum(of: UnsafeRawBufferPointer(rebasing: all[..<cut]), by: way)
                return unsafe CRC32C.checksum(
                    of: UnsafeRawBufferPointer(rebasing: all[cut...]), by: way, continuing: first)
            }
            #expect(computed == Self.reference(bytes))
        }
    }

    @Test func `the table way is always there`() { #expect(CRC32C.Way.software.isAvailable) }
}

/// Numbers that look random and are the same in every run.
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
