import KafkaProtocol
import NIOCore

extension ErrorCode {
    /// Whether another broker, or the same one a little later, is the group's coordinator.
    var concernsCoordinator: Bool {
        self == .coordinatorLoadInProgress || self == .coordinatorNotAvailable || self == .notCoordinator
    }
}

// MARK: - Requests and answers

extension FindCoordinatorRequest {
    /// - Parameter groups: only one before version 4.
    static func make(_ groups: [String], version: Int16) -> FindCoordinatorRequest {
        .with { if version >= 4 { $0.coordinatorKeys = groups } else { $0.key = groups.first ?? "" } }
    }
}

extension FindCoordinatorResponse {
    /// Before version 4 an answer is about the one group that was asked about, and does not name it.
    func coordinators(of groups: [String], version: Int16) -> [Coordinator] {
        guard version < 4, let group = groups.first else { return coordinators }
        let only = Coordinator.with {
            ($0.key, $0.nodeID, $0.host, $0.port) = (group, nodeID, host, port)
            ($0.errorCode, $0.errorMessage) = (errorCode, errorMessage)
        }
        return [only]
    }
}

// MARK: - On the loop

extension ClusterCore {
    typealias CoordinatorAnswers = [String: Result<BrokerID, KafkaError>]

    /// Finds the coordinators of groups; nobody is asked about those that are known.
    func findCoordinators(of groups: [String], _ completion: @escaping Completion<CoordinatorAnswers>) {
        var answers: CoordinatorAnswers = [:]
        for group in groups { answers[group] = coordinators[group].map { .success($0) } }
        let unknown = groups.filter { coordinators[$0] == nil }
        guard !unknown.isEmpty else { return completion(.success(answers)) }
        connection(for: .any) { [self] result in
            do throws(KafkaError) {
                let connection = try result.get()
                let version = try connection.versions.version(of: FindCoordinatorRequest.self)
                // Before version 4 a request has room for one group.
                let parts = version >= 4 ? [unknown] : unknown.map { [$0] }
                var open = parts.count
                for part in parts {
                    let request = FindCoordinatorRequest.make(part, version: version)
                    connection.send(request, version: version) { [self] result in
                        answers.merge(learnCoordinators(result, of: part, version: version)) { $1 }
                        open -= 1
                        if open == 0 { completion(.success(answers)) }
                    }
                }
            } catch {
                completion(.failure(error))
            }
        }
    }

    private func learnCoordinators(
        _ result: Result<FindCoordinatorResponse, KafkaError>, of groups: [String], version: Int16
    ) -> CoordinatorAnswers {
        let response: FindCoordinatorResponse
        switch result {
        case .success(let answer): response = answer
        case .failure(let error): return Dictionary(groups.map { ($0, .failure(error)) }) { first, _ in first }
        }
        var answers = groups.reduce(into: CoordinatorAnswers()) { answers, group in
            let what = "the broker's answer leaves out the coordinator of group '\(group)'"
            answers[group] = .failure(KafkaError(.protocolViolation, what))
        }
        for found in response.coordinators(of: groups, version: version) where answers[found.key] != nil {
            answers[found.key] = learn(found)
        }
        return answers
    }

    private func learn(_ found: FindCoordinatorResponse.Coordinator) -> Result<BrokerID, KafkaError> {
        let what = "group '\(found.key)' has no coordinator"
        guard found.errorCode == .none else {
            return .failure(KafkaError(broker: found.errorCode, what, detail: found.errorMessage))
        }
        guard found.nodeID >= 0 else { return .failure(KafkaError(broker: .coordinatorNotAvailable, what)) }
        coordinators[found.key] = found.nodeID
        if metadata.brokers[found.nodeID] == nil {
            let address = BrokerAddress(host: found.host, port: Int(found.port))
            metadata.brokers[found.nodeID] = ClusterMetadata.Broker(id: found.nodeID, address: address)
        }
        return .success(found.nodeID)
    }

    /// The next request looks for the group's coordinator anew.
    func forgetCoordinator(of group: String) { coordinators[group] = nil }

    /// A connection to the coordinator of one group.
    func coordinatorConnection(
        of group: String, _ node: @escaping (BrokerID) -> Node, _ completion: @escaping Completion<BrokerConnection>
    ) {
        findCoordinators(of: [group]) { [self] result in
            do throws(KafkaError) {
                guard let coordinator = try result.get()[group] else {
                    throw KafkaError(.protocolViolation, "group '\(group)' was not looked for")
                }
                let broker = try coordinator.get()
                connection(to: node(broker)) { [self] result in
                    completion(result.mapError { unreachable($0, group, broker) })
                }
            } catch {
                completion(.failure(error))
            }
        }
    }
}

extension ClusterCore {
    /// Another broker will take the group over, so this is worth another try.
    private func unreachable(_ error: KafkaError, _ group: String, _ broker: BrokerID) -> KafkaError {
        guard error.code == .cannotConnect else { return error }
        forgetCoordinator(of: group)
        let what = "the coordinator of group '\(group)', broker \(broker), cannot be reached"
        return KafkaError(.broker(.coordinatorNotAvailable), what, cause: error)
    }
}

// MARK: - For any task

extension Cluster {
    /// Tries `body`, which asks the coordinator of `group`, again while its errors are retriable; each time the
    /// coordinator is looked up anew.
    func retrying<Value: Sendable>(
        atCoordinatorOf group: String, for patience: Duration? = nil, _ body: () async throws -> Value
    ) async throws -> Value {
        try await retrying(for: patience) {
            do {
                return try await body()
            } catch let error as KafkaError where error.isRetriable {
                forgetCoordinators(of: [group])
                throw error
            }
        }
    }

    /// Asks the coordinators of several groups, each about its own, again while answers are retriable and
    /// `apiTimeout` has not passed.
    ///
    /// - Parameter body: asks one broker about some groups, and answers for each of them.
    func atCoordinators<Value: Sendable>(
        of groups: [String], _ body: (BrokerID, [String]) async throws -> Outcomes<String, Value>
    ) async throws -> Outcomes<String, Value> {
        let deadline = ContinuousClock.now + configuration.apiTimeout
        var backoff = Backoff(first: configuration.retryBackoff, longest: configuration.retryBackoffMax)
        var left = Set(groups)
        var outcomes: Outcomes<String, Value> = [:]
        while true {
            for (group, answer) in try await askCoordinators(of: left.sorted(), body) {
                outcomes[group] = answer
                if case .failure(let error) = answer, error.isRetriable { continue }
                left.remove(group)
            }
            let pause = backoff.next()
            guard !left.isEmpty, ContinuousClock.now + pause < deadline else { return outcomes }
            forgetCoordinators(of: left)
            try await Task.sleep(for: pause)
        }
    }

    private func askCoordinators<Value: Sendable>(
        of groups: [String], _ body: (BrokerID, [String]) async throws -> Outcomes<String, Value>
    ) async throws -> Outcomes<String, Value> {
        let found = try await retrying {
            try await onLoop { core, completion in core.findCoordinators(of: groups, completion) }
        }
        var outcomes: Outcomes<String, Value> = [:]
        var byCoordinator: [BrokerID: [String]] = [:]
        for (group, answer) in found {
            switch answer {
            case .success(let broker): byCoordinator[broker, default: []].append(group)
            case .failure(let error): outcomes[group] = .failure(error)
            }
        }
        for (broker, groups) in byCoordinator {
            do {
                outcomes.merge(try await body(broker, groups.sorted())) { $1 }
            } catch let error as KafkaError where error.isRetriable {
                for group in groups { outcomes[group] = .failure(error) }
            }
        }
        return outcomes
    }

    func forgetCoordinators(of groups: some Sequence<String> & Sendable) {
        loop.execute { [self] in
            for group in groups { core.forgetCoordinator(of: group) }
        }
    }
}
