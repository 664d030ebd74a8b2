import KafkaProtocol
package import Logging
package import NIOCore

/// A client's way to its cluster, for any task: brings calls to the event loop on which the connections live, and their
/// results back.
package final class Cluster: Sendable {
    package let configuration: ClientConfiguration
    package let loop: any EventLoop
    private let bound: NIOLoopBoundBox<ClusterCore>

    package init(configuration: ClientConfiguration, logger: Logger, group: any EventLoopGroup) {
        let loop = group.next()
        self.configuration = configuration
        self.loop = loop
        bound = NIOLoopBoundBox.makeBoxSendingValue(
            ClusterCore(configuration: configuration, logger: logger, loop: loop), eventLoop: loop)
    }

    /// The state on the loop. Only there.
    var core: ClusterCore { bound.value }

    /// Runs `body` on the loop and waits until it calls back. A cancelled task is told at once; the work goes on behind
    /// it.
    func onLoop<Value: Sendable>(
        _ body: @escaping @Sendable (ClusterCore, @escaping Completion<Value>) -> Void
    ) async throws -> Value {
        let promise = loop.makePromise(of: Value.self)
        return try await withTaskCancellationHandler {
            loop.execute { [self] in
                body(core) { result in promise.completeWith(result.mapError { $0 as any Error }) }
            }
            return try await promise.futureResult.get()
        } onCancel: {
            promise.fail(CancellationError())
        }
    }

    /// Sends one request, made for the version that both sides speak, and awaits its answer, without retries.
    func send<Request: RequestMessage>(
        to target: ClusterCore.Target, _ request: @escaping @Sendable (_ version: Int16) -> Request
    ) async throws -> Request.Response {
        try await onLoop { core, completion in core.send(request, to: target, completion) }
    }

    /// Sends one request and awaits its answer, without retries.
    func send<Request: RequestMessage>(
        _ request: Request, to target: ClusterCore.Target
    ) async throws -> Request.Response {
        try await send(to: target) { _ in request }
    }

    /// Learns about topics (nil: all) and returns everything that is known then.
    func metadata(of topics: [String]?, createsTopics: Bool = false, timeout: Duration) async throws -> ClusterMetadata
    {
        try await onLoop { core, completion in
            core.fetchMetadata(of: topics, createsTopics: createsTopics, timeout: timeout) { result in
                completion(result.map { core.metadata })
            }
        }
    }

    /// What the broker at hand speaks.
    func versions(of target: ClusterCore.Target) async throws -> ApiVersionTable {
        try await onLoop { core, completion in
            core.connection(for: target) { completion($0.map(\.versions)) }
        }
    }

    /// Tries `body` again while its errors are retriable and `apiTimeout` (or `patience`) has not passed; cannot-connect
    /// errors have had their retries already.
    func retrying<Value: Sendable>(
        for patience: Duration? = nil, _ body: () async throws -> Value
    ) async throws -> Value {
        let deadline = ContinuousClock.now + (patience ?? configuration.apiTimeout)
        var backoff = Backoff(first: configuration.retryBackoff, longest: configuration.retryBackoffMax)
        while true {
            do {
                return try await body()
            } catch let error as KafkaError where error.isRetriable && error.code != .cannotConnect {
                let pause = backoff.next()
                guard ContinuousClock.now + pause < deadline else { throw error }
                try await Task.sleep(for: pause)
                if error.brokerCode != nil { _ = try? await metadata(of: [], timeout: configuration.requestTimeout) }
            }
        }
    }

    /// Closes every connection. Whatever is under way fails with `closed`.
    package func close() {
        loop.execute { [self] in core.close() }
    }
}
