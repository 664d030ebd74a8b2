/// 128 bits that stand for a key. Two keys with the same bits would be taken for one, and a record would be lost: so the
/// hash is keyed with a secret of this process, and nobody can choose keys that collide.
struct KeyHash: Hashable, Sendable {
    var first: UInt64
    var second: UInt64
}

/// SipHash-2-4 with 128 bits of result (Aumasson and Bernstein).
struct KeyHasher: Sendable {
    private let key: (UInt64, UInt64)

    /// A hasher with a secret of its own.
    init() {
        var random = SystemRandomNumberGenerator()
        key = (random.next(), random.next())
    }

    /// The hasher of this key.
    init(key: (UInt64, UInt64)) { self.key = key }

    func hash(_ bytes: UnsafeRawBufferPointer) -> KeyHash {
        var state = SipState(key)
        var position = 0
        while position + 8 <= bytes.count {
            state.absorb(UInt64(littleEndian: unsafe bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)))
            position += 8
        }
        var last = UInt64(truncatingIfNeeded: bytes.count) << 56
        var shift: UInt64 = 0
        while position < bytes.count {
            unsafe last |= UInt64(bytes[position]) &<< shift
            position += 1
            shift += 8
        }
        state.absorb(last)
        return state.finish()
    }
}

private struct SipState {
    private var v0: UInt64
    private var v1: UInt64
    private var v2: UInt64
    private var v3: UInt64

    init(_ key: (UInt64, UInt64)) {
        v0 = key.0 ^ 0x736f_6d65_7073_6575
        v1 = key.1 ^ 0x646f_7261_6e64_6f6d ^ 0xee
        v2 = key.0 ^ 0x6c79_6765_6e65_7261
        v3 = key.1 ^ 0x7465_6462_7974_6573
    }

    @inline(__always)
    mutating func absorb(_ word: UInt64) {
        v3 ^= word
        round()
        round()
        v0 ^= word
    }

    mutating func finish() -> KeyHash {
        v2 ^= 0xee
        for _ in 0..<4 { round() }
        let first = v0 ^ v1 ^ v2 ^ v3
        v1 ^= 0xdd
        for _ in 0..<4 { round() }
        return KeyHash(first: first, second: v0 ^ v1 ^ v2 ^ v3)
    }

    @inline(__always)
    private mutating func round() {
        v0 &+= v1
        v1 = Self.rotate(v1, 13) ^ v0
        v0 = Self.rotate(v0, 32)
        v2 &+= v3
        v3 = Self.rotate(v3, 16) ^ v2
        v0 &+= v3
        v3 = Self.rotate(v3, 21) ^ v0
        v2 &+= v1
        v1 = Self.rotate(v1, 17) ^ v2
        v2 = Self.rotate(v2, 32)
    }

    @inline(__always)
    private static func rotate(_ word: UInt64, _ count: UInt64) -> UInt64 { word &<< count | word &>> (64 &- count) }
}
