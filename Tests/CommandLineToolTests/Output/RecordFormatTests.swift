import Glibc
import KafkaClient
import NIOCore
import Testing

@testable import CommandLineTool

@Suite struct RecordFormatTests {
    private static func record(key: String?, value: ByteBuffer?) -> ConsumerRecord {
        ConsumerRecord(
            partition: TopicPartition(topic: "t", partition: 3),
            record: Record(
                offset: 17, timestamp: 1234, key: key.map { ByteBuffer(string: $0) }, value: value,
                headers: [RecordHeader(key: "a", value: ByteBuffer(string: "1")), RecordHeader(key: "b", value: nil)]),
            leaderEpoch: 5)
    }

    private static func written(_ format: String, null: String = "", _ record: ConsumerRecord) throws -> String {
        var ends: [Int32] = [0, 0]
        guard unsafe pipe(&ends) == 0 else { throw CommandFailure(message: "no pipe") }
        defer { close(ends[0]) }
        var output = OutputBuffer(descriptor: ends[1])
        var format = try RecordFormat(format)
        format.nullMarker = null
        try format.write(record, to: &output)
        try output.flush()
        close(ends[1])
        var reader = LineReader(descriptor: ends[0], limit: 1000)
        var text = ""
        while let line = try reader.next() { text += String(buffer: line) + "|" }
        return text
    }

    @Test func `every part of a record can be written`() throws {
        let record = Self.record(key: "k", value: ByteBuffer(string: "vv"))
        #expect(try Self.written("%t/%p@%o %T [%k=%v%s] %h %K %S%%", record) == "t/3@17 1234 [k=vvvv] a=1,b= 1 2%|")
    }

    @Test func `nulls have the length -1 and the marker's text`() throws {
        let record = Self.record(key: nil, value: nil)
        #expect(try Self.written("%k %K %v %S %h", null: "~", record) == "~ -1 ~ -1 a=1,b=~|")
    }

    @Test func `escapes are bytes`() throws {
        #expect(try RecordFormat(#"\n\t\r\0\\\x41"#).pieces == [.bytes([10, 9, 13, 0, 92, 65])])
    }

    @Test(arguments: ["%", "%z", #"\q"#, #"\x4"#, #"\"#, #"\xZZ"#])
    func `what a format cannot mean is a usage error`(format: String) {
        let error = #expect(throws: CommandFailure.self) { try RecordFormat(format) }
        #expect(error?.code == ExitReason.usage)
    }

    @Test func `JSON has every field, and base64 for what is no text`() {
        #expect(
            RecordFormat.json(Self.record(key: "k\"", value: ByteBuffer(bytes: [0xff, 0x00])))
                == #"{"topic":"t","partition":3,"offset":17,"timestamp":1234,"timestampType":"CreateTime","key":"k\"","#
                + #""valueBase64":"/wA=","headers":[{"name":"a","value":"1"},{"name":"b","value":null}]}"#)
    }
}
