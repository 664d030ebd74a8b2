import KafkaProtocol
import NIOCore
import NIOPosix

@testable import Broker

/// A client at the level of the socket, which reads only when it is told to and may close one half.
struct SocketPeer {
    let channel: any Channel
    private let frames: AsyncStream<ByteBuffer>

    static func connect(to bootstrap: String, reads: Bool) async throws -> SocketPeer {
        let parts = bootstrap.split(separator: ":")
        guard parts.count == 2, let port = Int(parts[1]) else { throw RawConnection.Closed() }
        let (frames, continuation) = AsyncStream.makeStream(of: ByteBuffer.self)
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelOption(.autoRead, value: reads)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Receiver(continuation))
                }
            }
            .connect(host: String(parts[0]), port: port).get()
        return SocketPeer(channel: channel, frames: frames)
    }

    /// Sends bytes; does not wait until the system has taken them.
    func send(_ bytes: ByteBuffer) { channel.writeAndFlush(bytes, promise: nil) }

    func startReading() async throws { try await channel.setOption(.autoRead, value: true).get() }

    /// Says that nothing more will come, and goes on listening.
    func closeOutput() async throws { try await channel.close(mode: .output) }

    /// The next frame; nil once the broker has closed the connection.
    func receive() async -> ByteBuffer? {
        var iterator = frames.makeAsyncIterator()
        return await iterator.next()
    }

    func close() async { try? await channel.close() }
}

private final class Receiver: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private var assembler = FrameAssembler(maxFrameSize: .max)
    private let frames: AsyncStream<ByteBuffer>.Continuation

    init(_ frames: AsyncStream<ByteBuffer>.Continuation) { self.frames = frames }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        assembler.receive(unwrapInboundIn(data))
        while let frame = try? assembler.next() { frames.yield(frame) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event { frames.finish() }
    }

    func channelInactive(context: ChannelHandlerContext) { frames.finish() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
