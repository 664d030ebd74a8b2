import NIOCore
import Testing

@testable import KafkaClient

@Suite struct PartitionerTests {
    /// Numbers that the Java client's hash gives.
    @Test(arguments: [
        ("21", Int32(-973_932_308)), ("foobar", -790_332_482), ("a-little-bit-long-string", -985_981_536),
        ("a-little-bit-longer-string", -1_486_304_829),
        ("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58_897_971), ("abc", 479_470_107),
    ])
    func `the hash is Kafka's murmur2`(key: String, expected: Int32) {
        #expect(Int32(bitPattern: Murmur2.hash(ByteBuffer(string: key))) == expected)
    }

    @Test func `the hash does not depend on where the bytes lie`() {
        var buffer = ByteBuffer(string: "xxfoobarxx")
        buffer.moveReaderIndex(forwardBy: 2)
        buffer.moveWriterIndex(to: 8)
        #expect(Int32(bitPattern: Murmur2.hash(buffer)) == -790_332_482)
    }

    @Test func `a key's partition is its hash without the sign, modulo the count`() {
        let partitioner = DefaultPartitioner()
        let expected = Int((UInt32(bitPattern: -790_332_482) & 0x7fff_ffff) % 7)
        #expect(partitioner.partition(forKey: ByteBuffer(string: "foobar"), topic: "t", partitionCount: 7) == expected)
        #expect(partitioner.partition(forKey: nil, topic: "t", partitionCount: 7) == nil)
    }
}
