import ArgumentParser
import BrokerTesting
import KafkaProtocol
import LogStorage
import NIOCore
import SystemPackage
import Testing

@testable import CommandLineTool

@Suite struct LogDumpCommandTests {
    private static func batch() throws -> [UInt8] {
        var builder = RecordBatchBuilder(baseOffset: 40)
        for value in ["a", "b"] { _ = try builder.append(key: nil, value: ByteBuffer(string: value), timestamp: 9) }
        return Array(try builder.finish().readableBytesView)
    }

    /// What a dump of a file of these bytes prints, and whether it calls the file sound.
    private static func dump(
        _ bytes: [UInt8], name: String = "00000000000000000040.log", folder: String = "events-0",
        _ options: [String] = ["--deep"], style: OutputStyle = .text, bytesStyle: BytesStyle = .escape
    ) throws -> (text: String, isSound: Bool) {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let fileSystem = PosixFileSystem()
        let parent = FilePath(directory.path).appending(folder)
        try fileSystem.createDirectory(parent)
        try fileSystem.open(parent.appending(name), .createEmpty).write(bytes, at: 0)
        let printed = FilePath(directory.path).appending("printed")
        let target = try SystemPackage.FileDescriptor.open(
            printed, .writeOnly, options: .create, permissions: .ownerReadWrite)
        let command = try LogDumpCommand.parse(options + ["unused"])
        var output = DumpOutput(OutputBuffer(descriptor: target.rawValue), style: style, bytes: bytesStyle)
        try command.dump(parent.appending(name), fileSystem, to: &output)
        try output.flush()
        let isSound = output.damagedFiles == 0
        try target.close()
        return (String(decoding: try fileSystem.contents(of: printed) ?? [], as: UTF8.self), isSound)
    }

    @Test func `batches and records are printed in the words of Kafka's tool`() throws {
        let (text, isSound) = try Self.dump(try Self.batch())
        #expect(isSound)
        let lines = text.split(separator: "\n")
        #expect(lines.first == "Log starting offset: 40")
        #expect(
            lines[1].hasPrefix(
                "baseOffset: 40 lastOffset: 41 count: 2 baseSequence: -1 lastSequence: -1 producerId: -1 "
                    + "producerEpoch: -1 partitionLeaderEpoch: -1 isTransactional: false isControl: false "
                    + "position: 0 CreateTime: 9 size: 77 magic: 2 compresscodec: none crc: "))
        #expect(lines[1].hasSuffix(" isvalid: true"))
        #expect(lines[3] == "| offset: 41 CreateTime: 9 keySize: -1 valueSize: 1 sequence: -1 headers: [] payload: b")
    }

    @Test func `JSON has a batch a line, with its records`() throws {
        let (text, isSound) = try Self.dump(try Self.batch(), style: .json)
        #expect(isSound)
        #expect(text.hasPrefix(#"{"kind":"batch","baseOffset":40,"lastOffset":41,"count":2,"#))
        #expect(
            text.contains(
                #"{"offset":41,"CreateTime":9,"keySize":-1,"valueSize":1,"sequence":-1,"headers":[],"key":null,"#
                    + #""payload":"b"}"#))
        #expect(text.count { $0 == "\n" } == 1)
    }

    @Test func `every cut but at a batch's end is reported with its byte, and what comes before is printed`() throws {
        let whole = try Self.batch()
        for cut in 1..<whole.count {
            let (text, isSound) = try Self.dump(whole + whole.prefix(cut), [])
            #expect(!isSound, "cut at \(cut)")
            #expect(text.contains("baseOffset: 40"), "cut at \(cut)")
            #expect(text.contains("Not sound from byte \(whole.count) on: The batch needs"), "cut at \(cut)")
        }
    }

    @Test func `a wrong checksum is reported, and the batch called invalid`() throws {
        var bytes = try Self.batch()
        bytes[bytes.count - 2] ^= 1
        let (text, isSound) = try Self.dump(bytes)
        #expect(!isSound)
        #expect(text.contains("isvalid: false"))
        #expect(text.contains("Not sound from byte 0 on: The batch's checksum is"))
    }

    @Test func `what is no segment is reported and ends the dump`() throws {
        let (text, isSound) = try Self.dump(Array(repeating: 0x41, count: 500))
        #expect(!isSound)
        #expect(text.contains("Not sound from byte 0 on: The record format is version 65"))
    }

    @Test(arguments: [
        (BytesStyle.escape, #"key: k\x00 payload: \xff\\"#), (.hex, "key: 6b00 payload: ff5c"),
        (.base64, "key: awA= payload: /1w="),
    ])
    func `bytes that cannot be printed are shown as asked`(style: BytesStyle, text: String) throws {
        var builder = RecordBatchBuilder()
        _ = try builder.append(
            key: ByteBuffer(bytes: [0x6b, 0]), value: ByteBuffer(bytes: [0xff, 0x5c]),
            headers: [RecordHeader(key: "h", value: ByteBuffer(string: "é"))], timestamp: 1)
        let bytes = Array(try builder.finish().readableBytesView)
        #expect(try Self.dump(bytes, bytesStyle: style).text.contains(text))
    }

    @Test func `transaction markers are told`() throws {
        let marker = try EndTransactionMarker(isCommit: false, coordinatorEpoch: 3)
            .batch(producerID: 5, producerEpoch: 1, timestamp: 9)
        let (text, _) = try Self.dump(Array(marker.readableBytesView))
        #expect(text.contains("isControl: true"))
        #expect(text.contains("endTxnMarker: ABORT coordinatorEpoch: 3"))
    }

    @Test(arguments: [("__consumer_offsets-7", []), ("saved", ["--as", "offsets"])])
    func `records of the group coordinator are decoded`(folder: String, options: [String]) throws {
        var key = ByteBuffer(bytes: [0, 1])
        try OffsetCommitKey.with {
            $0.group = "g"
            $0.topic = "t"
            $0.partition = 2
        }.encode(into: &key, version: 1)
        var value = ByteBuffer(bytes: [0, 3])
        try OffsetCommitValue.with { $0.offset = 41 }.encode(into: &value, version: 3)
        var builder = RecordBatchBuilder()
        _ = try builder.append(key: key, value: value, timestamp: 1)
        _ = try builder.append(key: key, value: nil, timestamp: 1)
        let bytes = Array(try builder.finish().readableBytesView)
        let (text, isSound) = try Self.dump(bytes, folder: folder, ["--deep"] + options)
        #expect(isSound)
        #expect(
            text.contains(#"key: {"type":"1","data":{"group":"g","topic":"t","partition":2}} payload: {"version":"3""#))
        #expect(text.contains(#""data":{"offset":41,"#))
        #expect(text.contains("payload: null"))
    }

    @Test func `records of the metadata log are decoded by Kafka's names`() throws {
        let record = TopicRecord.with { $0.name = "orders" }
        var builder = RecordBatchBuilder()
        _ = try builder.append(key: nil, value: try record.recordValue(version: 0), timestamp: 1)
        let bytes = Array(try builder.finish().readableBytesView)
        let (text, _) = try Self.dump(bytes, folder: "__cluster_metadata-0")
        #expect(text.contains(#"payload: {"type":"TOPIC_RECORD","version":0,"data":{"name":"orders","#))
    }

    @Test(arguments: [
        ("leader-epoch-checkpoint", "0\n1\n3 17\n", "epoch: 3 startOffset: 17"),
        ("recovery-point-offset-checkpoint", "0\n1\na-b 2 40\n", "topic: a-b partition: 2 offset: 40"),
        ("cleaner-offset-checkpoint", "0\n1\na 0 7\n", "topic: a partition: 0 offset: 7"),
        ("partition.metadata", "version: 0\ntopic_id: AAAAAAAAAAAAAAAAAAAAAg\n", "topicId: AAAAAAAAAAAAAAAAAAAAAg"),
        ("meta.properties", "#x\nversion=1\nnode.id=4\ncluster.id=abc\n", "cluster.id: abc"),
    ])
    func `small files are printed, and damaged ones reported`(name: String, content: String, line: String) throws {
        let (text, isSound) = try Self.dump(Array(content.utf8), name: name)
        #expect(isSound)
        #expect(text.contains(line))
        let damaged = try Self.dump(Array(content.utf8.dropFirst(2).dropLast(5)), name: name)
        #expect(!damaged.isSound)
        #expect(damaged.text.contains("Not sound"))
    }

    @Test(arguments: [
        (
            "00000000000000000040.index", [0, 0, 0, 2, 0, 0, 1, 0] as [UInt8],
            "offset: 42 position: 256"
        ),
        (
            "00000000000000000040.timeindex", [0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 3],
            "timestamp: 9 offset: 43"
        ),
        (
            "00000000000000000040.txnindex",
            [0, 0] + [0, 0, 0, 0, 0, 0, 0, 5] + [0, 0, 0, 0, 0, 0, 0, 41] + [0, 0, 0, 0, 0, 0, 0, 43]
                + [0, 0, 0, 0, 0, 0, 0, 44],
            "version: 0 producerId: 5 firstOffset: 41 lastOffset: 43 lastStableOffset: 44"
        ),
    ])
    func `indexes are printed up to an entry that is cut off`(name: String, entry: [UInt8], line: String) throws {
        let (text, isSound) = try Self.dump(entry + [0, 0, 0], name: name)
        #expect(!isSound)
        #expect(text.contains(line))
        #expect(text.contains("Not sound from byte \(entry.count) on"))
        #expect(try Self.dump(entry, name: name).isSound)
    }

    @Test func `a file of another name is refused`() throws {
        #expect(try Self.dump([], name: "notes.txt").text.contains("not that of a file of a log"))
    }
}
