import BrokerTesting
import KafkaProtocol
import Logging
import NIOPosix
import Testing

@testable import KafkaClient

@Suite(.timeLimit(.minutes(5))) struct CoordinatorsTests {
    @Test(arguments: Array(FindCoordinatorRequest.versions))
    func `coordinators are asked for in every version`(version: Int16) throws {
        let request = FindCoordinatorRequest.make(["g"], version: version)
        let decoded = try FindCoordinatorRequest.decode(try request.encoded(version: version), version: version)
        #expect(version >= 4 ? decoded.coordinatorKeys == ["g"] : decoded.key == "g")
        let answer = FindCoordinatorResponse.with { answer in
            if version >= 4 {
                answer.coordinators = [.with { ($0.key, $0.nodeID, $0.host, $0.port) = ("g", 3, "h", 9) }]
            } else {
                (answer.nodeID, answer.host, answer.port) = (3, "h", 9)
            }
        }
        let found = answer.coordinators(of: ["g"], version: version)
        #expect(found.map(\.key) == ["g"])
        #expect(found.map(\.nodeID) == [3])
    }

    @Test(arguments: [
        (ErrorCode.notCoordinator, true), (.coordinatorNotAvailable, true), (.coordinatorLoadInProgress, true),
        (.groupAuthorizationFailed, false), (.unknownMemberID, false), (.none, false),
    ])
    func `three errors concern the coordinator`(code: ErrorCode, expected: Bool) {
        #expect(code.concernsCoordinator == expected)
        #expect((code.coordinatorActions() != nil) == expected)
    }

    @Test func `each group is answered for, however often its coordinator moves`() async throws {
        try await withBroker { bootstrap in
            var configuration = try ClientConfiguration(bootstrapServers: bootstrap)
            configuration.retryBackoff = .milliseconds(1)
            let cluster = Cluster(
                configuration: configuration, logger: Logger(label: "test"),
                group: MultiThreadedEventLoopGroup.singleton)
            var asked: [[String]] = []
            let outcomes: Outcomes<String, Int> = try await cluster.atCoordinators(of: ["a", "b", "c"]) { _, groups in
                asked.append(groups)
                return groups.reduce(into: [:]) { outcomes, group in
                    outcomes[group] =
                        switch (group, asked.count) {
                        case ("a", 1), ("a", 2): .failure(KafkaError(broker: .notCoordinator, "moved"))
                        case ("b", _): .failure(KafkaError(broker: .groupIDNotFound, "none"))
                        default: .success(asked.count)
                        }
                }
            }
            #expect(asked == [["a", "b", "c"], ["a"], ["a"]])
            #expect(try outcomes["a"]?.get() == 3)
            #expect(throws: KafkaError.self) { try outcomes["b"]?.get() }
            #expect(try outcomes["c"]?.get() == 1)
            cluster.close()
        }
    }

    @Test func `a coordinator that stays away is told when the time is up`() async throws {
        try await withBroker { bootstrap in
            var configuration = try ClientConfiguration(bootstrapServers: bootstrap)
            configuration.apiTimeout = .milliseconds(150)
            let cluster = Cluster(
                configuration: configuration, logger: Logger(label: "test"),
                group: MultiThreadedEventLoopGroup.singleton)
            let outcomes: Outcomes<String, Int> = try await cluster.atCoordinators(of: ["a"]) { _, _ in
                throw KafkaError(.connectionLost, "gone")
            }
            let error = #expect(throws: KafkaError.self) { try outcomes["a"]?.get() }
            #expect(error?.code == .connectionLost)
            cluster.close()
        }
    }
}
