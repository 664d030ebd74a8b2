package import KafkaProtocol
package import NIOCore

/// The brain of one connection to a broker: negotiates versions, numbers requests, pairs answers with them, and notices
/// those that stay away. Knows no sockets and no clock; the shell executes what it returns.
///
/// A broker answers in the order of the requests (acks=0 is never answered), so any other correlation id means that
/// the two sides no longer understand each other.
package struct ConnectionStateMachine<Reply> {
    /// A request whose answer is awaited.
    package struct Waiting {
        package var correlationID: Int32
        package var apiKey: ApiKey
        package var version: Int16
        package var responseHeaderVersion: Int16
        package var deadline: NIODeadline
        package var reply: Reply
    }

    package enum Action {
        case nothing
        /// Ask for the broker's versions in this version, under this number.
        case sendApiVersions(version: Int16, correlationID: Int32)
        /// Requests may be sent from now on.
        case ready(ApiVersionTable)
        /// The answer to a request, without its header.
        case answer(Waiting, ByteBuffer)
        /// Close the socket and tell these that no answer will come.
        case close(KafkaError, [Waiting])
    }

    private enum State {
        case connecting
        case negotiating(version: Int16, correlationID: Int32, deadline: NIODeadline)
        case open
        case closed
    }

    private var state = State.connecting
    private var nextCorrelationID: Int32 = 0
    private var waiting: [Waiting] = []
    private var head = 0

    package init() {}

    package var inFlight: Int { waiting.count - head }
    package var isOpen: Bool { if case .open = state { true } else { false } }

    /// When ``deadlinePassed(now:)`` should be called; nil while nothing is awaited.
    package var nextDeadline: NIODeadline? {
        if case .negotiating(_, _, let deadline) = state { return deadline }
        return waiting[head...].lazy.map(\.deadline).min()
    }

    /// The socket is connected.
    package mutating func connected(deadline: NIODeadline) -> Action {
        negotiate(version: ApiVersionsRequest.versions.upperBound, deadline: deadline)
    }

    private mutating func negotiate(version: Int16, deadline: NIODeadline) -> Action {
        let id = takeCorrelationID()
        state = .negotiating(version: version, correlationID: id, deadline: deadline)
        return .sendApiVersions(version: version, correlationID: id)
    }

    private mutating func takeCorrelationID() -> Int32 {
        defer { nextCorrelationID = nextCorrelationID == .max ? 0 : nextCorrelationID + 1 }
        return nextCorrelationID
    }

    /// Takes a number for a request that will be sent; nil if the connection is not open.
    ///
    /// - Parameter reply: what to give back with the answer; nil for a request that is never answered (acks=0).
    package mutating func begin(
        apiKey: ApiKey, version: Int16, responseHeaderVersion: Int16, deadline: NIODeadline, reply: Reply?
    ) -> Int32? {
        guard case .open = state else { return nil }
        let id = takeCorrelationID()
        if let reply {
            waiting.append(
                Waiting(
                    correlationID: id, apiKey: apiKey, version: version, responseHeaderVersion: responseHeaderVersion,
                    deadline: deadline, reply: reply))
        }
        return id
    }

    /// A frame came, without its size.
    package mutating func received(_ frame: ByteBuffer) -> Action {
        switch state {
        case .negotiating(let version, let id, let deadline):
            return receivedVersions(frame, version: version, correlationID: id, deadline: deadline)
        case .open:
            return receivedAnswer(frame)
        case .connecting, .closed:
            return .nothing
        }
    }

    private mutating func receivedAnswer(_ frame: ByteBuffer) -> Action {
        guard head < waiting.count else { return violated("the broker sent an answer that nobody had asked for") }
        var body = frame
        let next = waiting[head]
        guard let header = try? ResponseHeader.decodePrefix(of: &body, version: next.responseHeaderVersion) else {
            return violated("the broker's answer to \(next.apiKey) has no header")
        }
        guard header.correlationID == next.correlationID else {
            return violated(
                "the broker answered request \(header.correlationID) where \(next.correlationID) was due")
        }
        head += 1
        if head == waiting.count {
            waiting.removeAll(keepingCapacity: true)
            head = 0
        } else if head >= 64 {
            waiting.removeFirst(head)
            head = 0
        }
        return .answer(next, body)
    }

    private mutating func violated(_ sentence: String) -> Action {
        close(KafkaError(.protocolViolation, sentence))
    }

    /// Some deadline may have passed. A late answer holds up all behind it, so the connection ends.
    package mutating func deadlinePassed(now: NIODeadline) -> Action {
        if case .negotiating(_, _, let deadline) = state, deadline <= now {
            return close(KafkaError(.requestTimedOut, "the broker did not answer ApiVersions in time"))
        }
        guard let late = waiting[head...].first(where: { $0.deadline <= now }) else { return .nothing }
        return close(KafkaError(.requestTimedOut, "the broker did not answer \(late.apiKey) in time"))
    }

    /// The connection ends, or has ended.
    package mutating func close(_ error: KafkaError) -> Action {
        if case .closed = state { return .nothing }
        state = .closed
        let failed = Array(waiting[head...])
        waiting = []
        head = 0
        return .close(error, failed)
    }
}

// MARK: - Versions

extension ConnectionStateMachine {
    /// A broker that does not know the version answers in version 0, since Kafka 2.4 with its own range for this API.
    private mutating func receivedVersions(
        _ frame: ByteBuffer, version: Int16, correlationID: Int32, deadline: NIODeadline
    ) -> Action {
        var body = frame
        guard let header = try? ResponseHeader.decodePrefix(of: &body, version: 0),
            header.correlationID == correlationID
        else { return violated("the peer's first answer is not one of Kafka's") }
        guard let code = body.getInteger(at: body.readerIndex, as: Int16.self) else {
            return violated("the broker's answer to ApiVersions is cut off")
        }
        if ErrorCode(rawValue: code) == .unsupportedVersion, version > 0 {
            let range = (try? ApiVersionsResponse.decode(body, version: 0)).map(ApiVersionTable.init)
            let theirs = range?.ranges[.apiVersions]?.upperBound ?? 0
            return negotiate(version: max(0, min(theirs, version - 1)), deadline: deadline)
        }
        guard let response = try? ApiVersionsResponse.decode(body, version: version) else {
            return violated("the broker's answer to ApiVersions cannot be read")
        }
        guard response.errorCode == .none else {
            return close(KafkaError(broker: response.errorCode, "the broker refused ApiVersions"))
        }
        state = .open
        return .ready(ApiVersionTable(response))
    }
}
