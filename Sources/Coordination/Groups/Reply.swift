package import KafkaProtocol

/// Where the answer to one request goes, which may be known only when other members have done their part.
///
/// A state machine never answers by itself: it hands the answer out in a ``GroupOutput``.
package struct Reply<Response: Sendable>: Sendable {
    fileprivate let send: @Sendable (Result<Response, Refusal>) -> Void

    /// - Parameter send: is called once, outside of any lock: with the answer, or with why there is none.
    package init(_ send: @escaping @Sendable (Result<Response, Refusal>) -> Void) { self.send = send }
}

/// An answer that is ready, and waits for the records that it depends on.
package struct GroupAnswer: Sendable {
    private let deliver: @Sendable (ErrorCode) -> Void

    package init<Response: Sendable>(_ reply: Reply<Response>, _ response: Response) {
        deliver = { code in
            if code == .none {
                reply.send(.success(response))
            } else {
                reply.send(.failure(Refusal(code, "The coordinator could not finish the request.")))
            }
        }
    }

    /// An answer that is an error whatever happens.
    package init<Response: Sendable>(_ reply: Reply<Response>, refusal: Refusal) {
        deliver = { _ in reply.send(.failure(refusal)) }
    }

    /// Lets the answer go; `code` other than `none` says that what it depends on did not happen.
    package func release(_ code: ErrorCode = .none) { deliver(code) }
}

/// What an event comes to.
///
/// Obligations of whoever executes it, in this order:
/// 1. append ``records`` in ONE batch and replay them at once, before the next event;
/// 2. release ``answers`` when the last record of the log, as it stands then, is committed. If the records could not be
///    appended, the machine is not to be used any more: it is loaded anew, and everybody who waits gets NOT_COORDINATOR.
package struct GroupOutput: Sendable {
    package var records: [GroupRecord] = []
    package var answers: [GroupAnswer] = []
    /// Patterns that somebody has to match against the topics (``GroupCoordinatorStateMachine/patternsMatched``).
    package var patterns: [PatternMatching] = []

    package init() {}

    package init(records: [GroupRecord] = [], answers: [GroupAnswer] = []) {
        self.records = records
        self.answers = answers
    }

    package init<Response: Sendable>(_ reply: Reply<Response>, _ response: Response, records: [GroupRecord] = []) {
        self.init(records: records, answers: [GroupAnswer(reply, response)])
    }

    package mutating func answer<Response: Sendable>(_ reply: Reply<Response>, _ response: Response) {
        answers.append(GroupAnswer(reply, response))
    }

    package mutating func add(_ other: GroupOutput) {
        records += other.records
        answers += other.answers
        patterns += other.patterns
    }
}

/// A group's patterns that are to be matched against the names of all topics, off the event loops.
package struct PatternMatching: Hashable, Sendable {
    package var groupID: String
    package var patterns: [String]

    package init(groupID: String, patterns: [String]) {
        self.groupID = groupID
        self.patterns = patterns
    }
}

/// Who sends a request, as groups note it of their members.
package struct GroupClient: Hashable, Sendable {
    package var clientID: String
    /// The peer's address as Kafka shows it: `/127.0.0.1`.
    package var clientHost: String

    package init(clientID: String, clientHost: String) {
        self.clientID = clientID
        self.clientHost = clientHost
    }
}
