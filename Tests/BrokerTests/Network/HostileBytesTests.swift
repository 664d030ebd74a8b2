import BrokerTesting
import KafkaProtocol
import NIOCore
import Testing

@testable import Broker

/// Whatever a peer sends costs it at most its own connection (promise 7).
@Suite(.timeLimit(.minutes(5)))
struct HostileBytesTests {
    /// Bytes that end a connection, with what they are.
    static let fatal: [(name: String, bytes: [UInt8])] = [
        ("a size of zero", [0, 0, 0, 0]),
        ("a size below a header's", [0, 0, 0, 7, 0, 18, 0, 0, 0, 0, 0]),
        ("a negative size", [0xff, 0xff, 0xff, 0xff]),
        ("the lowest size", [0x80, 0, 0, 0]),
        ("a size above the limit", [0x06, 0x40, 0, 1]),
        ("the largest size", [0x7f, 0xff, 0xff, 0xff]),
        ("a web browser", Array("GET / HTTP/1.1\r\nHost: kafka\r\n\r\n".utf8)),
        ("a TLS hello", [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03]),
        ("an API that does not exist", [0, 0, 0, 10, 0x7f, 0xff, 0, 0, 0, 0, 0, 1, 0xff, 0xff]),
        ("a negative API", [0, 0, 0, 10, 0xff, 0xff, 0, 0, 0, 0, 0, 1, 0xff, 0xff]),
        ("a version of Metadata that does not exist", [0, 0, 0, 10, 0, 3, 0, 99, 0, 0, 0, 1, 0xff, 0xff]),
        ("a negative version of Metadata", [0, 0, 0, 10, 0, 3, 0xff, 0xff, 0, 0, 0, 1, 0xff, 0xff]),
        ("Produce v0, which is advertised and refused", [0, 0, 0, 10, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, 0xff]),
        ("a header without a client id", [0, 0, 0, 8, 0, 3, 0, 1, 0, 0, 0, 1]),
        ("a client id longer than the frame", [0, 0, 0, 12, 0, 3, 0, 1, 0, 0, 0, 1, 0x7f, 0xff, 1, 1]),
        ("an array longer than the frame", [0, 0, 0, 14, 0, 3, 0, 1, 0, 0, 0, 1, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff]),
        ("an array of a negative count", [0, 0, 0, 14, 0, 3, 0, 1, 0, 0, 0, 1, 0xff, 0xff, 0x80, 0, 0, 0]),
        (
            "an endless varint",
            [0, 0, 0, 17, 0, 3, 0, 9, 0, 0, 0, 1, 0xff, 0xff, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]
        ),
        ("tags without end", [0, 0, 0, 15, 0, 3, 0, 9, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f]),
    ]

    @Test(arguments: fatal)
    func `nonsense ends the connection that sent it, and no other`(name: String, bytes: [UInt8]) async throws {
        try await withOpenedBroker { broker in
            let witness = try await broker.connect()
            _ = try await witness.ask(ApiVersionsRequest(), version: 0)
            let connection = try await broker.connect()
            connection.send(ByteBuffer(bytes: bytes))
            #expect(await connection.receive() == nil, "\(name)")
            _ = try await witness.ask(ApiVersionsRequest(), version: 0)
            try await until { broker.connectionCount == 1 }
            #expect(broker.queuedBytes == 0)
            await connection.close()
            await witness.close()
        }
    }

    @Test func `a request that ends in the middle waits, and goes with its connection`() async throws {
        try await withOpenedBroker { broker in
            let frame = Wire.sized(try Wire.frame(MetadataRequest(), version: 9))
            for length in 1..<frame.readableBytes {
                let connection = try await broker.connect()
                connection.send(try #require(frame.getSlice(at: 0, length: length)))
                await connection.close()
            }
            try await until { broker.connectionCount == 0 }
            #expect(broker.queuedBytes == 0)
        }
    }

    @Test func `bytes that drip one by one are a request all the same`() async throws {
        try await withOpenedBroker { broker in
            let peer = try await SocketPeer.connect(to: broker.bootstrap, reads: true)
            let frame = Wire.sized(try Wire.frame(ApiVersionsRequest(), version: 0, correlationID: 77))
            for byte in frame.readableBytesView { try await peer.channel.writeAndFlush(ByteBuffer(bytes: [byte])) }
            #expect(Wire.correlationID(await peer.receive()) == 77)
            await peer.close()
        }
    }

    @Test func `hundreds of requests in one write are answered in their order`() async throws {
        try await withOpenedBroker { broker in
            let connection = try await broker.connect()
            var bytes = ByteBuffer()
            for id in 0..<600 as Range<Int32> {
                // Creation waits for the disk, ApiVersions for nothing.
                let frame =
                    id % 50 == 0
                    ? try Wire.frame(
                        CreateTopicsRequest.with {
                            $0.topics = [
                                .with {
                                    $0.name = "t\(id)"; $0.numPartitions = 1
                                }
                            ]
                        },
                        version: 7, correlationID: id)
                    : try Wire.frame(ApiVersionsRequest(), version: 0, correlationID: id)
                bytes.writeImmutableBuffer(Wire.sized(frame))
            }
            connection.send(bytes)
            for id in 0..<600 as Range<Int32> {
                let answer = await connection.receive()
                guard Wire.correlationID(answer) == id else {
                    Issue.record("request \(id) was answered with \(String(describing: Wire.correlationID(answer)))")
                    break
                }
            }
            await connection.close()
        }
    }

    @Test func `a peer that asks and never listens is not read for long, and gets everything once it listens`()
        async throws
    {
        try await withOpenedBroker { broker in
            let peer = try await SocketPeer.connect(to: broker.bootstrap, reads: false)
            let witness = try await broker.connect()
            let request = DescribeConfigsRequest.with {
                $0.resources = [.with { ($0.resourceType, $0.resourceName, $0.configurationKeys) = (4, "1", nil) }]
                $0.includeDocumentation = true
                $0.includeSynonyms = true
            }
            // Answers of some 50 KB each: far more than all buffers between the two.
            for id in 0..<250 as Range<Int32> {
                peer.send(Wire.sized(try Wire.frame(request, version: 4, correlationID: id)))
            }
            for _ in 0..<20 { _ = try await witness.ask(ApiVersionsRequest(), version: 0) }
            try await peer.startReading()
            for id in 0..<250 as Range<Int32> {
                let answer = await peer.receive()
                guard Wire.correlationID(answer) == id else {
                    Issue.record("request \(id) was answered with \(String(describing: Wire.correlationID(answer)))")
                    break
                }
            }
            await peer.close()
            await witness.close()
            try await until { broker.connectionCount == 0 }
            #expect(broker.queuedBytes == 0)
        }
    }

    @Test func `a peer that goes without having listened leaves nothing behind`() async throws {
        try await withOpenedBroker { broker in
            let peer = try await SocketPeer.connect(to: broker.bootstrap, reads: false)
            let frame = Wire.sized(try Wire.frame(DescribeClusterRequest(), version: 0))
            for _ in 0..<2000 { peer.send(frame) }
            try await until { broker.connectionCount == 1 }
            await peer.close()
            try await until { broker.connectionCount == 0 && broker.queuedBytes == 0 }
        }
    }

    @Test func `a connection of which one half is closed ends`() async throws {
        try await withOpenedBroker { broker in
            let peer = try await SocketPeer.connect(to: broker.bootstrap, reads: true)
            peer.send(Wire.sized(try Wire.frame(ApiVersionsRequest(), version: 0, correlationID: 5)))
            #expect(Wire.correlationID(await peer.receive()) == 5)
            try await peer.closeOutput()
            #expect(await peer.receive() == nil)
            try await until { broker.connectionCount == 0 }
            await peer.close()
        }
    }

    @Test func `a connection that ends in the middle of a long poll is waited for no more`() async throws {
        try await withOpenedBroker { broker in
            let witness = try await broker.connect()
            try await witness.createTopic("events")
            let partition = try #require(try broker.partition("events", 0))
            let fetch = FetchRequest.with { request in
                request.maxWaitMs = .max
                request.minBytes = 1
                request.maxBytes = 1000
                request.replicaID = -1
                request.sessionEpoch = -1
                request.topics = [
                    .with { topic in
                        topic.topic = "events"
                        topic.partitions = [.with { $0.partitionMaxBytes = 1000 }]
                    }
                ]
            }
            let connection = try await broker.connect()
            connection.sendFrame(try Wire.frame(fetch, version: 11))
            try await until { partition.readWaiterCount == 1 }
            #expect(broker.queuedBytes > 0)
            await connection.close()
            try await until { partition.readWaiterCount == 0 && broker.queuedBytes == 0 }
            #expect(broker.connectionCount == 1)
            await witness.close()
        }
    }
}
