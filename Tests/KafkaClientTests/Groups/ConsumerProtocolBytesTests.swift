import KafkaProtocol
import NIOCore
import Testing

@testable import KafkaClient

@Suite struct ConsumerProtocolBytesTests {
    private static let partitions = [
        TopicPartition(topic: "b", partition: 1), TopicPartition(topic: "a", partition: 0),
        TopicPartition(topic: "b", partition: 0),
    ]

    @Test func `an assignment is read as it was written`() throws {
        let bytes = try ConsumerProtocolAssignment(Self.partitions).written()
        #expect(ConsumerProtocolAssignment(reading: bytes)?.partitions == Self.partitions.sorted())
    }

    @Test func `a newer version is read as far as it is known`() throws {
        var subscription = ConsumerProtocolSubscription.with {
            ($0.topics, $0.generationID, $0.rackID) = (["t"], 7, "r")
        }
        subscription.ownedPartitions = [.with { ($0.topic, $0.partitions) = ("t", [2]) }]
        var bytes = try subscription.written()
        bytes.setInteger(Int16(9), at: bytes.readerIndex)
        bytes.writeString("what the future brings")
        #expect(ConsumerProtocolSubscription(reading: bytes) == subscription)
    }

    @Test(arguments: ["", "\u{0}", "\u{0}\u{0}", "\u{0}\u{1}\u{7f}\u{7f}\u{7f}\u{7f}", "free text of somebody else"])
    func `what is no message of members is not read`(text: String) {
        #expect(ConsumerProtocolSubscription(reading: ByteBuffer(string: text)) == nil)
        #expect(ConsumerProtocolAssignment(reading: ByteBuffer(string: text)) == nil)
    }
}
