import BrokerTesting
import KafkaProtocol
import LogStorage
import NIOCore
import Testing

struct ProducerSnapshotTests {
    @Test func `a snapshot has Kafka's form, with the older batches behind it`() throws {
        let test = try TestLog()
        let log = try test.open()
        try log.append(TestLog.batch(count: 2, producer: .init(id: 7, epoch: 1, sequence: 0)))
        try log.append(TestLog.batch(count: 3, producer: .init(id: 7, epoch: 1, sequence: 2)))
        try log.close()
        let bytes = try #require(test.bytes(.snapshot, 5))
        let milliseconds = UInt64(TestLog.timestamp.rawValue)
        func number(_ value: UInt64, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * (count - 1 - $0))) }
        }
        let entry =
            number(7, 8) + number(1, 2) + number(4, 4) + number(4, 8) + number(2, 4) + number(milliseconds + 2, 8)
            + number(UInt64(bitPattern: -1), 4) + number(UInt64(bitPattern: -1), 8)
        let older = number(7, 8) + number(1, 4) + number(1, 8) + number(1, 4) + number(milliseconds + 1, 8)
        #expect(Array(bytes[0..<2]) == [0, 1])
        #expect(Array(bytes[6...]) == number(1, 4) + entry + number(1, 2) + number(1, 4) + older)
        let crc = CRC32C.checksum(of: ByteBuffer(bytes: bytes[6...]).readableBytesView)
        #expect(Array(bytes[2..<6]) == number(UInt64(crc), 4))
    }

    @Test func `a snapshot that Kafka wrote, with one batch each, is read`() throws {
        let test = try TestLog()
        let log = try test.open()
        for sequence: SequenceNumber in [0, 1] {
            try log.append(TestLog.batch(producer: .init(id: 7, sequence: sequence)))
        }
        try log.close()
        var bytes = Array(try #require(test.bytes(.snapshot, 2)).prefix(6 + 4 + 46))
        let crc = CRC32C.checksum(of: ByteBuffer(bytes: bytes[6...]).readableBytesView)
        for index in 0..<4 { bytes[2 + index] = UInt8(truncatingIfNeeded: crc >> UInt32(24 - 8 * index)) }
        test.disk.overwrite(fileAt: test.path(.snapshot, 2), with: bytes)
        let again = try test.open()
        #expect(again.recovery.filesRebuilt.isEmpty)
        #expect(try again.append(TestLog.batch(producer: .init(id: 7, sequence: 1))).isDuplicate)
        #expect(try again.append(TestLog.batch(producer: .init(id: 7, sequence: 2))).baseOffset == 2)
    }
}
