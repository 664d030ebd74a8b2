import KafkaProtocol
import LogStorage
import Logging
import NIOCore
import NIOPosix

/// One client's connection: frames in, answers out, in the order of their requests.
///
/// Requests are handled one after another as they come (stage one); an answer that has to wait does not hold up the
/// requests behind it. The socket is read only while the connection's limits allow.
final class Connection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = IOData

    private let identity: ConnectionIdentity
    private let router: Router
    private let registry: ConnectionRegistry
    private let limits: ConnectionLimits
    private let logger: Logger

    private var frames: FrameAssembler
    private var responses = ResponseQueue()
    /// Whether the last request that was taken in is still in stage one: those behind it wait.
    private var isStageOneOpen = false
    private var isReading = false
    private var isProcessing = false
    private var isClosing = false
    private var isDraining = false
    private var needsFlush = false
    private var lastActivity = NIODeadline.uptimeNanoseconds(0)
    private var idleTask: Scheduled<Void>?

    init(
        identity: ConnectionIdentity, router: Router, registry: ConnectionRegistry, limits: ConnectionLimits,
        logger: Logger
    ) {
        self.identity = identity
        self.router = router
        self.registry = registry
        self.limits = limits
        self.logger = logger
        frames = FrameAssembler(maxFrameSize: limits.maxFrameSize)
    }

    // MARK: - Life

    func channelActive(context: ChannelHandlerContext) {
        lastActivity = context.eventLoop.now
        scheduleIdleCheck(context)
        readMore(context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        isClosing = true
        idleTask?.cancel()
        registry.closed(bytes: responses.openBytes)
        for cancel in responses.drain() { cancel() }
        registry.remove(identity.id, host: identity.host)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if !(error is IOError) { logger.info("connection closed", metadata: metadata("\(error)")) }
        context.close(promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case ConnectionEvent.drain = event else { return context.fireUserInboundEventTriggered(event) }
        isDraining = true
        closeIfDrained(context)
    }

    private func closeIfDrained(_ context: ChannelHandlerContext) {
        guard isDraining, responses.count == 0, !isStageOneOpen, !isClosing else { return }
        isClosing = true
        // What has been written is sent first.
        context.writeAndFlush(wrapOutboundOut(.byteBuffer(ByteBuffer()))).assumeIsolated().whenComplete { _ in
            context.close(promise: nil)
        }
    }

    /// Ends the connection for what its peer has sent. What was asked for before is answered first, as it would be had
    /// the peer waited for each answer; nothing more is taken in.
    private func refuse(_ context: ChannelHandlerContext, _ reason: String) {
        guard !isDraining, !isClosing else { return }
        isDraining = true
        logger.info("connection closed", metadata: metadata(reason))
        closeIfDrained(context)
    }

    private func disconnect(_ context: ChannelHandlerContext, _ reason: String) {
        guard !isClosing else { return }
        isClosing = true
        logger.info("connection closed", metadata: metadata(reason))
        context.close(promise: nil)
    }

    private func metadata(_ reason: String) -> Logger.Metadata {
        ["peer": "\(identity.host)", "connection": "\(identity.id)", "reason": "\(reason)"]
    }

    private func scheduleIdleCheck(_ context: ChannelHandlerContext) {
        guard let maxIdle = limits.maxIdle else { return }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let deadline = lastActivity + TimeAmount(maxIdle)
        idleTask = context.eventLoop.scheduleTask(deadline: deadline) {
            let (connection, context) = bound.value
            connection.checkIdle(context, deadline: deadline)
        }
    }

    private func checkIdle(_ context: ChannelHandlerContext, deadline: NIODeadline) {
        // A connection that is to close, but whose peer does not take its last answers, ends here, too.
        if responses.count > 0 || isStageOneOpen { lastActivity = context.eventLoop.now }
        if lastActivity + TimeAmount(limits.maxIdle ?? .seconds(0)) > deadline { return scheduleIdleCheck(context) }
        logger.debug("connection closed", metadata: metadata("idle"))
        context.close(promise: nil)
    }

    // MARK: - In

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        lastActivity = context.eventLoop.now
        frames.receive(unwrapInboundIn(data))
        process(context)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        flush(context)
        readMore(context)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            process(context)
            flush(context)
            readMore(context)
        }
        context.fireChannelWritabilityChanged()
    }

    private var mayTakeMore: Bool {
        !isDraining && !isStageOneOpen && responses.count < limits.maxOpenRequests
            && (responses.count == 0 || (responses.openBytes < limits.maxOpenBytes && registry.hasRoom))
    }

    private func readMore(_ context: ChannelHandlerContext) {
        guard !isReading, !isClosing, mayTakeMore, context.channel.isWritable else { return }
        isReading = true
        context.read()
    }

    /// Handles the whole frames that have come, as far as the limits allow.
    private func process(_ context: ChannelHandlerContext) {
        guard !isProcessing else { return }
        isProcessing = true
        defer { isProcessing = false }
        do {
            while !isClosing, mayTakeMore, context.channel.isWritable, let frame = try frames.next() {
                handle(frame, context)
            }
        } catch {
            refuse(context, "malformed frame: \(error)")
        }
    }

    private func handle(_ frame: ByteBuffer, _ context: ChannelHandlerContext) {
        let dispatch = router.dispatch(frame, connection: identity, eventLoop: context.eventLoop)
        carryOut(dispatch, size: frame.readableBytes, context)
    }

    private func carryOut(_ dispatch: Dispatch, size: Int, _ context: ChannelHandlerContext) {
        switch dispatch {
        case .response(let response):
            guard responses.count > 0 else { return write(response, context) }
            opened(size)
            responses.fulfil(responses.open(byteCount: size), response)
        case .eventually(let response, let cancel):
            opened(size)
            let number = responses.open(byteCount: size, cancel: cancel)
            response.whenReady { self.answer($0, number, context) }
        case .unfinished(let request):
            opened(size)
            isStageOneOpen = true
            request.whenReady { self.goOn($0, size: size, context) }
        case .silent: break
        case .disconnect(let reason): refuse(context, reason)
        }
    }

    /// A request has what its stage one has waited for.
    private func goOn(_ result: Result<Dispatch, any Error>, size: Int, _ context: ChannelHandlerContext) {
        isStageOneOpen = false
        registry.closed(bytes: size)
        guard !isClosing else { return }
        switch result {
        case .success(let dispatch):
            carryOut(dispatch, size: size, context)
            writeReady(context)
        case .failure(let error):
            disconnect(context, "the request failed: \(error)")
        }
    }

    private func opened(_ size: Int) { registry.opened(bytes: size) }

    // MARK: - Out

    private func answer(
        _ result: Result<EncodedResponse, any Error>, _ number: Int, _ context: ChannelHandlerContext
    ) {
        switch result {
        case .success(let response):
            responses.fulfil(number, response)
            writeReady(context)
        case .failure(let error):
            disconnect(context, "the request failed: \(error)")
        }
    }

    private func writeReady(_ context: ChannelHandlerContext) {
        guard !isClosing else { return }
        while let (response, size) = responses.popReady() {
            registry.closed(bytes: size)
            write(response, context)
        }
        guard !isProcessing else { return }
        process(context)
        flush(context)
        closeIfDrained(context)
        readMore(context)
    }

    private func write(_ response: EncodedResponse, _ context: ChannelHandlerContext) {
        needsFlush = true
        for part in response.parts {
            switch part {
            case .bytes(let buffer): context.write(wrapOutboundOut(.byteBuffer(buffer)), promise: nil)
            case .file(let slice): write(slice, context)
            }
        }
    }

    /// Sends a range of a file without bringing it into memory. The descriptor stays the file's own; the file is kept
    /// alive until the range is sent, whatever becomes of its segment.
    private func write(_ slice: LogSlice, _ context: ChannelHandlerContext) {
        guard let descriptor = slice.file.descriptor else {
            return disconnect(context, "a file without a descriptor cannot be sent")
        }
        let handle = NIOFileHandle(_deprecatedTakingOwnershipOfDescriptor: descriptor)
        let end = slice.position + slice.count
        let region = FileRegion(fileHandle: handle, readerIndex: slice.position, endIndex: end)
        let sent = context.eventLoop.makePromise(of: Void.self)
        sent.futureResult.whenComplete { _ in
            withExtendedLifetime(slice.file) { _ = try? handle.takeDescriptorOwnership() }
        }
        context.write(wrapOutboundOut(.fileRegion(region)), promise: sent)
    }

    private func flush(_ context: ChannelHandlerContext) {
        guard needsFlush else { return }
        needsFlush = false
        lastActivity = context.eventLoop.now
        context.flush()
    }
}

extension TimeAmount {
    init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        self = overflow ? .nanoseconds(.max) : .nanoseconds(whole &+ attoseconds / 1_000_000_000)
    }
}
