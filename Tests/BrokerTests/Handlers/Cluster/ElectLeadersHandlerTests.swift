import BrokerTesting
import KafkaProtocol
import Testing

@testable import Broker

@Suite(.timeLimit(.minutes(5)))
struct ElectLeadersHandlerTests {
    private static func elect(
        _ client: TestClient, _ topics: [(String, [PartitionIndex])]?, type: Int8 = 0, version: Int16 = 2
    ) async throws -> (code: ErrorCode, results: [String]) {
        let answer = try await client.exchange(
            ElectLeadersRequest.with {
                $0.electionType = version == 0 ? 0 : type
                $0.topicPartitions = topics?.map { name, partitions in
                    .with {
                        $0.topic = name
                        $0.partitions = partitions
                    }
                }
            }, version: version)
        return (
            answer.errorCode,
            answer.replicaElectionResults.flatMap { topic in
                topic.partitionResult.map { "\(topic.topic)-\($0.partitionID) \($0.errorCode.rawValue)" }
            }
        )
    }

    private static let notNeeded = ErrorCode.electionNotNeeded.rawValue
    private static let unknown = ErrorCode.unknownTopicOrPartition.rawValue

    @Test(arguments: [Int16(0), 1, 2])
    func `a partition that has its leader needs no election`(version: Int16) async throws {
        try await withClient { (client) async throws in
            try await client.createTopic("t", partitions: 2)
            let asked = try await Self.elect(client, [("t", [0, 1, 2]), ("nowhere", [0])], version: version)
            #expect(asked.code == .none)
            #expect(
                asked.results == [
                    "t-0 \(Self.notNeeded)", "t-1 \(Self.notNeeded)", "t-2 \(Self.unknown)",
                    "nowhere-0 \(Self.unknown)",
                ])
        }
    }

    @Test func `of all partitions only those without a leader are told`() async throws {
        try await withClient { (client) async throws in
            try await client.createTopic("t", partitions: 2)
            #expect(try await Self.elect(client, nil) == (.none, []))
        }
    }

    @Test func `an election of a kind that does not exist is refused`() async throws {
        try await withClient { (client) async throws in
            try await client.createTopic("t")
            let asked = try await Self.elect(client, [("t", [0])], type: 7)
            #expect(asked == (.invalidRequest, ["t-0 \(ErrorCode.invalidRequest.rawValue)"]))
        }
    }

    @Test(arguments: [(Int8(0), ErrorCode.preferredLeaderNotAvailable), (1, .eligibleLeadersNotAvailable)])
    func `an offline log has nobody to lead it`(type: Int8, code: ErrorCode) async throws {
        try await withOpenedBroker { (broker) async throws in
            let client = try await TestClient.connect(to: broker.bootstrap)
            try await client.createTopic("t", partitions: 2)
            try broker.partition("t", 1)?.takeOffline()
            let expected = (ErrorCode.none, ["t-1 \(code.rawValue)"])
            #expect(try await Self.elect(client, nil, type: type) == expected)
            #expect(try await Self.elect(client, [("t", [1])], type: type) == expected)
            await client.close()
        }
    }
}
