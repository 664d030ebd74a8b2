import NIOCore
import Testing

@testable import KafkaProtocol

struct FrameTests {
    @Test func `whole frames of real clients decode header and body and encode to the same bytes`() throws {
        for vector in try Fixtures.objects("frames.jsonl.gz") {
            let name = try #require(vector["name"] as? String)
            let version = Int16(try #require(vector["version"] as? Int))
            let frame = try #require(vector["frame"] as? String)
            let type = try #require(MessageCatalogueTests.types[name])
            var bytes = ByteBuffer(hex: frame)
            #expect(bytes.readInteger(as: Int32.self) == Int32(bytes.readableBytes))
            var rewritten = ByteBuffer()
            rewritten.writeInteger(Int32(bytes.readableBytes))
            let headerVersion = Int16(try #require(vector["headerVersion"] as? Int))
            if vector["kind"] as? String == "request" {
                let header = try RequestHeader.decodePrefix(of: &bytes, version: headerVersion)
                #expect(header.apiVersion == version)
                try header.encode(into: &rewritten, version: headerVersion)
            } else {
                let header = try ResponseHeader.decodePrefix(of: &bytes, version: headerVersion)
                try header.encode(into: &rewritten, version: headerVersion)
            }
            try Self.recode(type, bytes, version, into: &rewritten)
            #expect(rewritten.hex == frame, "\(name) v\(version)")
        }
    }

    private static func recode<Message: KafkaMessage>(
        _ type: Message.Type, _ body: ByteBuffer, _ version: Int16, into frame: inout ByteBuffer
    ) throws {
        try Message.decode(body, version: version).encode(into: &frame, version: version)
    }

    @Test func `header versions follow from the version of the API`() {
        #expect(ProduceRequest.headerVersion(8) == 1)
        #expect(ProduceRequest.headerVersion(9) == 2)
        #expect(ProduceResponse.headerVersion(9) == 1)
        #expect(ApiVersionsRequest.headerVersion(3) == 2)
        #expect(ApiVersionsResponse.headerVersion(4) == 0)
        #expect(SaslHandshakeRequest.headerVersion(1) == 1)
    }
}
