import BrokerTesting
import KafkaProtocol
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

    /// What a dump of a segment of these bytes prints, and whether it calls the segment sound.
    private static func dump(_ bytes: [UInt8], deep: Bool = true) throws -> (text: String, isSound: Bool) {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let path = FilePath(directory.path).appending("00000000000000000040.log")
        let file = try SystemPackage.FileDescriptor.open(
            path, .writeOnly, options: .create, permissions: .ownerReadWrite)
        _ = try file.closeAfter { try file.writeAll(bytes) }
        let printed = FilePath(directory.path).appending("printed")
        let target = try SystemPackage.FileDescriptor.open(
            printed, .writeOnly, options: .create, permissions: .ownerReadWrite)
        var output = OutputBuffer(descriptor: target.rawValue)
        var dump = SegmentDump(isMetadata: false, isDeep: deep)
        let isSound = try dump.run(try FileBytes(path), to: &output)
        try output.flush()
        try target.close()
        return (String(buffer: try FileBytes(printed).all()), isSound)
    }

    @Test func `batches and records are printed`() throws {
        let (text, isSound) = try Self.dump(try Self.batch())
        #expect(isSound)
        #expect(text.contains("offsets 40-41 records 2 position 0"))
        #expect(text.contains(#"{"offset":41,"timestamp":9,"key":null,"value":"b"}"#))
    }

    @Test func `every cut but at a batch's end is reported`() throws {
        let whole = try Self.batch()
        for cut in 1..<whole.count {
            let (text, isSound) = try Self.dump(whole + whole.prefix(cut), deep: false)
            #expect(!isSound, "cut at \(cut)")
            #expect(text.contains("\(cut) bytes of a batch that is cut off"), "cut at \(cut)")
        }
    }

    @Test func `a wrong checksum is reported`() throws {
        var bytes = try Self.batch()
        bytes[bytes.count - 2] ^= 1
        let (text, isSound) = try Self.dump(bytes)
        #expect(!isSound)
        #expect(text.contains("CRC WRONG"))
    }

    @Test func `what is no segment is reported and ends the dump`() throws {
        let (text, isSound) = try Self.dump(Array(repeating: 0x41, count: 500))
        #expect(!isSound)
        #expect(text.contains("no batch begins here"))
    }
}
