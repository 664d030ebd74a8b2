import BrokerTesting
import Foundation
import KafkaProtocol
import LogStorage
import NIOCore
import Testing

@testable import Broker

/// Answers that are being sent from a file while the file goes or another one takes its place.
@Suite(.timeLimit(.minutes(5))) struct ReplacedSegmentTests {
    private static let batchCount = 24

    /// More than the sockets hold, so that most of it is still in the file when the topic and its files are gone.
    @Test func `an answer under way survives the deletion of its segment`() async throws {
        let folder = try TemporaryDirectory()
        defer { folder.remove() }
        let broker = try await InProcessBroker.start(directory: folder.path, settings: ["num.network.threads": "1"])
        let client = try await TestClient.connect(to: broker.bootstrap)
        try await client.createTopic("t", configs: ["file.delete.delay.ms": "0"])
        for number in 0..<Self.batchCount {
            let produced = try await client.produce(TestBatch.values([Self.value(number)]), to: "t")
            #expect(produced.errorCode == .none)
        }
        let peer = try await Self.peerThatFetches(broker.bootstrap, client)
        #expect(try await client.deleteTopic("t") == .none)
        while try FileManager.default.contentsOfDirectory(atPath: folder.path).contains(where: { $0.hasPrefix("t-0") })
        {
            await Task.yield()
        }
        try await Self.expectAll(of: peer)
        await client.close()
        await broker.stop()
    }

    @Test func `an answer under way survives the compaction of its segment`() async throws {
        try await withOpenedBroker(settings: ["num.network.threads": "1"]) { broker in
            let client = try await TestClient.connect(to: broker.bootstrap)
            try await client.createTopic(
                "t", configs: ["cleanup.policy": "compact", "segment.bytes": "\(1_010_000 * Self.batchCount)"])
            // The last one is in the next segment: of the others only one stays.
            for number in 0...Self.batchCount {
                let produced = try await client.produce(ProducedBatch.of([Self.value(number)]), to: "t")
                #expect(produced.errorCode == .none)
            }
            let partition = try #require(try broker.partition("t", 0))
            #expect(partition.reader.segmentCount == 2)
            let peer = try await Self.peerThatFetches(broker.bootstrap, client)
            let cleaner = try #require(broker.service.core?.cleaner)
            #expect(await Self.onThread { cleaner.clean() } == 1)
            #expect(partition.reader.sizeInBytes < 3_000_000)
            try await Self.expectAll(of: peer)
            await client.close()
        }
    }

    private static func onThread<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: body()) }
        }
    }

    /// One that has asked for everything and does not listen yet.
    private static func peerThatFetches(_ bootstrap: String, _ client: TestClient) async throws -> SocketPeer {
        let peer = try await SocketPeer.connect(to: bootstrap, reads: false)
        peer.send(try frame(FetchRequest.of("t", [(0, 0)], maxBytes: .max)))
        // The one loop has seen the fetch by the time that it has answered these.
        for _ in 0..<10 { _ = try await client.describe("t") }
        return peer
    }

    private static func expectAll(of peer: SocketPeer) async throws {
        try await peer.startReading()
        var answer = try #require(await peer.receive())
        _ = try ResponseHeader.decodePrefix(of: &answer, version: FetchResponse.headerVersion(12))
        let data = try #require(
            try FetchResponse.decode(answer, version: 12).responses.first?.partitions.first)
        #expect(data.errorCode == .none)
        let read = try data.read
        #expect(read.map(\.offset.rawValue) == (0..<Int64(batchCount)).map { $0 })
        #expect(read.map(\.value.first) == (0..<batchCount).map { mark($0) })
        await peer.close()
    }

    private static func value(_ number: Int) -> String { String(repeating: mark(number), count: 1_000_000) }

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
