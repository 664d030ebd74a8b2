import BrokerTesting
import Foundation
import KafkaProtocol
import NIOCore
import Testing

@testable import Broker

/// Answers that are being sent from a file while the file goes.
@Suite(.timeLimit(.minutes(5))) struct DeletedSegmentTests {
    private static let batchCount = 24

    /// More than the sockets hold, so that most of it is still in the file when the topic and its files are gone.
    @Test func `an answer under way survives the deletion of its segment`() async throws {
        let folder = try TemporaryDirectory()
        defer { folder.remove() }
        let broker = try await InProcessBroker.start(directory: folder.path, settings: ["num.network.threads": "1"])
        let client = try await TestClient.connect(to: broker.bootstrap)
        try await client.createTopic("t", configs: ["file.delete.delay.ms": "0"])
        for number in 0..<Self.batchCount {
            let produced = try await client.produce(TestBatch.sized(1_000_000, mark: Self.mark(number)), to: "t")
            #expect(produced.errorCode == .none)
        }
        let peer = try await SocketPeer.connect(to: broker.bootstrap, reads: false)
        peer.send(try Self.frame(FetchRequest.of("t", [(0, 0)], maxBytes: .max)))
        // The one loop has seen the fetch by the time that it has answered these.
        for _ in 0..<10 { _ = try await client.describe("t") }
        #expect(try await client.deleteTopic("t") == .none)
        while try FileManager.default.contentsOfDirectory(atPath: folder.path).contains(where: { $0.hasPrefix("t-0") })
        {
            await Task.yield()
        }
        try await peer.startReading()
        var answer = try #require(await peer.receive())
        _ = try ResponseHeader.decodePrefix(of: &answer, version: FetchResponse.headerVersion(12))
        let data = try #require(
            try FetchResponse.decode(answer, version: 12).responses.first?.partitions.first)
        #expect(data.errorCode == .none)
        let read = try data.read
        #expect(read.map(\.offset.rawValue) == (0..<Int64(Self.batchCount)).map { $0 })
        #expect(read.map(\.value.first) == (0..<Self.batchCount).map { Self.mark($0) })
        await peer.close()
        await client.close()
        await broker.stop()
    }

    private static func mark(_ number: Int) -> Character {
        Character(UnicodeScalar(UInt8(ascii: "a") + UInt8(truncatingIfNeeded: number)))
    }

    private static func frame(_ request: FetchRequest) throws -> ByteBuffer {
        var body = ByteBuffer()
        let header = RequestHeader.with {
            $0.apiKey = .fetch
            $0.apiVersion = 12
            $0.clientID = "test"
        }
        try header.encode(into: &body, version: FetchRequest.headerVersion(12))
        try request.encode(into: &body, version: 12)
        var frame = ByteBuffer(integer: Int32(body.readableBytes))
        frame.writeImmutableBuffer(body)
        return frame
    }
}
