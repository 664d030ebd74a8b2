public import KafkaProtocol

/// What went wrong between an application and a Kafka cluster.
///
/// The set of codes may grow; compare with the ones you handle and treat the rest by ``isRetriable``.
public struct KafkaError: Error, Sendable, CustomStringConvertible {
    /// The kind of an error: one of the client's own, or one that a broker answered with.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        enum Kind: Hashable {
            case client(String, isRetriable: Bool)
            case broker(ErrorCode)
        }

        let kind: Kind

        /// A broker answered with this error of the protocol.
        public static func broker(_ code: ErrorCode) -> Code { Code(kind: .broker(code)) }

        private static func client(_ name: String, isRetriable: Bool = false) -> Code {
            Code(kind: .client(name, isRetriable: isRetriable))
        }

        /// No broker could be reached.
        public static let cannotConnect = client("CANNOT_CONNECT", isRetriable: true)
        /// A connection ended while an answer was awaited.
        public static let connectionLost = client("CONNECTION_LOST", isRetriable: true)
        /// A broker did not answer in time (`request.timeout.ms`).
        public static let requestTimedOut = client("REQUEST_TIMED_OUT", isRetriable: true)
        /// A record was not acknowledged in time (`delivery.timeout.ms`). It may or may not have been written.
        public static let deliveryTimedOut = client("DELIVERY_TIMED_OUT")
        /// The broker knows no version of a request that this client can send.
        public static let unsupportedVersion = client("UNSUPPORTED_VERSION")
        /// A peer's bytes break the protocol.
        public static let protocolViolation = client("PROTOCOL_VIOLATION")
        /// Fetched records are damaged.
        public static let corruptRecords = client("CORRUPT_RECORDS")
        /// A record is larger than `max.request.size` or `buffer.memory` allows.
        public static let recordTooLarge = client("RECORD_TOO_LARGE")
        /// A configuration key or value, or an argument, is wrong.
        public static let invalidConfiguration = client("INVALID_CONFIGURATION")
        /// The topic or partition does not exist.
        public static let unknownPartition = client("UNKNOWN_PARTITION")
        /// The position of a consumer lies outside the log, and `auto.offset.reset` is `none`.
        public static let offsetOutOfRange = client("OFFSET_OUT_OF_RANGE")
        /// The client was closed.
        public static let closed = client("CLOSED")

        public var description: String {
            switch kind {
            case .client(let name, _): name
            case .broker(let code): code.description
            }
        }
    }

    public let code: Code
    /// What happened and, where it is known, what to do about it.
    public let message: String
    /// The error below this one.
    public let cause: (any Error)?

    public init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    /// An error that a broker answered with; `what` says what was asked of it.
    package init(broker code: ErrorCode, _ what: String, detail: String? = nil) {
        let detail = detail.flatMap { $0.isEmpty ? nil : ": \($0)" } ?? ""
        self.init(.broker(code), what + detail)
    }

    /// Whether the same call may succeed if it is tried again.
    public var isRetriable: Bool {
        switch code.kind {
        case .client(_, let isRetriable): isRetriable
        case .broker(let code): code.isRetriable
        }
    }

    /// The protocol's code, if a broker sent one.
    public var brokerCode: ErrorCode? {
        if case .broker(let code) = code.kind { code } else { nil }
    }

    public var description: String {
        var text = "\(message) (\(code))"
        if let cause { text += " [\(cause)]" }
        return text
    }
}

/// How loop-confined code hands on what came out.
typealias Completion<Value> = (Result<Value, KafkaError>) -> Void
