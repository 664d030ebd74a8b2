import NIOCore
import Testing

@testable import KafkaProtocol

struct MessageReaderTests {
    @Test func `every truncation of every golden request is an error and never a trap`() throws {
        for vector in try Fixtures.objects("messages.jsonl.gz") where vector["variant"] as? String == "rich" {
            let name = try #require(vector["name"] as? String)
            let version = Int16(try #require(vector["version"] as? Int))
            let bytes = ByteBuffer(hex: try #require(vector["hex"] as? String))
            let type = try #require(MessageCatalogueTests.types[name])
            for length in 0..<min(bytes.readableBytes, 300) {
                let cut = try #require(bytes.getSlice(at: 0, length: length))
                #expect(throws: ProtocolError.self, "\(name) v\(version) cut to \(length)") {
                    _ = try type.decode(cut, version: version)
                }
            }
        }
    }

    @Test func `an array may not claim more elements than bytes are left`() {
        var bytes = ByteBuffer()
        bytes.writeInteger(Int32.max)
        bytes.writeInteger(UInt64(0))
        #expect(throws: ProtocolError.lengthOutOfBounds(Int64(Int32.max))) {
            _ = try MetadataRequest.decode(bytes, version: 1)
        }
    }

    @Test func `a message holds a bounded number of elements`() {
        var bytes = ByteBuffer()
        bytes.writeInteger(Int32(ProtocolLimits.maxElements + 1))
        bytes.writeRepeatingByte(0, count: 3 * ProtocolLimits.maxElements)
        #expect(throws: ProtocolError.tooManyElements) { _ = try MetadataRequest.decode(bytes, version: 1) }
    }

    @Test func `negative lengths other than null are refused`() {
        var bytes = ByteBuffer()
        bytes.writeInteger(Int32(-2))
        #expect(throws: ProtocolError.lengthOutOfBounds(-2)) { _ = try MetadataRequest.decode(bytes, version: 1) }
    }

    @Test func `tags that do not ascend are refused`() {
        let bytes = ByteBuffer(bytes: [2, 5, 0, 5, 0])
        #expect(throws: ProtocolError.malformedTags) { _ = try ListGroupsRequest.decode(bytes, version: 3) }
    }

    @Test func `a tag that is longer than its field is refused`() throws {
        var request = FetchRequest()
        request.clusterID = "c"
        var bytes = try request.encoded(version: 12)
        // The tag section ends the message: count 1, tag 0, size 2, "c" as a compact string.
        #expect(bytes.readableBytesView.suffix(5) == [1, 0, 2, 2, 0x63])
        bytes.setInteger(UInt8(3), at: bytes.writerIndex - 3)
        bytes.writeInteger(UInt8(0))
        let sealed = bytes
        #expect(throws: ProtocolError.malformedTags) { _ = try FetchRequest.decode(sealed, version: 12) }
    }

    @Test func `a varint of more than five bytes is refused`() {
        var bytes = ByteBuffer(bytes: [0xff, 0xff, 0xff, 0xff, 0xff, 0x01])
        #expect(throws: ProtocolError.overlongVarint) { _ = try bytes.readUnsignedVarint() }
        var tooWide = ByteBuffer(bytes: [0xff, 0xff, 0xff, 0xff, 0x1f])
        #expect(throws: ProtocolError.overlongVarint) { _ = try tooWide.readUnsignedVarint() }
    }

    @Test func `bytes behind a message are refused`() {
        let bytes = ByteBuffer(bytes: [0, 7])
        #expect(throws: ProtocolError.trailingBytes(1)) { _ = try ListGroupsRequest.decode(bytes, version: 3) }
    }
}
