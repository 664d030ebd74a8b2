import KafkaProtocol
import NIOCore
import Testing

@testable import Coordination

@Suite struct ClusterMetadataRecordTests {
    @Test func `a record is written in Kafka's frame and read back`() throws {
        let record = ClusterMetadataRecord.topic(
            .with {
                $0.name = "foo"
                $0.topicID = TopicID(KafkaUUID(high: 0x0102_0304_0506_0708, low: 0x090a_0b0c_0d0e_0f10))
            })
        let bytes = try record.encoded()
        #expect(
            Array(bytes.readableBytesView) == [1, 2, 0, 4] + Array("foo".utf8) + (1...16).map { UInt8($0) } + [0])
        #expect(try ClusterMetadataRecord(bytes) == record)
    }

    @Test func `partitions are written with their directories`() throws {
        let bytes = try ClusterMetadataRecord.partition(.with { $0.directories = [.zero] }).encoded()
        #expect(Array(bytes.readableBytesView.prefix(3)) == [1, 3, 1])
    }

    @Test(
        arguments: [
            [], [1], [1, 2], [2, 2, 0], [1, 2, 0, 200], [1, 99, 0], [1, 2, 9, 0],
            [1, 2, 0x80, 0x80, 0x80, 0x80, 0x80, 1],
        ] as [[UInt8]])
    func `bytes that are no record are an error`(bytes: [UInt8]) {
        #expect(throws: CoordinatorReplayError.self) { try ClusterMetadataRecord(ByteBuffer(bytes: bytes)) }
    }

    @Test func `a record of a newer version says so`() {
        let error = #expect(throws: CoordinatorReplayError.self) {
            try ClusterMetadataRecord(ByteBuffer(bytes: [1, 99, 1]))
        }
        #expect(error?.description.contains("type 99 version 1 is not known") == true)
    }
}
