import KafkaProtocol
import Testing

@testable import LogStorage

struct KeyOffsetMapTests {
    /// The first vectors of the authors' reference implementation: key 00…0f, input 00, 00 01, ….
    @Test(arguments: [
        (0, "a3817f04ba25a8e66df67214c7550293"), (1, "da87c1d86b99af44347659119b22fc45"),
        (2, "8177228da4a45dc7fca38bdef60affe4"),
    ])
    func `the hash is SipHash with 128 bits`(count: Int, expected: String) {
        let hasher = KeyHasher(key: (0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908))
        let input = (0..<count).map { UInt8($0) }
        let hash = unsafe input.withUnsafeBytes { unsafe hasher.hash($0) }
        let bytes = [hash.first, hash.second].flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) }
        }
        let text = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        #expect(text == expected)
    }

    @Test func `keys of every length have hashes of their own`() {
        let hasher = KeyHasher()
        let hashes = (0..<200).map { count in
            let key = [UInt8](repeating: 0, count: count)
            return unsafe key.withUnsafeBytes { unsafe hasher.hash($0) }
        }
        #expect(Set(hashes).count == 200)
        #expect(Set(hashes.map(\.first)).count == 200)
    }

    @Test func `it gives the last offset of each key, for as many keys as it was made for`() {
        for keys in [1, 2, 3, 10, 1000, 5000] {
            var map = KeyOffsetMap(keys: Int64(2 * keys), memory: 1 << 20, loadFactor: 0.75, start: 0)
            for round in 0..<2 {
                for key in 0..<keys {
                    #expect(put(key, at: Offset(Int64(round * keys + key)), in: &map))
                }
            }
            #expect(map.count == keys)
            #expect(map.latestOffset == Offset(Int64(2 * keys - 1)))
            for key in 0..<keys { #expect(offset(of: key, in: map) == Offset(Int64(keys + key))) }
            #expect(offset(of: -1, in: map) == nil)
        }
    }

    @Test func `a full map takes known keys only, and says how far it came`() {
        var map = KeyOffsetMap(keys: 1_000_000, memory: 24 * 100, loadFactor: 0.5, start: 7)
        #expect(map.byteCount == 2400)
        #expect(map.latestOffset == 6)
        for key in 0..<50 { #expect(put(key, at: Offset(Int64(10 + key)), in: &map)) }
        #expect(!put(50, at: 60, in: &map))
        #expect(put(3, at: 61, in: &map))
        #expect(map.latestOffset == 61)
        #expect(offset(of: 50, in: map) == nil)
        #expect(offset(of: 3, in: map) == 61)
    }

    @Test func `memory is taken for the keys that there can be, never more than allowed`() {
        let small = KeyOffsetMap(keys: 10, memory: 128 << 20, loadFactor: 0.9, start: 0)
        #expect(small.byteCount < 400)
        let bounded = KeyOffsetMap(keys: .max, memory: 1 << 16, loadFactor: 0.9, start: 0)
        #expect(bounded.byteCount <= 1 << 16)
        let least = KeyOffsetMap(keys: 5, memory: 0, loadFactor: 1, start: 0)
        #expect(least.limit == 1)
    }

    private func put(_ key: Int, at offset: Offset, in map: inout KeyOffsetMap) -> Bool {
        let bytes = Array("key \(key)".utf8)
        return unsafe bytes.withUnsafeBytes { unsafe map.put($0, at: offset) }
    }

    private func offset(of key: Int, in map: borrowing KeyOffsetMap) -> Offset? {
        let bytes = Array("key \(key)".utf8)
        return unsafe bytes.withUnsafeBytes { unsafe map.offset(of: $0) }
    }
}
