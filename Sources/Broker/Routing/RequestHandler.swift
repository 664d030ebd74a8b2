import KafkaProtocol
import LogStorage
import NIOCore

/// Answers the requests of one API.
///
/// `handle` runs on the connection's event loop, in the order in which requests came (stage one), and must not block.
/// What has to wait for a disk or for other clients returns `.eventually` (stage two); answers leave in the order of
/// their requests all the same.
protocol RequestHandler<Request>: Sendable {
    associatedtype Request: RequestMessage
    /// The versions that are served and advertised.
    static var versions: ClosedRange<Int16> { get }
    func handle(_ request: Request, _ context: RequestContext) -> Handling<Request.Response>
}

/// What a handler does with a request.
enum Handling<Response: ResponseMessage>: Sendable {
    case answer(Answer<Response>)
    /// The answer comes later, on the connection's loop. `cancel` is called if the connection closes before.
    case eventually(EventLoopFuture<Answer<Response>>, cancel: (@Sendable () -> Void)?)
    /// Stage one itself has to wait for something. The connection handles no later request before this one goes on, in
    /// the way that the future says, on the connection's loop.
    case unfinished(EventLoopFuture<Handling>)
    /// No answer at all (acks=0).
    case silent
    /// The connection is closed, for this reason.
    case disconnect(String)

    static func answer(_ body: Response) -> Handling { .answer(Answer(body)) }
    static func eventually(_ future: EventLoopFuture<Answer<Response>>) -> Handling {
        .eventually(future, cancel: nil)
    }
}

/// An answer and the ranges of segment files that belong into its external records, in order.
struct Answer<Response: ResponseMessage>: Sendable {
    var body: Response
    var slices: [[LogSlice]]

    init(_ body: Response, slices: [[LogSlice]] = []) {
        self.body = body
        self.slices = slices
    }
}
