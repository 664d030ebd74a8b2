import KafkaProtocol
import Logging
import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import Broker

/// A connection without a socket: time stands still, and the peer takes its answers when the test says so.
struct ConnectionTests {
    /// Answers Metadata requests when it is told to.
    private final class Desk: RequestHandler, Sendable {
        static let versions: ClosedRange<Int16> = 1...1
        private let waiting = Mutex<[EventLoopPromise<Answer<MetadataResponse>>]>([])
        private let cancelled = Mutex(0)

        var count: Int { waiting.withLock { $0.count } }
        var cancelCount: Int { cancelled.withLock { $0 } }

        func handle(_ request: MetadataRequest, _ context: RequestContext) -> Handling<MetadataResponse> {
            let promise = context.eventLoop.makePromise(of: Answer<MetadataResponse>.self)
            waiting.withLock { $0.append(promise) }
            return .eventually(promise.futureResult) { self.cancelled.withLock { $0 += 1 } }
        }

        func answer(_ number: Int) {
            waiting.withLock { $0[number] }.succeed(Answer(MetadataResponse()))
        }
    }

    /// Counts how often the socket is read.
    private final class ReadCounter: ChannelOutboundHandler {
        typealias OutboundIn = Any
        var count = 0

        func read(context: ChannelHandlerContext) {
            count += 1
            context.read()
        }
    }

    private final class Peer {
        let channel = EmbeddedChannel()
        let desk = Desk()
        let reads = ReadCounter()
        let registry: ConnectionRegistry

        init(_ limits: ConnectionLimits = ConnectionLimits(), registry: ConnectionRegistry? = nil) throws {
            self.registry = registry ?? ConnectionRegistry(limits: limits)
            let connection = Connection(
                identity: ConnectionIdentity(id: 1, listener: "PLAINTEXT", host: "127.0.0.1"),
                router: Router([
                    ApiVersionsHandler(apis: { [] }, features: { FinalizedFeatures(levels: [:], epoch: -1) }), desk,
                ]), registry: self.registry, limits: limits,
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
            try channel.pipeline.syncOperations.addHandlers([reads, connection])
            try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 9)).wait()
        }

        func send(_ bytes: ByteBuffer) {
            channel.pipeline.fireChannelRead(bytes)
            channel.pipeline.fireChannelReadComplete()
        }

        /// The correlation ids of the answers that have left since the last look.
        func answers() throws -> [Int32] {
            var ids: [Int32] = []
            while case .byteBuffer(let bytes)? = try channel.readOutbound(as: IOData.self) {
                if let id = bytes.getInteger(at: bytes.readerIndex + 4, as: Int32.self) { ids.append(id) }
            }
            return ids
        }

        func take(_ isWritable: Bool) {
            channel.isWritable = isWritable
            channel.pipeline.fireChannelWritabilityChanged()
        }
    }

    private static func now(_ id: Int32) throws -> ByteBuffer {
        Wire.sized(try Wire.frame(ApiVersionsRequest(), version: 0, correlationID: id))
    }

    private static func later(_ id: Int32) throws -> ByteBuffer {
        Wire.sized(try Wire.frame(MetadataRequest(), version: 1, correlationID: id))
    }

    @Test func `a peer that does not take its answers is read no more, and goes on where it stopped`() throws {
        let peer = try Peer()
        peer.take(false)
        let reads = peer.reads.count
        var bytes = try Self.now(1)
        bytes.writeImmutableBuffer(try Self.now(2))
        peer.send(bytes)
        #expect(try peer.answers() == [])
        #expect(peer.reads.count == reads)
        peer.take(true)
        #expect(try peer.answers() == [1, 2])
        #expect(peer.reads.count == reads + 1)
    }

    @Test func `only so many requests are open at once; the next starts when one is answered`() throws {
        var limits = ConnectionLimits()
        limits.maxOpenRequests = 2
        let peer = try Peer(limits)
        let reads = peer.reads.count
        for id in 0..<4 { peer.send(try Self.later(Int32(id))) }
        #expect(peer.desk.count == 2)
        #expect(peer.reads.count == reads + 1)
        peer.desk.answer(1)
        #expect(try peer.answers() == [])
        peer.desk.answer(0)
        #expect(try peer.answers() == [0, 1])
        #expect(peer.desk.count == 4)
    }

    @Test func `bytes of open requests are counted over all connections and given back`() throws {
        var limits = ConnectionLimits()
        limits.maxQueuedBytes = 1
        let registry = ConnectionRegistry(limits: limits)
        let first = try Peer(limits, registry: registry)
        let second = try Peer(limits, registry: registry)
        for peer in [first, second] {
            peer.send(try Self.later(1))
            peer.send(try Self.later(2))
        }
        // Each may have one, or a full queue would be a dead one.
        #expect(first.desk.count == 1)
        #expect(second.desk.count == 1)
        #expect(registry.queuedBytes > 0)
        first.desk.answer(0)
        #expect(first.desk.count == 2)
        _ = try first.channel.finish(acceptAlreadyClosed: true)
        _ = try second.channel.finish(acceptAlreadyClosed: true)
        #expect(registry.queuedBytes == 0)
        #expect(first.desk.cancelCount == 1)
        #expect(second.desk.cancelCount == 1)
    }

    @Test func `what was asked before garbage is answered, then the connection ends`() throws {
        let peer = try Peer()
        var bytes = try Self.later(1)
        bytes.writeImmutableBuffer(try Self.now(2))
        bytes.writeInteger(Int32(-5))
        bytes.writeImmutableBuffer(try Self.now(3))
        peer.send(bytes)
        #expect(peer.channel.isActive)
        peer.desk.answer(0)
        #expect(try peer.answers() == [1, 2])
        peer.channel.embeddedEventLoop.run()
        #expect(!peer.channel.isActive)
        #expect(peer.registry.queuedBytes == 0)
    }

    @Test func `an idle connection ends after its time, and one that waits for an answer does not`() throws {
        var limits = ConnectionLimits()
        limits.maxIdle = .seconds(10)
        let peer = try Peer(limits)
        let loop = peer.channel.embeddedEventLoop
        loop.advanceTime(by: .seconds(9))
        peer.send(try Self.now(1))
        loop.advanceTime(by: .seconds(9))
        #expect(peer.channel.isActive)
        peer.send(try Self.later(2))
        loop.advanceTime(by: .seconds(60))
        #expect(peer.channel.isActive)
        peer.desk.answer(0)
        loop.advanceTime(by: .seconds(11))
        #expect(!peer.channel.isActive)
    }

    @Test func `an answer that comes after its connection has ended is forgotten`() throws {
        let peer = try Peer()
        peer.send(try Self.later(1))
        _ = try peer.channel.finish(acceptAlreadyClosed: true)
        peer.desk.answer(0)
        #expect(peer.registry.queuedBytes == 0)
        #expect(try peer.answers() == [])
    }
}
