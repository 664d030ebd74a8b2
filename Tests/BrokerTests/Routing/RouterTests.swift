import KafkaProtocol
import NIOCore
import NIOEmbedded
import Testing

@testable import Broker

struct RouterTests {
    private static func frame(key: Int16, version: Int16, correlationID: Int32 = 9, rest: [UInt8] = []) -> ByteBuffer {
        var bytes = ByteBuffer()
        bytes.writeInteger(key)
        bytes.writeInteger(version)
        bytes.writeInteger(correlationID)
        bytes.writeBytes(rest)
        return bytes
    }

    private static let router = Router([
        ApiVersionsHandler(apis: { [] }, features: { FinalizedFeatures(levels: [:], epoch: -1) })
    ])
    private static let connection = ConnectionIdentity(id: 1, listener: "PLAINTEXT", host: "127.0.0.1")

    private static func dispatch(_ frame: ByteBuffer) -> Dispatch {
        router.dispatch(frame, connection: connection, eventLoop: EmbeddedEventLoop())
    }

    private static func bytes(_ dispatch: Dispatch) -> ByteBuffer? {
        guard case .response(let response) = dispatch, case .bytes(let bytes)? = response.parts.first else {
            return nil
        }
        return bytes
    }

    @Test func `an ApiVersions request of an unknown version is answered in version 0 with our range`() throws {
        let answer = try #require(Self.bytes(Self.dispatch(Self.frame(key: 18, version: 127))))
        // As a Kafka broker answers it, byte for byte.
        let expected: [UInt8] = [0, 0, 0, 0x10, 0, 0, 0, 9, 0, 0x23, 0, 0, 0, 1, 0, 0x12, 0, 0, 0, 4]
        #expect(Array(answer.readableBytesView) == expected)
    }

    @Test(arguments: [
        frame(key: 999, version: 0), frame(key: -1, version: 0), ByteBuffer(bytes: [0]), ByteBuffer(),
        frame(key: 18, version: 3), frame(key: 18, version: 0, rest: [0, 1]),
    ])
    func `what cannot be understood ends the connection`(frame: ByteBuffer) {
        guard case .disconnect = Self.dispatch(frame) else {
            Issue.record("the frame was accepted")
            return
        }
    }

    @Test(arguments: [("librdkafka", true), ("a-b.c", true), ("", false), ("-a", false), ("a b", false), ("ä", false)])
    func `the client's name becomes a label, so it is checked`(name: String, isValid: Bool) throws {
        let request = ApiVersionsRequest.with {
            $0.clientSoftwareName = name
            $0.clientSoftwareVersion = "1.0"
        }
        var frame = ByteBuffer()
        let header = RequestHeader.with {
            $0.apiKey = .apiVersions
            $0.apiVersion = 3
        }
        try header.encode(into: &frame, version: 2)
        try request.encode(into: &frame, version: 3)
        var answer = try #require(Self.bytes(Self.dispatch(frame)))
        answer.moveReaderIndex(forwardBy: 8)
        let code = try ApiVersionsResponse.decode(answer, version: 3).errorCode
        #expect(code == (isValid ? .none : .invalidRequest))
    }
}
