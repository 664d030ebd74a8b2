public import NIOCore

/// Chooses the partition of a record that names none.
public protocol Partitioner: Sendable {
    /// The partition for a key, from 0 up to `partitionCount`; nil leaves it to the producer, which stays with one
    /// partition until its batch is full and then takes another (KIP-480).
    func partition(forKey key: ByteBuffer?, topic: String, partitionCount: Int) -> Int?
}

/// Kafka's own way: records with equal keys share a partition, the same one that the Java client chooses; records
/// without a key go where a batch is being filled.
public struct DefaultPartitioner: Partitioner {
    public init() {}

    public func partition(forKey key: ByteBuffer?, topic: String, partitionCount: Int) -> Int? {
        guard let key else { return nil }
        return Int(Murmur2.hash(key) & 0x7fff_ffff) % partitionCount
    }
}

/// MurmurHash2 with the seed that Kafka uses.
enum Murmur2 {
    static func hash(_ bytes: ByteBuffer) -> UInt32 {
        let m: UInt32 = 0x5bd1_e995
        var bytes = bytes
        var h: UInt32 = 0x9747_b28c ^ UInt32(truncatingIfNeeded: bytes.readableBytes)
        while var k = bytes.readInteger(endianness: .little, as: UInt32.self) {
            k = k &* m
            k ^= k >> 24
            h = (h &* m) ^ (k &* m)
        }
        let tail = bytes.readableBytesView
        if !tail.isEmpty {
            for (place, byte) in tail.enumerated() { h ^= UInt32(byte) << UInt32(8 * place) }
            h = h &* m
        }
        h ^= h >> 13
        h = h &* m
        return h ^ (h >> 15)
    }
}
