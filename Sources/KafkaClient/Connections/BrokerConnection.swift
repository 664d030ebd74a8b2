import KafkaProtocol
import Logging
import NIOCore
import NIOPosix

/// One connection to a broker: the shell around ``ConnectionStateMachine``. Bound to its event loop.
final class BrokerConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let address: BrokerAddress
    /// What the broker speaks; empty until the connection is ready.
    private(set) var versions = ApiVersionTable(ranges: [:])
    /// Called once, when an open connection ends.
    var onClose: (() -> Void)?

    private let configuration: ClientConfiguration
    private let logger: Logger
    private var machine = ConnectionStateMachine<(Result<ByteBuffer, KafkaError>) -> Void>()
    private var frames: FrameAccumulator
    private var context: ChannelHandlerContext?
    private var ready: Completion<BrokerConnection>?
    private var timer: Scheduled<Void>?
    private var timerDeadline = NIODeadline.distantFuture

    init(address: BrokerAddress, configuration: ClientConfiguration, logger: Logger) {
        self.address = address
        self.configuration = configuration
        self.logger = logger
        frames = FrameAccumulator(limit: configuration.maxResponseBytes)
    }

    var isOpen: Bool { machine.isOpen }
    /// Whether the socket takes bytes as fast as they are written; if not, ``onWritable`` is called when it does again.
    var isWritable: Bool { context?.channel.isWritable ?? false }
    var onWritable: (() -> Void)?
    var inFlight: Int { machine.inFlight }

    /// Connects and negotiates versions. `completion` is called on `loop`, on which the caller is.
    static func open(
        _ address: BrokerAddress, configuration: ClientConfiguration, logger: Logger, on loop: any EventLoop,
        completion: @escaping Completion<BrokerConnection>
    ) {
        ClientBootstrap(group: loop)
            .connectTimeout(TimeAmount(configuration.connectTimeout))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(minimum: 4096, initial: 65_536, maximum: 1 << 20)
            )
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        BrokerConnection(address: address, configuration: configuration, logger: logger))
                }
            }
            .connect(host: address.host, port: address.port)
            .assumeIsolated()
            .whenComplete { result in
                do {
                    let connection = try result.get().pipeline.syncOperations.handler(type: BrokerConnection.self)
                    connection.handshake(completion)
                } catch {
                    completion(.failure(KafkaError(.cannotConnect, "cannot connect to \(address)", cause: error)))
                }
            }
    }

    private func handshake(_ completion: @escaping Completion<BrokerConnection>) {
        ready = completion
        guard context != nil else { return finishHandshake(.failure(KafkaError(.connectionLost, lostMessage))) }
        perform(machine.connected(deadline: .now() + TimeAmount(configuration.requestTimeout)))
    }

    private func finishHandshake(_ result: Result<BrokerConnection, KafkaError>) {
        let ready = self.ready
        self.ready = nil
        ready?(result)
    }

    private var lostMessage: String { "the connection to \(address) ended" }

    // MARK: Requests

    /// Sends `request` in a version that the caller has chosen from ``versions`` and calls back with the answer, on the
    /// event loop.
    ///
    /// - Parameter completion: nil for a request that is never answered (acks=0).
    func send<Request: RequestMessage>(
        _ request: Request, version: Int16, timeout: Duration? = nil, completion: Completion<Request.Response>?
    ) {
        let reply = completion.map { completion in
            { (result: Result<ByteBuffer, KafkaError>) in
                completion(result.flatMap { Self.decode($0, as: Request.Response.self, version: version) })
            }
        }
        let id = machine.begin(
            apiKey: Request.apiKey, version: version,
            responseHeaderVersion: Request.Response.headerVersion(version),
            deadline: .now() + TimeAmount(timeout ?? configuration.requestTimeout), reply: reply)
        guard let id, let context else {
            completion?(.failure(KafkaError(.connectionLost, lostMessage)))
            return
        }
        do {
            write(
                try Self.frame(request, version: version, correlationID: id, clientID: configuration.clientID), context)
            updateTimer()
        } catch {
            // The number is taken and no answer will come for it: the connection is of no more use.
            perform(machine.close(KafkaError(.protocolViolation, "cannot encode \(Request.apiKey)", cause: error)))
        }
    }

    private static func decode<Response: ResponseMessage>(
        _ body: ByteBuffer, as: Response.Type, version: Int16
    ) -> Result<Response, KafkaError> {
        do {
            return .success(try Response.decode(body, version: version))
        } catch {
            return .failure(
                KafkaError(.protocolViolation, "the broker's answer to \(Response.apiKey) cannot be read", cause: error)
            )
        }
    }

    private static func frame<Request: RequestMessage>(
        _ request: Request, version: Int16, correlationID: Int32, clientID: String
    ) throws(ProtocolError) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.writeInteger(0, as: Int32.self)
        let header = RequestHeader.with {
            $0.apiKey = Request.apiKey
            $0.apiVersion = version
            $0.correlationID = correlationID
            $0.clientID = clientID
        }
        try header.encode(into: &buffer, version: Request.headerVersion(version))
        try request.encode(into: &buffer, version: version)
        buffer.setInteger(Int32(clamping: buffer.readableBytes - 4), at: 0)
        return buffer
    }

    private func write(_ frame: ByteBuffer, _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(frame), promise: nil)
    }

    /// Ends the connection; what is under way fails.
    func close(_ error: KafkaError) { perform(machine.close(error)) }

    // MARK: Events

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        frames.append(unwrapInboundIn(data))
        do {
            while let frame = try frames.next() { perform(machine.received(frame)) }
        } catch {
            perform(machine.close(error))
        }
        updateTimer()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        guard context.channel.isWritable, let onWritable else { return }
        self.onWritable = nil
        onWritable()
    }

    func channelInactive(context: ChannelHandlerContext) {
        perform(machine.close(KafkaError(.connectionLost, lostMessage)))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        perform(machine.close(KafkaError(.connectionLost, lostMessage, cause: error)))
    }

    private func perform(_ action: ConnectionStateMachine<(Result<ByteBuffer, KafkaError>) -> Void>.Action) {
        switch action {
        case .nothing:
            break
        case .sendApiVersions(let version, let correlationID):
            sendApiVersions(version: version, correlationID: correlationID)
        case .ready(let versions):
            self.versions = versions
            finishHandshake(.success(self))
        case .answer(let waiting, let body):
            waiting.reply(.success(body))
        case .close(let error, let failed):
            closed(error, failed.map(\.reply))
        }
    }

    private func sendApiVersions(version: Int16, correlationID: Int32) {
        let request = ApiVersionsRequest.with {
            $0.clientSoftwareName = "martlet"
            $0.clientSoftwareVersion = "0.1"
        }
        do {
            let frame = try Self.frame(
                request, version: version, correlationID: correlationID, clientID: configuration.clientID)
            if let context { write(frame, context) }
            updateTimer()
        } catch {
            perform(machine.close(KafkaError(.protocolViolation, "cannot encode ApiVersions", cause: error)))
        }
    }

    private func closed(_ error: KafkaError, _ failed: [(Result<ByteBuffer, KafkaError>) -> Void]) {
        logger.debug("connection ended", metadata: ["broker": "\(address)", "error": "\(error)"])
        timer?.cancel()
        timer = nil
        context?.close(promise: nil)
        let onClose = self.onClose
        self.onClose = nil
        onClose?()
        finishHandshake(.failure(error))
        for reply in failed { reply(.failure(error)) }
    }

    /// One timer for the earliest deadline; it is set anew only when an earlier one comes or when it fires.
    private func updateTimer() {
        guard let deadline = machine.nextDeadline, let context else { return }
        if timer != nil, timerDeadline <= deadline { return }
        timer?.cancel()
        timerDeadline = deadline
        timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { [weak self] in
            guard let self else { return }
            timer = nil
            perform(machine.deadlinePassed(now: .now()))
            updateTimer()
        }
    }
}
