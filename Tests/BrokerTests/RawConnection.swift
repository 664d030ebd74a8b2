import NIOCore
import NIOPosix

/// A connection that sends frames and receives frames, and knows nothing of what is in them.
struct RawConnection {
    struct Closed: Error {}

    private let channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>
    private let task: Task<Void, any Error>
    private let requests: AsyncStream<ByteBuffer>.Continuation
    private let answers: AsyncStream<ByteBuffer>

    static func connect(to bootstrap: String) async throws -> RawConnection {
        let parts = bootstrap.split(separator: ":")
        guard parts.count == 2, let port = Int(parts[1]) else { throw Closed() }
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: String(parts[0]), port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ByteToMessageHandler(FrameDecoder()))
                    return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return RawConnection(channel)
    }

    private init(_ channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>) {
        self.channel = channel
        let (sent, requests) = AsyncStream.makeStream(of: ByteBuffer.self)
        let (answers, received) = AsyncStream.makeStream(of: ByteBuffer.self)
        self.requests = requests
        self.answers = answers
        task = Task {
            defer { received.finish() }
            try await channel.executeThenClose { inbound, outbound in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { for await bytes in sent { try await outbound.write(bytes) } }
                    group.addTask { for try await frame in inbound { received.yield(frame) } }
                    try await group.next()
                    group.cancelAll()
                }
            }
        }
    }

    /// Sends bytes as they are.
    func send(_ bytes: ByteBuffer) { requests.yield(bytes) }

    /// Sends a frame with its size before it.
    func sendFrame(_ frame: ByteBuffer) {
        var bytes = ByteBuffer()
        bytes.writeInteger(Int32(frame.readableBytes))
        bytes.writeImmutableBuffer(frame)
        send(bytes)
    }

    /// The next frame; nil once the broker has closed the connection.
    func receive() async -> ByteBuffer? {
        var iterator = answers.makeAsyncIterator()
        return await iterator.next()
    }

    func exchange(_ frame: ByteBuffer) async throws -> ByteBuffer {
        sendFrame(frame)
        guard let answer = await receive() else { throw Closed() }
        return answer
    }

    func close() async {
        requests.finish()
        task.cancel()
        _ = await task.result
    }
}

private struct FrameDecoder: ByteToMessageDecoder {
    typealias InboundOut = ByteBuffer

    mutating func decode(context: ChannelHandlerContext, buffer: inout ByteBuffer) throws -> DecodingState {
        guard let size = buffer.getInteger(at: buffer.readerIndex, as: Int32.self),
            let frame = buffer.getSlice(at: buffer.readerIndex + 4, length: Int(size))
        else { return .needMoreData }
        buffer.moveReaderIndex(forwardBy: 4 + Int(size))
        context.fireChannelRead(wrapInboundOut(frame))
        return .continue
    }
}
