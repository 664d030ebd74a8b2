import KafkaProtocol
import NIOCore

/// What becomes of one frame.
enum Dispatch {
    case response(EncodedResponse)
    case eventually(EventualResponse, cancel: (@Sendable () -> Void)?)
    /// No later request is handled before this one goes on.
    case unfinished(UnfinishedRequest)
    case silent
    case disconnect(String)
}

/// A request whose stage one waits for something.
struct UnfinishedRequest {
    private let subscribe: (@escaping (Result<Dispatch, any Error>) -> Void) -> Void

    /// - Parameters:
    ///   - future: completes on the loop on which ``whenReady(_:)`` is called.
    ///   - dispatch: how the request goes on then.
    init<Response: ResponseMessage>(
        _ future: EventLoopFuture<Handling<Response>>, _ dispatch: @escaping (Handling<Response>) throws -> Dispatch
    ) {
        subscribe = { receive in
            future.assumeIsolated().whenComplete { result in
                receive(Result { try dispatch(result.get()) })
            }
        }
    }

    func whenReady(_ receive: @escaping (Result<Dispatch, any Error>) -> Void) { subscribe(receive) }
}

/// An answer that is put into its frame when it has come.
struct EventualResponse {
    private let subscribe: (@escaping (Result<EncodedResponse, any Error>) -> Void) -> Void

    /// - Parameter future: the answer; on the connection's loop, as callers are.
    init<Response: ResponseMessage>(
        _ future: EventLoopFuture<Answer<Response>>, correlationID: Int32, version: Int16
    ) {
        subscribe = { receive in
            future.assumeIsolated().whenComplete { result in
                receive(
                    result.flatMap { answer in
                        Result { try EncodedResponse(answer, correlationID: correlationID, version: version) }
                    })
            }
        }
    }

    func whenReady(_ receive: @escaping (Result<EncodedResponse, any Error>) -> Void) { subscribe(receive) }
}

/// Finds the handler of a frame. Built from one list of handlers, from which the ApiVersions answer comes, too.
struct Router: Sendable {
    private let routes: [ApiKey: Route]
    /// Every API that is served, with its versions, by number.
    let advertised: [AdvertisedApi]

    init(_ handlers: [any RequestHandler]) {
        var routes: [ApiKey: Route] = [:]
        for handler in handlers {
            let route = Route(erasing: handler)
            precondition(routes[route.api.key] == nil, "two handlers for \(route.api.key)")
            routes[route.api.key] = route
        }
        self.routes = routes
        advertised = routes.values.map(\.api).sorted { $0.key.rawValue < $1.key.rawValue }
    }

    /// Handles one frame (without its size) on the connection's event loop.
    func dispatch(
        _ frame: ByteBuffer, connection: ConnectionIdentity, eventLoop: any EventLoop
    ) -> Dispatch {
        guard let key = frame.getInteger(at: frame.readerIndex, as: Int16.self).map(ApiKey.init(rawValue:)),
            let version = frame.getInteger(at: frame.readerIndex + 2, as: Int16.self)
        else { return .disconnect("a frame too short for a header") }
        guard let route = routes[key] else { return .disconnect("unknown or unsupported API \(key)") }
        guard route.api.versions.contains(version) else {
            if key == .apiVersions { return unsupportedApiVersions(frame, range: route.api.versions) }
            return .disconnect("unsupported version \(version) of \(key)")
        }
        var body = frame
        do {
            let header = try RequestHeader.decodePrefix(of: &body, version: route.headerVersion(version))
            let context = RequestContext(header: header, eventLoop: eventLoop, connection: connection)
            return try route.handle(body, context)
        } catch {
            return .disconnect("malformed \(key) v\(version): \(error)")
        }
    }

    /// A client that is newer than we are learns our range from an answer of the first version (KIP-511).
    private func unsupportedApiVersions(_ frame: ByteBuffer, range: ClosedRange<Int16>) -> Dispatch {
        guard let correlationID = frame.getInteger(at: frame.readerIndex + 4, as: Int32.self) else {
            return .disconnect("a frame too short for a header")
        }
        let body = ApiVersionsResponse.with { response in
            response.errorCode = .unsupportedVersion
            response.apiKeys = [
                .with {
                    $0.apiKey = ApiKey.apiVersions.rawValue
                    $0.minVersion = range.lowerBound
                    $0.maxVersion = range.upperBound
                }
            ]
        }
        do {
            return .response(try EncodedResponse(Answer(body), correlationID: correlationID, version: 0))
        } catch {
            return .disconnect("the answer could not be encoded: \(error)")
        }
    }
}

/// An API as ApiVersions lists it.
struct AdvertisedApi: Hashable, Sendable {
    var key: ApiKey
    /// What is served.
    var versions: ClosedRange<Int16>
    /// What is said to be served: Produce says 0, since librdkafka wants to hear it (KAFKA-18659).
    var advertisedVersions: ClosedRange<Int16> {
        key == .produce ? 0...versions.upperBound : versions
    }
}

private struct Route: Sendable {
    let api: AdvertisedApi
    let headerVersion: @Sendable (Int16) -> Int16
    let handle: @Sendable (ByteBuffer, RequestContext) throws(ProtocolError) -> Dispatch

    init(erasing handler: any RequestHandler) { self = Self.make(handler) }

    private static func make<Handler: RequestHandler>(_ handler: Handler) -> Route { Route(handler) }

    private init<Handler: RequestHandler>(_ handler: Handler) {
        api = AdvertisedApi(key: Handler.Request.apiKey, versions: Handler.versions)
        headerVersion = { Handler.Request.headerVersion($0) }
        handle = { (body, context) throws(ProtocolError) in
            // What lies behind the last field is left alone, as Kafka leaves it: librdkafka sends three bytes more when it
            // asks for all topics.
            var body = body
            let request = try Handler.Request.decodePrefix(of: &body, version: context.version)
            return try Self.dispatch(handler.handle(request, context), context)
        }
    }

    private static func dispatch<Response: ResponseMessage>(
        _ handling: Handling<Response>, _ context: RequestContext
    ) throws(ProtocolError) -> Dispatch {
        let (correlationID, version) = (context.header.correlationID, context.version)
        switch handling {
        case .answer(let answer):
            return .response(try EncodedResponse(answer, correlationID: correlationID, version: version))
        case .eventually(let future, let cancel):
            let response = EventualResponse(
                future.hop(to: context.eventLoop), correlationID: correlationID, version: version)
            return .eventually(response, cancel: cancel)
        case .unfinished(let future):
            return .unfinished(
                UnfinishedRequest(future.hop(to: context.eventLoop)) { try Self.dispatch($0, context) })
        case .silent: return .silent
        case .disconnect(let reason): return .disconnect(reason)
        }
    }
}
